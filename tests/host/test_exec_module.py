"""`vmgit:env` and `vmgit:exec` from JavaScript, and that a replay starts nothing."""

from __future__ import annotations

from hosted import Hosted

GRANTS = '[capabilities]\nenv = ["APP_*", "LC_ALL"]\nexec = ["sh"]\n'


def test_programs_and_variables_of_a_session(hosted: Hosted) -> None:
    hosted.folder.profile(GRANTS)
    with hosted.workspace.hosting() as sessions:
        profile = sessions.check_profile("default", hosted.workspace.snapshot())
    hosted.workspace.trust.add("default", profile.capabilities)
    live = hosted.new()
    hosted.run(live, "const { run } = require('vmgit:exec'), env = require('vmgit:env')")
    assert hosted.value(live, "env.get('LC_ALL') + env.get('APP_NONE')") == "'Cundefined'"
    assert hosted.value(live, "env.list().includes('LC_ALL')") == "true"
    counting = "run('sh', ['-c', 'cat; echo x >> count'], { input: 'in' }).stdout"
    assert hosted.value(live, counting) == "'in'"
    assert hosted.value(live, "run('sh').status") == "0"
    assert hosted.run(live, "run('ls')").finished.error.code == "denied"  # type: ignore[union-attr]
    assert {verdict for _, verdict in hosted.verdicts(live)} == {"same"}
    assert (hosted.folder.root / "count").read_text() == "x\n"
