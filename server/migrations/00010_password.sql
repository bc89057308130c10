-- Passwords, for those whose agency and roles allow them: access.agency.passwords and access.role.passwords say who. A
-- password opens the look-up application on the public listener, from the user's own site, and less of it where a role says
-- so. Nothing here lets anybody in by itself: authn decides, by agency, roles and place, at every request.
--
-- No password, code or secret stands here in a form that can be used: passwords as argon2id, recovery codes and the codes of
-- mails as SHA-256 of 125 and 130 random bits, the secrets of second factors sealed under a key outside the database.

-- +goose Up

-- An office manages people or reads the audit: never with a password, whoever asks and by whatever way.
ALTER TABLE access.role ADD CONSTRAINT office_has_no_password CHECK (NOT office OR passwords = 'forbidden');

-- A session belongs to a certificate on the mutual listener, or came of a password on the public one.
ALTER TABLE access.session
    ALTER COLUMN issuer DROP NOT NULL,
    ALTER COLUMN serial DROP NOT NULL,
    ADD COLUMN factor boolean NOT NULL DEFAULT false, -- a code of a second factor was given beside the password
    ADD CONSTRAINT session_is_bound CHECK (num_nonnulls(issuer, serial) = CASE listener WHEN 'public' THEN 0 ELSE 2 END);

CREATE TABLE access.password (
    user_id      uuid PRIMARY KEY REFERENCES access.user_account,
    hash         text NOT NULL CHECK (hash LIKE '$argon2id$v=19$%' AND length(hash) <= 200),
    set_at       timestamptz NOT NULL DEFAULT now(),
    recovered_at timestamptz NOT NULL DEFAULT now() -- devices that were known before are not any more
);

CREATE TABLE access.totp (
    user_id   uuid PRIMARY KEY REFERENCES access.password,
    sealed    bytea NOT NULL CHECK (length(sealed) BETWEEN 28 AND 200),
    last_step bigint NOT NULL CHECK (last_step >= 0), -- of the last code that was used: each is used once
    set_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE access.recovery_code (
    user_id uuid NOT NULL REFERENCES access.password,
    sha256  bytea NOT NULL CHECK (length(sha256) = 32),
    used_at timestamptz,
    PRIMARY KEY (user_id, sha256)
);

-- Wrong tries in a row, by what was typed as the name and where it came from: a device that its holder signed in with, or a
-- source. Names are kept as a keyed hash, because what is typed there may be anybody's, or a password.
CREATE TABLE access.password_guard (
    name    bytea NOT NULL CHECK (length(name) = 32),
    pool    bytea NOT NULL CHECK (length(pool) BETWEEN 1 AND 40),
    tries   integer NOT NULL CHECK (tries > 0),
    not_before timestamptz NOT NULL, -- nothing is tried sooner
    last_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, pool)
);
CREATE INDEX password_guard_old ON access.password_guard (last_at);
CREATE INDEX password_guard_pool ON access.password_guard (pool, last_at); -- on how many names a source or a password failed lately

-- Codes by mail with which a password is set anew, beside a second proof.
CREATE TABLE access.password_reset (
    id            text PRIMARY KEY CHECK (id ~ '^[A-Z2-7]{9}$'),
    secret_sha256 bytea NOT NULL CHECK (length(secret_sha256) = 32),
    user_id       uuid NOT NULL REFERENCES access.password,
    asked_from    inet NOT NULL,
    asked_at      timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL CHECK (expires_at <= asked_at + interval '1 hour'),
    tries         integer NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
    used_at       timestamptz
);
CREATE INDEX password_reset_of_user ON access.password_reset (user_id, asked_at);

-- Whoever writes: a code is used once, its tries only grow, and the step of a second factor only moves forward.
-- +goose StatementBegin
CREATE FUNCTION access.guard_password() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    is_now jsonb := to_jsonb(NEW);
BEGIN
    IF was ->> 'used_at' IS NOT NULL
        OR was - ARRAY['used_at', 'tries', 'hash', 'set_at', 'recovered_at', 'sealed', 'last_step'] IS DISTINCT FROM
            is_now - ARRAY['used_at', 'tries', 'hash', 'set_at', 'recovered_at', 'sealed', 'last_step']
        OR (is_now ->> 'tries')::integer < (was ->> 'tries')::integer
        OR (is_now ->> 'recovered_at')::timestamptz < (was ->> 'recovered_at')::timestamptz
        OR (is_now ->> 'last_step')::bigint <= (was ->> 'last_step')::bigint THEN
        RAISE EXCEPTION 'access.%: what was used stays used', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION access.guard_password() FROM PUBLIC;
CREATE TRIGGER guard BEFORE UPDATE ON access.password FOR EACH ROW EXECUTE FUNCTION access.guard_password();
CREATE TRIGGER guard BEFORE UPDATE ON access.totp FOR EACH ROW EXECUTE FUNCTION access.guard_password();
CREATE TRIGGER guard BEFORE UPDATE ON access.recovery_code FOR EACH ROW EXECUTE FUNCTION access.guard_password();
CREATE TRIGGER guard BEFORE UPDATE ON access.password_reset FOR EACH ROW EXECUTE FUNCTION access.guard_password();
ALTER TABLE access.password ENABLE ALWAYS TRIGGER guard;
ALTER TABLE access.totp ENABLE ALWAYS TRIGGER guard;
ALTER TABLE access.recovery_code ENABLE ALWAYS TRIGGER guard;
ALTER TABLE access.password_reset ENABLE ALWAYS TRIGGER guard;

-- A code that went to an address that is not the user's any more sets nothing, whoever changes it.
-- +goose StatementBegin
CREATE FUNCTION access.void_resets() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE access.password_reset SET used_at = now() WHERE user_id = NEW.id AND used_at IS NULL;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION access.void_resets() FROM PUBLIC;
CREATE TRIGGER void_resets AFTER UPDATE OF email ON access.user_account FOR EACH ROW WHEN (OLD.email <> NEW.email)
    EXECUTE FUNCTION access.void_resets();
ALTER TABLE access.user_account ENABLE ALWAYS TRIGGER void_resets;

GRANT INSERT (factor) ON access.session TO mais_creds;
GRANT SELECT, INSERT (user_id, hash), UPDATE (hash, set_at, recovered_at), DELETE ON access.password TO mais_creds;
GRANT SELECT (user_id) ON access.password TO mais_register;
GRANT SELECT, INSERT (user_id, sealed, last_step), UPDATE (last_step), DELETE ON access.totp TO mais_creds;
GRANT SELECT, INSERT (user_id, sha256), UPDATE (used_at), DELETE ON access.recovery_code TO mais_creds;
GRANT SELECT, INSERT, UPDATE, DELETE ON access.password_guard TO mais_creds;
GRANT SELECT, INSERT (id, secret_sha256, user_id, asked_from, asked_at, expires_at), UPDATE (tries, used_at), DELETE ON access.password_reset
    TO mais_creds;
