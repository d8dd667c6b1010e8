"""Loads real packages, unmodified, in a real realm and prints what came of it.

Run by hand (`python tests/engine/try_packages.py [NAME...]`); needs `npm` and a network. No test
needs this and nothing of the packages is kept.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.realms import session, shown
from vmgit.limits import Limits

PROGRAMS = {
    "lodash": "const _ = require('lodash'); [_.chunk([1, 2], 1), _.template('<%= a %>')({a: 1})]",
    "dayjs": "require('dayjs')('2024-01-31').add(1, 'month').format('YYYY-MM-DD dddd')",
    "ramda": "const R = await import('ramda'); R.groupBy(R.length, ['a', 'bb', 'c'])",
    "mustache": "require('mustache').render('{{#a}}{{b}},{{/a}}', { a: [{ b: 1 }, { b: 2 }] })",
    "marked": "(await import('marked')).marked.parse('# Hi *x*')",
    "semver": "require('semver').satisfies('1.2.3', '^1') && require('semver/functions/inc')",
    "big.js": "new (require('big.js'))(0.1).plus(0.2).toString()",
    "papaparse": "require('papaparse').parse('a,b\\n1,2', { header: true }).data",
    "immer": "require('immer').produce({ a: [1] }, (draft) => { draft.a.push(2) })",
    "zod": "const { z } = require('zod'); z.object({ a: z.email() }).safeParse({ a: 'x' }).success",
    "handlebars": "require('handlebars').compile('{{#each a}}<{{this}}>{{/each}}')({ a: [1, 2] })",
    "acorn": "require('acorn').parse('let a = 1', { ecmaVersion: 2022 }).body[0].type",
}
_LIMITS = Limits(cpu_ms=10_000, wall_ms=60_000, source_kb=4096)


def fetch(name: str, folder: Path) -> dict[str, bytes]:
    """Return the code and JSON files of the newest version of a package, as of `vendor/NAME`."""
    command = ["npm", "pack", name, "--silent", "--pack-destination", str(folder)]
    printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    files = {}
    with tarfile.open(folder / printed.split()[-1]) as archive:
        for member in archive.getmembers():
            path = member.name.partition("/")[2]
            content = archive.extractfile(member)
            if content is not None and path.endswith((".js", ".mjs", ".cjs", ".json")):
                files[f"vendor/{name}/{path}"] = content.read()
    return files


def main() -> None:
    for name in sys.argv[1:] or PROGRAMS:
        with tempfile.TemporaryDirectory() as folder:
            files = fetch(name, Path(folder))
        with session(files) as made:
            result = made.run(PROGRAMS[name], limits=_LIMITS)
        print(f"{name}: {shown(result)[:100]!r}, {result.cpu_us // 1000} ms")


if __name__ == "__main__":
    main()
