"""`vmgit exec events`."""

from __future__ import annotations

import pytest
from workspaces import Folder


@pytest.mark.embedded  # a server notes the request too
def test_the_events_of_one_execution_in_order(folder: Folder) -> None:
    folder.fine("run", "-e", "console.log('a\\nb'); import { set } from 'vmgit:kv'; set('k', 1)")
    events = folder.fine("exec", "events", "@", "--json").json
    assert [event["type"] for event in events] == [
        "execution.started",
        "console",
        "host.call",
        "execution.finished",
    ]
    assert events[1]["payload"] == {"level": "log", "text": "a\nb"}
    assert len({event["execution"] for event in events}) == 1
    lines = folder.fine("exec", "events", "@").out.splitlines()
    assert len(lines) == 4
    assert "text='a\\nb' level=log" in lines[1]
    assert "op=kv.set" in lines[2]
    after = folder.fine("exec", "events", "@", "--after", str(events[1]["seq"]), "--json").json
    assert after == events[2:]
    assert folder.fine("exec", "events", "@", "--after", "999999", "--json").json == []
    assert folder.vmgit("exec", "events", "@", "--after", "-1").status == 2
