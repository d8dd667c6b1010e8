"""The routes that only read: health, workspace, profiles, events, journal."""

from __future__ import annotations

from .served import Served, failure


def test_the_server_lives(server: Served) -> None:
    assert server.client.get("/health").json()["status"] == "ok"


def test_the_workspace_is_told_with_its_server(server: Served, session: str) -> None:
    told = server.client.get("/workspace").json()
    assert told["workspace"] == str(server.folder.root)
    assert told["head"] == server.folder.git("rev-parse", "HEAD")
    assert told["dirty"] is False
    assert session in {one["session"] for one in told["sessions"]}
    assert server.process is not None
    assert told["server"]["pid"] == server.process.pid
    assert told["server"]["warm"] <= told["server"]["max_live"]
    assert told["server"]["queues"] == []


def test_profiles_are_read(server: Served) -> None:
    folder = server.folder
    folder.profile('extends = "default"\ndescription = "more"\n', "more")
    folder.profile("startp = []\n", "bad")
    try:
        listed = {one["profile"]: one for one in server.client.get("/profiles").json()}
        assert listed["more"]["startup"] == ["startup/a.js"]
        assert "startp" in listed["bad"]["error"]
        own = server.client.get("/profiles/more").json()
        assert own["settings"]["startup"] == [], "nothing of what it extends"
        whole = server.client.get("/profiles/more?effective=true").json()
        assert whole["settings"]["limits"]["wall_ms"] == 20000
        assert set(whole["chain"]) == {"profiles/more.toml", "profiles/default.toml"}
        failure(server.client.get("/profiles/bad"), 422, "refused")
        failure(server.client.get("/profiles/none"), 404, "not_found")
        failure(server.client.get("/profiles/more?rev=HEAD"), 404, "not_found")
        failure(server.client.get("/profiles?rev=nowhere"), 404, "unknown_revision")
        checked = server.client.get("/profiles/bad/check").json()
        assert checked["errors"][0]["line"] == 1
        every = {one["profile"]: one for one in server.client.get("/profile-checks").json()}
        assert every["bad"] == checked
        assert every["more"]["errors"] == []
    finally:
        for name in ("more", "bad"):
            folder.git("rm", "-qf", f"profiles/{name}.toml")


def test_events_are_read_in_pages(server: Served, session: str) -> None:
    server.run(session, "console.log(1)")
    every = server.events()
    assert [event["seq"] for event in every] == list(range(1, len(every) + 1))
    first = server.client.get("/events", params={"limit": 2}).json()
    assert first == every[:2]
    assert server.client.get("/events", params={"after": 2, "limit": 2}).json() == every[2:4]
    newest = server.client.get("/events", params={"newest_first": True, "limit": 2}).json()
    assert newest == every[:-3:-1]
    before = {"newest_first": True, "limit": 2, "before": newest[-1]["seq"]}
    assert server.client.get("/events", params=before).json() == every[-3:-5:-1]
    own = server.events(session=session, type=["console", "execution.finished"])
    told = "execution.finished console execution.finished"
    assert " ".join(event["type"] for event in own) == told
    error = failure(server.client.get("/events?type=consol"), 400, "usage")
    assert error["hints"] == ["Did you mean console?"]


def test_the_journal_is_verified_and_rebuilt(server: Served, session: str) -> None:
    last = server.events()[-1]
    verified = server.client.get("/journal/verify").json()
    assert verified["ok"] is True
    assert (verified["events"], verified["head"]) == (last["seq"], last["hash"])
    before = server.client.get("/sessions?all=true").json()
    assert server.post("/journal/rebuild").json() == {"events": last["seq"]}
    assert server.client.get("/sessions?all=true").json() == before
