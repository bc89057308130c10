-- Plans: an act on a list of certificates, prepared, confirmed and carried out, with a result for each. And what else is
-- said of a certificate that ended: since when its key was compromised, and when its token was destroyed.

-- +goose Up
-- Since when the key is known or thought to be compromised (RFC 5280, 5.3.2), set with a revocation and never after it.
ALTER TABLE ca.certificate ADD COLUMN invalidity_at timestamptz;
-- When its holder wiped the token, by their own word: once, and only of what is no longer good.
ALTER TABLE ca.certificate ADD COLUMN destroyed_at timestamptz;
GRANT UPDATE (invalidity_at, destroyed_at) ON ca.certificate TO mais_ca;

-- What ends next, and what was issued last: page after page, however many there are. The first counts for the metrics too,
-- every minute, what has not ended: without the certificates themselves, which are long.
CREATE INDEX certificate_ends ON ca.certificate (not_after, issuer, serial) INCLUDE (profile, status);
CREATE INDEX certificate_issued ON ca.certificate (issued_at, issuer, serial);
CREATE INDEX status_change_certificate ON ca.status_change (issuer, serial, number);

-- As before, with the two.
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
    NEW.status_at := clock_timestamp();
    NEW.reason := CASE NEW.status
        WHEN 'held' THEN 6
        WHEN 'superseded' THEN 4
        WHEN 'revoked' THEN coalesce(nullif(NEW.reason, 6), 0)
        END;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- scope says who may see it, in the server's words; confirmed_as is who confirmed it, as the audit is to say; preview is what
-- they were told that it would do.
CREATE TABLE ca.plan (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    act           text NOT NULL CHECK (act IN ('hold', 'release', 'revoke')),
    reason        smallint CHECK (reason IN (0, 1, 3, 4, 5, 9)), -- RFC 5280, 5.3.1
    invalidity_at timestamptz,
    note          text NOT NULL DEFAULT '' CHECK (octet_length(note) <= 200 AND note !~ '[[:cntrl:]]'),
    scope         text NOT NULL,
    owner         text NOT NULL, -- the identity of who made it
    made_by       text NOT NULL,
    made_at       timestamptz NOT NULL DEFAULT now(),
    confirmed_at  timestamptz,
    confirmed_by  text,          -- the identity
    confirmed_as  jsonb,
    confirmed_issuer text,       -- with which certificate, if any: when it ends, so does the run
    confirmed_serial text,
    preview       jsonb,
    stopped_by    text,          -- who had the rest left undone
    finished_at   timestamptz,
    FOREIGN KEY (confirmed_issuer, confirmed_serial) REFERENCES ca.certificate,
    CHECK ((act = 'revoke') = (reason IS NOT NULL)),
    CHECK (act = 'revoke' OR invalidity_at IS NULL),
    CHECK (num_nonnulls(confirmed_at, confirmed_by, confirmed_as, preview) IN (0, 4)),
    CHECK ((confirmed_issuer IS NULL) = (confirmed_serial IS NULL)),
    CHECK (confirmed_at IS NOT NULL OR num_nonnulls(confirmed_issuer, stopped_by, finished_at) = 0)
);
CREATE INDEX plan_made ON ca.plan (made_at);
CREATE INDEX plan_open ON ca.plan (owner) WHERE confirmed_at IS NULL;
CREATE INDEX plan_under_way ON ca.plan (confirmed_at) WHERE confirmed_at IS NOT NULL AND finished_at IS NULL;

-- A certificate of a plan, or a line that names none.
CREATE TABLE ca.plan_item (
    plan   uuid NOT NULL REFERENCES ca.plan ON DELETE CASCADE,
    n      integer NOT NULL CHECK (n > 0),
    line   integer CHECK (line > 0),
    text   text CHECK (octet_length(text) <= 256),
    issuer text,
    serial text,
    result text NOT NULL DEFAULT 'waiting'
        CHECK (result IN ('waiting', 'done', 'already', 'not-allowed', 'unknown', 'bad-line', 'duplicate', 'failed')),
    detail text NOT NULL DEFAULT '',
    own    boolean NOT NULL DEFAULT false, -- it ended the certificate that the plan was confirmed with
    at     timestamptz,
    PRIMARY KEY (plan, n),
    FOREIGN KEY (issuer, serial) REFERENCES ca.certificate,
    CHECK ((issuer IS NULL) = (serial IS NULL)),
    CHECK ((serial IS NULL) = (result IN ('unknown', 'bad-line', 'duplicate')))
);
CREATE UNIQUE INDEX plan_item_once ON ca.plan_item (plan, issuer, serial) WHERE serial IS NOT NULL;
CREATE UNIQUE INDEX plan_item_line ON ca.plan_item (plan, line) WHERE line IS NOT NULL;
CREATE INDEX plan_item_waiting ON ca.plan_item (plan, n) WHERE result = 'waiting';
CREATE INDEX plan_item_own ON ca.plan_item (plan) WHERE own;
CREATE INDEX plan_item_result ON ca.plan_item (plan, result);

-- What is planned does not change; a plan is confirmed, and once it has come to its end may be confirmed again for what
-- failed of it.
-- +goose StatementBegin
CREATE FUNCTION ca.guard_plan() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mutable CONSTANT text[] := ARRAY['confirmed_at', 'confirmed_by', 'confirmed_as', 'confirmed_issuer', 'confirmed_serial', 'preview', 'stopped_by', 'finished_at'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF num_nonnulls(NEW.confirmed_at, NEW.stopped_by, NEW.finished_at) > 0 THEN
            RAISE EXCEPTION 'a plan is made first and confirmed later' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - mutable IS DISTINCT FROM to_jsonb(OLD) - mutable THEN
        RAISE EXCEPTION 'plan %: what was planned does not change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.confirmed_at, NEW.confirmed_by, NEW.confirmed_as, NEW.confirmed_issuer, NEW.confirmed_serial, NEW.preview) IS DISTINCT FROM
            (OLD.confirmed_at, OLD.confirmed_by, OLD.confirmed_as, OLD.confirmed_issuer, OLD.confirmed_serial, OLD.preview)
            AND (NEW.confirmed_at IS NULL OR OLD.confirmed_at IS NOT NULL AND OLD.finished_at IS NULL) THEN
        RAISE EXCEPTION 'plan %: it was confirmed, and is under way', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.stopped_by IS DISTINCT FROM OLD.stopped_by
            AND NOT (NEW.stopped_by IS NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at)
            AND (OLD.stopped_by IS NOT NULL OR OLD.finished_at IS NOT NULL) THEN
        RAISE EXCEPTION 'plan %: it is stopped once, while it is under way', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.finished_at IS NOT NULL AND EXISTS (SELECT FROM ca.plan_item i WHERE i.plan = NEW.id AND i.result = 'waiting') THEN
        RAISE EXCEPTION 'plan %: it has not come to its end', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

-- Nothing that was confirmed is forgotten; what never was may go after a day.
CREATE FUNCTION ca.keep_plan() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.confirmed_at IS NOT NULL OR OLD.made_at > now() - interval '1 day' THEN
        RAISE EXCEPTION 'plan %: it is kept', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;

-- The plan's row is locked, so that nothing is added while somebody confirms it. What is added has not been done.
CREATE FUNCTION ca.add_plan_item() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM ca.plan p WHERE p.id IN (SELECT a.plan FROM added a) FOR SHARE;
    IF EXISTS (SELECT FROM ca.plan p WHERE p.id IN (SELECT a.plan FROM added a) AND p.confirmed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a plan that was confirmed is not added to' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM added a WHERE a.result NOT IN ('waiting', 'unknown', 'bad-line', 'duplicate') OR a.own OR a.at IS NOT NULL) THEN
        RAISE EXCEPTION 'an item of a plan waits first' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

-- Of an item only its result changes, when its plan was confirmed; what failed may be tried again.
CREATE FUNCTION ca.guard_plan_item() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mutable CONSTANT text[] := ARRAY['result', 'detail', 'own', 'at'];
BEGIN
    IF to_jsonb(NEW) - mutable IS DISTINCT FROM to_jsonb(OLD) - mutable
        OR NOT (OLD.result = 'waiting' OR OLD.result = 'failed' AND NEW.result = 'waiting')
        OR NOT EXISTS (SELECT FROM ca.plan p WHERE p.id = OLD.plan AND p.confirmed_at IS NOT NULL)
    THEN
        RAISE EXCEPTION 'item % of plan %: it is carried out once, as it was confirmed', OLD.n, OLD.plan
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;

-- Items go with their plan and not without it.
CREATE FUNCTION ca.keep_plan_item() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM ca.plan p WHERE p.id = OLD.plan) THEN
        RAISE EXCEPTION 'item % of plan %: it is kept', OLD.n, OLD.plan USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;
-- +goose StatementEnd

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON ca.plan FOR EACH ROW EXECUTE FUNCTION ca.guard_plan();
CREATE TRIGGER keep BEFORE DELETE ON ca.plan FOR EACH ROW EXECUTE FUNCTION ca.keep_plan();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.plan FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER open AFTER INSERT ON ca.plan_item REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ca.add_plan_item();
CREATE TRIGGER guard BEFORE UPDATE ON ca.plan_item FOR EACH ROW EXECUTE FUNCTION ca.guard_plan_item();
CREATE TRIGGER keep BEFORE DELETE ON ca.plan_item FOR EACH ROW EXECUTE FUNCTION ca.keep_plan_item();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.plan_item FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
ALTER TABLE ca.plan ENABLE ALWAYS TRIGGER guard, ENABLE ALWAYS TRIGGER keep, ENABLE ALWAYS TRIGGER keep_all;
ALTER TABLE ca.plan_item ENABLE ALWAYS TRIGGER open, ENABLE ALWAYS TRIGGER guard, ENABLE ALWAYS TRIGGER keep, ENABLE ALWAYS TRIGGER keep_all;
REVOKE ALL ON FUNCTION ca.guard_plan(), ca.keep_plan(), ca.add_plan_item(), ca.guard_plan_item(), ca.keep_plan_item() FROM PUBLIC;

GRANT SELECT, INSERT, DELETE ON ca.plan TO mais_ca;
GRANT UPDATE (confirmed_at, confirmed_by, confirmed_as, confirmed_issuer, confirmed_serial, preview, stopped_by, finished_at) ON ca.plan TO mais_ca;
GRANT SELECT, INSERT ON ca.plan_item TO mais_ca;
GRANT UPDATE (result, detail, own, at) ON ca.plan_item TO mais_ca;
