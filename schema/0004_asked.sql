-- Which event answered a request with an idempotency key, so that one that is sent again is known.
-- The projections are computed again after this.

CREATE TABLE asked (
    key       TEXT    PRIMARY KEY,
    digest    TEXT    NOT NULL,
    stream    TEXT    NOT NULL,
    execution TEXT,
    seq       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
