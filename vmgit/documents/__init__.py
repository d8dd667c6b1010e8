"""The JSON shapes that `--json`, the Python API and REST give.

One place, so that a field has one name and one unit everywhere. Pure: documents are built from
the fold of events, never from the live heap. A field that may be UNSET is left out where it says
nothing; every other one is always there.
"""

from .executions import (
    CancelledDocument,
    ConsoleDocument,
    ErrorDocument,
    ExecutionDocument,
    ExecutionSummaryDocument,
    RefreshDocument,
    RestoredDocument,
    execution_document,
    execution_summary,
)
from .log import (
    EventDocument,
    VerificationDocument,
    event_document,
)
from .profiles import (
    ProfileCheckDocument,
    ProfileDocument,
    ProfileSummaryDocument,
)
from .sessions import (
    ParentDocument,
    RedoDocument,
    SessionDocument,
    SessionSummaryDocument,
    StartupDocument,
    UndoDocument,
    redo_document,
    session_document,
    session_summary,
    undo_document,
)
from .workspace import (
    PendingSessionDocument,
    WorkspaceDocument,
)

__all__ = [
    "CancelledDocument",
    "ConsoleDocument",
    "ErrorDocument",
    "EventDocument",
    "ExecutionDocument",
    "ExecutionSummaryDocument",
    "ParentDocument",
    "PendingSessionDocument",
    "ProfileCheckDocument",
    "ProfileDocument",
    "ProfileSummaryDocument",
    "RedoDocument",
    "RefreshDocument",
    "RestoredDocument",
    "SessionDocument",
    "SessionSummaryDocument",
    "StartupDocument",
    "UndoDocument",
    "VerificationDocument",
    "WorkspaceDocument",
    "event_document",
    "execution_document",
    "execution_summary",
    "redo_document",
    "session_document",
    "session_summary",
    "undo_document",
]
