"""Tests of refreshing sessions."""
