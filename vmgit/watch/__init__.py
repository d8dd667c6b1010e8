"""Notices changes of the worktree and decides when they are ready to be acted on."""
