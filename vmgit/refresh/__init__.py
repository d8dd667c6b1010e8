"""Bringing an active session up to date with its changed source."""
