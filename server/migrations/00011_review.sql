-- What governs sessions after they have begun, and what the review of the audit asks of the ledger.

-- +goose Up

-- Where a session began: its holder and whoever reviews it can tell one from another by it. NULL: not known.
ALTER TABLE access.session ADD COLUMN address inet;
GRANT INSERT (address) ON access.session TO mais_creds;
GRANT SELECT (address) ON access.session TO mais_register; -- which sessions a network takes with it
CREATE INDEX session_over ON access.session (ended_at) WHERE ended_at IS NOT NULL;

-- Sessions that are long over say nothing that the ledger does not. One under which emergency access was given stays, because
-- that is never forgotten. Not younger than 30 days, whoever asks.
-- +goose StatementBegin
CREATE FUNCTION access.forget_sessions(age interval, most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old bytea[];
BEGIN
    IF age IS NULL OR age < interval '30 days' THEN
        RAISE EXCEPTION 'an ended session is kept for 30 days' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    old := ARRAY(SELECT s.id_hash FROM access.session s
        WHERE s.ended_at IS NOT NULL AND s.ended_at < now() - age AND NOT EXISTS (SELECT FROM access.emergency e WHERE e.session = s.id_hash)
        ORDER BY s.ended_at LIMIT most FOR UPDATE SKIP LOCKED);
    DELETE FROM access.purpose p WHERE p.session = ANY (old);
    DELETE FROM access.session s WHERE s.id_hash = ANY (old);
    RETURN cardinality(old);
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION access.forget_sessions(interval, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.forget_sessions(interval, integer) TO mais_creds;

-- The questions of a governance officer. A look appends an entry, and each index costs every look: those here hold either
-- few columns in the order of their coming, or nothing of looks, which the two indexes of migration 00005 find already. A
-- query repeats a partial index's condition word for word (package ledger).
--
-- event_time finds the first entry of a time, from where numbers do; of event_at nothing is left to ask. What happens all
-- the time, as most acts, agencies and addresses, is found by going back through the numbers.
DROP INDEX audit.event_at;
CREATE INDEX event_time ON audit.event (at);
CREATE INDEX event_user ON audit.event (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX event_act ON audit.event (act COLLATE "C", id) WHERE NOT (act IN ('record.show', 'record.print') AND outcome = 'allowed');
CREATE INDEX event_persons ON audit.event USING gin (persons)
    WHERE persons IS NOT NULL AND NOT (act IN ('record.show', 'record.print') AND outcome = 'allowed');
CREATE INDEX event_outcome ON audit.event (outcome, id) WHERE outcome <> 'allowed';
CREATE INDEX event_unmet_time ON audit.event (at) WHERE outcome <> 'allowed';

-- Whoever asks who looked at them may have a custody number, which somebody gave with a reason.
CREATE INDEX event_number ON audit.event (lower(detail ->> 'number')) WHERE act COLLATE "C" = 'record.reason' AND outcome = 'allowed';

-- The exports that run, on whatever node. One whose node died is over by itself.
CREATE TABLE audit.export_turn (
    user_id uuid PRIMARY KEY,
    until   timestamptz NOT NULL
);
GRANT SELECT, INSERT, DELETE ON audit.export_turn TO mais_audit;

-- Reference numbers and sessions are random, and a tree of them is written all over. Instead, and for what of the rest is
-- rare, a filter for each 64 pages says which of them a value is not in: some 24 kB for each 10,000 entries, written when
-- the pages are full, by VACUUM, which therefore comes by every 20,000 entries. What it has not seen yet is read through.
CREATE INDEX event_marks ON audit.event
    USING brin (request uuid_bloom_ops (n_distinct_per_range = 1500), session text_bloom_ops (n_distinct_per_range = 200),
        address inet_bloom_ops (n_distinct_per_range = 100), agency text_bloom_ops (n_distinct_per_range = 50)) WITH (pages_per_range = 64);
ALTER TABLE audit.event SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000);
ALTER TABLE audit.event ALTER COLUMN agency SET STATISTICS 300, ALTER COLUMN address SET STATISTICS 300; -- which are rare

-- PostgreSQL thinks of what is random that every 64 pages hold it, and reads the whole table instead. These do not let it.
-- +goose StatementBegin
CREATE FUNCTION audit.of_request(number uuid) RETURNS SETOF audit.event LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
    AS $$ SELECT * FROM audit.event WHERE request = number $$;

CREATE FUNCTION audit.of_session(name text) RETURNS SETOF audit.event LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
    AS $$ SELECT * FROM audit.event WHERE session = name $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION audit.of_request(uuid), audit.of_session(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.of_request(uuid), audit.of_session(text) TO mais_audit;
