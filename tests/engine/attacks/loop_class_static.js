// A static block of a class that never ends. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
class Trap { static { for (;;) {} } }
