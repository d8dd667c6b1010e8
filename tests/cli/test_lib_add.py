"""`vmgit lib add`."""

from __future__ import annotations

import json
from pathlib import Path

from realgit import Git

from .libraries import Shop, fake_npm, shop, without_npm

__all__ = ["shop"]


def test_what_was_added_works_in_a_session(shop: Shop) -> None:
    done = shop.fine("add", "a", "d@1.0.0")
    assert done.out.splitlines() == [
        "added a 1.0.0",
        "added c 1.0.0",
        "added d 1.0.0",
        "added c 2.0.0 (vendor/d/node_modules/c)",
    ]
    assert done.err == "hint: next: git add vendor\n"
    shop.folder.git("add", "vendor")
    code = "[require('a').a, require('d').d, (await import('c')).default.c]"
    assert shop.folder.fine("run", "-e", code).out == "[ 1, 2, 1 ]\n"


def test_git_is_left_alone(shop: Shop, fingerprint: object) -> None:
    git = shop.folder.git
    index, head = (git.folder / ".git/index").read_bytes(), git("rev-parse", "HEAD")
    shop.fine("add", "c")
    assert ((git.folder / ".git/index").read_bytes(), git("rev-parse", "HEAD")) == (index, head)
    assert git("status", "--porcelain") == "?? vendor/"


def test_json(shop: Shop) -> None:
    document = shop.fine("add", "c@1", "--json").json
    assert document == {
        "changed": True,
        "packages": [{"path": "c", "name": "c", "before": None, "version": "1.0.0"}],
        "warnings": [],
        "ignored": [],
        "next": ["git add vendor"],
    }
    again = shop.fine("add", "c@1", "--json").json
    assert (again["changed"], again["next"]) == (False, [])
    assert shop.fine("add", "c@1").out == "vendor/ is as it should be; nothing was changed.\n"
    failed = shop.lib("add", "nothing", "--json")
    assert failed.status == 2
    assert failed.json["error"]["code"] == "not_found"


def test_files_that_git_ignores_are_told(shop: Shop) -> None:
    shop.folder.write(".gitignore", "dist/\nnode_modules/\n")
    done = shop.fine("add", "a", "d")
    assert done.err.splitlines() == [
        "warning: Git ignores 4 files of the libraries (vendor/c/dist/c.js, "
        "vendor/d/node_modules/c/dist/c.js, vendor/d/node_modules/c/index.js, ...).",
        "hint: next: git add --force vendor",
    ]
    shop.folder.git("add", "--force", "vendor")
    assert shop.folder.fine("run", "-e", "require('d').d").out == "2\n"


def test_bytes_survive_git_whatever_it_is_set_to(shop: Shop, tmp_path: Path) -> None:
    shop.registry.publish("crlf", files={"x.txt": "a\r\nb\n", ".gitattributes": "*.txt text"})
    shop.folder.write(".gitattributes", "* text=auto eol=lf\n")
    shop.fine("add", "crlf")
    shop.folder.git("add", ".")
    shop.folder.commit()
    Git(tmp_path)("clone", "--quiet", str(shop.folder.root), "copy")
    assert (tmp_path / "copy/vendor/crlf/x.txt").read_bytes() == b"a\r\nb\n"
    done = shop.folder.vmgit("lib", "verify", cwd=tmp_path / "copy")
    assert (done.status, done.out) == (0, "crlf 1.0.0: fine\n")


def test_the_registry_is_the_one_that_npm_is_set_up_for(shop: Shop, tmp_path: Path) -> None:
    del shop.environment["npm_config_registry"]
    home = tmp_path / "home"
    home.mkdir()
    nothing = shop.lib("add", "c", PATH=without_npm(tmp_path))
    assert nothing.status == 4
    assert nothing.err.splitlines()[0] == (
        "error: No npm registry is configured, and there is no npm to ask for its default."
    )
    assert "npm config set registry" in nothing.err
    asked = shop.lib("add", "c", PATH=fake_npm(tmp_path, shop.registry.url))
    assert asked.status == 0, asked
    (home / ".npmrc").write_text(f"registry={shop.registry.url}\n")
    assert shop.lib("add", "d", HOME=str(home), PATH=without_npm(tmp_path)).status == 0
    (shop.folder.root / ".npmrc").write_text("registry=http://127.0.0.1:9/\n")
    gone = shop.lib("add", "a", HOME=str(home))
    assert gone.status == 4
    assert "the registry at 127.0.0.1:9 cannot be reached" in gone.err
    assert not (shop.folder.root / "vendor/a").exists()


def test_the_projects_file_gets_no_secret(shop: Shop) -> None:
    host = shop.registry.url.removeprefix("http:")
    text = f"registry={shop.registry.url}\n{host}:_authToken=${{SECRET}}\n"
    (shop.folder.root / ".npmrc").write_text(text)
    del shop.environment["npm_config_registry"]
    done = shop.lib("add", "c", SECRET="s3cret")
    assert done.status == 4
    assert ".npmrc:2: the project's .npmrc must not use variables such as ${SECRET}." in done.err
    assert shop.registry.asked() == []


def test_warnings_and_refusals(shop: Shop) -> None:
    shop.registry.publish("old", deprecated="use \x1b[31mnew", peerDependencies={"react": "*"})
    done = shop.fine("add", "old")
    assert "warning: old 1.0.0 is deprecated: use \\x1b[31mnew" in done.err
    assert "warning: old expects react@* beside it, which is not there" in done.err
    lock = (shop.folder.root / "vendor/vmgit-lock.json").read_bytes()
    for argument, why in {
        "c@^7": "error: no version of c is in ^7; the latest is 2.0.0.",
        "c@beta": "error: c has no dist-tag beta; there are: latest.",
        "git+ssh://host/x": "error: 'git+ssh://host/x' is no name of a package.",
        "x@github:u/r": "error: x@'github:u/r' cannot be fetched: only versions, ranges, "
        "dist-tags and npm: aliases come from a registry.",
        "nope": f"error: the registry at {shop.registry.url[7:-1]} has no nope.",
    }.items():
        done = shop.lib("add", argument)
        assert done.status == 2
        assert done.err.splitlines()[0] == why
    assert (shop.folder.root / "vendor/vmgit-lock.json").read_bytes() == lock
    assert shop.lib("add").status == 2


def test_a_bad_lock_stops_everything(shop: Shop) -> None:
    shop.fine("add", "c")
    path = shop.folder.root / "vendor/vmgit-lock.json"
    path.write_text("<<<<<<< ours\n" + path.read_text())
    for command in (["add", "a"], ["list"], ["verify"], ["update"], ["remove", "c"]):
        done = shop.lib(*command)
        assert done.status == 1
        assert "vendor/vmgit-lock.json cannot be used" in done.err
        assert "git checkout -- vendor/vmgit-lock.json" in done.err


def test_a_session_is_refreshed_when_its_library_changes(shop: Shop) -> None:
    shop.fine("add", "c@1.0.0")
    shop.folder.write("startup/10-rules.js", "const { c } = require('c');\n")
    shop.folder.git("add", ".")
    shop.folder.fine("session", "new", "--name", "s")
    assert shop.folder.fine("run", "-s", "s", "-e", "c").out == "1\n"
    shop.fine("add", "c@2.0.0")
    shop.folder.git("add", "vendor")
    done = shop.folder.fine("run", "-s", "s", "-e", "c", "--json")
    assert json.loads(done.out)["value"]["json"] == 2
