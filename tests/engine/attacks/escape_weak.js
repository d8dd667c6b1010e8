// Nothing that shows the garbage collector or other threads. [ok; defaults]
for (const name of ['WeakRef', 'FinalizationRegistry', 'Atomics', 'SharedArrayBuffer', 'Worker', 'WebAssembly', 'gc']) if (name in globalThis) throw name;
1;
