-- Schema mail: what the service writes to people, from the moment it is decided until a mail server has taken it.
--
-- A message is made in the transaction that moves on what it is about (mail.position, mail.notice), so that none is lost,
-- none is made twice, and none is made for what was rolled back. No code and nothing of a record ever stands in it:
-- invitations are sent without being stored.

-- +goose Up
-- +goose StatementBegin
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'mais_mail') THEN
        RAISE EXCEPTION 'the login role mais_mail is missing: make it as roles.sql makes the others, and put its password beside theirs';
    END IF;
END
$$;
-- +goose StatementEnd

CREATE SCHEMA mail;
REVOKE ALL ON SCHEMA mail FROM PUBLIC;

CREATE TABLE mail.message (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(), -- its Message-ID, so that a copy is known for one
    kind         text NOT NULL CHECK (kind IN ('held', 'released', 'revoked', 'several', 'changes', 'expiring', 'expired', 'expiries')),
    about        text NOT NULL CHECK (about <> '' AND length(about) <= 200), -- which change, certificate or day
    recipient    text NOT NULL CHECK (recipient LIKE '_%@%_' AND length(recipient) <= 254 AND recipient !~ '[[:cntrl:]]'), -- judged when it is sent
    name         text NOT NULL CHECK (length(name) <= 200 AND name !~ '[[:cntrl:]]'),
    subject      text NOT NULL CHECK (length(subject) <= 200 AND subject !~ '[[:cntrl:]]'),
    body         text NOT NULL CHECK (length(body) <= 60000),
    created_at   timestamptz NOT NULL, -- the date that it bears
    tries        integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
    next_try_at  timestamptz NOT NULL,
    last_error   text CHECK (length(last_error) <= 500),
    sent_at      timestamptz,
    given_up_at  timestamptz,
    CHECK (sent_at IS NULL OR given_up_at IS NULL),
    CHECK ((subject = '') = (sent_at IS NOT NULL)), -- what was sent has its reader: no copy stays
    CHECK ((body = '') = (sent_at IS NOT NULL)),
    UNIQUE (recipient, kind, about)
);
CREATE INDEX message_waiting ON mail.message (next_try_at) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX message_done ON mail.message (coalesce(sent_at, given_up_at)) WHERE sent_at IS NOT NULL OR given_up_at IS NOT NULL;

-- How far each reader of ca.status_change has come, and when it last wrote; 'expiries' has a moment alone.
CREATE TABLE mail.position (
    reader text PRIMARY KEY CHECK (reader IN ('holders', 'administrators', 'expiries')),
    number bigint NOT NULL DEFAULT 0,
    at     timestamptz NOT NULL DEFAULT '-infinity'
);
-- What was done before there was mail is nobody's news.
INSERT INTO mail.position (reader, number)
    SELECT r, number FROM ca.status_counter, (VALUES ('holders'), ('administrators')) AS v (r)
    UNION ALL SELECT 'expiries', 0;

-- A certificate has come within so many hours of its end; 0: it has ended.
CREATE TABLE mail.notice (
    issuer     text NOT NULL,
    serial     text NOT NULL,
    hours      integer NOT NULL CHECK (hours >= 0),
    noticed_at timestamptz NOT NULL,
    told_at    timestamptz, -- to the administrators
    PRIMARY KEY (issuer, serial, hours),
    FOREIGN KEY (issuer, serial) REFERENCES ca.certificate
);
CREATE INDEX notice_untold ON mail.notice (noticed_at) WHERE told_at IS NULL;

-- Whoever writes: a message stays as it was written until it is sent, and is then without its text; what was sent stays
-- sent, and nothing is forgotten before it is old.
-- +goose StatementBegin
CREATE FUNCTION mail.guard_message() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mutable text[] := ARRAY['tries', 'next_try_at', 'last_error', 'sent_at', 'given_up_at'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF coalesce(OLD.sent_at, OLD.given_up_at) > now() - interval '90 days' OR num_nonnulls(OLD.sent_at, OLD.given_up_at) = 0 THEN
            RAISE EXCEPTION 'a message is kept until it has been done with for 90 days' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.sent_at IS NOT NULL THEN
        mutable := mutable || ARRAY['subject', 'body'];
    END IF;
    IF to_jsonb(NEW) - mutable IS DISTINCT FROM to_jsonb(OLD) - mutable THEN
        RAISE EXCEPTION 'a message stays as it was written' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.sent_at IS NOT NULL THEN
        RAISE EXCEPTION 'a message that was sent stays sent' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION mail.guard_position() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.reader <> OLD.reader OR NEW.number < OLD.number OR NEW.at < OLD.at THEN
        RAISE EXCEPTION 'a position only moves forward' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION mail.refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%.%: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION mail.guard_message(), mail.guard_position(), mail.refuse() FROM PUBLIC;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON mail.message FOR EACH ROW EXECUTE FUNCTION mail.guard_message();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON mail.message FOR EACH STATEMENT EXECUTE FUNCTION mail.refuse();
CREATE TRIGGER guard BEFORE UPDATE ON mail.position FOR EACH ROW EXECUTE FUNCTION mail.guard_position();
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON mail.position FOR EACH STATEMENT EXECUTE FUNCTION mail.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON mail.notice FOR EACH STATEMENT EXECUTE FUNCTION mail.refuse();
ALTER TABLE mail.message ENABLE ALWAYS TRIGGER guard, ENABLE ALWAYS TRIGGER keep_all;
ALTER TABLE mail.position ENABLE ALWAYS TRIGGER guard, ENABLE ALWAYS TRIGGER keep;
ALTER TABLE mail.notice ENABLE ALWAYS TRIGGER keep_all;

-- mais_mail sees whom a certificate concerns and how it stands: no key, no code, no session, and nothing of a record.
GRANT USAGE ON SCHEMA mail, ca, access TO mais_mail;
GRANT SELECT ON ca.status_change, ca.status_counter TO mais_mail;
GRANT SELECT (issuer, serial, status, reason, status_at, status_by, identity, profile, holder, name, not_before, not_after,
    replaces_issuer, replaces_serial) ON ca.certificate TO mais_mail;
GRANT SELECT (id, email, name, agency, left_at) ON access.user_account TO mais_mail;
GRANT SELECT (id, name) ON access.agency TO mais_mail;
GRANT SELECT (id, agency, name) ON access.site TO mais_mail;
GRANT SELECT (user_id, role) ON access.user_role TO mais_mail;
GRANT SELECT, INSERT, DELETE ON mail.message TO mais_mail;
GRANT UPDATE (subject, body, tries, next_try_at, last_error, sent_at, given_up_at) ON mail.message TO mais_mail;
GRANT SELECT, UPDATE (number, at) ON mail.position TO mais_mail;
GRANT SELECT, INSERT, UPDATE (told_at), DELETE ON mail.notice TO mais_mail;
