// A constructor property that is a getter, a proxy, a lie. [ok; defaults]
const never = () => { for (;;) {} };
const odd = {}; Object.defineProperty(odd, 'constructor', { get: never });
[odd, { constructor: new Proxy(class A {}, { get: never }) }, { constructor: { name: 'Liar' } }];
