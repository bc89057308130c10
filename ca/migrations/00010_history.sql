-- What is kept of what has happened: when something was first taken away, of a database that was restored and told again; the
-- plans beside the changes that they brought about; and for how long receipts can still be made.

-- +goose Up
-- As before, but that who holds, revokes or supersedes may say since when it was so already: a restored database that is told
-- again keeps the time. When it was told stands in ca.status_change, by the clock of the database as ever.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ca.guard_certificate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mutable CONSTANT text[] := ARRAY['status', 'reason', 'status_at', 'status_by', 'supersede_after', 'invalidity_at', 'destroyed_at'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'active' OR num_nonnulls(NEW.reason, NEW.invalidity_at, NEW.destroyed_at) > 0 THEN
            RAISE EXCEPTION 'a certificate is recorded as active' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - mutable IS DISTINCT FROM to_jsonb(OLD) - mutable THEN
        RAISE EXCEPTION 'certificate %/%: what was issued does not change', OLD.issuer, OLD.serial
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.invalidity_at IS DISTINCT FROM OLD.invalidity_at
            AND (NEW.status <> 'revoked' OR OLD.status = 'revoked' OR NEW.invalidity_at > clock_timestamp()) THEN
        RAISE EXCEPTION 'certificate %/%: since when it is invalid is said with its revocation, and is past', OLD.issuer, OLD.serial
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.destroyed_at IS DISTINCT FROM OLD.destroyed_at
            AND (OLD.destroyed_at IS NOT NULL OR NEW.destroyed_at > clock_timestamp()
                OR OLD.status IN ('active', 'held') AND OLD.not_after > clock_timestamp()
                OR NEW.destroyed_at < least(OLD.not_after, CASE WHEN OLD.status NOT IN ('active', 'held') THEN OLD.status_at END) - interval '5 minutes') THEN
        RAISE EXCEPTION 'certificate %/%: a token is destroyed once, and after its end', OLD.issuer, OLD.serial
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status = OLD.status THEN
        IF (NEW.reason, NEW.status_at, NEW.status_by) IS DISTINCT FROM (OLD.reason, OLD.status_at, OLD.status_by) THEN
            RAISE EXCEPTION 'certificate %/% is % already', OLD.issuer, OLD.serial, OLD.status
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.status, NEW.status) NOT IN (
        ('active', 'held'), ('active', 'superseded'), ('active', 'revoked'),
        ('held', 'active'), ('held', 'revoked'), ('superseded', 'revoked'))
    THEN
        RAISE EXCEPTION 'certificate %/%: % does not become %', OLD.issuer, OLD.serial, OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- Not to come, and not before the certificate was there.
    IF NEW.status = 'active' OR NEW.status_at = OLD.status_at OR NEW.status_at > clock_timestamp() OR NEW.status_at < OLD.issued_at THEN
        NEW.status_at := clock_timestamp();
    END IF;
    NEW.reason := CASE NEW.status
        WHEN 'held' THEN 6
        WHEN 'superseded' THEN 4
        WHEN 'revoked' THEN coalesce(nullif(NEW.reason, 6), 0)
        END;
    RETURN NEW;
END $$;
-- +goose StatementEnd
GRANT UPDATE (status_at) ON ca.certificate TO mais_ca;

-- A change that a restored database was told of again: since when it was so. Nobody is written to about it once more, and its
-- receipt says why it names no node.
ALTER TABLE ca.status_change ADD COLUMN first_at timestamptz;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ca.describe_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Of a certificate that has changed once more in the same transaction, only the last. What this transaction has set by its own
    -- clock lies between its begin and now.
    SELECT c.reason, c.status_by, CASE WHEN c.status_at < transaction_timestamp() THEN c.status_at END
        INTO NEW.reason, NEW.status_by, NEW.first_at FROM ca.certificate c
        WHERE c.issuer = NEW.issuer AND c.serial = NEW.serial AND c.status = NEW.status;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- The plan that a change was part of, for a certificate's history.
CREATE INDEX plan_item_certificate ON ca.plan_item (issuer, serial) WHERE serial IS NOT NULL;

-- A plan that nobody confirmed can be thrown away at once: a dry run leaves nothing. What was confirmed is kept.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ca.keep_plan() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.confirmed_at IS NOT NULL THEN
        RAISE EXCEPTION 'plan %: it is kept', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;
-- +goose StatementEnd

-- The changes up to this number are so old that no receipt is made of them any more; one that was made is kept. Only what nodes
-- acknowledged before it may go.
CREATE TABLE ca.receipt_floor (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    number bigint NOT NULL CHECK (number >= 0)
);
INSERT INTO ca.receipt_floor (number) VALUES (0);

-- +goose StatementBegin
CREATE FUNCTION ca.guard_receipt_floor() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.number < OLD.number
        -- Below the first that is not so old: one in the middle may seem old because the clock once stood back.
        OR NEW.number >= (SELECT min(s.number) FROM ca.status_change s WHERE s.number > OLD.number AND s.at >= clock_timestamp() - interval '30 days')
        OR NEW.number > coalesce((SELECT max(s.number) FROM ca.status_change s), 0)
    THEN
        RAISE EXCEPTION 'receipts are made of every change for 30 days at least, and what was given up stays so'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

-- What a node has acknowledged answers for the changes up to that number.
CREATE FUNCTION ca.sweep_acknowledgement() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR OLD.number > (SELECT f.number FROM ca.receipt_floor f) THEN
        RAISE EXCEPTION 'node %, change %: receipts ask for it', OLD.instance, OLD.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;

-- As before, but that nothing is asked about the changes below the floor.
CREATE OR REPLACE FUNCTION ca.sweep_node() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.lease_until > clock_timestamp() - interval '1 day'
        OR EXISTS (SELECT FROM ca.status_change s WHERE s.number > greatest(coalesce(OLD.began, -1), (SELECT f.number FROM ca.receipt_floor f))
            AND s.at >= OLD.started_at - interval '1 minute' AND s.at <= OLD.lease_until + OLD.stale_after)
    THEN
        RAISE EXCEPTION 'node %: receipts ask for it', OLD.instance USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION ca.guard_receipt_floor(), ca.sweep_acknowledgement() FROM PUBLIC;

DROP TRIGGER keep ON ca.acknowledgement;
CREATE TRIGGER sweep BEFORE UPDATE OR DELETE ON ca.acknowledgement FOR EACH ROW EXECUTE FUNCTION ca.sweep_acknowledgement();
CREATE TRIGGER guard BEFORE UPDATE ON ca.receipt_floor FOR EACH ROW EXECUTE FUNCTION ca.guard_receipt_floor();
CREATE TRIGGER keep BEFORE DELETE ON ca.receipt_floor FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.receipt_floor FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
ALTER TABLE ca.acknowledgement ENABLE ALWAYS TRIGGER sweep;
ALTER TABLE ca.receipt_floor ENABLE ALWAYS TRIGGER guard, ENABLE ALWAYS TRIGGER keep, ENABLE ALWAYS TRIGGER keep_all;

GRANT SELECT ON ca.receipt_floor TO mais_ca;
GRANT UPDATE (number) ON ca.receipt_floor TO mais_ca;
GRANT DELETE ON ca.acknowledgement TO mais_ca;
