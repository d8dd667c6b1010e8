// A species for split that never ends. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
class Odd extends RegExp { exec() { for (;;) {} } }
'a,b'.split(new Odd(','));
