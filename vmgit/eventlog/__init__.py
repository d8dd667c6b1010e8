"""The append-only event log on SQLite, and the tables that are computed from it."""
