"""Runs what a `RunRequest` asks for: in a session, or in a fresh one that is closed after."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from vmgit.code import Code, file_code, prompt_code
from vmgit.documents import ExecutionDocument, RestoredDocument, execution_document
from vmgit.errors import NotFoundError, RefusedError
from vmgit.events.session import Origin
from vmgit.limits import Limits
from vmgit.live import LiveSession, Update
from vmgit.sessions import Sessions
from vmgit.workspace import Workspace as Parts

from .missing import missing_file
from .refreshing import refresh_document, restored_document
from .requests import FreshRunRequest, RunRequest
from .ticket import Ticket


def run_in(
    parts: Parts, live: LiveSession, request: RunRequest, ticket: Ticket
) -> ExecutionDocument:
    """Bring a session up to date with what it follows, run the code and return what came of it.

    Raises `VmgitError` when it cannot run; only executions that ran are recorded.
    """
    live.restored = None
    origin = parts.origin_of(live.state)
    update = live.update(origin) if live.state.ended is None else Update()
    code, origin = _code(parts, request, origin, live.profile.limits)
    # A cancellation in here ends the request: there is no execution yet that could be stopped.
    live.warm()
    with ticket.stoppable(live.cancel, f"{live.state.id}.{live.state.next_number}"):
        execution = live.execute(code, origin, request.args, lambda: ticket.cancelled)
    restored: RestoredDocument | UnsetType = UNSET
    if live.restored is not None:
        restored = restored_document(live.restored)
    return execution_document(
        execution, refresh=refresh_document(update, live.state), restored=restored
    )


def run_fresh(
    parts: Parts, sessions: Sessions, request: FreshRunRequest, ticket: Ticket
) -> ExecutionDocument:
    """Run the code in a session of its own and return what came of it. Raises as `run_in`."""
    origin = parts.snapshot()
    limits = sessions.check_profile(request.profile, origin).limits
    code, origin = _code(parts, request, origin, limits)
    live = sessions.create(request.profile, origin, ephemeral=True)
    if live.state.failed is not None:
        failure = live.state.failed
        live.close("its startup failed")
        raise RefusedError(
            f"profile {request.profile} cannot start: {failure.message.rstrip('.')}."
        )
    try:
        with ticket.stoppable(live.cancel, f"{live.state.id}.{live.state.next_number}"):
            execution = live.execute(code, origin, request.args, lambda: ticket.cancelled)
            return execution_document(execution)
    finally:
        live.close("one run")


def _code(parts: Parts, request: RunRequest, origin: Origin, limits: Limits) -> tuple[Code, Origin]:
    """Return the code and the origin it runs against, which an untracked file joins."""
    if request.path is None:
        return prompt_code(request.source or "", limits), origin
    path = request.path
    try:
        origin = parts.with_file(origin, path)
    except NotFoundError:
        raise missing_file(path, parts.paths.root, parts.source(origin.tree)) from None
    return file_code("file", path, "auto", parts.source(origin.tree), limits), origin
