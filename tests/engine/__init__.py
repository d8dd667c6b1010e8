"""Tests of `vmgit.engine`."""
