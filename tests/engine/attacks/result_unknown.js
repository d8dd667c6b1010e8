// An absurd length makes the engine throw a value that is no value. [error; defaults]
[].push.apply({ length: 2 ** 53 - 1 }, [1, 2]);
