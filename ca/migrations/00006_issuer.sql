-- Generations of issuing CAs: which of a series issues, and since when. And the root's
-- revocation lists, so that every node has the newest that any was given.

-- +goose Up
DROP TRIGGER keep ON ca.issuer;
ALTER TABLE ca.issuer ADD COLUMN activated_at timestamptz, ADD COLUMN activated_by text;
-- Until now there was one generation, which issued from the start.
UPDATE ca.issuer SET activated_at = added_at, activated_by = 'the ceremony' WHERE series <> 'root';

-- An issuing CA is activated once, by the clock of the database, and issues until a later
-- one of its series is.
-- +goose StatementBegin
CREATE FUNCTION ca.guard_issuer() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mutable CONSTANT text[] := ARRAY['activated_at', 'activated_by'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.activated_at IS NOT NULL OR NEW.activated_by IS NOT NULL THEN
            RAISE EXCEPTION 'issuer %: it is recorded first and activated later', NEW.id USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - mutable IS DISTINCT FROM to_jsonb(OLD) - mutable
        OR OLD.activated_at IS NOT NULL OR NEW.activated_at IS NULL OR coalesce(NEW.activated_by, '') = '' OR OLD.series = 'root'
    THEN
        RAISE EXCEPTION 'issuer %: it can be activated, once, and nothing else', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM ca.issuer o WHERE o.series = OLD.series AND o.activated_at IS NOT NULL
        AND split_part(o.id, '-', 2)::integer > split_part(OLD.id, '-', 2)::integer)
    THEN
        RAISE EXCEPTION 'issuer %: a later one of its series is active', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.activated_at := clock_timestamp();
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON ca.issuer FOR EACH ROW EXECUTE FUNCTION ca.guard_issuer();
CREATE TRIGGER keep BEFORE DELETE ON ca.issuer FOR EACH ROW EXECUTE FUNCTION ca.refuse();
ALTER TABLE ca.issuer ENABLE ALWAYS TRIGGER guard;
ALTER TABLE ca.issuer ENABLE ALWAYS TRIGGER keep;
GRANT UPDATE (activated_at, activated_by) ON ca.issuer TO mais_ca;

-- The root's lists, by their CRL number. Whose signature is on one, its readers check.
CREATE TABLE ca.root_list (
    number   bigint PRIMARY KEY CHECK (number > 0),
    der      bytea NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    added_by text NOT NULL
);
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.root_list FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.root_list FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
ALTER TABLE ca.root_list ENABLE ALWAYS TRIGGER keep;
ALTER TABLE ca.root_list ENABLE ALWAYS TRIGGER keep_all;
GRANT SELECT, INSERT ON ca.root_list TO mais_ca;

-- What the checks ask: the nodes' own.
CREATE INDEX certificate_of_nodes ON ca.certificate (identity, not_after) WHERE profile = 'server';
