-- A revocation can be raised to keyCompromise: a certificate that was revoked for less gets that reason, once and for good. It
-- stays revoked since it first was. See docs/decisions/0024-raise.md.

-- +goose Up
-- When it was raised. status_at stays as it is: RFC 5280 wants the date of the revocation.
ALTER TABLE ca.certificate ADD COLUMN raised_at timestamptz;

-- As before, with the raise. Whoever raises may say in status_at since when it was so already, like whoever revokes.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ca.guard_certificate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mutable CONSTANT text[] := ARRAY['status', 'reason', 'status_at', 'status_by', 'supersede_after', 'invalidity_at', 'destroyed_at'];
    raised  boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'active' OR num_nonnulls(NEW.reason, NEW.invalidity_at, NEW.destroyed_at, NEW.raised_at) > 0 THEN
            RAISE EXCEPTION 'a certificate is recorded as active' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - mutable IS DISTINCT FROM to_jsonb(OLD) - mutable THEN
        RAISE EXCEPTION 'certificate %/%: what was issued does not change', OLD.issuer, OLD.serial
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    raised := OLD.status = 'revoked' AND NEW.status = 'revoked' AND OLD.reason IS DISTINCT FROM 1 AND NEW.reason IS NOT DISTINCT FROM 1;
    IF NEW.invalidity_at IS DISTINCT FROM OLD.invalidity_at
            AND (NEW.status <> 'revoked' OR NEW.invalidity_at > clock_timestamp()
                OR OLD.status = 'revoked' AND NOT (raised AND NEW.invalidity_at IS NOT NULL AND NEW.invalidity_at <= coalesce(OLD.invalidity_at, 'infinity'))) THEN
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
    IF raised THEN
        NEW.raised_at := CASE WHEN NEW.status_at > OLD.status_at AND NEW.status_at <= clock_timestamp() THEN NEW.status_at ELSE clock_timestamp() END;
        NEW.status_at := OLD.status_at;
        RETURN NEW;
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

-- Since when the key was compromised, as of the change: a raise may say it later than the revocation.
ALTER TABLE ca.status_change ADD COLUMN invalidity_at timestamptz;
-- As before, with that; and of a raise, when that was.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ca.describe_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Of a certificate that has changed once more in the same transaction, only the last. What this transaction has set by its own
    -- clock lies between its begin and now.
    SELECT c.reason, c.status_by, c.invalidity_at, CASE WHEN coalesce(c.raised_at, c.status_at) < transaction_timestamp() THEN coalesce(c.raised_at, c.status_at) END
        INTO NEW.reason, NEW.status_by, NEW.invalidity_at, NEW.first_at FROM ca.certificate c
        WHERE c.issuer = NEW.issuer AND c.serial = NEW.serial AND c.status = NEW.status;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- A raise is numbered, and signed, as every change is.
DROP TRIGGER number ON ca.certificate;
CREATE CONSTRAINT TRIGGER number AFTER UPDATE ON ca.certificate DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN ((OLD.status, OLD.reason) IS DISTINCT FROM (NEW.status, NEW.reason)) EXECUTE FUNCTION ca.number_status();
DROP TRIGGER sign ON ca.certificate;
CREATE TRIGGER sign BEFORE UPDATE OF status, reason ON ca.certificate FOR EACH ROW
    WHEN ((NEW.status, NEW.reason) IS DISTINCT FROM (OLD.status, OLD.reason) AND NEW.status_by IS NOT DISTINCT FROM OLD.status_by AND session_user <> 'mais_ca')
    EXECUTE FUNCTION ca.sign_change();
ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER number, ENABLE ALWAYS TRIGGER sign;
