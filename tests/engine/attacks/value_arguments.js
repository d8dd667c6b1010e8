// An arguments object and a class with private names. [ok; defaults]
[(function () { return arguments; })(1, 2), new (class { #secret = 1; })()];
