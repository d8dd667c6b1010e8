// A console line in every job. [limit events; wall_ms=300 cpu_ms=20000]
const again = () => { console.log(1); Promise.resolve().then(again); };
again();
