-- Which processes follow the changes of status, up to which each has said that it refuses, and
-- the receipts made of it. All times are the database's.

-- +goose Up
-- One run of a process that answers for the status of certificates. It answers nothing before
-- its row is committed, nothing by what it has not read after that, and nothing once its lease
-- and stale_after have passed: see ca/lease.go.
CREATE TABLE ca.node (
    instance    uuid PRIMARY KEY,
    name        text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 255),
    issuers     text[] NOT NULL,   -- the issuing CAs whose keys it has
    stale_after interval NOT NULL CHECK (stale_after > '0' AND stale_after <= '1 hour'),
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease_until timestamptz NOT NULL,
    ended_at    timestamptz,       -- it said goodbye: it had stopped answering before
    began       bigint,            -- the last change before its first look
    number      bigint             -- the last change that it has acknowledged
) WITH (fillfactor = 50);          -- renewed every second, in place

-- That a node refuses by all changes up to a number: a row for each batch that it read.
CREATE TABLE ca.acknowledgement (
    instance uuid NOT NULL REFERENCES ca.node,
    number   bigint NOT NULL CHECK (number > 0),
    at       timestamptz NOT NULL,
    PRIMARY KEY (instance, number)
);

-- The first receipt of a change that was final.
CREATE TABLE ca.receipt (
    number  bigint PRIMARY KEY CHECK (number > 0),
    jws     text NOT NULL CHECK (octet_length(jws) <= 262144),
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Why and by whom, as of the change. Rows from before have neither.
ALTER TABLE ca.status_change ADD COLUMN reason smallint, ADD COLUMN status_by text;

-- +goose StatementBegin
CREATE FUNCTION ca.describe_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Of a certificate that has changed once more in the same transaction, only the last.
    SELECT c.reason, c.status_by INTO NEW.reason, NEW.status_by FROM ca.certificate c
        WHERE c.issuer = NEW.issuer AND c.serial = NEW.serial AND c.status = NEW.status;
    RETURN NEW;
END $$;

-- Plain SQL that does not say who changed a status: the login did, not whoever was the last.
CREATE FUNCTION ca.sign_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.status_by := session_user;
    RETURN NEW;
END $$;

CREATE FUNCTION ca.guard_node() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mutable CONSTANT text[] := ARRAY['issuers', 'lease_until', 'ended_at', 'began', 'number'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF num_nonnulls(NEW.ended_at, NEW.began, NEW.number) > 0 THEN
            RAISE EXCEPTION 'node %: it has yet to begin', NEW.instance USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        NEW.started_at := clock_timestamp();
    ELSIF to_jsonb(NEW) - mutable IS DISTINCT FROM to_jsonb(OLD) - mutable
        OR OLD.ended_at IS NOT NULL
        OR OLD.began IS NOT NULL AND NEW.began IS DISTINCT FROM OLD.began
        OR OLD.number IS NOT NULL AND (NEW.number IS NULL OR NEW.number < OLD.number)
        OR NEW.number > (SELECT c.number FROM ca.status_counter c)
    THEN
        RAISE EXCEPTION 'node %: it can hold its lease, acknowledge and end, and none of that undone', OLD.instance
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.ended_at IS NOT NULL THEN
        NEW.ended_at := clock_timestamp();
        NEW.lease_until := NEW.ended_at;
    END IF;
    IF NEW.lease_until > clock_timestamp() + NEW.stale_after THEN
        RAISE EXCEPTION 'node %: a lease is as long as what a node may answer by', NEW.instance USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

-- What no receipt can ask for may go: it ended a day ago, and nothing changed while it lived.
CREATE FUNCTION ca.sweep_node() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.lease_until > clock_timestamp() - interval '1 day'
        OR EXISTS (SELECT FROM ca.status_change s WHERE s.number > coalesce(OLD.began, -1)
            AND s.at >= OLD.started_at - interval '1 minute' AND s.at <= OLD.lease_until + OLD.stale_after)
    THEN
        RAISE EXCEPTION 'node %: receipts ask for it', OLD.instance USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION ca.stamp_acknowledgement() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.number > (SELECT c.number FROM ca.status_counter c) THEN
        RAISE EXCEPTION 'node %: change % has not come yet', NEW.instance, NEW.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.at := greatest(clock_timestamp(), (SELECT s.at FROM ca.status_change s WHERE s.number = NEW.number));
    RETURN NEW;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION ca.describe_change(), ca.sign_change(), ca.guard_node(), ca.sweep_node(), ca.stamp_acknowledgement() FROM PUBLIC;

CREATE TRIGGER describe BEFORE INSERT ON ca.status_change FOR EACH ROW EXECUTE FUNCTION ca.describe_change();
CREATE TRIGGER sign BEFORE UPDATE OF status ON ca.certificate FOR EACH ROW
    WHEN (NEW.status <> OLD.status AND NEW.status_by IS NOT DISTINCT FROM OLD.status_by AND session_user <> 'mais_ca')
    EXECUTE FUNCTION ca.sign_change();
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON ca.node FOR EACH ROW EXECUTE FUNCTION ca.guard_node();
CREATE TRIGGER sweep BEFORE DELETE ON ca.node FOR EACH ROW EXECUTE FUNCTION ca.sweep_node();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.node FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER stamp BEFORE INSERT ON ca.acknowledgement FOR EACH ROW EXECUTE FUNCTION ca.stamp_acknowledgement();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.acknowledgement FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.acknowledgement FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.receipt FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.receipt FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
ALTER TABLE ca.status_change ENABLE ALWAYS TRIGGER describe;
ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER sign;
ALTER TABLE ca.node ENABLE ALWAYS TRIGGER guard, ENABLE ALWAYS TRIGGER sweep, ENABLE ALWAYS TRIGGER keep_all;
ALTER TABLE ca.acknowledgement ENABLE ALWAYS TRIGGER stamp, ENABLE ALWAYS TRIGGER keep, ENABLE ALWAYS TRIGGER keep_all;
ALTER TABLE ca.receipt ENABLE ALWAYS TRIGGER keep, ENABLE ALWAYS TRIGGER keep_all;

GRANT SELECT, INSERT, DELETE ON ca.node TO mais_ca;
GRANT UPDATE (issuers, lease_until, ended_at, began, number) ON ca.node TO mais_ca;
GRANT SELECT, INSERT ON ca.acknowledgement, ca.receipt TO mais_ca;
