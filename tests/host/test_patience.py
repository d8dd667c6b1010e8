"""How long a call may go on: time runs out, at once when stopped, and parts are shorter."""

from __future__ import annotations

import time

from vmgit.host.patience import Patience


def test_time_runs_out() -> None:
    patience = Patience(0.05)
    assert 0 < patience.left() <= 0.05
    time.sleep(0.06)
    assert patience.left() == 0
    assert not patience.stopped


def test_a_stop_ends_every_part() -> None:
    whole = Patience(60)
    part = whole.shorter(30)
    assert 29 < part.left() <= 30
    whole.stop()
    assert (whole.left(), part.left()) == (0, 0)
    assert part.stopped


def test_a_part_never_lasts_longer_than_the_whole() -> None:
    whole = Patience(1)
    assert whole.shorter(60).left() <= 1
    part = whole.shorter(0.5)
    part.stop()
    assert part.left() == 0
    assert whole.left() > 0
