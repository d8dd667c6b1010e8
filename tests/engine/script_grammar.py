"""A grammar of programs whose meaning the rewriting must not change.

Each prints as it goes, ends by itself and reads no top-level name before its declaration, for that
alone may differ.
"""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = ["a", "b", "c", "d", "e"]

names = st.sampled_from(NAMES)
numbers = st.integers(0, 9).map(str)


def _binary(parts: tuple[str, str, str]) -> str:
    return f"({parts[0]} {parts[1]} {parts[2]})"


def _compound_expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "===", "&&", "||", ","]), inner).map(_binary),
        inner.map(lambda e: f"[{e}].length"),
        inner.map(lambda e: f"({{k: {e}}}).k"),
        inner.map(lambda e: f"(() => {e})()"),
        inner.map(lambda e: f"(function () {{ return {e} }})()"),
        inner.map(lambda e: f"`<${{{e}}}>`"),
        inner.map(lambda e: f"(class {{ static s = {e} }}).s"),
        inner.map(lambda e: f"[...(function* () {{ yield {e} }})()].length"),
        st.tuples(names, inner).map(lambda p: f"({p[0]} = {p[1]})"),
        names.map(lambda n: f"typeof {n}"),
        names.map(lambda n: f"typeof {n}"),
        names.map(lambda n: f"eval('typeof {n}')"),
        inner.map(lambda e: f"({{ m() {{ return {e} }} }}).m()"),
        inner.map(lambda e: f"({{ get g() {{ return {e} }} }}).g"),
        inner.map(lambda e: f"((x = {e}) => x)()"),
        inner.map(lambda e: f"(({{ x: [x] }}) => x)({{ x: [{e}] }})"),
        inner.map(lambda e: f"new (class {{ constructor() {{ this.v = {e} }} }})().v"),
        inner.map(lambda e: f"(() => {{ try {{ return {e} }} finally {{ }} }})()"),
        inner.map(lambda e: f"({{}}?.x ?? {e})"),
        inner.map(lambda e: f"`let ${{{e}}} const ${{`class ${{{e}}}`}}`"),
        inner.map(lambda e: f"(function f() {{ let a = {e}; {{ let a = 1 }} return a }})()"),
        inner.map(lambda e: f"((...x) => x.length)({e}, ...[1])"),
    )


expressions = st.recursive(
    st.one_of(
        numbers,
        st.sampled_from(["'s'", "undefined", "typeof a", "typeof e", "'let a = 1'", "null"]),
        st.sampled_from(["/let [}`/]/.source", "'use strict'", "`const`", "this === globalThis"]),
    ),
    _compound_expressions,
    max_leaves=4,
)


def _compound_statements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, max_size=3).map("\n".join)
    block = body.map(lambda b: f"{{ {b} }}")
    jump = st.sampled_from(["", "", "break;", "continue;", "if (t1 > 1) break;"])
    loop_block = st.tuples(body, jump, body).map(lambda p: f"{{ {p[0]} {p[1]} {p[2]} }}")
    return st.one_of(
        block,
        st.tuples(expressions, block).map(lambda p: f"if ({p[0]}) {p[1]}"),
        st.tuples(expressions, block, block).map(lambda p: f"if ({p[0]}) {p[1]} else {p[2]}"),
        loop_block.map(lambda b: f"for (let t1 = 0; t1 < 3; t1++) {b}"),
        loop_block.map(lambda b: f"for (const t1 of [1, 2]) {b}"),
        st.tuples(names, loop_block).map(
            lambda p: f"for (var {p[0]} of [1, 2]) {{ let t1 = 1; {p[1]} }}"
        ),
        st.tuples(names, loop_block).map(
            lambda p: f"for (var {p[0]} in {{x: 1, y: 2}}) {{ let t1 = 1; {p[1]} }}"
        ),
        loop_block.map(lambda b: f"{{ let t1 = 0; do {b} while (t1++ < 2) }}"),
        loop_block.map(lambda b: f"lab: for (let t1 = 0; t1 < 2; t1++) {{ {b} continue lab }}"),
        body.map(lambda b: f"lab: {{ {b} break lab; }}"),
        st.tuples(body, body).map(lambda p: f"try {{ {p[0]} }} catch (t2) {{ {p[1]} }}"),
        st.tuples(body, body).map(lambda p: f"try {{ {p[0]} }} finally {{ {p[1]} }}"),
        body.map(lambda b: f"try {{ throw 1; }} catch {{ {b} }} finally {{ }}"),
        st.tuples(expressions, body, body).map(
            lambda p: f"switch ({p[0]}) {{ case 1: {p[1]} break; default: {p[2]} }}"
        ),
        st.tuples(names, body).map(lambda p: f"{{ let {p[0]} = 5; {p[1]} }}"),
        st.tuples(names, body).map(lambda p: f"(function ({p[0]}) {{ {p[1]} }})(3);"),
        st.tuples(names, body).map(lambda p: f"{{ function {p[0]}() {{ {p[1]} }} {p[0]}(); }}"),
        body.map(lambda b: f"(async () => {{ {b} }})();"),
        st.tuples(names, body).map(
            lambda p: f"switch (1) {{ case 0: let {p[0]} = 1; case 1: {{ {p[1]} }} }}"
        ),
        st.tuples(names, body).map(lambda p: f"if (1) {{ class {p[0]} {{}} {p[1]} }}"),
        body.map(lambda b: f"class t3 {{ static {{ {b} }} }}").map(lambda c: f"{{ {c} }}"),
        body.map(lambda b: f"lab: {{ lab2: for (;;) {{ {b} break lab; }} }}"),
        st.tuples(names, body).map(
            lambda p: f"try {{ throw {{ k: 1 }} }} catch ({{ k: {p[0]} }}) {{ {p[1]} }}"
        ),
        body.map(lambda b: f"for (const t1 of [1]) {{ queue.push(() => {{ {b} }}); }}"),
    )


statements = st.recursive(
    st.one_of(
        expressions.map(lambda e: f"{e};"),
        expressions.map(lambda e: f"print({e});"),
        st.tuples(names, expressions).map(lambda p: f"var {p[0]} = {p[1]};"),
        names.map(lambda n: f"var {n};"),
        st.tuples(names, names).map(lambda p: f"var {{k: {p[0]} = 1, {p[1]}}} = {{}};"),
        st.just(";"),
        names.map(lambda n: f"{{ function {n}() {{ return '{n}' }} }}"),
        names.map(lambda n: f"print(typeof {n});"),
        st.sampled_from(["/* let a */", "// const b = 1\n", "'use sloppy';", "1\n;[2].length"]),
        st.tuples(names, expressions).map(
            lambda p: f"try {{ [{p[0]}] = [{p[1]}] }} catch (t2) {{ print(t2.name) }}"
        ),
        names.map(lambda n: f"try {{ {n}++ }} catch (t2) {{ print(t2.name) }}"),
        st.tuples(names, expressions).map(lambda p: f"for (var {p[0]} of [{p[1]}]) ;"),
        names.map(lambda n: f"if (1) function {n}() {{ return 1 }}"),
        names.map(lambda n: f"lab: function {n}() {{}}"),
    ),
    _compound_statements,
    max_leaves=8,
)

declarations = st.one_of(
    st.tuples(names, numbers).map(lambda p: f"let {p[0]} = {p[1]};"),
    st.tuples(names, numbers).map(lambda p: f"const {p[0]} = {p[1]};"),
    names.map(lambda n: f"let {n};"),
    st.tuples(names, names).map(lambda p: f"let [{p[0]}, {{{p[1]} = 2}} = {{}}] = [1];"),
    names.map(lambda n: f"class {n} {{ static m() {{ return typeof {n} }} }}"),
    st.tuples(names, names).map(lambda p: f"function {p[0]}() {{ return typeof {p[1]} }}"),
    st.tuples(names, expressions).map(lambda p: f"const {p[0]} = () => {p[1]};"),
)


def _program(parts: tuple[list[str], list[str]]) -> str:
    # Functions first: the engine overlooks that a function clashes with a `let` before it.
    first = sorted(parts[0], key=lambda text: not text.startswith("function"))
    closures = ["for (const t4 of queue) t4();"] if "queue." in "".join(parts[1]) else []
    start = ["var queue = [];"] if closures else []
    return "\n".join(start + first + parts[1] + closures)


#: Declarations come first, so that nothing reads a name in its dead zone.
programs = st.tuples(st.lists(declarations, max_size=2), st.lists(statements, max_size=4)).map(
    _program
)
