-- Projections: what the events say about sessions and executions, for quick answers. Never a
-- source of truth: `vmgit journal rebuild` makes them again from the log.

CREATE TABLE session (
    id             TEXT    PRIMARY KEY,
    name           TEXT,
    profile        TEXT    NOT NULL,
    worktree       TEXT    NOT NULL,
    prefix         TEXT    NOT NULL,
    state          TEXT    NOT NULL CHECK (
        state IN ('starting', 'active', 'crashed', 'lost', 'closed')
    ),
    generation     INTEGER NOT NULL,
    executions     INTEGER NOT NULL,
    created_seq    INTEGER NOT NULL,
    created_us     INTEGER NOT NULL,
    updated_us     INTEGER NOT NULL,
    last_execution TEXT,
    pinned         TEXT,
    ephemeral      INTEGER NOT NULL CHECK (ephemeral IN (0, 1)),
    reason         TEXT
) STRICT;

CREATE UNIQUE INDEX session_name ON session (name) WHERE name IS NOT NULL;
CREATE INDEX session_created ON session (created_seq);
CREATE INDEX session_state ON session (state);

CREATE TABLE execution (
    session      TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    status       TEXT    NOT NULL CHECK (
        status IN ('running', 'ok', 'error', 'limit', 'cancelled', 'aborted')
    ),
    path         TEXT,
    blob         TEXT    NOT NULL,
    code_preview TEXT    NOT NULL,
    tree         TEXT    NOT NULL,
    commit_oid   TEXT,
    dirty        INTEGER NOT NULL CHECK (dirty IN (0, 1)),
    generation   INTEGER NOT NULL,
    started_us   INTEGER NOT NULL,
    duration_us  INTEGER,
    digest       TEXT,
    start_seq    INTEGER NOT NULL,
    end_seq      INTEGER,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX execution_start ON execution (start_seq);
CREATE INDEX execution_running ON execution (start_seq) WHERE status = 'running';
