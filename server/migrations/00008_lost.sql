-- Lost cards: what a holder proves by a code from their mail, which puts all of theirs on hold and gives nothing.
--
-- The secret of a code is here as its hash only (128 random bits: a plain SHA-256 suffices). Of several codes each is good
-- for itself: whoever asks for another in the holder's name takes nothing from the one that the holder has.

-- +goose Up
CREATE TABLE access.lost_report (
    id            text PRIMARY KEY CHECK (id ~ '^[A-Z2-7]{9}$'), -- the code's first part, which is no secret
    secret_sha256 bytea NOT NULL CHECK (length(secret_sha256) = 32),
    user_id       uuid NOT NULL REFERENCES access.user_account,
    asked_from    inet NOT NULL,
    asked_at      timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL CHECK (expires_at <= asked_at + interval '1 hour'),
    sent          boolean, -- whether the mail server took it; NULL: it is being sent
    tries         integer NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5), -- wrong ones; 5 as well when another of the user's was used
    used_at       timestamptz,
    used_from     inet,
    held          integer CHECK (held >= 0), -- certificates that it put on hold
    CHECK (num_nonnulls(used_at, used_from, held) IN (0, 3))
);
CREATE INDEX lost_report_of_user ON access.lost_report (user_id, asked_at);
CREATE INDEX lost_report_used ON access.lost_report (used_at) WHERE used_at IS NOT NULL;

-- Whoever writes: tries only grow, whether it was sent is said once, a report is used once and then stays, and none is
-- forgotten within 90 days.
-- +goose StatementBegin
CREATE FUNCTION access.guard_lost_report() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mutable CONSTANT text[] := ARRAY['tries', 'sent', 'used_at', 'used_from', 'held'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.asked_at > now() - interval '90 days' THEN
            RAISE EXCEPTION 'a report of a loss is kept for 90 days' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF to_jsonb(NEW) - mutable IS DISTINCT FROM to_jsonb(OLD) - mutable OR NEW.tries < OLD.tries
        OR OLD.sent IS NOT NULL AND NEW.sent IS DISTINCT FROM OLD.sent
        OR OLD.used_at IS NOT NULL AND to_jsonb(NEW) - 'sent' IS DISTINCT FROM to_jsonb(OLD) - 'sent' THEN
        RAISE EXCEPTION 'a report of a loss is used once, and its tries only grow' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION access.keep_lost_reports() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'access.lost_report: TRUNCATE refused' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION access.guard_lost_report(), access.keep_lost_reports() FROM PUBLIC;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON access.lost_report FOR EACH ROW EXECUTE FUNCTION access.guard_lost_report();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON access.lost_report FOR EACH STATEMENT EXECUTE FUNCTION access.keep_lost_reports();
ALTER TABLE access.lost_report ENABLE ALWAYS TRIGGER guard, ENABLE ALWAYS TRIGGER keep_all;

GRANT SELECT, INSERT (id, secret_sha256, user_id, asked_from, asked_at, expires_at), UPDATE (tries, sent, used_at, used_from, held), DELETE
    ON access.lost_report TO mais_register;

-- Where a role demands a card, who vouches for one must have one, and who is invited is told to enrol one.
GRANT SELECT (name, level) ON access.role TO mais_register;

-- Administrators are written to when somebody has reported a loss, and when a card turns up with another holder; they and
-- the holder, when a renewal lowered how well a key is known to be held.
ALTER TABLE mail.message DROP CONSTRAINT message_kind_check;
ALTER TABLE mail.message ADD CONSTRAINT message_kind_check CHECK (kind IN
    ('held', 'released', 'revoked', 'several', 'changes', 'expiring', 'expired', 'expiries', 'lost', 'moved', 'lowered'));
CREATE INDEX message_about ON mail.message (about) WHERE kind IN ('lost', 'moved', 'lowered');
GRANT SELECT (id, user_id, used_at, held) ON access.lost_report TO mais_mail;
GRANT SELECT (n, issuer, serial, card, former, at) ON ca.card_use TO mais_mail;
GRANT SELECT ON ca.level_lowered TO mais_mail;
