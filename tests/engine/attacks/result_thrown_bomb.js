// A thrown value whose rendering is endless. [error; defaults]
let dag = [1]; for (let i = 0; i < 40; i++) dag = [dag, dag]; throw dag;
