-- Sharded revocation lists: a certificate names the one list that will say when it is
-- revoked, and that list is a fraction of the whole, made anew at once.

-- +goose Up
-- The shard that the certificate names, for good. Certificates from before name the full
-- list and have none; nor have those that name no list at all.
ALTER TABLE ca.certificate ADD COLUMN shard integer CHECK (shard >= 0);
CREATE INDEX certificate_bad_shard ON ca.certificate (issuer, shard, not_after) WHERE status <> 'active';

-- The shard of a change, so that the last change of a list is found by one look at an index.
ALTER TABLE ca.status_change ADD COLUMN shard integer;
CREATE INDEX status_change_shard ON ca.status_change (issuer, shard, number);

-- The last revocation list of each shard. Its numbers are its own: its scope is (RFC 5280, 5.2.3).
CREATE TABLE ca.crl_shard (
    issuer        text NOT NULL REFERENCES ca.issuer,
    shard         integer NOT NULL CHECK (shard >= 0),
    number        bigint NOT NULL DEFAULT 0,
    status_number bigint NOT NULL DEFAULT -1,
    next_update   timestamptz NOT NULL DEFAULT '-infinity',
    der           bytea NOT NULL DEFAULT '',
    PRIMARY KEY (issuer, shard)
);
GRANT SELECT, INSERT ON ca.crl_shard TO mais_ca;
GRANT UPDATE (number, status_number, next_update, der) ON ca.crl_shard TO mais_ca;

-- A list's number never goes back or repeats, of the full lists either.
-- +goose StatementBegin
CREATE FUNCTION ca.guard_list() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.number <= OLD.number OR NEW.status_number < OLD.status_number THEN
        RAISE EXCEPTION 'revocation list %: its numbers go up', OLD.issuer USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guard BEFORE UPDATE ON ca.crl_shard FOR EACH ROW EXECUTE FUNCTION ca.guard_list();
CREATE TRIGGER keep BEFORE DELETE ON ca.crl_shard FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.crl_shard FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER guard BEFORE UPDATE ON ca.crl FOR EACH ROW EXECUTE FUNCTION ca.guard_list();
CREATE TRIGGER keep BEFORE DELETE ON ca.crl FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.crl FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
ALTER TABLE ca.crl_shard ENABLE ALWAYS TRIGGER guard;
ALTER TABLE ca.crl_shard ENABLE ALWAYS TRIGGER keep;
ALTER TABLE ca.crl_shard ENABLE ALWAYS TRIGGER keep_all;
ALTER TABLE ca.crl ENABLE ALWAYS TRIGGER guard;
ALTER TABLE ca.crl ENABLE ALWAYS TRIGGER keep;
ALTER TABLE ca.crl ENABLE ALWAYS TRIGGER keep_all;

-- As before, with the shard.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ca.number_status() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n bigint;
BEGIN
    UPDATE ca.status_counter SET number = number + 1 RETURNING number INTO STRICT n;
    INSERT INTO ca.status_change (number, issuer, serial, status, at, shard)
        VALUES (n, NEW.issuer, NEW.serial, NEW.status, clock_timestamp(), NEW.shard);
    PERFORM pg_notify('mais_status', n::text);
    RETURN NULL;
END $$;
-- +goose StatementEnd
