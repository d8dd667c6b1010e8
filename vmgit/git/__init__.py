"""Git: where the workspace is, what its tracked files are now, and what a tree holds."""
