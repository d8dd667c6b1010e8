// Species and length tricks on arrays that are described. [ok; defaults]
class Odd extends Array { static get [Symbol.species]() { throw 1; } get length() { for (;;) {} } }
const odd = new Odd(); odd.push?.call([], 1); [odd];
