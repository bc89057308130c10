-- Announcements of the server's keys, each signed by a key of the one before it, and which
-- holder knows which: package certs/pins says how clients follow them.

-- +goose Up
CREATE TABLE ca.pin_announcement (
    number bigint PRIMARY KEY,
    jws    text NOT NULL CHECK (octet_length(jws) BETWEEN 1 AND 16384),
    at     timestamptz NOT NULL DEFAULT now(),
    by     text NOT NULL,
    -- A number is a time, so that nobody can use them up: pins.Latest.
    CHECK (number BETWEEN 1 AND extract(epoch FROM at) + 86400)
);

-- The last announcement that the holder of a token said it holds. It may go back: a site is
-- restored from its own backup.
CREATE TABLE ca.pin_held (
    identity text PRIMARY KEY,
    number   bigint NOT NULL,
    at       timestamptz NOT NULL DEFAULT now(),
    CHECK (number BETWEEN 0 AND extract(epoch FROM at) + 86400)
);

-- +goose StatementBegin
CREATE FUNCTION ca.guard_announcement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(25441, hashtext('ca.pin_announcement')); -- 25441 is the class of our locks, "ca"
    IF EXISTS (SELECT FROM ca.pin_announcement WHERE number >= NEW.number) THEN
        RAISE EXCEPTION 'announcement % is not the next', NEW.number USING ERRCODE = 'unique_violation', CONSTRAINT = 'pin_announcement_pkey';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION ca.guard_announcement() FROM PUBLIC;
CREATE TRIGGER guard BEFORE INSERT ON ca.pin_announcement FOR EACH ROW EXECUTE FUNCTION ca.guard_announcement();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.pin_announcement FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.pin_announcement FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
ALTER TABLE ca.pin_announcement ENABLE ALWAYS TRIGGER guard;
ALTER TABLE ca.pin_announcement ENABLE ALWAYS TRIGGER keep;
ALTER TABLE ca.pin_announcement ENABLE ALWAYS TRIGGER keep_all;

GRANT SELECT ON ca.pin_announcement, ca.pin_held TO mais_ca;
GRANT INSERT (number, jws, by) ON ca.pin_announcement TO mais_ca;
GRANT INSERT (identity, number) ON ca.pin_held TO mais_ca;
GRANT UPDATE (number, at) ON ca.pin_held TO mais_ca;
