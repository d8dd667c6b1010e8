"""What scripts do once rewritten: one program like the engine's own, many like a session."""

from __future__ import annotations

import re

import pytest

from vmgit.engine.rewrite import rewrite

from .script_programs import SLOPPY
from .script_realm import ScriptRealm

STRICT = "'use strict';"
AWAIT = "var ready=await 0;"


def _native(text: str) -> tuple[str, list[str]]:
    realm = ScriptRealm()
    return realm.run_native(text), realm.lines


def _ours(text: str) -> tuple[str, list[str]]:
    realm = ScriptRealm()
    return realm.run(text), realm.lines


@pytest.mark.parametrize("text", SLOPPY)
def test_a_sloppy_program_keeps_its_meaning(text: str) -> None:
    assert _ours(text) == _native(text)


@pytest.mark.parametrize("text", SLOPPY)
def test_a_strict_program_keeps_its_meaning(text: str) -> None:
    assert _ours(STRICT + text) == _native(STRICT + text)


@pytest.mark.parametrize("text", SLOPPY)
@pytest.mark.parametrize("directive", ["", STRICT])
def test_a_program_that_awaits_keeps_its_meaning(text: str, directive: str) -> None:
    value, lines = _native(directive + text)
    # A job that the program queues runs before what follows an await: only the order may differ.
    found, printed = _ours(directive + AWAIT + text)
    assert (found, sorted(printed)) == (value, sorted(lines))


@pytest.mark.parametrize("name", ["arguments", "eval"])
@pytest.mark.parametrize("body", ["{}", "{ static x = 1; m() { return 1 } }"])
@pytest.mark.parametrize("before", ["", STRICT, AWAIT])
def test_a_class_has_no_reserved_name(before: str, body: str, name: str) -> None:
    value, _ = _ours(f"{before}throw 1;class {name} {body}")
    assert value.startswith("throws SyntaxError")


#: Sessions: each entry is inputs and what comes of them, separated by ` -> `, one a line.
SESSIONS = r"""
let a = 1 -> undefined
a -> number 1
let a = 2; a -> number 2
const a = 3 -> undefined
a = 4 -> throws TypeError: Assignment to constant variable 'a'
a -> number 3
var a = 5; a -> number 5
const a = 6; function f() { return a } f() -> number 6
let a = 7; f() -> number 7
class a {} -> undefined
f() -> [function a]
function a() {} -> undefined
f() -> [function a]
a = 8; f() -> number 8

let bad = null.x -> throws TypeError: cannot read property 'x' of null
bad -> undefined
let bad = 1; bad -> number 1
const bad = null.x -> throws TypeError: cannot read property 'x' of null
bad -> number 1
bad = 2 -> throws TypeError: Assignment to constant variable 'bad'
const bad = 3; bad -> number 3

const { x, y: [z] } = { x: 1, y: [2] } -> undefined
[x, z].join() -> string 1,2
z++ -> throws TypeError: Assignment to constant variable 'z'
x = 1 -> throws TypeError: Assignment to constant variable 'x'
var { x } = { x: 9 }; x -> number 9
if (true) { var z = 3 } z -> number 3

let q; let q -> throws SyntaxError: invalid redefinition of lexical identifier
let q; { var q } -> throws SyntaxError: invalid redefinition of lexical identifier
let q; function q() {} -> throws SyntaxError: invalid redefinition of lexical identifier
function q() {} let q -> throws SyntaxError: invalid redefinition of global identifier
function q() {} class q {} -> throws SyntaxError: invalid redefinition of global identifier
var q; let q -> throws SyntaxError: invalid redefinition of global identifier
class q {} class q {} -> throws SyntaxError: invalid redefinition of lexical identifier
let q, [q] = [1] -> throws SyntaxError: invalid redefinition of lexical identifier
let q = 1; for (var q of []) ; -> throws SyntaxError: invalid redefinition of lexical identifier
const q -> throws SyntaxError: missing initializer for const variable
let [q] -> throws SyntaxError: variable name expected
let let = 1 -> throws SyntaxError: 'let' is not a valid lexical identifier
let undefined = 1 -> throws SyntaxError: 'undefined' already declared
let NaN = 1 -> throws SyntaxError: redeclaration of 'NaN'
l: let q = 1 -> throws SyntaxError: lexical declarations can't appear in single-statement context
typeof q -> string undefined
let q = 1; return q -> throws SyntaxError: return not in a function
let q = 1; break -> throws SyntaxError: break must be inside loop or switch
let q = 1; new.target -> throws SyntaxError: new.target only allowed within functions
let q = 1; super.x -> throws SyntaxError: 'super' is only valid in a method
typeof q -> string undefined

await 1 -> number 1
let a = await 5, b = await a + 1; a + b -> number 11
var p = Promise.resolve(3); await p -> number 3
await { then(f) { f('thenable') } } -> string thenable
p -> object {}
const k = await 7 -> undefined
k -> number 7
k = 8 -> throws TypeError: Assignment to constant variable 'k'
const k = 9; await 0; k = 10 -> throws TypeError: Assignment to constant variable 'k'
k -> number 9
function g() { return k } await g() -> number 9
const k = await 11; g() -> number 11
g = 5; await g -> number 5
await Promise.reject(new RangeError('no')) -> throws RangeError: no
try { await Promise.reject(1) } catch (e) { 'caught ' + e } -> string caught 1
for await (const x of [1, Promise.resolve(2)]) x -> number 2
for await (var x of [1, Promise.resolve(2)]) ; x -> number 2
x -> number 2
await new Promise(() => {}) -> pending
await (1) -> number 1
await (a) + 1 -> number 6
await [1, 2].length -> number 2
await `t${await 1}` -> string t1
`${await 4}` -> string 4
({ [await 'k']: 1 }).k -> number 1
class W { [await 'm']() { return 1 } } new W().m() -> number 1
new W().m() -> number 1
[await 1, await 2].join() -> string 1,2
var f1 = async () => await 5; f1() -> object {}
async function f2() { return await 5 } await f2() -> number 5
() => await 1 -> throws SyntaxError: expecting ';'
await 1; return 7 -> throws SyntaxError: return not in a function
await 1; let d; let d -> throws SyntaxError: invalid redefinition of lexical identifier
await 1; let d; { var d } -> throws SyntaxError: invalid redefinition of lexical identifier
await 1; let d; function d() {} -> throws SyntaxError: invalid redefinition of lexical identifier
await 1; const d -> throws SyntaxError: missing initializer for const variable
await 1; new.target -> throws SyntaxError: new.target only allowed within functions
await 1; break -> throws SyntaxError: break must be inside loop or switch
typeof d -> string undefined
var await = 5; await -> number 5
function await(x) { return x } await (6) -> number 6
delete globalThis.await -> boolean true
await 0; eval('1 + 1') -> number 2
await 0; this === globalThis -> boolean true
await 0; typeof arguments -> string undefined
'use strict'; await 0; (function () { return this })() -> undefined
await 0; (function () { return typeof this })() -> string object
await 0; { function hoisted() { return 1 } } hoisted() -> number 1
hoisted() -> number 1
await 0; typeof late; if (await 1) { function late() {} } typeof late -> string function
await 0; lab: { 5; break lab } -> number 5
await 0; () => {} -> [function ]
await 0; -> number 0
await 0; 'x' // comment -> string x

'use strict'; let s = 1; function sf() { return this } sf() -> undefined
s -> number 1
sf() -> undefined
sf.name -> string sf
'use strict'; undeclared = 1 -> throws ReferenceError: undeclared is not defined
'use strict'; var v = 1, w; for (var i = 0; i < 2; i++) ; v + i -> number 3
w -> undefined
v + i -> number 3
'use strict'; 010 -> throws SyntaxError: Octal literals are not allowed in strict mode
'use strict'; with ({}) ; -> throws SyntaxError: invalid keyword: with
'use strict'; let t; let t -> throws SyntaxError: invalid redefinition of lexical identifier
'use strict'; function r() { return r2() } function r2() { return 2 } r() -> number 2
function r2() { return 3 } r() -> number 3
'use strict'; const c = 1; c = 2 -> throws TypeError: Assignment to constant variable 'c'
'use strict'; function self() { self = 1 } self(); self -> number 1
'use strict'; { function inner() {} } typeof inner -> string undefined
'use strict'; function dup() { return 1 } function dup() { return 2 } dup() -> number 2
'use strict'; async function as() {} function* ge() {} as.name + ge.name -> string asge
'use strict' -> string use strict
"use strict"; 'other' -> string other
'other'; 'use strict'; (function () { return this })() -> undefined
('use strict'); (function () { return typeof this })() -> string object

import d, { y as yy, f } from 'm' -> undefined
d + yy + f() -> number 17
import * as ns from 'm'; ns.y -> number 6
import d2, * as ns2 from 'm'; d2 + ns2.y -> number 11
import { default as d3, 'y' as y3 } from 'm'; d3 + y3 -> number 11
import { y } from 'm'; let n = y + 1; n -> number 7
import 'm'; 1 -> number 1
import {} from 'm'; 2 -> number 2
y = 1 -> throws TypeError: Assignment to constant variable 'y'
let y = 1; y -> number 1
import { nope } from 'm' -> throws SyntaxError: the module has no export named 'nope'
import { toString } from 'm' -> throws SyntaxError: the module has no export named 'toString'
import x from 'absent' -> throws ReferenceError: cannot find module: absent
import d, { f as d } from 'm' -> throws SyntaxError: invalid redefinition of lexical identifier
import d from 'm'; let d = 1 -> throws SyntaxError: invalid redefinition of lexical identifier
import d from 'm'; function d() {} -> throws SyntaxError: invalid redefinition of lexical identifier
import d from 'm' with { type: 'json' } -> throws SyntaxError: Unexpected identifier 'd'
export let e = 1 -> throws SyntaxError: unsupported keyword: export
{ import d from 'm' } -> throws SyntaxError: Unexpected identifier 'd'
(await import('m')).default -> number 5
import\n  {\n    y\n  }\nfrom 'm'\ny -> number 6

#!/usr/bin/env node\nlet h = 1; h -> number 1
\ufefflet b = 2; b -> number 2
\ufeff#!/x\n'use strict'; let b = 3; (() => b)() -> number 3
#!only -> undefined

let Math2 = Math; let Math = 1; Math -> number 1
let __proto__ = 5; __proto__ -> number 5
const __proto__ = 6; __proto__ -> number 6
let constructor = 1, toString = 2, hasOwnProperty = 3; constructor + toString -> number 3
Object.defineProperty(this, 'own', { set() { print(1) }, configurable: true }); 0 -> number 0
let own = 1; own -> number 1
Object.defineProperty(globalThis, 'fixed', { value: 1 }); 0 -> number 0
let fixed = 2 -> throws SyntaxError: redeclaration of 'fixed'
const fixed = 2 -> throws SyntaxError: redeclaration of 'fixed'
Object.defineProperty(globalThis, 'dull', { value: 1, configurable: true }); 0 -> number 0
let dull = 2; dull -> number 2
const shown = 1; Object.keys(globalThis).includes('shown') -> boolean true

}); print('out'); (async () => { await 1 -> throws SyntaxError: unexpected token in expression: ')'
} print('out'); async () => { await 1 -> throws SyntaxError: unexpected token in expression: '}'
await 1; /* -> throws SyntaxError: unexpected end of comment
let a = 1; `${ -> throws SyntaxError: unexpected token in expression: ''
await 1 +; -> throws SyntaxError: unexpected token in expression: ';'
typeof a -> string undefined
"""

_SESSIONS = [block.split("\n") for block in SESSIONS.strip("\n").split("\n\n")]


@pytest.mark.parametrize("session", _SESSIONS, ids=lambda session: session[0][:40])
def test_a_session_of_scripts(session: list[str]) -> None:
    realm = ScriptRealm()
    realm.modules["m"] = "export default 5; export const y = 6; export function f() { return y }"
    found = []
    for line in session:
        text, _, _ = line.rpartition(" -> ")
        text = text.replace("\\n", "\n").replace("\\ufeff", "\ufeff")
        found.append(f"{line.rpartition(' -> ')[0]} -> {realm.run(text)}")
    assert found == session
    assert realm.lines == []


HOSTILE = [
    "Object.prototype.then = function (f) { f('stolen') }",
    "Promise.prototype.then = () => { throw 1 }",
    "Promise.prototype.then = null; Promise.prototype.constructor = null",
    "Object.defineProperty(Promise.prototype, 'constructor', { get() { throw 2 } })",
    "globalThis.Promise = null; globalThis.JSON = null; globalThis.Object = null; 1",
    "Reflect.getOwnPropertyDescriptor = Reflect.apply = Object.hasOwn = Object.create = null",
    "Object.prototype.get = Object.prototype.value = 1; Object.prototype.writable = false",
    "Object.prototype.configurable = Object.prototype.settled = Object.prototype.next = 5",
    "Object.defineProperty(Array.prototype, 0, { set() { throw 3 }, configurable: true })",
    "Array.prototype[Symbol.iterator] = null; Array.prototype.push = null",
    "String.prototype.repeat = () => { throw 4 }; Function.prototype.call = null",
    "globalThis.eval = () => 'mine'; globalThis.globalThis = { x: 1 }; 1",
    "Error.prototype.toString = () => { throw 5 }; globalThis.SyntaxError = null",
    "var ꞏ = 5, ꞏc = 6, ꞏd = (v) => print('mine', v); 1",
    "Object.prototype.mode = 'async'; Object.prototype.hoist = 'print(1)'; 1",
]


@pytest.mark.parametrize("attack", HOSTILE)
def test_reports_survive_what_a_program_does_to_builtins(attack: str) -> None:
    realm = ScriptRealm()
    realm.run(attack)
    assert realm.run("let a = 1; const b = 2; class C {} a + b") == "number 3"
    assert realm.run("b = 3") == "throws TypeError: Assignment to constant variable 'b'"
    assert realm.run("let a; let a").startswith("throws SyntaxError: invalid redefinition")
    assert realm.run("'use strict'; function f() { return 4 } f()") == "number 4"
    assert realm.run("await 1; ({ a: 1 })") == 'object {"a":number 1}'
    assert realm.run("await 0; throw 6") == "throws number 6"
    assert realm.run("await 1; { function g() { return 8 } } g()") == "number 8"
    assert realm.lines == []


def test_a_completion_value_with_a_then_is_not_awaited() -> None:
    realm = ScriptRealm()
    assert realm.run("await 0; ({ then: 1 })") == 'object {"then":number 1}'
    assert realm.run("await 0; ({ then() { print(1) } })") == 'object {"then":[function then]}'
    assert realm.lines == []


def test_a_frozen_global_object_is_a_type_error() -> None:
    realm = ScriptRealm()
    realm.run("let a = 1; const c = 2; Object.freeze(globalThis)")
    assert realm.run("let b = 1") == "throws TypeError: cannot declare variable 'b'"
    assert realm.run("await 1; var b") == "throws TypeError: cannot declare variable 'b'"
    assert realm.run("let a = 2") == "throws SyntaxError: redeclaration of 'a'"
    assert realm.run("var d = 1").startswith("throws TypeError: ")
    assert realm.run("await a + c") == "number 3"
    assert realm.run("'use strict'; a = 2").startswith("throws TypeError: ")


@pytest.mark.parametrize("start", ["", "await 0; ", "'use strict'; "])
def test_a_thrown_value_that_is_no_value_is_reported(start: str) -> None:
    outcome = ScriptRealm().run(start + "let n = 2 ** 31; [].toReversed.call({ length: n })")
    assert outcome == "throws unknown [uninitialized]"


def test_a_pending_script_reports_when_it_ends() -> None:
    realm = ScriptRealm()
    assert realm.run("let go; await new Promise(f => { go = f }); 'done'") == "pending"
    realm.run("let other = go; go(); 'second'")
    assert [report["text"] for report in realm.reports] == ["string second", "string done"]


def test_scripts_that_wait_keep_sharing_their_variables() -> None:
    realm = ScriptRealm()
    realm.run("let a = 1, go; await new Promise(f => { go = f }); a")
    assert realm.run("let a = 2; go()") == "undefined"
    assert realm.reports[-1]["text"] == "number 2"


def _position(realm: ScriptRealm) -> str:
    """Return the line and column of the topmost frame of the last report."""
    stack: str = realm.reports[-1]["stack"]
    return stack.partition("<input>:")[2].split()[0].rstrip(")")


@pytest.mark.parametrize(
    "text",
    [
        "let a = 1;\n  throw new Error()",
        "class A {} throw new Error()",
        "class A {}\nclass B {} class C {} throw new Error()",
        "let a, b, c; throw new Error()",
        "let a; let b = 1, c; let d = 2\nthrow new Error()",
        "await 1; throw new Error()",
        "await 1;\nif (1) { throw new Error() }",
        "await 1; let é = 'é😀', z; throw new Error()",
        "'use strict'; let a; throw new Error()",
        "'use strict'; var a, b = 1, c; throw new Error()",
        "'use strict'; function f() { throw new Error() }\nf()",
        "await 1; function f() { throw new Error() }\nf()",
        "await 1; { function f() { } } throw new Error()",
        "import { y } from 'm'; let q\nthrow new Error()",
        "import { y } from 'm'; let q; throw new Error()",
        "let a\r\nlet b\u2028let c; throw new Error()",
        "let a = `\n`, b; throw new Error()",
        "await 1; switch (1) { case 1: function f() {} throw new Error() }",
    ],
)
def test_positions_are_those_of_the_text(text: str) -> None:
    realm = ScriptRealm()
    realm.modules["m"] = "export const y = 6"
    rewritten = rewrite(text)
    assert realm.run_rewritten(rewritten, pad=1000).startswith("throws Error")
    line, column = map(int, _position(realm).split(":"))
    before = text.partition("throw")[0]
    bare = re.sub(r"[^\n\r\u2028]", lambda ink: " " * len(ink[0].encode()), before)
    native = ScriptRealm()
    native.run_native("\n" * 1000 + bare + "throw new Error()")
    assert f"{line}:{rewritten.column(line - 1000, column)}" == _position(native)


@pytest.mark.parametrize(
    "text",
    [
        "let a\nlet a",
        "let a; let b; { var a }",
        "const a = 1; const b",
        "class A {}  @",
        "'use strict'; 010",
    ],
)
def test_a_syntax_error_is_where_the_engine_puts_it(text: str) -> None:
    realm, native = ScriptRealm(), ScriptRealm()
    realm.run(text, pad=7)
    native.run_native("\n" * 7 + text)
    assert _position(realm) == _position(native)
    # The same inside an async function: the line before the text holds its head.
    realm.run(text + "; await 1", pad=7)
    assert _position(realm).partition(":")[0] == _position(native).partition(":")[0]
