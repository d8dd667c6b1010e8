// A value nested 100,000 deep. [ok; defaults]
let deep = []; for (let i = 0; i < 1e5; i++) deep = [deep]; deep;
