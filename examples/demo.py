"""Runs vmgit's main job on a copy of `examples/workspace` and checks what every step shows.

It types what a person would type, with the real commands, and stops loudly at the first step that
does not show what it should. `make demo` calls it; so does the test suite.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
TIMEOUT = 60


class Demo:
    """A workspace in a temporary folder and the commands that are typed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        identity = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", "Ada"), ("EMAIL", "ada@example.com"))
        }
        self.env = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
            **identity,
            "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        }

    def say(self, text: str) -> None:
        """Explain the next step."""
        print(f"\n# {text}", flush=True)

    def run(self, command: str, *expected: str, status: int = 0) -> str:
        """Type a command; stop unless it exits with `status` and shows every `expected` pattern."""
        print(f"$ {command}", flush=True)
        done = subprocess.run(
            shlex.split(command),
            cwd=self.folder,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT,
            check=False,
        )
        print(done.stdout, end="", flush=True)
        if done.returncode != status:
            raise SystemExit(f"demo: exit status {done.returncode}, expected {status}")
        check(done.stdout, expected)
        return done.stdout


def check(shown: str, expected: tuple[str, ...]) -> None:
    """Stop unless `shown` holds every pattern."""
    for pattern in expected:
        if re.search(pattern, shown, re.MULTILINE) is None:
            raise SystemExit(f"demo: this does not show {pattern!r}:\n{shown}")


class Watch:
    """`vmgit watch` in the background, read line by line."""

    def __init__(self, demo: Demo) -> None:
        print("$ vmgit watch &", flush=True)
        self.process = subprocess.Popen(
            ["vmgit", "watch"], cwd=demo.folder, env=demo.env, text=True, stdout=subprocess.PIPE
        )

    def line(self, pattern: str) -> None:
        """Wait for the next line and stop unless it shows `pattern`."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        print(f"[watch] {line}", end="", flush=True)
        check(line, (pattern,))

    def stop(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(2)
        if self.process.wait(TIMEOUT) != 130:
            raise SystemExit(f"demo: vmgit watch ended with {self.process.returncode}, not 130")
        assert self.process.stdout is not None
        self.process.stdout.close()


def change_rule(folder: Path) -> None:
    """Let the bulk discount be larger and begin at six pieces instead of ten."""
    rules = folder / "startup" / "10-rules.js"
    before = rules.read_text("utf-8")
    after = before.replace("from: 10, percent: 5", "from: 6, percent: 8")
    if before == after:
        raise SystemExit("demo: startup/10-rules.js has no bulk rule to change")
    rules.write_text(after, "utf-8")


def main() -> None:
    """Run the demo."""
    with tempfile.TemporaryDirectory(prefix="vmgit-demo-") as temporary:
        folder = Path(temporary) / "shop"
        shutil.copytree(HERE / "workspace", folder)
        demo = Demo(folder)

        demo.say("A shop keeps its pricing rules in Git.")
        demo.run("git init --quiet")
        demo.run("git add .")
        demo.run("git commit --quiet -m 'The rules of the shop'")
        demo.run("vmgit profile check", "shop: fine")

        demo.say("A session runs the startup files and keeps its state.")
        demo.run("vmgit session new --profile shop --name till", "^till$")
        demo.run("vmgit run -s till scripts/price.js", "A-1005 +46.00 EUR")
        demo.run("vmgit run -s till -e 'let asked = 1; money(price({items: []}))'", "4.90 EUR")

        demo.say("Somebody changes a rule and commits it; the live session follows.")
        watch = Watch(demo)
        try:
            watch.line("^watching .*: 1 session$")
            change_rule(folder)
            watch.line(r"^refreshed +till \(generation 2\).*startup/10-rules.js.* ms$")
            demo.run("git commit --quiet -am 'Bulk discount: 8 percent from six pieces on'")
            demo.run("vmgit run -s till scripts/price.js", "A-1005 +44.09 EUR")
            demo.run("vmgit run -s till -e 'asked += 1'", "^2$")
        finally:
            watch.stop()

        demo.say("Does the session still do what it did? Every outcome is compared.")
        demo.run("vmgit replay till", "^till: 7 same$")

        demo.say("What would it have done under the old rules, and under the new?")
        demo.run("vmgit replay till --at HEAD~1", r"^\s+\+log: A-1005 +46.00 EUR$", status=1)
        demo.run("vmgit replay till --at HEAD", r"^\s+\+log: A-1005 +44.09 EUR$", status=1)

        demo.say("All of it is in the log, and the log defends itself.")
        demo.run("vmgit exec list --session till", "startup/10-rules.js")
        demo.run("vmgit journal verify", "chain intact")
        print("\nThe demo showed what it should.")


if __name__ == "__main__":
    main()
