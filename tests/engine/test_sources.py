"""Modules in a realm: ES modules, CommonJS, JSON, host modules; instances, errors, positions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .realms import Session, Tree, session, shown

FILES = {
    "lib/a.mjs": (
        "import {b} from './b.js';\nexport const a = b + 1;\nexport default () => 'hi' + b;"
    ),
    "lib/b.js": "export let b = 41; globalThis.loads = (globalThis.loads || 0) + 1;",
    "lib/c.cjs": (
        "'use strict';\nexports.name = 'c'; exports.where = [__filename, __dirname];\n"
        "exports.again = () => { throw new Error('from c') };\n"
        "exports.data = require('./d.json').x;"
    ),
    "lib/whole.cjs": "module.exports = function whole() { return 7 };",
    "lib/d.json": '{"x": [1, 2]}',
    "lib/bad.json": '{"x": ',
    "lib/bad.mjs": "export const z = 1;\nnull.boom;",
    "lib/syntax.mjs": "export const z = 1;\nlet let = 5;",
    "lib/syntax.cjs": "exports.a = 1;\nif (;",
    "lib/throws.cjs": "\n\nthrow new TypeError('boom')",
    "lib/one.cjs": "exports.early = 1; exports.two = require('./two.cjs').saw;",
    "lib/two.cjs": "exports.saw = require('./one.cjs').early;",
    "lib/ring1.mjs": "import {two} from './ring2.mjs'; export const one = () => two() + 1;",
    "lib/ring2.mjs": "import {one} from './ring1.mjs'; export const two = () => 2; export {one};",
    "lib/mixed.mjs": (
        "import c, {name} from './c.cjs'; import d from './d.json'; import w from './whole.cjs';\n"
        "export const all = [c.name, name, d.x, w()];"
    ),
    "lib/later.mjs": "export const v = await Promise.resolve(9);",
    "lib/never.mjs": "await new Promise(() => {});",
    "lib/lazy.cjs": (
        "exports.load = () => import('./d.json'); exports.boom = () => { throw new Error('b') };"
    ),
    "lib/missing.mjs": "import {q} from './nope.js'; export default q;",
    "lib/count.cjs": "globalThis.counted = (globalThis.counted || 0) + 1; exports.n = counted;",
    "lib/sub/up.mjs": "export {a} from '../a.mjs'; export const url = import.meta.url;",
    "#hash.cjs": "1",
    "bang.cjs": "#!/usr/bin/env node\nexports.line = new Error('x').stack;",
}


@pytest.fixture(scope="module")
def made() -> Iterator[Session]:
    with session(FILES) as opened:
        yield opened


VALUES = [
    ("import hi, {a} from './lib/a.mjs'; [hi(), a]", "[ 'hi41', 42 ]"),
    ("(await import('a.mjs')).a", "42"),
    ("(await import('./lib/sub/up.mjs')).a", "42"),
    ("loads", "1"),
    ("(await import('./lib/mixed.mjs')).all", "[ 'c', 'c', [ 1, 2 ], 7 ]"),
    ("(await import('./lib/later.mjs')).v", "9"),
    ("(await import('./lib/ring1.mjs')).one()", "3"),
    ("(await import('./lib/one.cjs')).default", "{ early: 1, two: 1 }"),
    ("require('./lib/c.cjs').where", "[ 'lib/c.cjs', 'lib' ]"),
    ("require('c.cjs') === require('./lib/c.cjs')", "true"),
    ("require('./lib/d.json')", "{ x: [ 1, 2 ] }"),
    ("require('./lib/whole.cjs')()", "7"),
    ("require('./lib/a.mjs').a", "42"),
    ("loads", "1"),
    ("Object.keys(require('vmgit:kv'))", "[ 'get', 'set', 'delete', 'list' ]"),
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_value(made: Session, text: str, expected: str) -> None:
    assert shown(made.run(text)) == expected


ERRORS = [
    ("await import('./lib/bad.mjs')", "TypeError", "cannot read property", "lib/bad.mjs:2:1"),
    ("await import('./lib/syntax.mjs')", "SyntaxError", "variable name", "lib/syntax.mjs:2:1"),
    ("require('./lib/syntax.cjs')", "SyntaxError", "unexpected token", "lib/syntax.cjs:2:"),
    ("require('./lib/throws.cjs')", "TypeError", "boom", "lib/throws.cjs:3:11"),
    ("await import('./lib/throws.cjs')", "TypeError", "boom", "lib/throws.cjs:3:11"),
    ("require('./lib/bad.json')", "SyntaxError", "lib/bad.json: ", "<repl>:1:1"),
    ("await import('./lib/bad.json')", "SyntaxError", "lib/bad.json: ", ""),
    ("require('./lib/bad.mjs')", "TypeError", "cannot read property", "lib/bad.mjs:2:1"),
    ("require('./lib/never.mjs')", "Error", "require() of an ES module with a top-level await", ""),
    ("await import('./lib/missing.mjs')", "ReferenceError", "Cannot import './nope.js'", ""),
    ("require('./lib/nope')", "Error", "Cannot require './lib/nope'", ""),
    ("require(5)", "TypeError", "require: the specifier must be a string", ""),
    ("require('./lib/c.cjs').again()", "Error", "from c", "lib/c.cjs:3:"),
]


@pytest.mark.parametrize(("text", "name", "message", "place"), ERRORS)
def test_error(made: Session, text: str, name: str, message: str, place: str) -> None:
    fault = made.run(text).outcome.error
    assert fault is not None
    assert fault.name == name
    assert message in fault.message
    assert place in fault.stack
    assert "vmgit:" not in fault.message + fault.stack
    assert "?v=" not in fault.message + fault.stack


def test_a_failed_import_that_is_caught_is_no_error(made: Session) -> None:
    text = "try { await import('./lib/bad.mjs') } catch (e) { 'caught ' + e.name }"
    assert shown(made.run(text)) == "'caught TypeError'"


def test_files_run_as_what_they_are(made: Session) -> None:
    assert shown(made.run_file("lib/sub/up.mjs")) == "undefined"
    assert shown(made.run_file("lib/c.cjs")) == "undefined"
    assert shown(made.run_file("lib/bad.json")).startswith("SyntaxError: lib/bad.json")
    assert shown(made.run_file("lib/syntax.cjs")).startswith("SyntaxError")
    assert shown(made.run_file("lib/missing.mjs")).startswith("ReferenceError: Cannot import")


def test_a_file_runs_anew_each_time(made: Session) -> None:
    made.run("delete globalThis.counted")
    made.run_file("lib/count.cjs")
    made.run_file("lib/count.cjs")
    assert shown(made.run("counted")) == "2"


def test_relative_names_start_at_the_file_that_holds_the_code(made: Session) -> None:
    made.run("const get = () => require('./d.json'); const now = get()", path="lib/script.js")
    assert shown(made.run("now.x")) == "[ 1, 2 ]"
    assert shown(made.run("get().x")) == "[ 1, 2 ]"
    assert shown(made.run("(await import('./d.json')).default.x", path="lib/x.js")) == "[ 1, 2 ]"
    made.run("const load = () => import('./d.json'); function boom() { null.x }", path="lib/y.js")
    assert shown(made.run("(await load()).default.x")) == "[ 1, 2 ]"
    assert shown(made.run("(await require('./lib/lazy.cjs').load()).default.x")) == "[ 1, 2 ]"
    fault = made.run("boom()").outcome.error
    assert fault is not None
    assert fault.stack.startswith("    at boom (lib/y.js:1:58)")
    fault = made.run("require('./lib/lazy.cjs').boom()").outcome.error
    assert fault is not None
    assert fault.stack.startswith("    at <anonymous> (lib/lazy.cjs:1:75)")


def test_a_hashbang_is_no_code(made: Session) -> None:
    assert "bang.cjs:2:" in shown(made.run("require('./bang.cjs').line"))
    assert shown(made.run("#!/usr/bin/env vmgit\n5", path="script.js")) == "5"


def test_an_unchanged_module_keeps_its_instance_and_a_changed_one_is_made_anew() -> None:
    outer = "export * from './y.mjs'"
    with session({"lib/x.mjs": outer, "lib/y.mjs": "export const v = {n: 1}"}) as s:
        s.run("const first = (await import('./lib/x.mjs')).v; first.n = 5")
        assert shown(s.run("(await import('./lib/x.mjs')).v === first")) == "true"
        s.tree = Tree({"lib/x.mjs": outer, "lib/y.mjs": "export const v = 'new'"})
        assert shown(s.run("(await import('./lib/x.mjs')).v")) == "'new'"
        assert shown(s.run("first.n")) == "5"


def test_a_failed_module_is_tried_again_after_an_edit() -> None:
    with session({"lib/x.cjs": "throw new Error('old')", "lib/y.mjs": "syntax error"}) as s:
        assert shown(s.run("require('./lib/x.cjs')")) == "Error: old"
        assert shown(s.run("await import('./lib/y.mjs')")).startswith("SyntaxError")
        s.tree = Tree({"lib/x.cjs": "exports.ok = 1", "lib/y.mjs": "export default 2"})
        assert shown(s.run("require('./lib/x.cjs').ok")) == "1"
        assert shown(s.run("(await import('./lib/y.mjs')).default")) == "2"


def test_what_resolution_looked_at_is_told(made: Session) -> None:
    deps = made.run("await import('./lib/a.mjs')").deps
    assert deps["lib/a.mjs"] == made.tree.oids["lib/a.mjs"]
    assert deps["lib/b.js"] == made.tree.oids["lib/b.js"]
    missing = made.run("try { require('./nope') } catch {}").deps
    assert missing["nope.js"] is None
    assert made.run("1").deps == {}


def test_kv_goes_through_the_host(made: Session) -> None:
    text = (
        "import kv, {get} from 'vmgit:kv'; kv.set('a', {x: [1]}); kv.set('ab', null);"
        "[get('a'), kv.get('none'), kv.list('a'), kv.delete('a'), kv.delete('a'), kv.list()]"
    )
    result = made.run(text)
    assert shown(result) == "[ { x: [ 1 ] }, undefined, [ 'a', 'ab' ], true, false, [ 'ab' ] ]"
    calls = result.outcome.calls
    assert [call.op for call in calls] == (
        ["kv.set", "kv.set", "kv.get", "kv.get", "kv.list", "kv.delete", "kv.delete", "kv.list"]
    )
    assert calls[0].request == {"key": "a", "value": {"x": [1]}}
    assert calls[2].result == {"x": [1]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("require('vmgit:kv').get(5)", "TypeError: kv.get: the key must be a string"),
        ("require('vmgit:kv').set('a')", "TypeError: kv.set: the value is not JSON: undefined"),
        ("require('vmgit:kv').set('a', () => 1)", "TypeError: kv.set: the value is not JSON"),
        ("require('vmgit:kv').set('a', 1n)", "TypeError"),
        ("require('vmgit:kv').set('a', '\\ud800')", "TypeError: the request holds text"),
        ("const l = []; l[0] = l; require('vmgit:kv').set('a', l)", "TypeError"),
    ],
)
def test_bad_requests_are_errors_of_the_program(made: Session, text: str, expected: str) -> None:
    assert shown(made.run(text)).startswith(expected)


def test_a_denied_call_is_an_error_with_a_code() -> None:
    from vmgit.engine.api import Answer
    from vmgit.outcome import Fault

    from .realms import Store

    class Nothing(Store):
        def call(self, op: str, request: object) -> Answer:
            return Answer(error=Fault("DeniedError", f"{op} is not granted", code="denied"))

    with session() as s:
        s.store = Nothing()
        outcome = s.run("require('vmgit:kv').get('a')").outcome
        assert outcome.error is not None
        assert (outcome.error.name, outcome.error.code) == ("DeniedError", "denied")
        assert outcome.calls[0].error is not None
        caught = "try { require('vmgit:kv').get('a') } catch (e) { [e.code, e instanceof Error] }"
        assert shown(s.run(caught)) == "[ 'denied', true ]"
