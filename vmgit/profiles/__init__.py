"""Changes the profiles of a worktree: one kind of change, one file; `editor` does what all need.

It stands below the command line, so that Python and REST change profiles in the same way. It
writes nothing but `profiles/NAME.toml`, and neither the index nor a commit.
"""
