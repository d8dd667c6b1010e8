// Timers of one execution. The host waits between them and fires them one by one, the earliest
// first; what is due when follows from the recorded clock alone, so a replay keeps the order and
// need not wait. What is left when an execution ends with an error is forgotten.
const timers = list(), { readClock } = load('clock');
let timerCount = 0;
eachTime(() => { timers.length = 0; });

// The execution does not last for a timer that is not `held`.
const addTimer = (callback, delay, args, again, held) => {
  if (typeof callback !== 'function') {
    throw new NativeTypeError('the callback of a timer must be a function');
  }
  const wait = numberOf(delay);
  const pause = wait >= 1 && wait <= 2147483647 ? floor(wait) : 1;
  const timer = {
    __proto__: null, id: ++timerCount, due: readClock() + pause, callback, args,
    pause: again ? pause : 0, held,
  };
  add(timers, timer);
  return timer.id;
};

const removeTimer = (id) => {
  let kept = 0;
  for (let i = 0; i < timers.length; i++) {
    if (timers[i].id !== id) timers[kept++] = timers[i];
  }
  timers.length = kept;
};

const earliestTimer = () => {
  let found = null;
  for (let i = 0; i < timers.length; i++) {
    if (found === null || timers[i].due < found.due) found = timers[i];
  }
  return found;
};

const fireTimer = () => {
  const timer = earliestTimer();
  if (timer === null) return;
  removeTimer(timer.id);
  if (timer.pause) {
    timer.due += timer.pause;
    add(timers, timer);
  }
  try {
    apply(timer.callback, undefined, timer.args);
  } catch (error) {
    send('x', load('render').describeFault(error));
  }
};

// Milliseconds until the earliest timer, -1 without one.
state.timeLeft = () => {
  let held = false;
  for (let i = 0; i < timers.length && !held; i++) held = timers[i].held;
  return held ? max(0, earliestTimer().due - nativeNow()) : -1;
};

exports.setTimeout = function setTimeout(callback, delay, ...args) {
  return addTimer(callback, delay, args, false, true);
};
exports.setInterval = function setInterval(callback, delay, ...args) {
  return addTimer(callback, delay, args, true, true);
};
exports.clearTimeout = function clearTimeout(id) { removeTimer(id); };
exports.clearInterval = function clearInterval(id) { removeTimer(id); };
exports.fireTimer = fireTimer;
exports.addTimer = addTimer;
