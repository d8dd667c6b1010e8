"""Tests of `vmgit.git`."""
