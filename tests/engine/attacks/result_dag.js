// A value whose rendering would have 2 ** 40 leaves. [ok; defaults]
let dag = [1]; for (let i = 0; i < 40; i++) dag = [dag, dag]; dag;
