"""Where a session stood before each moment of its timeline, and who starts from there again.

Executions after an undo ran on the state without the undone ones, so a replay must come back to
that state. Within a generation a state is named by the last of the session's own executions that
is in it, because each execution ran on one state only. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from vmgit.events.session import Ready, Redone, Refreshed, RefreshFailed, Undone
from vmgit.state import Moment, SessionState

#: How many generations were made before, and the last execution (number) that is in effect; 0 at
#: the beginning of the generation.
Place = tuple[int, int]
START: Place = (0, 0)


def places(state: SessionState) -> Iterator[Place]:
    """Yield where the session stood before each moment of its timeline."""
    generations, last = START
    for moment in state.timeline:
        yield generations, last
        match moment:
            case int():
                if state.executions[moment].runs_again:
                    last = moment
            case Ready() | Refreshed():
                generations, last = generations + 1, 0
            case Undone():
                last = moment.back_to or 0
            case Redone():
                last = moment.executions[-1]


def needs_heap(moment: Moment, state: SessionState) -> bool:
    """Return True for what runs on the state that was there: not a fresh realm's startup."""
    match moment:
        case int():
            return state.executions[moment].runs_again
        case Refreshed():
            return not moment.fresh
        case RefreshFailed():
            # One without a mode could not even begin.
            return moment.mode is not None and not moment.fresh
    return False
