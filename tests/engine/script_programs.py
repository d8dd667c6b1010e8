"""Whole programs whose meaning the rewriting must not change, in any of its forms."""

from __future__ import annotations

#: Valid in sloppy code, without a read before a declaration at the top level.
_SLOPPY = r"""
1; if (false) {}
1; {}
1; var x = 2
1; let x = 2
1; const x = 2
1; class A {}
1; function f() {}
1; ;;
2; with ({}) {}
var o = {a: 1}; with (o) { var a = 5 } print(o.a, a)
'a'
'use sloppy'; this === globalThis
do { 2; if (true) break } while (0)
do { 2; continue } while (0)
do { 1; if (false) break; 2 } while (0)
var n = 0; do { n; if (n == 2) break; 'x' + n } while (n++ < 5)
1; do ; while (0)
l: for (;;) { 4; for (;;) { break l } }
a: { 1; break a; 2 }
7; a: { break a }
for (var i = 0; i < 3; i++) { i; if (i == 1) continue }
for (var i = 0, j = 5; i < j; i++, j--) i + j
for (let i = 0; i < 3; i++) i
for (const k of [1, 2]) { k }
for (var k in {p: 1, q: 2}) k; print(k)
for (var [a, b = 3] of [[1], [2, 4]]) a + b
for (var {a, ...rest} of [{a: 1, b: 2}]) print(a, rest.b)
for (var f of [() => 1]) print(f.name); typeof f
1; while (false) 2
var t = 3; while (t--) t
switch (1) { case 1: 5; case 2: break }
switch (3) { case 1: 5; default: 6; case 2: 7 }
switch (9) { case 1: 5 }
1; try { 2 } finally { 3 }
try { throw 1 } catch (e) { e + 1 }
try { throw 1 } catch { 'caught' } finally { 'ignored' }
do { try { 1 } finally { 2; break } } while (0)
1; do { try { 2; continue } finally { 3 } } while (0)
try { throw new Error('x') } catch (e) { var e = 5; print(e) } print(e)
try { null.x } catch ({ message }) { message }
throw new TypeError('out')
let a = 1, { b, c: [d = 2, ...e], ...g } = { b: 3, c: [, 4, 5], h: 6 }; print(a, b, d, e[1], g.h)
let [x, , y = 9] = [1, 2]; x + y
let { length } = 'four'; length
const { a: { b: deep } } = { a: { b: 'deep' } }; deep
let x; print(x); x = 1; x
let x = 1; { let x = 2; print(x) } x
let x = 1; { const x = 2; { class x {} print(typeof x) } } x
let f = () => 1, g = function () {}, h = class {}; print(f.name, g.name, h.name)
let { f = () => 1 } = {}; f.name
var f = function named() { return typeof named }; print(f.name, f())
class A { static x = 1; m() { return A.x } } new A().m()
class A {} class B extends A { constructor() { super(); this.v = new.target.name } } new B().v
class A { #p = 1; static has(o) { return #p in o } } A.has(new A())
class A { static { var q = 1; let w = 2; this.s = q + w } } print(typeof q, A.s)
class A { static name = 'own' } A.name
class A { get [`x${1}`]() { return 2 } } new A().x1
class A {} [1]; typeof A
class A {} /re/.test('re')
class A { m() { try { A = 1 } catch (e) { return e.name } } } new A().m()
const f = function () { return f }; f() === f
const c = 1; try { c = 2 } catch (e) { print(e.name) } c
const c = 1; try { c++ } catch (e) { print(e.name) } c
const c = 1; try { ({ c } = { c: 3 }) } catch (e) { print(e.name) } c
const c = 1; (() => { 'use strict'; try { c = 2 } catch (e) { print(e.name) } })(); c
const { p, q = p } = { p: 1 }; p + q
const o = {}; o.x = 1; o.x
let fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); fs.map(f => f()).join()
var fs = []; for (var i = 0; i < 3; i++) fs.push(() => i); fs.map(f => f()).join()
let counter = 0; function inc() { return ++counter } inc(); inc(); counter
print(typeof f); function f() {}
print(f()); function f() { return 1 } function f() { return 2 }
var f; function f() {} typeof f
var f = 1; function f() {} typeof f
function f() { f = 1 } f(); f
function f() { return g() } function g() { return 'g' } f()
function f(a, b = a) { return arguments.length + b } f(1)
f.length; function f(a, b) {}
function f() {} f.name
function* g() { yield 1; yield 2 } [...g()].join()
async function af() { await 1; print('after') } af() instanceof Promise
async function* ag() { yield 1 } typeof ag().next
(async () => { print(await 5) })(); 1
var p = (async () => { for await (const x of [1, 2]) print(x) })(); 1
Promise.resolve(1).then(v => print('then', v)); 'first'
{ function g() { return 1 } } g()
print(typeof g); { function g() {} } print(typeof g)
print(typeof g); { print(typeof g); function g() {} g = 5 } print(typeof g)
if (true) function h() { return 'h' }
if (true) function h() { return 'h' } h()
if (false) ; else function h() { return 'e' } h()
switch (1) { case 0: function s() { return 's' } } s()
var s = 1; switch (s) { case 1: { function s() {} } } typeof s
switch (typeof s) { case 'undefined': function s() {} print(typeof s) } typeof s
{ l: function ll() {} } typeof ll
l: function ll() { return 1 } ll()
{ function f() { return 1 } { function f() { return 2 } } } f()
try { throw 1 } catch (f) { { function f() {} } } typeof f
try { throw { f: 1 } } catch ({ f }) { { function f() {} } } typeof f
for (let f of [1]) { { function f() {} } } typeof f
{ async function af() {} } typeof af
{ function* gg() {} } typeof gg
{ let k; { function k() {} print(typeof k) } } typeof k
{ function q() { return 1 } } let q = 2; q
let q = 2; { function q() { return 1 } print(typeof q) } q
let q = 2; switch (1) { case 1: function q() {} print(typeof q) } q
let q = 2; if (1) function q() {} q
const q = 2; try { { function q() {} } } finally { print(q) }
{ function a() {} function a() { return 2 } print(a()) }
{ function a() {} a = 1; print(a) } typeof a
var a = 1; { function a() {} } typeof a
while (true) { function w() { return 'w' } break } w()
for (var i = 0; i < 1; i++) { function inFor() { return i } } inFor()
l: { function inLabel() {} break l } typeof inLabel
a\u0062 = 1; let \u0061c = 2; print(ab, ac)
let ünï = 'é😀'; ünï.length
let $ = 1, _ = 2, ꞏ = 3; $ + _ + ꞏ
var ꞏ = 1, ꞏꞏ = 2; ꞏc = 3; print(ꞏ, ꞏꞏ, ꞏc)
let async = 1, of = 2, get = 3, set = 4, from = 5; async + of + get + set + from
var yield_ = 1, let_ = 2; yield_ + let_
for (var async in { k: 1 }) ; async
for (var of of [1, 2]) ; of
let a = 1; /* let b = 2 */ // let c
let s = `let ${1 + 1} const`; s
let s = 'use strict'; s
let r = /let [}`'"]/g; r.source
let a = 1; let b = a + 1; a + b
let a = [1, 2].map(x => { let y = x * 2; return y }); a.join()
let a = 1, b = a; { a } b
let o = { let: 1, const: 2, class: 3, await: 4 }; o.let + o.const + o.class + o.await
let x = 1, y = (x++, x); y
let x = y = 5; x + y
var { a, b: c = 2 } = { a: 1 }; a + c
var a, b, c = 3; print(a, b, c)
var a = 1; var a; a
var a = 1, a = 2; a
x = 5; var x; x
var undefined; undefined
var x = 1; delete globalThis.nothing; x
eval('var fromEval = 3'); typeof fromEval
let a = 1; eval('a + 1')
let a = 1; eval('a = 7'); a
function f() { return eval('typeof inner') } let inner = 1; f()
(0, eval)('typeof top1'); var top1
let f = new Function('return typeof this'); f()
this.x = 1; let y = x; y
let thisIs = this; thisIs === globalThis
(() => this === globalThis)()
let a = (function () { return typeof arguments })(); a
typeof notDeclared
notDeclared
var v = [].concat([1], [2]); v.length
const big = 10n ** 20n; big
let a = 1, b; a ??= 2; b ??= 3; a + b
let a = { b: { c: 1 } }; a?.b?.c
var x = 1; x++; x += 5; x
let a
let a, b = 1; [a, b] = [b, a]; a
let a = () => {}; a
() => 1
(function () {})
(class {})
function f() {} (1)
if (1) { let a = 1; a } else { 2 }
{ 1; { 2; { var z = 3 } } }
x: y: 5
let [a] = 'b'; a
var g = function* () { yield* [1, 2] }; Array.from(g()).join()
let it = { *[Symbol.iterator]() { try { yield 1 } finally { print(2) } } }; for (let x of it) break
outer: for (var i of [1, 2]) { for (var j of [1, 2]) { if (j == 2) continue outer; print(i, j) } }
let a = 1; a; { let a = 2; a; } ; ;
let o = { get a() { return 1 }, set a(v) {}, async *b() {}, ['c' + 1]: 2 }; Object.keys(o).join()
var fn = (a, { b, c } = { b: 1, c: 2 }, ...d) => a + b + c + d.length; fn(1)
let s = new Set([1]); const m = new Map([[1, 2]]); s.size + m.get(1)
let x = 1; try { x = 2; throw x } catch (x) { x = 3 } x
if (1) ; else ;
3; if (0) ; else { let w }
var a = 1; { a: a; }
let tagged = (s, ...v) => s.raw.join('|') + v; tagged`a${1}\n${2}b`
{ a: 1 }
{ get: 1 }
{ a: { b: 1 } }
{ a: { b: { c: 2 } } } { d: 3 }
if (1) { a: 1 }
l: { a: 5 }
for (var i = 0; i < 2; i++) { a: i }
{ a: 1 }\n[2].length
{ a: 'x' } + 1
{ /* { */ a: { /* } */ b: 2 } }
{ lab: function d() {} } typeof d
let d = 1; { lab: function d() {} } d
switch (1) { case 1: { a: 7 } }
() => { a: 1 }
let o = { a: { b: 1 } }, p = () => ({ c: 2 }); ({ d: 3 }).d + p().c + o.a.b
label: { const inner = 1; inner; break label }
let date = typeof Date; date
let z = 0; for (;;) { if (z++ > 2) break; z }
let a = -0; a
let a = 1; void a
let a = 'x', b = { [a]: 1, a }; b.x + b.a
let\nx = 3; x
let\n[y] = [4]; y
let a = 1\nlet b = 2\na + b
let a = 1\n;[2].length
const a = 1\nfunction f() {}\n(2)
var a = f\nfunction f() { return 1 }\n(3)
let a = 1 // c\n\n/* d\n*/ let b = 2; a + b
"""

#: One program a line above; a line break inside one is written as backslash and n.
SLOPPY = [line.replace("\\n", "\n") for line in _SLOPPY.strip().split("\n")]
