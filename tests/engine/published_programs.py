"""What the published packages are asked to do: programs and the values they must come to.

The programs of a package run in one session after another, so later ones use earlier names.
"""

from __future__ import annotations

from typing import Any

PROGRAMS: dict[str, list[tuple[str, Any]]] = {
    "lodash": [
        ("const _ = require('lodash'); _.chunk([1, 2, 3], 2)", [[1, 2], [3]]),
        ("_.template('<%= a %>-<%- b %>')({ a: 1, b: '<' })", "1-&lt;"),
        ("_.groupBy([6.1, 4.2, 6.3], Math.floor)", {"4": [4.2], "6": [6.1, 6.3]}),
        ("_.isEqual(_.cloneDeep({ a: [new Date(0)] }), { a: [new Date(0)] })", True),
        (
            "import merge from 'lodash/merge.js'; merge({ a: { b: 1 } }, { a: { c: 2 } })",
            {"a": {"b": 1, "c": 2}},
        ),
        ("require('lodash/fp').map((x) => x * 2)([1, 2])", [2, 4]),
        (
            "let n = 0; const f = _.debounce(() => n++, 10); f(); f();\n"
            "await new Promise((done) => setTimeout(done, 50)); n",
            1,
        ),
    ],
    "dayjs": [
        (
            "const d = require('dayjs'); d('2024-01-31').add(1, 'month').format('MM-DD dddd')",
            "02-29 Thursday",
        ),
        ("d.extend(require('dayjs/plugin/utc')); d.utc(0).format()", "1970-01-01T00:00:00Z"),
        ("require('dayjs/locale/de'); d('2024-03-05').locale('de').format('D. MMMM')", "5. März"),
        ("import dayjs from 'dayjs'; dayjs('2024-02-29').diff('2023-02-28', 'day')", 366),
    ],
    "ramda": [
        (
            "const R = await import('ramda'); R.groupBy(R.length, ['a', 'bb', 'c'])",
            {"1": ["a", "c"], "2": ["bb"]},
        ),
        ("require('ramda').pipe((x) => x + 1, (x) => x * 2)(3)", 8),
        (
            "import { over, lensPath, inc } from 'ramda'; over(lensPath(['a', 0]), inc, {a: [1]})",
            {"a": [2]},
        ),
    ],
    "mustache": [
        (
            "const view = { a: [{ b: 1 }, { b: '<' }], c: '&' };\n"
            "require('mustache').render('{{#a}}{{b}},{{/a}}{{{c}}}', view)",
            "1,&lt;,&",
        ),
        ("import m from 'mustache'; m.render('{{> p}}', { x: 1 }, { p: 'p{{x}}' })", "p1"),
    ],
    "marked": [
        (
            "const { marked } = await import('marked'); marked.parse('# Hi *x*\\n\\n- `a`\\n')",
            "<h1>Hi <em>x</em></h1>\n<ul>\n<li><code>a</code></li>\n</ul>\n",
        ),
        ("require('marked').marked.lexer('a | b\\n--|--\\n1 | 2')[0].type", "table"),
    ],
    "semver": [
        (
            "const s = require('semver'); [s.satisfies('1.2.3', '^1'), s.inc('1.2.3', 'minor')]",
            [True, "1.3.0"],
        ),
        ("require('semver/functions/coerce')('v3.4 beta').version", "3.4.0"),
        (
            "import semver from 'semver'; semver.minVersion('>1.0.0-rc.1 <2').version",
            "1.0.0-rc.1.0",
        ),
    ],
    "big.js": [
        ("const Big = require('big.js'); new Big(0.1).plus(0.2).toString()", "0.3"),
        (
            "import B from 'big.js'; B.DP = 30; B(2).sqrt().toFixed(25)",
            "1.4142135623730950488016887",
        ),
    ],
    "papaparse": [
        (
            "require('papaparse').parse('a,b\\n1,\"x,\\ny\"', { header: true }).data",
            [{"a": "1", "b": "x,\ny"}],
        ),
        (
            "import P from 'papaparse'; P.unparse([{ a: 1, b: 'x;\"y' }], { delimiter: ';' })",
            'a;b\r\n1;"x;""y"',
        ),
    ],
    "immer": [
        (
            "const { produce } = require('immer'); const base = { a: [1], b: {} };\n"
            "const next = produce(base, (draft) => { draft.a.push(2) });\n"
            "[next.a, base.a, next.b === base.b, Object.isFrozen(next)]",
            [[1, 2], [1], True, True],
        ),
        (
            "import { produceWithPatches, enablePatches, enableMapSet } from 'immer';\n"
            "enablePatches(); enableMapSet();\n"
            "produceWithPatches(new Map([[1, { x: 1 }]]), (d) => { d.get(1).x = 2 })[1]",
            [{"op": "replace", "path": [1, "x"], "value": 2}],
        ),
    ],
    "zod": [
        (
            "const { z } = require('zod');\n"
            "const T = z.object({ a: z.email(), n: z.coerce.number() });\n"
            "[T.safeParse({ a: 'x', n: 1 }).success, T.parse({ a: 'a@b.co', n: '7' })]",
            [False, {"a": "a@b.co", "n": 7}],
        ),
        (
            "import * as z4 from 'zod'; try { z4.array(z4.number().min(3)).parse([1]) }\n"
            "catch (e) { e.issues[0].path.concat(e.issues[0].code, e instanceof z4.ZodError) }",
            [0, "too_small", True],
        ),
        ("await z.string().refine(async (x) => x === 'y').parseAsync('y')", "y"),
    ],
    "handlebars": [
        (
            "const H = require('handlebars');\n"
            "H.compile('{{#each a}}<{{this}}>{{/each}}{{b}}')({ a: [1, 2], b: '&' })",
            "<1><2>&amp;",
        ),
        (
            "H.registerHelper('up', (x) => x.toUpperCase()); H.compile('{{up a}}')({ a: 'x' })",
            "X",
        ),
        (
            "import Handlebars from 'handlebars';\n"
            "eval('(' + Handlebars.precompile('{{a}}') + ')').compiler[0] > 0",
            True,
        ),
    ],
    "acorn": [
        (
            "require('acorn').parse('let a = 1', { ecmaVersion: 2022 }).body[0].type",
            "VariableDeclaration",
        ),
        (
            "import { Parser, tokenizer } from 'acorn';\n"
            "[...tokenizer('a => 1', { ecmaVersion: 'latest' })].map((t) => t.type.label)",
            ["name", "=>", "num"],
        ),
    ],
}
