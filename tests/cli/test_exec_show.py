"""`vmgit exec show`."""

from __future__ import annotations

from workspaces import Folder


def test_what_ran_what_it_printed_and_how_it_ended(shared: Folder) -> None:
    code = "console.log('said');\nconsole.warn('loudly');\n({ a: 1 })"
    one = shared.fine("run", "--json", "-e", code, "x", "y").json
    done = shared.fine("exec", "show", one["execution"])
    head, source, said = done.out.split("\n\n")
    facts = dict(line.split(":", 1) for line in head.splitlines())
    assert facts["execution"].strip() == one["execution"]
    assert facts["code"].strip() == f"prompt (blob {one['blob']})"
    assert facts["arguments"].strip() == "x y"
    assert facts["tree"].strip() == one["tree"]
    assert facts["status"].strip() == "ok"
    assert facts["digest"].strip() == one["digest"]
    assert source.splitlines() == [f"    {line}" for line in code.splitlines()]
    assert said == "said\n{ a: 1 }\n"
    assert done.err == "loudly\n"


def test_how_it_failed_is_told_and_is_no_failure_of_the_command(shared: Folder) -> None:
    shared.vmgit("run", "-e", "throw new TypeError('bad')")
    done = shared.fine("exec", "show", "@")
    assert "status:      error\n" in done.out
    assert done.err.startswith("Uncaught TypeError: bad\n")


def test_every_way_to_name_one(folder: Folder) -> None:
    session = folder.fine("session", "new", "--name", "a", "--json").json["session"]
    folder.fine("run", "-s", "a", "-e", "3")
    two = folder.fine("exec", "show", f"{session}.3", "--json").json
    assert two["value"]["json"] == 3
    for name in ("a.3", "a", "@", "@.3", f"{session[:5]}.3", "@-0"):
        assert folder.fine("exec", "show", name, "--json").json == two
    assert folder.fine("exec", "show", "@-1", "--json").json["execution"] == f"{session}.2"
    file = folder.fine("exec", "show", "a.1")
    assert "code:        startup/00-base.js (blob " in file.out
    assert file.out.endswith("vmgit 0.1.0\n")
