// One clock for everything: whole milliseconds that never go back, recorded run-length (the first
// reading absolute, then differences) or answered from a recording. `performance.now()` counts
// from the realm's first reading, which a replay meets at the same place.
let clockLast = 0, clockOrigin = -1, clockGrain, clockDeltas, clockCounts;
let clockReplay, clockIndex, clockUsed, clockStart;

const beginClock = () => {
  clockDeltas = list();
  clockCounts = list();
  clockGrain = 1;
  clockReplay = state.clock;
  clockIndex = clockUsed = 0;
  clockStart = true;
};
beginClock();
eachTime(beginClock);

const nextReading = () => {
  if (clockReplay === null) {
    const now = nativeNow();
    // A long spin must not record for ever: past 4096 different readings they get coarser.
    return max(clockLast, now - (now % clockGrain));
  }
  if (clockIndex < clockReplay.length && clockUsed === clockReplay[clockIndex][1]) {
    clockIndex++;
    clockUsed = 0;
  }
  if (clockIndex >= clockReplay.length) return clockLast;
  const step = clockReplay[clockIndex][0];
  if (clockUsed++) return clockLast;
  return clockIndex ? clockLast + step : step;
};

const readClock = () => {
  const reading = nextReading();
  const size = clockCounts.length;
  if (!clockStart && reading === clockLast) clockCounts[size - 1]++;
  else {
    clockDeltas[size] = clockStart ? reading : reading - clockLast;
    clockCounts[size] = 1;
    if (size > 0 && size % 4096 === 0) clockGrain *= 4;
  }
  clockStart = false;
  clockLast = reading;
  if (clockOrigin < 0) clockOrigin = reading;
  return reading;
};

state.clockText = () => {
  let text = '[';
  for (let i = 0; i < clockCounts.length; i++) {
    text += (i ? ',[' : '[') + clockDeltas[i] + ',' + clockCounts[i] + ']';
  }
  return text + ']';
};

const dateToString = uncurry(saved.dateToString), { DatePrototype } = saved;
const VirtualDate = function Date(...parts) {
  if (new.target === undefined) return dateToString(new NativeDate(readClock()));
  return construct(NativeDate, parts.length ? parts : [readClock()], new.target);
};
defineProperty(VirtualDate, 'prototype', {
  __proto__: null, value: DatePrototype, writable: false,
});
defineProperty(VirtualDate, 'length', { __proto__: null, value: 7 });
hide(VirtualDate, 'now', function now() { return readClock(); });
hide(VirtualDate, 'parse', saved.parseDate);
hide(VirtualDate, 'UTC', saved.utc);
hide(DatePrototype, 'constructor', VirtualDate);

const performanceObject = {};
hide(performanceObject, 'now', function now() {
  const reading = readClock();
  return reading - clockOrigin;
});
defineProperty(performanceObject, 'timeOrigin', {
  __proto__: null, get() { return clockOrigin < 0 ? readClock() : clockOrigin; }, configurable: true,
});
defineProperty(performanceObject, tagSymbol, {
  __proto__: null, value: 'Performance', configurable: true,
});
exports.Date = VirtualDate;
exports.performance = performanceObject;
exports.readClock = readClock;
