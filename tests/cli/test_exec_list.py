"""`vmgit exec list`."""

from __future__ import annotations

import pytest
from workspaces import Folder


def test_newest_first_and_cut_where_it_is_told(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "a")
    folder.fine("run", "-s", "a", "-e", "1 + 1")
    folder.vmgit("run", "-e", "throw 1")
    rows = folder.fine("exec", "list", "--json").json
    assert [row["code"] for row in rows[:1]] == ["throw 1"]
    assert [row["status"] for row in rows] == ["error", "ok", "ok", "ok", "ok", "ok"]
    assert rows[0]["execution"] == f"{rows[0]['session']}.3"
    only = folder.fine("exec", "list", "-s", "a", "--json").json
    assert [row["number"] for row in only] == [3, 2, 1]
    assert [row["number"] for row in folder.fine("exec", "list", "-n", "1", "--json").json] == [3]
    lines = folder.fine("exec", "list", "-s", "a").out.splitlines()
    assert lines[0].split() == ["EXECUTION", "KIND", "STATUS", "GEN", "TOOK", "STARTED", "CODE"]
    assert lines[1].endswith("1 + 1")
    assert " s ago  " in lines[1]


@pytest.mark.embedded  # this process hosts
def test_fifty_unless_all_are_wanted(folder: Folder) -> None:
    folder.profile("")
    folder.fine("session", "new", "--name", "a")
    from vmgit.clock import wall_us

    begun = wall_us()
    with folder.open(actor="test") as workspace, workspace.hosting() as sessions:
        from vmgit.code import prompt_code

        live = sessions.get(workspace.views.find_session("a").id)
        for number in range(55):
            live.execute(
                prompt_code(str(number), live.profile.limits), workspace.origin_of(live.state)
            )
    rows = folder.fine("exec", "list", "--json").json
    assert [row["code"] for row in rows] == [str(n) for n in range(54, 4, -1)]
    assert len(folder.fine("exec", "list", "--all", "--json").json) == 55
    assert all(row["started_us"] >= begun for row in rows)
