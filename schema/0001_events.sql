-- The event log: insert-only rows, numbered by seq, chained by hash (docs/event-log.md).
--
-- The triggers hold on every connection, also in a plain sqlite3 shell. REPLACE deletes the old row
-- without firing a delete trigger unless recursive_triggers is on, so the insert itself is refused
-- before any conflict is resolved.

CREATE TABLE event (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT CHECK (seq >= 1),
    stream    TEXT    NOT NULL CHECK (stream <> '' AND stream NOT GLOB '*[^!-~]*'),
    version   INTEGER NOT NULL CHECK (version >= 1),
    type      TEXT    NOT NULL CHECK (type <> '' AND type NOT GLOB '*[^!-~]*'),
    schema    INTEGER NOT NULL CHECK (schema >= 1),
    time_us   INTEGER NOT NULL CHECK (time_us >= 0),
    execution TEXT             CHECK (execution <> ''),
    actor     TEXT    NOT NULL CHECK (actor <> ''),
    worktree  TEXT    NOT NULL CHECK (worktree <> ''),
    -- ASCII: as many characters as bytes, which also refuses NUL.
    payload   TEXT    NOT NULL CHECK (
        substr(payload, 1, 1) = '{'
        AND json_valid(payload)
        AND length(payload) = length(CAST(payload AS BLOB))
    ),
    prev_hash TEXT    NOT NULL CHECK (length(prev_hash) = 64),
    hash      TEXT    NOT NULL CHECK (length(hash) = 64),
    UNIQUE (stream, version)
) STRICT;

CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'the event log is append-only: UPDATE refused');
END;

CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN
    SELECT RAISE(ABORT, 'the event log is append-only: DELETE refused');
END;

-- A row must be the next one of the log and of its stream and name the last row's hash; so no
-- INSERT can meet a row that exists. NEW.seq is -1 where the statement leaves it to AUTOINCREMENT.
CREATE TRIGGER event_only_at_the_end BEFORE INSERT ON event
WHEN (NEW.seq <> -1 AND (
        NEW.seq <= ifnull((SELECT max(seq) FROM event), 0)
        OR NEW.seq <> 1 + ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)
    ))
    OR NEW.version <> 1 + ifnull((SELECT max(version) FROM event WHERE stream = NEW.stream), 0)
    OR NEW.prev_hash <> ifnull(
        (SELECT hash FROM event ORDER BY seq DESC LIMIT 1),
        '0000000000000000000000000000000000000000000000000000000000000000'
    )
BEGIN
    SELECT RAISE(ABORT, 'the event log is append-only: this row does not continue it');
END;
