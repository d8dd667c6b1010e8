// A function whose source and name are enormous. [ok; defaults]
Object.defineProperty(new Function('/*' + 'x'.repeat(1e5) + '*/'), 'name', { value: 'n'.repeat(1e6) });
