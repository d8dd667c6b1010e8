// A thrown null is no lack of memory. [error; defaults]
throw null;
