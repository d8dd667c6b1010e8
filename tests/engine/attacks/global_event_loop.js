// A listener that dispatches again for ever. [error RangeError | error InternalError | limit cpu_ms; cpu_ms=100 wall_ms=20000]
const target = new EventTarget(); target.addEventListener('a', () => target.dispatchEvent(new Event('a')));
target.dispatchEvent(new Event('a'));
