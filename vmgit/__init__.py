"""vmgit: JavaScript sessions that run against Git trees and are their own event log."""

__version__ = "0.1.0"
