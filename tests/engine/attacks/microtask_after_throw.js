// Jobs left behind by a throw must end in this execution. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
(function again() { Promise.resolve().then(again); })();
throw new Error('gone');
