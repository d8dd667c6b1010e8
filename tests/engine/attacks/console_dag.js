// A console line whose text would be endless. [ok; output_kb=256]
let dag = { a: 1 }; for (let i = 0; i < 40; i++) dag = { l: dag, r: dag }; console.log(dag, dag); console.log('%o %O %j', dag, dag, dag);
