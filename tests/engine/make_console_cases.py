"""Writes console_cases.json: what a real `node` prints for arguments of console.log.

Run by hand (`python tests/engine/make_console_cases.py`); the tests compare with the committed
file and need no node. The arguments are those of the file itself.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

CASES = Path(__file__).with_name("console_cases.json")

_PRINT = """
const {Console} = require('console'), {Writable} = require('stream');
Error.stackTraceLimit = 1;
for (const text of JSON.parse(process.argv[1])) {
  let out = '';
  const console = new Console(new Writable({write(data, _, done) { out += data; done(); }}));
  (0, eval)('(console) => console.log(' + text + ')')(console);
  process.stdout.write(JSON.stringify(out.slice(0, -1)) + '\\n');
}
"""


def without_places(text: str) -> str:
    """Put one sign in place of every position, which two engines count differently."""
    return re.sub(r"\bat [^\n{]*:\d+:\d+\)?", "at X", text)


def main() -> None:
    arguments = [case[0] for case in json.loads(CASES.read_text())]
    command = ["node", "-e", _PRINT, json.dumps(arguments)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    texts = [without_places(json.loads(line)) for line in printed.splitlines()]
    CASES.write_text(json.dumps(list(zip(arguments, texts, strict=True)), indent=0) + "\n")


if __name__ == "__main__":
    main()
