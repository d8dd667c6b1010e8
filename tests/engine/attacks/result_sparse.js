// An array of 2 ** 32 - 1 holes. [ok; defaults]
const holes = []; holes[2 ** 32 - 2] = 1; holes;
