// StructuredClone of a value with 2 ** 40 paths. [ok; defaults]
let dag = [1]; for (let i = 0; i < 40; i++) dag = [dag, dag];
structuredClone(dag);
