// A chain of ten thousand prototypes. [ok; defaults]
let object = null; for (let i = 0; i < 1e4; i++) object = Object.create(object); object;
