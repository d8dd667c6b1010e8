"""Writes globals_cases.json: what a real `node` makes of programs that use the web's globals.

Run by hand (`python tests/engine/make_globals_cases.py`); the tests compare with the committed
file and need no node. The programs are those of the file itself: expressions, whose values are
compared as JSON, and statements, whose console text is compared.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

CASES = Path(__file__).with_name("globals_cases.json")

_RUN = """
const {Console} = require('console'), {Writable} = require('stream');
const {values, consoles} = JSON.parse(process.argv[1]);
const done = [];
for (const text of consoles) {
  let out = '';
  const stream = new Writable({write(data, _, done) { out += data; done(); }});
  (0, eval)('(console) => {' + text + '}')(new Console(stream, stream));
  done.push(out);
}
(async () => {
  const results = [];
  for (const text of values) results.push(await (0, eval)(text));
  process.stdout.write(JSON.stringify({values: results, consoles: done}));
})();
"""


def asked(expression: str) -> str:
    """Return the program that gives an expression's value as a text, or the error's name."""
    return (
        "(async () => { try { return JSON.stringify(await (" + expression + ")) ?? 'undefined' }"
        " catch (error) { return 'throws ' + error.name } })()"
    )


def main() -> None:
    known = json.loads(CASES.read_text())
    values = [case[0] for case in known["values"]]
    consoles = [case[0] for case in known["consoles"]]
    programs = json.dumps({"values": [asked(text) for text in values], "consoles": consoles})
    command = ["node", "-e", _RUN, programs]
    made = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    found = {
        "values": list(zip(values, made["values"], strict=True)),
        "consoles": list(zip(consoles, made["consoles"], strict=True)),
    }
    CASES.write_text(json.dumps(found, indent=0, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
