-- The certificate authority: who may enrol, what was issued, and how it stands.
-- Everything about a certificate is keyed by (issuer, serial). The triggers guard the rules
-- for whoever writes, plain SQL included: nothing issued is ever deleted or edited, what is
-- revoked stays revoked, and each change of status takes the next number.

-- +goose Up
CREATE SCHEMA IF NOT EXISTS ca;
REVOKE ALL ON SCHEMA ca FROM PUBLIC;
GRANT USAGE ON SCHEMA ca TO mais_ca;

-- The CAs whose keys have signed, so that a database and a key directory that do not
-- belong together are noticed.
CREATE TABLE ca.issuer (
    id          text PRIMARY KEY CHECK (id ~ '^[a-z]+(-[0-9]+)?$'),
    series      text NOT NULL CHECK (series IN ('root', 'people', 'sites')),
    certificate bytea NOT NULL,
    added_at    timestamptz NOT NULL DEFAULT now()
);

-- An order is one permission to enrol once. Only the SHA-256 of the code's secret half is
-- kept, so that the database holds no usable code.
CREATE TABLE ca.enrolment_order (
    id            text PRIMARY KEY,
    secret_sha256 bytea NOT NULL CHECK (octet_length(secret_sha256) = 32),
    identity      text NOT NULL,
    profile       text NOT NULL,
    holder        text NOT NULL,
    name          text NOT NULL,
    dns_names     text[] NOT NULL DEFAULT '{}',
    tries         integer NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
    created_at    timestamptz NOT NULL DEFAULT now(),
    created_by    text NOT NULL,
    expires_at    timestamptz NOT NULL,
    cancelled_at  timestamptz,
    used_at       timestamptz
);
CREATE UNIQUE INDEX enrolment_order_open ON ca.enrolment_order (identity) WHERE used_at IS NULL AND cancelled_at IS NULL;

-- The inventory, which is an allow-list: a valid signature that is not here is refused.
CREATE TABLE ca.certificate (
    issuer          text NOT NULL REFERENCES ca.issuer,
    serial          text NOT NULL CHECK (serial ~ '^[0-9a-f]{32}$'),
    status          text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'held', 'revoked', 'superseded')),
    reason          smallint CHECK (reason IN (0, 1, 2, 3, 4, 5, 6, 9, 10)), -- RFC 5280, 5.3.1
    status_at       timestamptz NOT NULL DEFAULT now(),
    status_by       text,
    identity        text NOT NULL,
    profile         text NOT NULL,
    level           text NOT NULL,
    holder          text NOT NULL,
    name            text NOT NULL,
    dns_names       text[] NOT NULL DEFAULT '{}',
    addresses       text[] NOT NULL DEFAULT '{}',
    not_before      timestamptz NOT NULL,
    not_after       timestamptz NOT NULL CHECK (not_after > not_before),
    sha256          bytea NOT NULL UNIQUE CHECK (octet_length(sha256) = 32),      -- of der
    spki_sha256     bytea NOT NULL CHECK (octet_length(spki_sha256) = 32),        -- of the key
    der             bytea NOT NULL,
    order_id        text UNIQUE REFERENCES ca.enrolment_order,                    -- one certificate an order
    replaces_issuer text,
    replaces_serial text,
    supersede_after timestamptz,                                                  -- set when it has been renewed
    issued_at       timestamptz NOT NULL DEFAULT now(),
    issued_by       text NOT NULL,
    PRIMARY KEY (issuer, serial),
    FOREIGN KEY (replaces_issuer, replaces_serial) REFERENCES ca.certificate (issuer, serial)
);
CREATE INDEX certificate_serial ON ca.certificate (serial);
CREATE INDEX certificate_identity ON ca.certificate (identity);
CREATE INDEX certificate_key ON ca.certificate (spki_sha256);
CREATE INDEX certificate_replaces ON ca.certificate (replaces_issuer, replaces_serial) WHERE replaces_serial IS NOT NULL;
CREATE INDEX certificate_bad ON ca.certificate (issuer, not_after) WHERE status <> 'active';
CREATE INDEX certificate_renewed ON ca.certificate (supersede_after) WHERE status = 'active' AND supersede_after IS NOT NULL;

-- Whose key it is, for good: a key is never shared by two subjects, nor passed on.
CREATE TABLE ca.subject_key (
    spki_sha256 bytea PRIMARY KEY CHECK (octet_length(spki_sha256) = 32),
    identity    text NOT NULL
);

-- The last revocation list of each issuing CA.
CREATE TABLE ca.crl (
    issuer        text PRIMARY KEY REFERENCES ca.issuer,
    number        bigint NOT NULL DEFAULT 0,
    status_number bigint NOT NULL DEFAULT -1,
    next_update   timestamptz NOT NULL DEFAULT '-infinity',
    der           bytea NOT NULL DEFAULT ''
);

-- Every change of status has a number, from one row that its transaction holds until it
-- commits: gapless, and in the order of the commits. Nodes follow by number.
CREATE TABLE ca.status_counter (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    number bigint NOT NULL
);
INSERT INTO ca.status_counter (number) VALUES (0);

CREATE TABLE ca.status_change (
    number bigint PRIMARY KEY,
    issuer text NOT NULL,
    serial text NOT NULL,
    status text NOT NULL,
    at     timestamptz NOT NULL,
    FOREIGN KEY (issuer, serial) REFERENCES ca.certificate
);

-- +goose StatementBegin
CREATE FUNCTION ca.refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%.% is only ever added to: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION ca.guard_certificate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mutable CONSTANT text[] := ARRAY['status', 'reason', 'status_at', 'status_by', 'supersede_after'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'active' OR NEW.reason IS NOT NULL THEN
            RAISE EXCEPTION 'a certificate is recorded as active' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - mutable IS DISTINCT FROM to_jsonb(OLD) - mutable THEN
        RAISE EXCEPTION 'certificate %/%: what was issued does not change', OLD.issuer, OLD.serial
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
    NEW.status_at := clock_timestamp();
    NEW.reason := CASE NEW.status
        WHEN 'held' THEN 6
        WHEN 'superseded' THEN 4
        WHEN 'revoked' THEN coalesce(nullif(NEW.reason, 6), 0)
        END;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- Numbering waits until the commit (the trigger is deferred), so that the counter is held
-- briefly, and two transactions that change several certificates cannot deadlock on it.
-- +goose StatementBegin
CREATE FUNCTION ca.number_status() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n bigint;
BEGIN
    UPDATE ca.status_counter SET number = number + 1 RETURNING number INTO STRICT n;
    INSERT INTO ca.status_change (number, issuer, serial, status, at)
        VALUES (n, NEW.issuer, NEW.serial, NEW.status, clock_timestamp());
    PERFORM pg_notify('mais_status', n::text);
    RETURN NULL;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION ca.number_status() FROM PUBLIC;

-- +goose StatementBegin
CREATE FUNCTION ca.guard_counter() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.number <> OLD.number + 1 THEN
        RAISE EXCEPTION 'the status counter goes up by one' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION ca.guard_order() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mutable CONSTANT text[] := ARRAY['tries', 'cancelled_at', 'used_at'];
BEGIN
    IF to_jsonb(NEW) - mutable IS DISTINCT FROM to_jsonb(OLD) - mutable
        OR NEW.tries < OLD.tries
        OR OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at
        OR OLD.used_at IS NOT NULL AND NEW.used_at IS DISTINCT FROM OLD.used_at
        OR NEW.used_at IS NOT NULL AND NEW.cancelled_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'enrolment order %: it can be tried, used and cancelled, and none of that undone', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON ca.certificate FOR EACH ROW EXECUTE FUNCTION ca.guard_certificate();
CREATE TRIGGER keep BEFORE DELETE ON ca.certificate FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.certificate FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
CREATE CONSTRAINT TRIGGER number AFTER UPDATE ON ca.certificate DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION ca.number_status();

CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.status_change FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.status_change FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER guard BEFORE UPDATE ON ca.status_counter FOR EACH ROW EXECUTE FUNCTION ca.guard_counter();
CREATE TRIGGER keep BEFORE DELETE ON ca.status_counter FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.status_counter FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

CREATE TRIGGER guard BEFORE UPDATE ON ca.enrolment_order FOR EACH ROW EXECUTE FUNCTION ca.guard_order();
CREATE TRIGGER keep BEFORE DELETE ON ca.enrolment_order FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.enrolment_order FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.subject_key FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.subject_key FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.issuer FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.issuer FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

-- The rules hold in every session, one that has set session_replication_role included.
-- +goose StatementBegin
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT g.tgname, g.tgrelid::regclass AS on_table FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
        WHERE c.relnamespace = 'ca'::regnamespace AND NOT g.tgisinternal
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.on_table, t.tgname);
    END LOOP;
END
$$;
-- +goose StatementEnd

GRANT SELECT, INSERT ON ca.issuer, ca.enrolment_order, ca.certificate, ca.subject_key, ca.crl TO mais_ca;
GRANT UPDATE (tries, cancelled_at, used_at) ON ca.enrolment_order TO mais_ca;
GRANT UPDATE (status, reason, status_by, supersede_after) ON ca.certificate TO mais_ca;
GRANT UPDATE (number, status_number, next_update, der) ON ca.crl TO mais_ca;
GRANT SELECT ON ca.status_counter, ca.status_change TO mais_ca;
