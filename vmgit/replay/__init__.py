"""Replaying recordings: playing them, comparing outcomes, explaining differences."""
