-- Invitations: which code and which mail somebody has, so that one that comes back is known for theirs; who has come so
-- far as to register and to sign in, noted where it happens; and a fresh code for those whose own lapsed.

-- +goose Up
ALTER TABLE access.registration
    ADD COLUMN code text CHECK (code ~ '^[0-9A-Z]{9}$'), -- the last code's name, which is no secret
    ADD COLUMN message uuid UNIQUE,                       -- of its mail: known to nobody but whom it went to and who carried it
    ADD COLUMN errand bigint;                             -- for which it was sent: done again after a fault, it sends no second
CREATE INDEX registration_unused ON access.registration (sent_at) WHERE registered_at IS NULL AND reminded_at IS NULL;

-- Somebody has made their first credential, and so was reached. Whoever makes it says so in the same transaction.
-- +goose StatementBegin
CREATE FUNCTION access.registered(who uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO access.registration AS r (user_id, registered_at) SELECT u.id, now() FROM access.user_account u WHERE u.id = who
    ON CONFLICT (user_id) DO UPDATE SET registered_at = now(), bounced_at = NULL, bounce = NULL WHERE r.registered_at IS NULL
$$;

CREATE FUNCTION access.note_certificate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.identity ~ '^urn:mais:user:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
        PERFORM access.registered(substr(NEW.identity, 15)::uuid);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION access.note_session() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO access.registration AS r (user_id, registered_at, first_seen_at, last_seen_at)
        VALUES (NEW.user_id, NEW.created_at, NEW.created_at, NEW.created_at)
    ON CONFLICT (user_id) DO UPDATE SET registered_at = coalesce(r.registered_at, NEW.created_at),
        first_seen_at = coalesce(r.first_seen_at, NEW.created_at), last_seen_at = greatest(r.last_seen_at, NEW.created_at);
    RETURN NULL;
END
$$;

-- Who moves to another agency or address, or comes back, has to enrol again, and until they have they count as waiting.
-- Mail that came back says nothing of another address.
CREATE FUNCTION access.start_anew() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE access.registration SET sent_at = NULL, expires_at = NULL, reminded_at = NULL, registered_at = NULL, first_seen_at = NULL,
        bounced_at = CASE WHEN OLD.email = NEW.email THEN bounced_at END, bounce = CASE WHEN OLD.email = NEW.email THEN bounce END WHERE user_id = NEW.id;
    RETURN NULL;
END
$$;

-- Whether a code, by its name, can be used as long as it has not lapsed: it was not used, nor made void, nor tried too often.
CREATE FUNCTION access.code_unused(code text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM ca.enrolment_order o WHERE o.id = code AND o.used_at IS NULL AND o.cancelled_at IS NULL AND o.tries < 5)
$$;

-- A fresh code for everybody of an agency, or with NULL of all, whose code lapsed unused: who is invited was decided once
-- and stays so; but for whom no mail reached, who need another address first. An agency's administrator does it for their own
-- agency, and for nobody with an office.
CREATE FUNCTION access.invite_again(maker uuid, of_agency uuid) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    everywhere boolean;
    n integer;
BEGIN
    SELECT bool_or(r.role = 'administrator') INTO everywhere FROM access.user_role r JOIN access.user_account u ON u.id = r.user_id
        WHERE r.user_id = maker AND r.role IN ('administrator', 'agency_administrator') AND access.present(u.id)
            AND (r.role = 'administrator' OR u.agency = of_agency);
    IF everywhere IS NULL THEN
        RAISE EXCEPTION 'not theirs to invite' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO access.errand (kind, user_id, detail)
        SELECT 'invite', u.id, jsonb_build_object('by', 'urn:mais:user:' || maker, 'again', 'yes')
        FROM access.user_account u JOIN access.registration g ON g.user_id = u.id
        WHERE u.agency = coalesce(of_agency, u.agency) AND (u.left_at IS NULL OR u.left_at > now()) AND (u.ends_on IS NULL OR u.ends_on >= current_date)
            AND g.registered_at IS NULL AND g.bounced_at IS NULL AND g.expires_at <= now() AND u.id <> maker
            AND (everywhere OR NOT EXISTS (SELECT FROM access.user_role x JOIN access.role o ON o.name = x.role WHERE x.user_id = u.id AND o.office))
            AND NOT EXISTS (SELECT FROM access.errand e WHERE e.user_id = u.id AND e.kind = 'invite' AND e.done_at IS NULL);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION access.registered(uuid), access.note_certificate(), access.note_session(), access.start_anew(), access.code_unused(text),
    access.invite_again(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.registered(uuid) TO mais_creds, mais_register;
GRANT EXECUTE ON FUNCTION access.code_unused(text), access.invite_again(uuid, uuid) TO mais_register;
CREATE TRIGGER note_registered AFTER INSERT ON ca.certificate FOR EACH ROW EXECUTE FUNCTION access.note_certificate();
CREATE TRIGGER note_seen AFTER INSERT ON access.session FOR EACH ROW EXECUTE FUNCTION access.note_session();
CREATE TRIGGER start_anew AFTER UPDATE OF email, agency, left_at ON access.user_account FOR EACH ROW
    WHEN (OLD.email <> NEW.email OR OLD.agency <> NEW.agency OR OLD.left_at IS NOT NULL AND NEW.left_at IS NULL) EXECUTE FUNCTION access.start_anew();

-- Whoever came in before this was counted.
INSERT INTO access.registration (user_id, registered_at, first_seen_at, last_seen_at)
    SELECT u.id, least(c.first, s.first), s.first, s.last FROM access.user_account u
    LEFT JOIN (SELECT identity, min(issued_at) AS first FROM ca.certificate GROUP BY identity) c ON c.identity = 'urn:mais:user:' || u.id
    LEFT JOIN (SELECT user_id, min(created_at) AS first, max(created_at) AS last FROM access.session GROUP BY user_id) s ON s.user_id = u.id
    WHERE num_nonnulls(c.first, s.first) > 0
    ON CONFLICT DO NOTHING;

-- mais_mail reminds of codes, and notes what came back. It never sees a code: none is kept.
GRANT SELECT (user_id, sent_at, expires_at, reminded_at, bounced_at, registered_at, code, message) ON access.registration TO mais_mail;
GRANT UPDATE (reminded_at, bounced_at, bounce) ON access.registration TO mais_mail;
GRANT SELECT (sponsor_name) ON access.agency TO mais_mail;

-- The kinds of mail are the program's to name.
ALTER TABLE mail.message DROP CONSTRAINT message_kind_check;
ALTER TABLE mail.message ADD CONSTRAINT message_kind_check CHECK (kind ~ '^[a-z][a-z-]{0,39}$');
