// The same with objects and maps. [ok; defaults]
let dag = { leaf: 1 }; for (let i = 0; i < 40; i++) dag = { left: dag, right: new Map([[dag, dag]]) }; dag;
