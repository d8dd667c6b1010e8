from __future__ import annotations

from vmgit.watch.batch import Batch, Pace, Ready
from vmgit.watch.messages import Degraded, GitChanged, Message, Paths, Recovered, Rescan, Started


class Script:
    """A batch in a made-up world: a clock in ms, a lock, a rebase, incomplete files."""

    def __init__(self, **pace: int) -> None:
        self.now = 0
        self.lock = False
        self.rebase = False
        self.incomplete: set[str] = set()
        self.looks: list[str] = []
        self.batch = Batch(
            pace=Pace(**pace),
            lock_exists=lambda: self.lock,
            rebasing=lambda: self.rebase,
            is_incomplete=self._look,
        )

    def _look(self, path: str) -> bool:
        self.looks.append(path)
        return path in self.incomplete

    def add(self, message: Message) -> bool:
        return self.batch.add(message, self.now * 1000)

    def paths(self, *paths: str) -> None:
        assert self.add(Paths(paths))

    def run(self, until: int) -> list[tuple[int, Ready]]:
        """Let time pass as a loop does that sleeps as long as it is told."""
        found = []
        while True:
            ready = self.batch.due(self.now * 1000)
            if ready is not None:
                found.append((self.now, ready))
            wait = self.batch.wait_ms(self.now * 1000)
            if wait is None or self.now + wait > until:
                self.now = until
                return found
            assert wait > 0, "told not to wait, but nothing was due"
            self.now += wait


def ready(*paths: str, git: bool = False) -> Ready:
    return Ready(frozenset(paths), git)


def test_nothing_pending_waits_for_ever() -> None:
    script = Script()
    assert script.batch.wait_ms(0) is None
    assert script.batch.due(10**12) is None


def test_due_after_20_quiet_milliseconds() -> None:
    script = Script()
    script.paths("a.js")
    assert script.batch.wait_ms(0) == 20
    assert script.batch.due(19_999) is None
    assert script.batch.due(20_000) == ready("a.js")
    assert script.batch.wait_ms(20_000) is None


def test_a_fraction_of_a_millisecond_is_waited_for() -> None:
    script = Script()
    script.paths("a.js")
    assert script.batch.wait_ms(19_001) == 1
    assert script.batch.wait_ms(20_000) == 0


def test_each_event_starts_the_silence_again_and_duplicates_vanish() -> None:
    script = Script()
    script.paths("a.js")
    assert script.run(15) == []
    script.paths("a.js", "b.js")
    assert script.run(30) == []
    script.paths("a.js")
    assert script.run(500) == [(50, ready("a.js", "b.js"))]


def test_two_bursts_are_two_batches() -> None:
    script = Script()
    script.paths("a.js")
    first = script.run(100)
    script.paths("b.js")
    assert first + script.run(200) == [(20, ready("a.js")), (120, ready("b.js"))]


def test_events_without_end_are_due_at_the_longest_wait() -> None:
    script = Script(max_wait_ms=100)
    found = []
    for now in range(0, 300, 10):
        found += script.run(now)
        script.paths("log.txt")
    assert [when for when, _ in found] == [100, 200]


def test_rescan_means_everything_whatever_paths_came() -> None:
    script = Script()
    script.paths("a.js")
    script.add(Rescan("overflow"))
    script.paths("b.js")
    assert script.run(100) == [(20, Ready(None, False))]
    script.paths("c.js")
    assert script.run(200) == [(120, ready("c.js"))]


def test_the_state_of_the_watcher_is_no_change() -> None:
    script = Script()
    for message in (Started("events"), Degraded("slow"), Recovered()):
        assert not script.add(message)
    assert script.batch.wait_ms(0) is None


def test_git_files_wait_longer() -> None:
    script = Script()
    assert script.add(GitChanged(("index",)))
    assert script.run(40) == []
    script.paths("a.js")
    assert script.run(500) == [(100, ready("a.js", git=True))]


def test_git_files_alone_wait_for_the_files_that_may_follow() -> None:
    script = Script()
    assert script.add(GitChanged(("HEAD",)))
    assert script.run(500) == [(150, ready(git=True))]


def test_a_lock_taken_and_given_back_is_no_batch() -> None:
    script = Script()
    assert not script.add(GitChanged(("index.lock",)))
    assert script.run(500) == []


def test_one_batch_for_all_that_is_written_under_the_lock() -> None:
    script = Script()
    script.lock = True
    script.add(GitChanged(("index.lock",)))
    script.paths("a.js")
    assert script.run(400) == []
    script.paths("b.js")
    assert script.run(800) == []
    script.lock = False
    script.add(GitChanged(("index", "index.lock")))
    found = script.run(2000)
    assert [batch for _, batch in found] == [ready("a.js", "b.js", git=True)]
    assert found[0][0] == 860


def test_a_lock_that_goes_without_an_event_leaves_time_for_its_events() -> None:
    script = Script()
    script.lock = True
    script.paths("a.js")
    assert script.run(300) == []
    script.lock = False
    assert script.run(310) == []  # noticed by looking; the events are still on their way
    script.add(GitChanged(("index",)))
    assert [batch for _, batch in script.run(2000)] == [ready("a.js", git=True)]


def test_a_lock_is_waited_for_even_past_the_longest_wait() -> None:
    script = Script(max_wait_ms=100)
    script.lock = True
    script.paths("a.js")
    assert script.run(3000) == []
    script.lock = False
    assert script.run(4000) == [(3500, ready("a.js"))]


def test_a_stale_lock_is_waited_for_once() -> None:
    script = Script()
    script.lock = True
    script.paths("a.js")
    [(when, batch)] = script.run(20_000)
    assert (batch, when) == (ready("a.js"), 5_000)
    script.paths("b.js")
    assert script.run(21_000) == [(20_020, ready("b.js"))]


def test_a_lock_is_not_stale_while_files_change_under_it() -> None:
    script = Script()
    script.lock = True
    for now in range(0, 12_000, 1_000):
        assert script.run(now) == []
        script.paths(f"{now}.js")
    script.lock = False
    script.add(GitChanged(("index", "index.lock")))
    [(_, batch)] = script.run(20_000)
    assert batch.paths is not None
    assert len(batch.paths) == 12


def test_somebody_at_work_beside_a_stale_lock_does_not_wait_for_ever() -> None:
    script = Script()
    script.lock = True
    found = []
    for now in range(0, 50_000, 3_000):
        found += script.run(now)
        script.paths("a.js")
    assert [when for when, _ in found] == [30_000, 30_020, *range(33_020, 48_000, 3_000)]


def test_another_lock_after_a_stale_one_is_believed_again() -> None:
    script = Script()
    script.lock = True
    script.paths("a.js")
    assert script.run(6_000)
    script.add(GitChanged(("index.lock",)))
    script.paths("b.js")
    assert script.run(7_000) == []
    script.lock = False
    assert [batch for _, batch in script.run(8_000)] == [ready("b.js")]


def test_a_rebase_waits_longer_but_not_for_ever() -> None:
    script = Script(rebase_max_wait_ms=1_000)
    script.rebase = True
    script.paths("a.js")
    assert script.run(140) == []
    script.paths("b.js")
    assert script.run(1_000) == [(290, ready("a.js", "b.js"))]
    found = []
    for now in range(2_000, 3_500, 100):
        found += script.run(now)
        script.paths("a.js")
    assert [when for when, _ in found] == [3_000]


def test_a_missing_file_gets_one_grace_period() -> None:
    script = Script()
    script.incomplete = {"a.js"}
    script.paths("a.js")
    [(when, batch)] = script.run(1_000)
    assert batch == ready("a.js")
    assert 100 <= when <= 120
    assert script.run(5_000) == []


def test_a_file_that_comes_back_in_time_ends_the_grace() -> None:
    script = Script()
    script.incomplete = {"a.js"}
    script.paths("a.js")
    assert script.run(60) == []
    script.incomplete = set()
    script.paths("a.js")
    assert script.run(1_000) == [(80, ready("a.js"))]


def test_a_file_that_comes_back_without_an_event_is_noticed() -> None:
    script = Script()
    script.incomplete = {"a.js"}
    script.paths("a.js")
    assert script.run(45) == []
    script.incomplete = set()
    [(when, _)] = script.run(1_000)
    assert when < 70


def test_files_that_go_missing_one_by_one_do_not_hold_the_batch_for_ever() -> None:
    script = Script(max_wait_ms=300)
    found = []
    for now in range(0, 1_000, 50):
        found += script.run(now)
        script.incomplete.add(f"{now}.js")
        script.paths(f"{now}.js")
    assert [when for when, _ in found] == [300, 600, 900]


def test_complete_files_are_looked_at_once() -> None:
    script = Script()
    script.lock = True
    script.paths(*(f"{n}.js" for n in range(100)))
    assert script.run(1_000) == []
    assert len(script.looks) == 100


def test_the_grace_of_one_batch_is_not_that_of_the_next() -> None:
    script = Script()
    script.incomplete = {"a.js"}
    script.paths("a.js")
    assert script.run(1_000)
    script.paths("a.js")
    [(when, _)] = script.run(2_000)
    assert 1_100 <= when <= 1_120
