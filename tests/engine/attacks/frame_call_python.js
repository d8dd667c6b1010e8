// The native call is out of reach. [ok; defaults]
for (const name of ['call_python', 'dukpy', '_dukpy', 'process', 'std', 'os', 'scriptArgs', 'print', '__loadScript', 'bjson']) { if (typeof globalThis[name] === 'function') throw name; }
globalThis.call_python = (...args) => { throw args; };
console.log('x');
1;
