// Seeded random: xoshiro128**, four 32-bit words given at the start of every execution. A double
// takes two outputs, 53 bits; tests hold it equal to a twin in Python.
let random0, random1, random2, random3;

const seedRandom = () => {
  const { seed } = state, parseWhole = saved.parseInt;
  random0 = parseWhole(slice(seed, 0, 8), 16) | 0;
  random1 = parseWhole(slice(seed, 8, 16), 16) | 0;
  random2 = parseWhole(slice(seed, 16, 24), 16) | 0;
  random3 = parseWhole(slice(seed, 24, 32), 16) | 0;
  // The state of all zeros is the one that never changes.
  if (!(random0 | random1 | random2 | random3)) random0 = 1;
};

seedRandom();
eachTime(seedRandom);

const nextRandom = () => {
  const five = imul(random1, 5);
  const result = imul((five << 7) | (five >>> 25), 9);
  const shifted = random1 << 9;
  random2 ^= random0;
  random3 ^= random1;
  random1 ^= random2;
  random0 ^= random3;
  random2 ^= shifted;
  random3 = (random3 << 11) | (random3 >>> 21);
  return result >>> 0;
};

exports.nextRandom = nextRandom;
exports.random = () => {
  const high = nextRandom() >>> 5;
  return (high * 67108864 + (nextRandom() >>> 6)) / 9007199254740992;
};
