// Console.table of endless, cyclic and hostile tables. [ok | limit output_kb; output_kb=256]
let dag = [1]; for (let i = 0; i < 40; i++) dag = [dag, dag];
const me = []; me.push(me, { me });
for (const table of [dag, me, [dag, dag], new Map([[dag, dag]]), { get a() { for (;;) {} } }, new Proxy([1], { get() { for (;;) {} } })]) console.table(table);
