-- Forks and undos: which session another one was forked from, at which version of its stream, and
-- which executions an undo has taken away. The projections are computed again after this.

ALTER TABLE session ADD COLUMN parent TEXT;
ALTER TABLE session ADD COLUMN parent_version INTEGER;
ALTER TABLE execution ADD COLUMN undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1));
