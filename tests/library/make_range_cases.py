"""Writes range_cases.json: which versions npm's own `semver` finds in which ranges.

Run by hand (`python tests/library/make_range_cases.py`) where npm is installed; the tests compare
with the committed file and need none.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

OUTPUT = Path(__file__).with_name("range_cases.json")

VERSIONS = [
    "0.0.0", "0.0.1-alpha", "0.0.1", "0.1.0", "0.1.5", "0.2.0", "1.0.0-alpha", "1.0.0-alpha.1",
    "1.0.0-beta.2", "1.0.0-rc.1+b", "1.0.0", "1.0.1", "1.2.0", "1.2.3-rc.1", "1.2.3",
    "1.2.3+build", "1.2.4", "1.9.9", "1.10.0", "2.0.0-0", "2.0.0", "2.0.1-alpha.1", "2.1.0",
    "3.0.0-next.10", "3.0.0", "4.17.21", "10.0.0",
]  # fmt: skip
RANGES = [
    "*", "", "x", "1", "1.x", "1.2", "1.2.x", "1.2.*", "^1", "^1.2", "^1.2.3", "^0", "^0.0",
    "^0.0.1", "^0.1.0", "^0.x", "~1", "~1.2", "~1.2.3", "~0", "~> 1.2", ">1", ">=1", ">1.2",
    "<=1.2", "<1", "<1.2.3", "> 1.2.3", ">= 1.2.3", ">=1.2.3 <2", ">=1.2.3 <2.0.0 || ^3",
    "1.2.3 - 2.0.1", "1.2 - 2", "1.2.3 - 2", "^1.0.0-alpha", "^1.0.0-alpha.1", "~1.0.0-beta",
    ">=1.0.0-alpha", ">=2.0.0-0", "^2.0.1-alpha.0", "v1.2.3", "=1.2.3", "=v1.2.3", "^v1.2.3",
    "1.2.3-rc.1", "1.2.3+build", "<2.0.0-0", "^1 || ^2", "^1||^2", "1.2.3 || ", "||",
    ">=1.0.0-0 <3", "^ 1.2.3", "~ 1.2", "<= 2", ">= 1.x", "<1.x", ">1.x", "^1.x.x",
    ">=1.2.3 <=1.9", "   ^1.2.3   ", "^1.2.3 ^1.2.4", "!1", "foo", "1.2.3.4", "^1.2.3-",
    "01.2.3", ">x", "<*", ">=*", "^*", "~*", "~x.1", "^3.0.0-next.9", ">=0.0.0", ">01", "1 2",
    ">=1 <1", "^4.17.0", "1.0.0 - 1.2.x", ">1.2 <1.10", "^0.0.1-alpha", "~0.0.1-alpha",
    "^1.0.0-rc.1+b", "1.0.0 - ", "http://x/y.tgz", "user/repo", "git+ssh://x", "file:../x",
    "workspace:*", "latest", "^1.2.3 || file:x",
]  # fmt: skip
PROGRAM = """
const { versions, ranges, folder } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const semver = require(folder + '/npm/node_modules/semver');
console.log(JSON.stringify(ranges.map((range) => [range, semver.validRange(range) === null
  ? null : versions.filter((version) => semver.satisfies(version, range))])));
"""


def main() -> None:
    """Ask npm's semver about every range and write the file."""
    folder = subprocess.run(["npm", "root", "-g"], check=True, capture_output=True, text=True)
    question = {"versions": VERSIONS, "ranges": RANGES, "folder": folder.stdout.strip()}
    answer = subprocess.run(
        ["node", "-e", PROGRAM], input=json.dumps(question), check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    rows = ",\n".join("    " + json.dumps(row) for row in json.loads(answer.stdout))
    OUTPUT.write_text(f'{{\n  "versions": {json.dumps(VERSIONS)},\n  "cases": [\n{rows}\n  ]\n}}\n')


if __name__ == "__main__":
    main()
