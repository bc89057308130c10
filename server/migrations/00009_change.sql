-- Changes of who may come in, from where, and what their roles permit. Each is a row here: made by one person, confirmed
-- by them, approved by another where the rules below demand it, and applied by access.apply alone. The service's own login
-- role writes none of the tables that decide, so that no fault in the code that faces callers gives anyone a role, a place
-- or a network behind a second person's back. (At the host the migrator does, in person and audited: the first
-- administrators and the demo come in that way.)

-- +goose Up
ALTER TABLE access.agency
    ADD COLUMN sponsor_name text CHECK (length(sponsor_name) <= 200),
    ADD COLUMN sponsor_email text CHECK (sponsor_email = lower(sponsor_email) AND length(sponsor_email) <= 254),
    ADD COLUMN domains text[] NOT NULL DEFAULT '{}', -- of the addresses that the sponsor gave
    ADD COLUMN passwords text NOT NULL DEFAULT 'forbidden' CHECK (passwords IN ('forbidden', 'limited', 'allowed')),
    ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE access.site
    ADD COLUMN closed_at timestamptz,
    ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE access.user_account
    ADD COLUMN starts_on date,
    ADD COLUMN ends_on date CHECK (ends_on >= starts_on), -- the last day
    ADD COLUMN vetting text CHECK (length(vetting) <= 100),
    ADD COLUMN vetted_on date,
    ADD COLUMN vouched_by text CHECK (length(vouched_by) <= 200),
    ADD COLUMN terms_due boolean NOT NULL DEFAULT false, -- whoever was invited accepts the terms at first sign-in
    ADD COLUMN terms_version text,
    ADD COLUMN accepted_at timestamptz,
    ADD COLUMN accepted_roles text[] NOT NULL DEFAULT '{}', -- whose sheets they were shown
    ADD COLUMN version bigint NOT NULL DEFAULT 1;
-- An address has one @: what follows it is the domain that a sponsor gave, whoever reads it.
ALTER TABLE access.user_account ADD CONSTRAINT one_at CHECK (email ~ '^[^@]+@[^@]+$');
ALTER TABLE access.agency ADD CONSTRAINT one_at CHECK (sponsor_email ~ '^[^@]+@[^@]+$');
-- No network of an agency is as large as that; two halves of the Internet would be everybody.
ALTER TABLE access.subnet ADD CONSTRAINT not_too_wide CHECK (masklen(cidr) >= CASE family(cidr) WHEN 4 THEN 8 ELSE 16 END);
ALTER TABLE access.role
    ADD COLUMN passwords text NOT NULL DEFAULT 'forbidden' CHECK (passwords IN ('forbidden', 'limited', 'allowed')),
    ADD COLUMN totp boolean NOT NULL DEFAULT true,
    ADD COLUMN office boolean NOT NULL DEFAULT false,
    ADD COLUMN built_in boolean NOT NULL DEFAULT false,
    ADD COLUMN version bigint NOT NULL DEFAULT 1;
UPDATE access.role SET built_in = true, office = name IN ('administrator', 'agency_administrator', 'governance_officer');

-- How far somebody who was invited has come. It decides nothing, and so raises no generation.
CREATE TABLE access.registration (
    user_id       uuid PRIMARY KEY REFERENCES access.user_account,
    sent_at       timestamptz, -- the last code
    expires_at    timestamptz, -- of that code
    reminded_at   timestamptz, -- of that code
    bounced_at    timestamptz, -- the last mail
    bounce        text CHECK (length(bounce) <= 500),
    registered_at timestamptz, -- the first credential
    first_seen_at timestamptz,
    last_seen_at  timestamptz
);

CREATE TABLE access.change (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind         text NOT NULL CHECK (kind IN ('agency.add', 'agency.change', 'site.add', 'site.change', 'site.close', 'network.add',
        'network.remove', 'user.invite', 'users.invite', 'user.change', 'user.leave', 'user.return', 'role.add', 'role.change', 'role.delete')),
    target       text,            -- a UUID, or a role's name
    agency       uuid REFERENCES access.agency, -- that it is about; NULL: no single one
    before       jsonb NOT NULL DEFAULT '{}',   -- the target's fields when it was made
    after        jsonb NOT NULL DEFAULT '{}',   -- the fields of the request (package api)
    given        jsonb NOT NULL DEFAULT '{}',   -- the roles that it gives somebody, with a digest of what each was when it was made
    subject      text NOT NULL,   -- in words
    note         text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    second       text[] NOT NULL DEFAULT '{}',  -- why a second person is needed
    effect       jsonb,           -- as it was foreseen when it was confirmed
    state        text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'waiting', 'applied', 'refused', 'discarded', 'expired')),
    made_by      uuid NOT NULL REFERENCES access.user_account,
    made_at      timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    decided_by   uuid REFERENCES access.user_account,
    decided_at   timestamptz,
    decided_note text NOT NULL DEFAULT '' CHECK (length(decided_note) <= 500),
    applied_at   timestamptz,
    expires_at   timestamptz NOT NULL,
    CHECK (decided_by IS NULL OR decided_by <> made_by) -- nobody approves their own
);
CREATE INDEX change_open ON access.change (made_at) WHERE state IN ('draft', 'waiting');
CREATE INDEX change_of_target ON access.change (target, made_at);

-- The people of a change of many.
CREATE TABLE access.change_item (
    change  uuid NOT NULL REFERENCES access.change,
    n       integer NOT NULL CHECK (n > 0),
    after   jsonb NOT NULL,
    user_id uuid REFERENCES access.user_account, -- whom it made
    fault   text, -- why it did not
    PRIMARY KEY (change, n)
);

-- What is to be done once a change has been applied, written in the same transaction: to revoke, to end sessions, to invite,
-- to tell somebody. Doing one twice does no harm.
CREATE TABLE access.errand (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind    text NOT NULL CHECK (kind ~ '^[a-z][a-z-]{0,39}$'),
    user_id uuid REFERENCES access.user_account,
    change  uuid REFERENCES access.change,
    detail  jsonb NOT NULL DEFAULT '{}',
    due_at  timestamptz NOT NULL DEFAULT now(),
    tries   integer NOT NULL DEFAULT 0,
    fault   text,
    done_at timestamptz
);
CREATE INDEX errand_due ON access.errand (due_at) WHERE done_at IS NULL;

-- What the register reads and keeps by itself. It applies changes through access.propose, confirm, approve, refuse,
-- discard alone (below).
GRANT SELECT ON access.registration, access.change, access.change_item, access.errand, access.role, access.permission TO mais_register;
GRANT SELECT (user_id, issuer, serial, listener, site, created_at, seen_at, ended_at, end_reason) ON access.session TO mais_register;
GRANT INSERT, UPDATE ON access.registration TO mais_register;
GRANT UPDATE (due_at, tries, fault, done_at) ON access.errand TO mais_register;
REVOKE INSERT, UPDATE, DELETE ON access.agency, access.site, access.subnet, access.user_account, access.user_site, access.user_role
    FROM mais_register;

-- Rules that hold whoever writes. Every statement that writes these tables takes the lock of access.generation first, so no
-- two transactions break one of them together. What is checked at commit is checked as the owner. Faults name the field of the request that is to blame (COLUMN).
-- +goose StatementBegin
CREATE FUNCTION access.present(who uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM access.user_account u WHERE u.id = who AND (u.left_at IS NULL OR u.left_at > now())
        AND coalesce(u.starts_on <= (now() AT TIME ZONE 'UTC')::date, true) AND coalesce(u.ends_on >= (now() AT TIME ZONE 'UTC')::date, true))
$$;

CREATE FUNCTION access.break_rule(field text, says text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', says USING ERRCODE = 'integrity_constraint_violation', COLUMN = field;
END
$$;

-- Offices administer or review, and read no record: none has a permission, nobody has one beside a role that has any, and
-- nobody both gives access and reviews what was done with it.
CREATE FUNCTION access.role_conflict(roles text[]) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM access.role r WHERE r.name = ANY (roles) AND r.office)
            AND EXISTS (SELECT FROM access.permission p WHERE p.role = ANY (roles))
            THEN 'join an office with a role that opens records'
        WHEN 'governance_officer' = ANY (roles) AND roles && ARRAY['administrator', 'agency_administrator']
            THEN 'join administration with information governance'
    END
$$;

-- Whoever has no office breaks neither rule, and they are nearly everybody.
CREATE FUNCTION access.guard_user_role() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    conflict text;
BEGIN
    IF NOT EXISTS (SELECT FROM access.user_role h JOIN access.role r ON r.name = h.role WHERE h.user_id = NEW.user_id AND r.office) THEN
        RETURN NULL;
    END IF;
    conflict := access.role_conflict(ARRAY(SELECT role FROM access.user_role WHERE user_id = NEW.user_id));
    IF conflict IS NOT NULL THEN
        PERFORM access.break_rule('user.roles', conflict);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION access.guard_permission() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM access.role r WHERE r.name = NEW.role AND r.office) THEN
        PERFORM access.break_rule('role.permissions', 'are of an office, which opens no record');
    END IF;
    IF EXISTS (SELECT FROM access.user_role o JOIN access.role r ON r.name = o.role AND r.office
            WHERE EXISTS (SELECT FROM access.user_role h WHERE h.user_id = o.user_id AND h.role = NEW.role)) THEN
        PERFORM access.break_rule('role.permissions', 'open records to somebody who has an office');
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION access.guard_role() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.built_in THEN
        PERFORM access.break_rule('target', 'is built in, and stays');
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.name, NEW.office, NEW.built_in) IS DISTINCT FROM (OLD.name, OLD.office, OLD.built_in) THEN
        PERFORM access.break_rule('role.name', 'stays, and so does whether the role is an office');
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;

-- A site stays with its agency, and a user works at sites of their own.
CREATE FUNCTION access.guard_site() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.agency <> OLD.agency THEN
        PERFORM access.break_rule('site.agency', 'stays');
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION access.guard_user_site() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who uuid := CASE TG_TABLE_NAME WHEN 'user_site' THEN (to_jsonb(NEW) ->> 'user_id')::uuid ELSE (to_jsonb(NEW) ->> 'id')::uuid END;
BEGIN
    IF EXISTS (SELECT FROM access.user_site w JOIN access.site s ON s.id = w.site JOIN access.user_account u ON u.id = w.user_id
            WHERE w.user_id = who AND s.agency <> u.agency) THEN
        PERFORM access.break_rule('user.sites', 'are not all of the user’s agency');
    END IF;
    RETURN NULL;
END
$$;

-- A subnet of a closed site would let nobody in, and yet look as if it did.
CREATE FUNCTION access.guard_subnet() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM access.site s WHERE s.id = NEW.site AND s.closed_at IS NOT NULL) THEN
        PERFORM access.break_rule('network.site', 'is closed');
    END IF;
    RETURN NULL;
END
$$;

-- How many administrators have no last day, but for one. Whose last day is known is no help the day after.
CREATE FUNCTION access.lasting_administrators(but uuid) RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*) FROM access.user_role r JOIN access.user_account u ON u.id = r.user_id
    WHERE r.role = 'administrator' AND u.left_at IS NULL AND u.ends_on IS NULL AND access.present(u.id) AND u.id IS DISTINCT FROM but
$$;

-- Somebody always remains who can let others in: an administrator without a last day.
-- (What a restored database is told again, by the certificate authority, goes nevertheless: the host can help then, and whoever
-- had left does not come back. See access.withdraw_again.)
CREATE FUNCTION access.guard_last_administrator() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone jsonb := to_jsonb(OLD);
BEGIN
    IF TG_TABLE_NAME = 'user_account' AND (gone ->> 'ends_on' IS NOT NULL OR gone ->> 'left_at' IS NOT NULL
            OR NOT EXISTS (SELECT FROM access.user_role WHERE user_id = (gone ->> 'id')::uuid AND role = 'administrator')) THEN
        RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'user_role' AND gone ->> 'role' <> 'administrator' THEN
        RETURN NULL;
    END IF;
    IF access.lasting_administrators(NULL) = 0 THEN
        PERFORM access.break_rule('target', 'is the last administrator without a last day, and one has to remain');
    END IF;
    RETURN NULL;
END
$$;

-- And one of them can come in from somewhere: a network or a place is not taken from the last who had one.
CREATE FUNCTION access.guard_reachable() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone jsonb := to_jsonb(OLD);
    place uuid := (gone ->> 'site')::uuid;
BEGIN
    IF EXISTS (SELECT FROM access.user_role r JOIN access.user_site w ON w.user_id = r.user_id JOIN access.subnet n ON n.site = w.site
            WHERE r.role = 'administrator' AND access.present(r.user_id)) THEN
        RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'subnet' AND EXISTS (SELECT FROM access.user_role r JOIN access.user_site w ON w.user_id = r.user_id
            WHERE r.role = 'administrator' AND w.site = place AND access.present(r.user_id))
        OR TG_TABLE_NAME = 'user_site' AND EXISTS (SELECT FROM access.subnet n WHERE n.site = place)
            AND EXISTS (SELECT FROM access.user_role r WHERE r.role = 'administrator' AND r.user_id = (gone ->> 'user_id')::uuid AND access.present(r.user_id)) THEN
        PERFORM access.break_rule('target', 'has the last network that an administrator can come in from, and one has to remain');
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER offices AFTER INSERT OR UPDATE ON access.user_role DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION access.guard_user_role();
CREATE CONSTRAINT TRIGGER offices AFTER INSERT OR UPDATE ON access.permission DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION access.guard_permission();
CREATE CONSTRAINT TRIGGER own_agency AFTER INSERT OR UPDATE ON access.user_site DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION access.guard_user_site();
CREATE CONSTRAINT TRIGGER own_agency AFTER UPDATE OF agency ON access.user_account DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION access.guard_user_site();
CREATE CONSTRAINT TRIGGER administrator AFTER UPDATE OR DELETE ON access.user_role DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (session_user <> 'mais_ca') EXECUTE FUNCTION access.guard_last_administrator();
CREATE CONSTRAINT TRIGGER administrator AFTER UPDATE OF left_at, starts_on, ends_on ON access.user_account DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (session_user <> 'mais_ca') EXECUTE FUNCTION access.guard_last_administrator();
CREATE CONSTRAINT TRIGGER reachable AFTER UPDATE OR DELETE ON access.subnet DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (session_user <> 'mais_ca') EXECUTE FUNCTION access.guard_reachable();
CREATE CONSTRAINT TRIGGER reachable AFTER UPDATE OR DELETE ON access.user_site DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (session_user <> 'mais_ca') EXECUTE FUNCTION access.guard_reachable();
CREATE CONSTRAINT TRIGGER open_site AFTER INSERT OR UPDATE ON access.subnet DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION access.guard_subnet();
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON access.role FOR EACH ROW EXECUTE FUNCTION access.guard_role();
CREATE TRIGGER guard BEFORE UPDATE ON access.site FOR EACH ROW EXECUTE FUNCTION access.guard_site();
ALTER TABLE access.user_role ENABLE ALWAYS TRIGGER offices, ENABLE ALWAYS TRIGGER administrator;
ALTER TABLE access.permission ENABLE ALWAYS TRIGGER offices;
ALTER TABLE access.user_site ENABLE ALWAYS TRIGGER own_agency, ENABLE ALWAYS TRIGGER reachable;
ALTER TABLE access.user_account ENABLE ALWAYS TRIGGER own_agency, ENABLE ALWAYS TRIGGER administrator;
ALTER TABLE access.subnet ENABLE ALWAYS TRIGGER open_site, ENABLE ALWAYS TRIGGER reachable;
ALTER TABLE access.role ENABLE ALWAYS TRIGGER guard;
ALTER TABLE access.site ENABLE ALWAYS TRIGGER guard;

-- A change stays as it was asked for and moves on only: nothing that was decided is decided again, and nothing is forgotten.
-- +goose StatementBegin
CREATE FUNCTION access.guard_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mutable CONSTANT text[] := ARRAY['state', 'second', 'effect', 'confirmed_at', 'decided_by', 'decided_at', 'decided_note', 'applied_at', 'expires_at'];
BEGIN
    IF to_jsonb(NEW) - mutable - 'target' IS DISTINCT FROM to_jsonb(OLD) - mutable - 'target'
        OR OLD.target IS NOT NULL AND NEW.target IS DISTINCT FROM OLD.target
        OR OLD.applied_at IS NOT NULL
        OR OLD.state = 'applied' AND to_jsonb(NEW) - 'applied_at' IS DISTINCT FROM to_jsonb(OLD) - 'applied_at'
        OR OLD.state NOT IN ('draft', 'waiting', 'applied')
        OR OLD.state = 'waiting' AND NEW.state = 'draft' THEN
        RAISE EXCEPTION 'a change stays as it was decided' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION access.guard_change_item() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF NOT EXISTS (SELECT FROM access.change c WHERE c.id = OLD.change AND c.state IN ('discarded', 'expired')) THEN
            RAISE EXCEPTION 'the people of a change stay until it came to nothing' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF to_jsonb(NEW) - ARRAY['user_id', 'fault'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['user_id', 'fault'] OR num_nonnulls(OLD.user_id, OLD.fault) > 0 THEN
        RAISE EXCEPTION 'the people of a change stay as they were asked for' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION access.keep_changes() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'changes are kept: % refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER guard BEFORE UPDATE ON access.change FOR EACH ROW EXECUTE FUNCTION access.guard_change();
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON access.change FOR EACH STATEMENT EXECUTE FUNCTION access.keep_changes();
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON access.change_item FOR EACH ROW EXECUTE FUNCTION access.guard_change_item();
CREATE TRIGGER keep BEFORE TRUNCATE ON access.change_item FOR EACH STATEMENT EXECUTE FUNCTION access.keep_changes();
ALTER TABLE access.change ENABLE ALWAYS TRIGGER guard, ENABLE ALWAYS TRIGGER keep;
ALTER TABLE access.change_item ENABLE ALWAYS TRIGGER guard, ENABLE ALWAYS TRIGGER keep;

-- What is asked of a change. The same rules stand in package duty, and a test compares the two.
-- +goose StatementBegin
CREATE FUNCTION access.texts(list jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN jsonb_typeof(list) = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(list) ORDER BY 1) ELSE '{}' END
$$;

CREATE FUNCTION access.has_role(who uuid, wanted text) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT access.present(who) AND EXISTS (SELECT FROM access.user_role WHERE user_id = who AND role = wanted)
$$;

-- The target's fields as they are, as package api writes them; NULL: there is no such target.
CREATE FUNCTION access.state_of(what text, about text) RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE
    WHEN what IN ('agency.add', 'site.add', 'network.add', 'network.remove', 'user.invite', 'users.invite', 'role.add') THEN
        CASE WHEN about IS NULL THEN '{}'::jsonb END
    WHEN what LIKE 'agency.%' THEN
        (SELECT jsonb_build_object('name', a.name, 'kind', a.kind, 'sponsor_name', coalesce(a.sponsor_name, ''),
            'sponsor_email', coalesce(a.sponsor_email, ''), 'domains', to_jsonb(a.domains), 'passwords', a.passwords, 'version', a.version)
        FROM access.agency a WHERE a.id = about::uuid)
    WHEN what LIKE 'site.%' THEN
        (SELECT jsonb_build_object('agency', s.agency, 'name', s.name, 'closed', s.closed_at IS NOT NULL, 'version', s.version)
        FROM access.site s WHERE s.id = about::uuid)
    WHEN what LIKE 'user.%' THEN
        (SELECT jsonb_build_object('email', u.email, 'name', u.name, 'agency', u.agency,
            'sites', ARRAY(SELECT site::text FROM access.user_site WHERE user_id = u.id ORDER BY 1),
            'roles', ARRAY(SELECT role FROM access.user_role WHERE user_id = u.id ORDER BY 1),
            'starts', coalesce(u.starts_on::text, ''), 'ends', coalesce(u.ends_on::text, ''), 'vetting', coalesce(u.vetting, ''),
            'vetted_on', coalesce(u.vetted_on::text, ''), 'vouched_by', coalesce(u.vouched_by, ''),
            'left', coalesce(u.left_at <= now(), false), 'version', u.version)
        FROM access.user_account u WHERE u.id = about::uuid)
    WHEN what LIKE 'role.%' THEN
        (SELECT jsonb_build_object('name', r.name, 'description', r.description, 'level', r.level, 'passwords', r.passwords, 'totp', r.totp,
            'permissions', coalesce((SELECT jsonb_agg(jsonb_build_object('item', p.item, 'act', p.act) ORDER BY p.item, p.act)
                FROM access.permission p WHERE p.role = r.name), '[]'),
            'office', r.office, 'built_in', r.built_in, 'version', r.version)
        FROM access.role r WHERE r.name = about)
    END;
END
$$;

-- The one agency that a change is about; NULL: none, or more than one.
CREATE FUNCTION access.agency_of(what text, about text, old jsonb, new jsonb, people jsonb) RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE
    WHEN what = 'agency.change' THEN about::uuid
    WHEN what IN ('site.add', 'user.invite') THEN (new ->> 'agency')::uuid
    WHEN what LIKE 'site.%' OR what = 'user.leave' THEN (old ->> 'agency')::uuid
    WHEN what LIKE 'network.%' THEN (SELECT s.agency FROM access.site s WHERE s.id = (new ->> 'site')::uuid)
    WHEN what IN ('user.change', 'user.return') AND old ->> 'agency' = new ->> 'agency' THEN (old ->> 'agency')::uuid
    WHEN what = 'users.invite' THEN
        (SELECT min(p ->> 'agency')::uuid FROM jsonb_array_elements(people) p HAVING min(p ->> 'agency') = max(p ->> 'agency'))
    END;
END
$$;

-- The roles that a change gives, takes or leaves somebody.
CREATE FUNCTION access.roles_in(c access.change) RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN c.kind = 'users.invite' THEN ARRAY(SELECT DISTINCT r FROM access.change_item i, unnest(access.texts(i.after -> 'roles')) r WHERE i.change = c.id ORDER BY r)
        WHEN c.kind LIKE 'user.%' THEN access.texts(c.before -> 'roles') || access.texts(c.after -> 'roles')
        ELSE '{}'
    END
$$;

CREATE FUNCTION access.touches_office(c access.change) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM access.role r WHERE r.office AND r.name = ANY (access.roles_in(c)))
$$;

-- Whether somebody administers what a change is about: everything, or their own agency's people, sites and networks, and
-- then nobody with an office and no office.
CREATE FUNCTION access.manages(who uuid, c access.change) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT access.has_role(who, 'administrator') OR access.has_role(who, 'agency_administrator')
        AND split_part(c.kind, '.', 1) IN ('site', 'network', 'user', 'users')
        AND coalesce(c.agency = (SELECT u.agency FROM access.user_account u WHERE u.id = who), false)
        AND NOT access.touches_office(c)
$$;

-- What the rules below ask beside the change itself.
--
-- Whether a change takes the last network from somebody present who has an office.
CREATE FUNCTION access.strands(c access.change) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid := CASE c.kind WHEN 'site.close' THEN c.target ELSE c.after ->> 'site' END;
    prefix cidr := CASE c.kind WHEN 'site.close' THEN NULL ELSE c.after ->> 'prefix' END; -- NULL: all of the place
BEGIN
    RETURN EXISTS (SELECT FROM access.user_site w JOIN access.subnet n ON n.site = w.site AND n.cidr = coalesce(prefix, n.cidr)
        WHERE w.site = place AND access.present(w.user_id)
            AND EXISTS (SELECT FROM access.user_role h JOIN access.role r ON r.name = h.role AND r.office WHERE h.user_id = w.user_id)
            AND NOT EXISTS (SELECT FROM access.user_site v JOIN access.subnet o ON o.site = v.site
                WHERE v.user_id = w.user_id AND NOT (o.site = place AND o.cidr = coalesce(prefix, o.cidr))));
END
$$;

CREATE FUNCTION access.is_wide(prefix cidr) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT masklen(prefix) < CASE family(prefix) WHEN 4 THEN 16 ELSE 32 END
$$;

CREATE FUNCTION access.overlaps_another(c access.change) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM access.subnet n JOIN access.site s ON s.id = n.site
        WHERE n.cidr && (c.after ->> 'prefix')::cidr AND s.agency IS DISTINCT FROM c.agency)
$$;

-- Whether a change takes an administrator out, now or some day, where two or fewer without a last day would remain.
CREATE FUNCTION access.takes_administrator(c access.change) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT 'administrator' = ANY (access.texts(c.before -> 'roles')) AND (c.kind = 'user.leave' OR c.kind = 'user.change' AND (
            NOT 'administrator' = ANY (access.texts(c.after -> 'roles'))
            OR coalesce(c.after ->> 'ends', '') <> '' AND (coalesce(c.before ->> 'ends', '') = '' OR c.after ->> 'ends' < c.before ->> 'ends')
            OR coalesce(c.after ->> 'starts', '') > coalesce(c.before ->> 'starts', '')))
        AND access.lasting_administrators(c.target::uuid) <= 2
$$;

-- Whether an address is at a mail domain that another agency has too, or somebody of another agency has it: then whether it is
-- registered is not for one agency's administrator to find out.
CREATE FUNCTION access.shares_domain(f jsonb) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM access.agency a WHERE a.id <> (f ->> 'agency')::uuid AND split_part(f ->> 'email', '@', 2) = ANY (a.domains))
        OR EXISTS (SELECT FROM access.user_account u WHERE u.email = f ->> 'email' AND u.agency <> (f ->> 'agency')::uuid)
$$;

CREATE FUNCTION access.taken_elsewhere(c access.change) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.kind IN ('user.invite', 'user.change', 'user.return') AND c.after ->> 'email' IS DISTINCT FROM c.before ->> 'email'
        AND NOT access.has_role(c.made_by, 'administrator')
        AND EXISTS (SELECT FROM access.user_account u WHERE u.email = c.after ->> 'email' AND u.agency IS DISTINCT FROM c.agency)
$$;

-- Whether a word opens more than another did, of words in their order.
CREATE FUNCTION access.opens_further(words text[], was text, will text) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_position(words, will), 0) > coalesce(array_position(words, was), 0)
$$;

-- Whether a role only loses by a change, and its holders can work on: it permits nothing new, asks no less of who holds it
-- and no other token, and still shows an item if it showed any.
CREATE FUNCTION access.narrows(old jsonb, new jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(new ->> 'description' = old ->> 'description' AND (new -> 'totp' = 'true' OR old -> 'totp' = 'false')
        AND coalesce(nullif(new -> 'permissions', 'null'), '[]') <@ coalesce(nullif(old -> 'permissions', 'null'), '[]')
        AND (new -> 'permissions' @> '[{"act": "read"}]' OR old -> 'permissions' @> '[{"act": "read"}]' IS NOT TRUE)
        AND NOT access.opens_further('{forbidden,limited,allowed}', old ->> 'passwords', new ->> 'passwords')
        AND new ->> 'level' = old ->> 'level', false)
$$;

-- Whether a role is an office, or somebody who has one holds it: less of it could lock out who would put it right.
CREATE FUNCTION access.in_an_office(which text) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM access.role r WHERE r.office AND (r.name = which
        OR EXISTS (SELECT FROM access.user_role o JOIN access.user_role h ON h.user_id = o.user_id WHERE o.role = r.name AND h.role = which)))
$$;

-- Why a second person has to approve a change; none: nobody has to.
CREATE FUNCTION access.needs(c access.change) RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old jsonb := c.before;
    new jsonb := c.after;
    why text[] := '{}';
BEGIN
    CASE c.kind
    WHEN 'user.invite', 'users.invite' THEN
        IF cardinality(access.roles_in(c)) > 0 THEN why := why || 'It gives somebody new a role.'::text;
        ELSIF c.kind = 'users.invite' THEN why := why || 'It invites many people at once.'::text;
        ELSIF access.shares_domain(new) THEN why := why || 'It writes to a mail domain that another agency has too.'::text; END IF;
    WHEN 'user.change', 'user.return' THEN
        IF c.kind = 'user.return' THEN why := why || 'It lets somebody back in who had left.'::text; END IF;
        IF NOT access.texts(new -> 'roles') <@ access.texts(old -> 'roles') THEN why := why || 'It gives a further role.'::text; END IF;
        IF new ->> 'email' IS DISTINCT FROM old ->> 'email' THEN why := why || 'It changes the address that codes are sent to.'::text; END IF;
        IF new ->> 'agency' IS DISTINCT FROM old ->> 'agency' THEN why := why || 'It moves somebody to another agency.'::text; END IF;
        IF access.takes_administrator(c) THEN why := why || 'It takes one of the last administrators.'::text; END IF;
        IF coalesce(old ->> 'ends', '') <> '' AND (coalesce(new ->> 'ends', '') = '' OR new ->> 'ends' > old ->> 'ends')
            OR coalesce(old ->> 'starts', '') <> '' AND (coalesce(new ->> 'starts', '') = '' OR new ->> 'starts' < old ->> 'starts') THEN
            why := why || 'It lets somebody come in for longer.'::text;
        END IF;
    WHEN 'user.leave' THEN
        IF access.takes_administrator(c) THEN why := ARRAY['It takes one of the last administrators.']; END IF;
    WHEN 'network.add' THEN
        IF access.is_wide((new ->> 'prefix')::cidr) THEN why := why || 'It recognises very many addresses.'::text; END IF;
        IF access.overlaps_another(c) THEN why := why || 'It overlaps a network of another agency.'::text; END IF;
    WHEN 'network.remove', 'site.close' THEN
        IF access.strands(c) THEN why := ARRAY['It takes the last network from somebody who has an office.']; END IF;
    WHEN 'agency.add' THEN why := ARRAY['It lets a further agency in.'];
    WHEN 'agency.change' THEN
        IF (new ->> 'sponsor_name', new ->> 'sponsor_email') IS DISTINCT FROM (old ->> 'sponsor_name', old ->> 'sponsor_email') THEN
            why := why || 'It changes who vouches for the agency’s people.'::text;
        END IF;
        IF NOT access.texts(new -> 'domains') <@ access.texts(old -> 'domains') THEN why := why || 'It changes where the agency’s codes may be sent.'::text; END IF;
        IF access.opens_further('{forbidden,limited,allowed}', old ->> 'passwords', new ->> 'passwords') THEN why := why || 'It lets passwords go further.'::text; END IF;
    WHEN 'role.change' THEN
        IF NOT access.narrows(old, new) OR access.in_an_office(c.target) THEN why := ARRAY['It changes what roles permit.']; END IF;
    WHEN 'role.add', 'role.delete' THEN why := ARRAY['It changes what roles permit.'];
    ELSE
    END CASE;
    RETURN why;
END
$$;

-- The roles that a change would give somebody who has not got them.
CREATE FUNCTION access.given_by(what text, old jsonb, wanted jsonb, people jsonb) RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN what = 'users.invite' THEN ARRAY(SELECT DISTINCT r FROM jsonb_array_elements(people) p, unnest(access.texts(p -> 'roles')) r)
        WHEN what IN ('user.invite', 'user.return') THEN access.texts(wanted -> 'roles')
        WHEN what = 'user.change' THEN ARRAY(SELECT unnest(access.texts(wanted -> 'roles')) EXCEPT SELECT unnest(access.texts(old -> 'roles')))
        ELSE '{}'
    END
$$;

-- What roles are, each as a digest: another one as soon as it permits something else, or was deleted and made anew as another.
CREATE FUNCTION access.defined(roles text[]) RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_object_agg(r, coalesce(encode(sha256(convert_to(access.state_of('role.change', r)::text, 'UTF8')), 'hex'), '')), '{}') FROM unnest(roles) r
$$;

-- Whether a token of whoever made a change was revoked as compromised since: then nobody knows who made it.
CREATE FUNCTION access.compromised(c access.change) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM ca.certificate k WHERE k.identity = 'urn:mais:user:' || c.made_by AND k.status = 'revoked' AND k.reason = 1 AND k.status_at >= c.made_at)
$$;

-- What the Go code tells apart by the code of the error.
CREATE FUNCTION access.refuse_change(code text, says text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', says USING ERRCODE = code;
END
$$;

-- Nobody fills the queue: so many open changes each, and of those so many lists.
CREATE FUNCTION access.check_room(maker uuid, what text) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    open bigint;
    lists bigint;
BEGIN
    SELECT count(*), count(*) FILTER (WHERE c.kind = 'users.invite') INTO open, lists FROM access.change c
        WHERE c.made_by = maker AND c.state IN ('draft', 'waiting') AND c.expires_at > now();
    IF open >= 20 OR what = 'users.invite' AND lists >= 2 THEN
        PERFORM access.refuse_change('MA006', 'too many changes are open');
    END IF;
END
$$;

-- Whoever makes a change may: now, and once more when it is confirmed and approved.
CREATE FUNCTION access.check_maker(c access.change) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT access.manages(c.made_by, c) THEN
        PERFORM access.refuse_change('MA001', 'whoever makes the change does not administer that');
    END IF;
    IF c.kind LIKE 'user.%' AND c.target = c.made_by::text THEN
        PERFORM access.refuse_change('MA005', 'nobody changes their own record');
    END IF;
END
$$;

-- Whoever decides administers it; a place's change that waits at all reaches beyond its agency, and is for administrators.
CREATE FUNCTION access.decides(who uuid, c access.change) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT access.manages(who, c) AND (split_part(c.kind, '.', 1) NOT IN ('site', 'network') OR access.has_role(who, 'administrator'))
$$;

CREATE FUNCTION access.check_second(c access.change, who uuid) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF who = c.made_by OR c.kind LIKE 'user.%' AND c.target = who::text THEN
        PERFORM access.refuse_change('MA005', 'nobody decides on their own change or about themselves');
    END IF;
    IF NOT access.decides(who, c) THEN
        PERFORM access.refuse_change('MA001', 'whoever decides does not administer that');
    END IF;
END
$$;

-- The target still is as it was when the change was made, and so are the roles that it gives.
CREATE FUNCTION access.check_current(c access.change) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone text := (SELECT min(g) FROM (SELECT jsonb_object_keys(c.given) UNION SELECT c.target WHERE c.kind LIKE 'role.%' AND c.target IS NOT NULL) AS of (g)
        WHERE NOT EXISTS (SELECT FROM access.role WHERE name = g));
BEGIN
    IF gone IS NOT NULL THEN
        PERFORM access.refuse_change('MA007', gone);
    END IF;
    IF access.state_of(c.kind, c.target) IS DISTINCT FROM c.before OR access.defined(ARRAY(SELECT jsonb_object_keys(c.given))) <> c.given THEN
        PERFORM access.refuse_change('MA003', 'it has changed meanwhile');
    END IF;
END
$$;
-- +goose StatementEnd

-- What a change does. None of these may be called by a login role.
-- +goose StatementBegin
CREATE FUNCTION access.day(text text) RETURNS date LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT nullif(text, '')::date
$$;

-- An errand of what a change brought about.
CREATE FUNCTION access.send_on(c access.change, errand text, who uuid, detail jsonb, due timestamptz DEFAULT now()) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO access.errand (kind, user_id, change, detail, due_at)
    VALUES (errand, who, c.id, detail || jsonb_build_object('by', 'urn:mais:user:' || coalesce(c.decided_by, c.made_by)), due)
$$;

-- When a code is worth sending: at once, or as somebody who starts later starts.
CREATE FUNCTION access.code_due(fields jsonb) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT greatest(now(), access.day(fields ->> 'starts')::timestamp AT TIME ZONE 'UTC')
$$;

-- Why somebody cannot be registered so; NULL: they can.
CREATE FUNCTION access.fault_of(f jsonb, before_sites text[] DEFAULT '{}') RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM access.agency a WHERE a.id = (f ->> 'agency')::uuid) THEN 'agency: is not there'
        WHEN NOT EXISTS (SELECT FROM access.agency a WHERE a.id = (f ->> 'agency')::uuid AND split_part(f ->> 'email', '@', 2) = ANY (a.domains))
            THEN 'email: is at none of the mail domains that the agency’s sponsor gave'
        WHEN EXISTS (SELECT FROM unnest(access.texts(f -> 'sites')) w LEFT JOIN access.site s ON s.id = w::uuid
            WHERE s.agency IS DISTINCT FROM (f ->> 'agency')::uuid) THEN 'sites: are not all of the user’s agency'
        WHEN EXISTS (SELECT FROM unnest(access.texts(f -> 'sites')) w JOIN access.site s ON s.id = w::uuid
            WHERE s.closed_at IS NOT NULL AND NOT w = ANY (before_sites)) THEN 'sites: name one that is closed'
        WHEN EXISTS (SELECT FROM unnest(access.texts(f -> 'roles')) w LEFT JOIN access.role r ON r.name = w WHERE r.name IS NULL)
            THEN 'roles: name one that is not there'
        WHEN access.role_conflict(access.texts(f -> 'roles')) IS NOT NULL THEN 'roles: ' || access.role_conflict(access.texts(f -> 'roles'))
    END
$$;

CREATE FUNCTION access.check_user(f jsonb, before_sites text[] DEFAULT '{}') RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fault text := access.fault_of(f, before_sites);
BEGIN
    IF fault IS NOT NULL THEN
        PERFORM access.break_rule('user.' || split_part(fault, ': ', 1), split_part(fault, ': ', 2));
    END IF;
END
$$;

CREATE FUNCTION access.place_user(who uuid, f jsonb) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM access.user_site WHERE user_id = who AND NOT site::text = ANY (access.texts(f -> 'sites'));
    INSERT INTO access.user_site (user_id, site) SELECT who, s::uuid FROM unnest(access.texts(f -> 'sites')) s ON CONFLICT DO NOTHING;
    DELETE FROM access.user_role WHERE user_id = who AND NOT role = ANY (access.texts(f -> 'roles'));
    INSERT INTO access.user_role (user_id, role) SELECT who, r FROM unnest(access.texts(f -> 'roles')) r ON CONFLICT DO NOTHING;
END
$$;

CREATE FUNCTION access.apply_agency(c access.change) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made text := c.target;
BEGIN
    IF c.kind = 'agency.add' THEN
        INSERT INTO access.agency (name, kind, sponsor_name, sponsor_email, domains, passwords)
            VALUES (c.after ->> 'name', c.after ->> 'kind', nullif(c.after ->> 'sponsor_name', ''), nullif(c.after ->> 'sponsor_email', ''),
                access.texts(c.after -> 'domains'), c.after ->> 'passwords') RETURNING id::text INTO made;
    ELSE
        UPDATE access.agency SET name = c.after ->> 'name', kind = c.after ->> 'kind', sponsor_name = nullif(c.after ->> 'sponsor_name', ''),
            sponsor_email = nullif(c.after ->> 'sponsor_email', ''), domains = access.texts(c.after -> 'domains'),
            passwords = c.after ->> 'passwords', version = version + 1 WHERE id = c.target::uuid;
    END IF;
    RETURN made;
END
$$;

CREATE FUNCTION access.apply_place(c access.change) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made text := coalesce(c.target, c.after ->> 'site'); -- a network's change is one of its site
    n bigint;
BEGIN
    IF (c.before ->> 'closed')::boolean THEN
        PERFORM access.break_rule('target', 'is closed');
    END IF;
    CASE c.kind
    WHEN 'site.add' THEN
        INSERT INTO access.site (agency, name) VALUES ((c.after ->> 'agency')::uuid, c.after ->> 'name') RETURNING id::text INTO made;
    WHEN 'site.change' THEN
        IF c.after ->> 'agency' <> c.before ->> 'agency' THEN
            PERFORM access.break_rule('site.agency', 'stays');
        END IF;
        UPDATE access.site SET name = c.after ->> 'name', version = version + 1 WHERE id = c.target::uuid;
    WHEN 'site.close' THEN
        DELETE FROM access.subnet WHERE site = c.target::uuid;
        UPDATE access.site SET closed_at = now(), version = version + 1 WHERE id = c.target::uuid;
    WHEN 'network.add' THEN
        INSERT INTO access.subnet (site, cidr) VALUES ((c.after ->> 'site')::uuid, (c.after ->> 'prefix')::cidr) ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS n = ROW_COUNT;
        IF n = 0 THEN
            PERFORM access.break_rule('network.prefix', 'is recognised there already');
        END IF;
        UPDATE access.site SET version = version + 1 WHERE id = (c.after ->> 'site')::uuid;
    WHEN 'network.remove' THEN
        DELETE FROM access.subnet WHERE site = (c.after ->> 'site')::uuid AND cidr = (c.after ->> 'prefix')::cidr;
        GET DIAGNOSTICS n = ROW_COUNT;
        IF n = 0 THEN
            PERFORM access.break_rule('network.prefix', 'is not recognised there');
        END IF;
        UPDATE access.site SET version = version + 1 WHERE id = (c.after ->> 'site')::uuid;
    END CASE;
    RETURN made;
END
$$;

CREATE FUNCTION access.apply_role(c access.change) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    named text := coalesce(c.target, c.after ->> 'name');
BEGIN
    IF c.kind = 'role.delete' THEN
        UPDATE access.user_account SET version = version + 1 WHERE id IN (SELECT user_id FROM access.user_role WHERE role = named);
        DELETE FROM access.user_role WHERE role = named;
        DELETE FROM access.permission WHERE role = named;
        DELETE FROM access.role WHERE name = named;
        RETURN named;
    ELSIF c.kind = 'role.add' THEN
        INSERT INTO access.role (name, description, level, passwords, totp)
            VALUES (named, c.after ->> 'description', c.after ->> 'level', c.after ->> 'passwords', (c.after ->> 'totp')::boolean);
    ELSE
        UPDATE access.role SET name = c.after ->> 'name', description = c.after ->> 'description', level = c.after ->> 'level',
            passwords = c.after ->> 'passwords', totp = (c.after ->> 'totp')::boolean, version = version + 1 WHERE name = named;
    END IF;
    DELETE FROM access.permission WHERE role = named AND NOT jsonb_build_object('item', item, 'act', act) IN
        (SELECT p FROM jsonb_array_elements(coalesce(nullif(c.after -> 'permissions', 'null'), '[]')) p);
    INSERT INTO access.permission (role, item, act)
        SELECT named, p ->> 'item', p ->> 'act' FROM jsonb_array_elements(coalesce(nullif(c.after -> 'permissions', 'null'), '[]')) p
        ON CONFLICT DO NOTHING;
    RETURN named;
END
$$;

-- Whoever is new, or comes back, gets a code; their agency's sponsor hears of them.
CREATE FUNCTION access.apply_invite(c access.change) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f jsonb := c.after;
    who uuid := c.target::uuid;
BEGIN
    IF c.kind = 'user.return' AND NOT (c.before ->> 'left')::boolean THEN
        PERFORM access.break_rule('target', 'has not left');
    END IF;
    PERFORM access.check_user(f);
    IF who IS NULL THEN
        INSERT INTO access.user_account (email, name, agency, terms_due)
            VALUES (f ->> 'email', f ->> 'name', (f ->> 'agency')::uuid, true) RETURNING id INTO who;
        INSERT INTO access.registration (user_id) VALUES (who) ON CONFLICT DO NOTHING;
    END IF;
    PERFORM access.write_user(who, f);
    UPDATE access.user_account SET left_at = NULL, terms_due = true WHERE id = who;
    PERFORM access.place_user(who, f);
    IF f ->> 'email' <> c.before ->> 'email' THEN
        PERFORM access.send_on(c, 'address', who, jsonb_build_object('old', c.before ->> 'email', 'new', f ->> 'email'));
    END IF;
    PERFORM access.send_on(c, 'invite', who, '{}', access.code_due(f));
    PERFORM access.send_on(c, 'sponsor', who, jsonb_build_object('agency', f ->> 'agency'));
    RETURN who::text;
END
$$;

CREATE FUNCTION access.write_user(who uuid, f jsonb) RETURNS void LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    UPDATE access.user_account SET email = f ->> 'email', name = f ->> 'name', agency = (f ->> 'agency')::uuid,
        starts_on = access.day(f ->> 'starts'), ends_on = access.day(f ->> 'ends'), vetting = nullif(f ->> 'vetting', ''),
        vetted_on = access.day(f ->> 'vetted_on'), vouched_by = nullif(f ->> 'vouched_by', ''), version = version + 1 WHERE id = who
$$;

-- Whoever moves to another agency or address starts anew there: what they held ends, and a new code goes to where they are.
CREATE FUNCTION access.apply_user_change(c access.change) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old jsonb := c.before;
    f jsonb := c.after;
    who uuid := c.target::uuid;
    moves boolean := f ->> 'agency' <> old ->> 'agency';
    writes boolean := f ->> 'email' <> old ->> 'email';
BEGIN
    IF (old ->> 'left')::boolean THEN
        PERFORM access.break_rule('target', 'has left');
    END IF;
    IF moves OR writes THEN
        PERFORM access.check_user(f, access.texts(old -> 'sites'));
    END IF;
    IF EXISTS (SELECT FROM unnest(access.texts(f -> 'sites')) w JOIN access.site s ON s.id = w::uuid
            WHERE s.closed_at IS NOT NULL AND NOT w = ANY (access.texts(old -> 'sites'))) THEN
        PERFORM access.break_rule('user.sites', 'name one that is closed');
    END IF;
    PERFORM access.write_user(who, f);
    PERFORM access.place_user(who, f);
    UPDATE access.user_account SET terms_due = true -- of a role that is new to them they read the sheet, once
        WHERE id = who AND NOT terms_due AND NOT access.texts(f -> 'roles') <@ (access.texts(old -> 'roles') || accepted_roles);
    IF moves OR writes THEN
        PERFORM access.send_on(c, 'revoke', who, '{"reason": "affiliationChanged"}');
    END IF;
    IF moves OR writes OR access.texts(f -> 'roles') <> access.texts(old -> 'roles') OR access.texts(f -> 'sites') <> access.texts(old -> 'sites') THEN
        PERFORM access.send_on(c, 'end', who, jsonb_build_object('reason', CASE WHEN moves OR writes THEN 'moved' ELSE 'changed' END));
    END IF;
    IF writes THEN
        PERFORM access.send_on(c, 'address', who, jsonb_build_object('old', old ->> 'email', 'new', f ->> 'email'));
    END IF;
    IF moves OR writes THEN
        PERFORM access.send_on(c, 'invite', who, '{"again": "1"}', access.code_due(f));
    END IF;
    IF moves THEN
        PERFORM access.send_on(c, 'sponsor', who, jsonb_build_object('agency', f ->> 'agency'));
    END IF;
    RETURN c.target;
END
$$;

CREATE FUNCTION access.apply_leave(c access.change) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (c.before ->> 'left')::boolean THEN
        PERFORM access.break_rule('target', 'has left already');
    END IF;
    UPDATE access.user_account SET left_at = now(), version = version + 1 WHERE id = c.target::uuid;
    UPDATE access.errand SET done_at = now(), fault = 'they left' WHERE user_id = c.target::uuid AND kind = 'invite' AND done_at IS NULL;
    PERFORM access.send_on(c, 'revoke', c.target::uuid, '{"reason": "cessationOfOperation"}');
    PERFORM access.send_on(c, 'end', c.target::uuid, '{"reason": "left"}');
    RETURN c.target;
END
$$;

-- The people of a change of many are registered by access.apply_items, some at a time.
CREATE FUNCTION access.apply(c access.change) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made text;
BEGIN
    SET CONSTRAINTS access.offices, access.own_agency, access.administrator, access.reachable, access.open_site DEFERRED;
    CASE
    WHEN c.kind LIKE 'agency.%' THEN made := access.apply_agency(c);
    WHEN c.kind LIKE 'site.%' OR c.kind LIKE 'network.%' THEN made := access.apply_place(c);
    WHEN c.kind LIKE 'role.%' THEN made := access.apply_role(c);
    WHEN c.kind IN ('user.invite', 'user.return') THEN made := access.apply_invite(c);
    WHEN c.kind = 'user.change' THEN made := access.apply_user_change(c);
    WHEN c.kind = 'user.leave' THEN made := access.apply_leave(c);
    WHEN c.kind = 'users.invite' THEN made := NULL;
    END CASE;
    SET CONSTRAINTS access.offices, access.own_agency, access.administrator, access.reachable, access.open_site IMMEDIATE;
    RETURN made;
END
$$;

-- Finds out whether a change could be applied now, without leaving a trace. What stands against it is raised.
CREATE FUNCTION access.try_change(c access.change) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM access.apply(c);
    RAISE EXCEPTION 'it could' USING ERRCODE = 'MA000';
EXCEPTION WHEN SQLSTATE 'MA000' THEN
    NULL;
END
$$;

CREATE FUNCTION access.carry_out(c access.change) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made text := access.apply(c);
BEGIN
    UPDATE access.change SET state = 'applied', target = coalesce(target, made), confirmed_at = c.confirmed_at, second = c.second, effect = c.effect,
        decided_by = c.decided_by, decided_at = c.decided_at, decided_note = c.decided_note,
        applied_at = CASE WHEN kind <> 'users.invite' THEN now() END WHERE id = c.id;
END
$$;

-- The change that somebody wants to do something with. The lock of access.generation comes first, as with every change of access.
CREATE FUNCTION access.open_change(which uuid, stands text[]) RETURNS access.change LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c access.change;
BEGIN
    PERFORM FROM access.generation FOR UPDATE;
    SELECT * INTO c FROM access.change WHERE id = which FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM access.refuse_change('MA002', 'there is no such change');
    END IF;
    IF NOT c.state = ANY (stands) OR c.expires_at <= now() THEN
        PERFORM access.refuse_change('MA004', 'the change is ' || c.state);
    END IF;
    RETURN c;
END
$$;
-- +goose StatementEnd

-- What the register calls; each is given who acts. It is the only way in which it changes anything above.
-- +goose StatementBegin
CREATE FUNCTION access.check_list(people jsonb) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF jsonb_array_length(people) NOT BETWEEN 1 AND 50000 OR EXISTS (SELECT FROM jsonb_array_elements(people) p WHERE NOT coalesce((p ->> 'agency')::uuid IS NOT NULL
            AND p ->> 'email' = lower(p ->> 'email') AND p ->> 'email' ~ '^[^@]+@[^@]+$' AND length(p ->> 'email') <= 254
            AND length(p ->> 'name') BETWEEN 1 AND 200 AND length(coalesce(p ->> 'vetting', '')) <= 100
            AND length(coalesce(p ->> 'vouched_by', '')) <= 200
            AND coalesce(access.day(p ->> 'starts') <= access.day(p ->> 'ends'), true)
            AND coalesce(access.day(p ->> 'vetted_on'), now()::date) IS NOT NULL
            AND ARRAY(SELECT w::uuid FROM unnest(access.texts(p -> 'sites')) w) IS NOT NULL, false)) THEN
        PERFORM access.break_rule('users', 'are not all well formed');
    END IF;
END
$$;

CREATE FUNCTION access.propose(maker uuid, what text, about text, seen bigint, wanted jsonb, people jsonb, named text, why text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c access.change;
    old jsonb;
BEGIN
    PERFORM access.check_room(maker, what);
    IF what = 'users.invite' THEN -- it takes a while, and touches nothing yet: nobody need wait for it
        PERFORM access.check_list(people);
    ELSE
        PERFORM FROM access.generation FOR UPDATE;
        PERFORM access.check_room(maker, what);
    END IF;
    old := access.state_of(what, about);
    IF old IS NULL THEN
        PERFORM access.refuse_change('MA002', 'there is nothing of the kind to change');
    END IF;
    IF seen <> 0 AND old ? 'version' AND seen <> (old ->> 'version')::bigint THEN
        PERFORM access.refuse_change('MA003', 'it has changed meanwhile');
    END IF;
    INSERT INTO access.change (kind, target, agency, before, after, given, subject, note, made_by, expires_at)
        VALUES (what, about, access.agency_of(what, about, old, wanted, people), old, wanted, access.defined(access.given_by(what, old, wanted, people)), named, why, maker, now() + interval '1 day') RETURNING * INTO c;
    IF what = 'users.invite' THEN
        INSERT INTO access.change_item (change, n, after) SELECT c.id, n, p FROM jsonb_array_elements(people) WITH ORDINALITY AS i (p, n);
    END IF;
    PERFORM access.check_maker(c);
    IF NOT access.taken_elsewhere(c) THEN -- who decides finds out
        PERFORM access.try_change(c);
    END IF;
    UPDATE access.change SET second = access.needs(c) WHERE id = c.id;
    RETURN c.id;
END
$$;

CREATE FUNCTION access.confirm(actor uuid, which uuid, foreseen jsonb) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c access.change := access.open_change(which, '{draft}');
BEGIN
    IF c.made_by <> actor THEN
        PERFORM access.refuse_change('MA001', 'whoever made a change confirms it');
    END IF;
    PERFORM access.check_maker(c);
    PERFORM access.check_current(c);
    c.second := access.needs(c);
    c.confirmed_at := now();
    c.effect := foreseen;
    IF cardinality(c.second) = 0 THEN
        PERFORM access.carry_out(c);
        RETURN 'applied';
    END IF;
    IF NOT access.taken_elsewhere(c) THEN
        PERFORM access.try_change(c);
    END IF;
    UPDATE access.change SET state = 'waiting', second = c.second, confirmed_at = now(), effect = foreseen, expires_at = now() + interval '14 days' WHERE id = c.id;
    PERFORM access.send_on(c, 'approval', NULL, '{}');
    RETURN 'waiting';
END
$$;

CREATE FUNCTION access.approve(actor uuid, which uuid, why text, foreseen jsonb) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c access.change := access.open_change(which, '{waiting}');
BEGIN
    PERFORM access.check_second(c, actor);
    PERFORM access.check_maker(c);
    IF access.compromised(c) THEN
        PERFORM access.refuse_change('MA004', 'a token of whoever made it was revoked as compromised since');
    END IF;
    PERFORM access.check_current(c);
    c.decided_by := actor;
    c.decided_at := now();
    c.decided_note := why;
    c.effect := foreseen;
    PERFORM access.carry_out(c);
    RETURN 'applied';
END
$$;

CREATE FUNCTION access.refuse(actor uuid, which uuid, why text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c access.change := access.open_change(which, '{waiting}');
BEGIN
    PERFORM access.check_second(c, actor);
    UPDATE access.change SET state = 'refused', decided_by = actor, decided_at = now(), decided_note = why WHERE id = c.id;
    PERFORM access.send_on(c, 'maker', c.made_by, '{"became": "refused"}');
    RETURN 'refused';
END
$$;

CREATE FUNCTION access.discard(actor uuid, which uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c access.change := access.open_change(which, '{draft,waiting}');
BEGIN
    IF c.made_by <> actor THEN
        PERFORM access.refuse_change('MA001', 'whoever made a change discards it');
    END IF;
    UPDATE access.change SET state = 'discarded' WHERE id = c.id;
    DELETE FROM access.change_item WHERE change = c.id;
    RETURN 'discarded';
END
$$;

-- Whether somebody may approve or refuse a change, for lists.
CREATE FUNCTION access.may_decide(who uuid, c access.change) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.state = 'waiting' AND c.expires_at > now() AND c.made_by <> who AND NOT (c.kind LIKE 'user.%' AND coalesce(c.target = who::text, false))
        AND access.decides(who, c)
$$;

-- The changes of which access.may_decide says so, each once (a test compares the two). Who asks is looked up once, and not for each.
CREATE FUNCTION access.decidable(who uuid) RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    everything CONSTANT boolean := access.has_role(who, 'administrator');
    own CONSTANT uuid := (SELECT u.agency FROM access.user_account u WHERE u.id = who AND access.has_role(who, 'agency_administrator'));
BEGIN
    RETURN QUERY SELECT c.id FROM access.change c
        WHERE c.state = 'waiting' AND c.expires_at > now() AND c.made_by <> who AND NOT (c.kind LIKE 'user.%' AND coalesce(c.target = who::text, false))
            AND CASE WHEN everything THEN true WHEN c.agency = own AND split_part(c.kind, '.', 1) IN ('user', 'users')
                THEN NOT access.touches_office(c) ELSE false END;
END
$$;

-- Stops a list that was applied: who was not registered yet is not, and no code goes to whom none has gone. It takes away, and
-- so takes one person who administers it.
CREATE FUNCTION access.stop_list(actor uuid, which uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c access.change;
    items bigint;
    codes bigint;
BEGIN
    PERFORM FROM access.generation FOR UPDATE;
    SELECT * INTO c FROM access.change WHERE id = which FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM access.refuse_change('MA002', 'there is no such change');
    END IF;
    IF NOT access.manages(actor, c) THEN
        PERFORM access.refuse_change('MA001', 'whoever stops it does not administer that');
    END IF;
    IF c.kind = 'users.invite' AND c.state = 'applied' THEN
        UPDATE access.change_item SET fault = 'stopped' WHERE change = c.id AND user_id IS NULL AND fault IS NULL;
        GET DIAGNOSTICS items = ROW_COUNT;
        UPDATE access.errand SET done_at = now(), fault = 'stopped' WHERE change = c.id AND kind = 'invite' AND done_at IS NULL;
        GET DIAGNOSTICS codes = ROW_COUNT;
    END IF;
    IF coalesce(items + codes, 0) = 0 THEN
        PERFORM access.refuse_change('MA004', 'there is nothing left of it to stop');
    END IF;
    IF c.applied_at IS NULL THEN
        UPDATE access.change SET applied_at = now() WHERE id = c.id;
    END IF;
    RETURN 'stopped';
END
$$;

-- Has whoever made a change that waits told that somebody approved it in vain, once: what has come about meanwhile stands
-- against it.
CREATE FUNCTION access.tell_stuck(which uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c access.change;
BEGIN
    SELECT * INTO c FROM access.change WHERE id = which AND state = 'waiting' FOR UPDATE;
    IF FOUND AND NOT EXISTS (SELECT FROM access.errand e WHERE e.change = which AND e.kind = 'maker') THEN
        PERFORM access.send_on(c, 'maker', c.made_by, '{"became": "stuck"}');
    END IF;
END
$$;

-- Drafts last a day, and changes that wait fourteen; neither longer than the token of whoever made them is theirs alone. Says
-- which ended how.
CREATE FUNCTION access.expire_changes() RETURNS TABLE (which uuid, what text, about text, named text, maker uuid, became text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c access.change;
BEGIN
    FOR c IN SELECT * FROM access.change o WHERE o.state IN ('draft', 'waiting') AND (o.expires_at <= now() OR access.compromised(o)) FOR UPDATE SKIP LOCKED LOOP
        became := CASE WHEN c.expires_at <= now() THEN 'expired' ELSE 'discarded' END;
        UPDATE access.change SET state = became WHERE id = c.id;
        DELETE FROM access.change_item WHERE change = c.id;
        IF c.state = 'waiting' THEN
            PERFORM access.send_on(c, 'maker', c.made_by, jsonb_build_object('became', became));
        END IF;
        which := c.id; what := c.kind; about := c.target; named := c.subject; maker := c.made_by;
        RETURN NEXT;
    END LOOP;
END
$$;

-- Registers the next people of a change of many, as many as most at once, and says which change; which is NULL when there is
-- none. Their fields are read once; those who are of one agency and mail domain, with the same sites and roles, are judged
-- together; and no statement joins what was only just written, of which the planner knows nothing. Everything is done to all of
-- them by one statement each: each raises the generation once. Nobody else registers anybody meanwhile, since all who do take
-- the lock of access.generation first.
CREATE FUNCTION access.apply_items(most integer, OUT which uuid, OUT done bigint, OUT failed bigint, OUT remaining bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c access.change;
    ns integer[];
    fs jsonb[];
    faults text[];
    ids uuid[];
BEGIN
    IF NOT EXISTS (SELECT FROM access.change WHERE kind = 'users.invite' AND state = 'applied' AND applied_at IS NULL) THEN
        RETURN;
    END IF;
    PERFORM FROM access.generation FOR UPDATE;
    SELECT * INTO c FROM access.change WHERE kind = 'users.invite' AND state = 'applied' AND applied_at IS NULL ORDER BY confirmed_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    which := c.id;
    WITH next AS MATERIALIZED (
        SELECT i.n, i.after AS f FROM access.change_item i WHERE i.change = c.id AND i.user_id IS NULL AND i.fault IS NULL ORDER BY i.n LIMIT most
    ), alike AS MATERIALIZED (
        SELECT jsonb_build_object('agency', f -> 'agency', 'email', '@' || split_part(f ->> 'email', '@', 2), 'sites', f -> 'sites', 'roles', f -> 'roles') AS kind,
            array_agg(n) AS ns, array_agg(f) AS fs FROM next GROUP BY kind
    ), judged AS MATERIALIZED (SELECT access.fault_of(a.kind) AS fault, a.ns, a.fs FROM alike a
    ), each AS MATERIALIZED (
        SELECT p.n, p.f, CASE WHEN j.fault IS NOT NULL THEN j.fault
            WHEN EXISTS (SELECT FROM access.user_account u WHERE u.email = p.f ->> 'email')
                OR row_number() OVER (PARTITION BY j.fault IS NULL, p.f ->> 'email' ORDER BY p.n) > 1 THEN 'email: is registered already' END AS fault
        FROM judged j, unnest(j.ns, j.fs) AS p (n, f)
    )
    SELECT array_agg(n ORDER BY n), array_agg(f ORDER BY n), array_agg(fault ORDER BY n), array_agg(CASE WHEN fault IS NULL THEN gen_random_uuid() END ORDER BY n)
        INTO ns, fs, faults, ids FROM each;
    INSERT INTO access.user_account (id, email, name, agency, starts_on, ends_on, vetting, vetted_on, vouched_by, terms_due)
        SELECT id, f ->> 'email', f ->> 'name', (f ->> 'agency')::uuid, nullif(f ->> 'starts', '')::date, nullif(f ->> 'ends', '')::date, nullif(f ->> 'vetting', ''),
            nullif(f ->> 'vetted_on', '')::date, nullif(f ->> 'vouched_by', ''), true FROM unnest(ids, fs) AS p (id, f) WHERE id IS NOT NULL;
    INSERT INTO access.user_site (user_id, site) SELECT DISTINCT p.id, s::uuid FROM unnest(ids, fs) AS p (id, f),
        jsonb_array_elements_text(CASE jsonb_typeof(p.f -> 'sites') WHEN 'array' THEN p.f -> 'sites' ELSE '[]' END) s WHERE p.id IS NOT NULL;
    INSERT INTO access.user_role (user_id, role) SELECT DISTINCT p.id, r FROM unnest(ids, fs) AS p (id, f),
        jsonb_array_elements_text(CASE jsonb_typeof(p.f -> 'roles') WHEN 'array' THEN p.f -> 'roles' ELSE '[]' END) r WHERE p.id IS NOT NULL;
    INSERT INTO access.registration (user_id) SELECT id FROM unnest(ids) AS id WHERE id IS NOT NULL;
    INSERT INTO access.errand (kind, user_id, change, detail, due_at)
        SELECT 'invite', id, c.id, jsonb_build_object('by', 'urn:mais:user:' || coalesce(c.decided_by, c.made_by)),
            greatest(now(), nullif(f ->> 'starts', '')::date::timestamp AT TIME ZONE 'UTC') FROM unnest(ids, fs, ns) AS p (id, f, n) WHERE id IS NOT NULL ORDER BY n;
    UPDATE access.change_item i SET user_id = p.id, fault = p.fault FROM unnest(ns, ids, faults) AS p (n, id, fault) WHERE i.change = c.id AND i.n = p.n;
    done := cardinality(array_remove(ids, NULL));
    failed := cardinality(array_remove(faults, NULL));
    SELECT count(*) INTO remaining FROM access.change_item WHERE change = c.id AND user_id IS NULL AND fault IS NULL;
    IF remaining = 0 THEN
        UPDATE access.change SET applied_at = now() WHERE id = c.id;
        PERFORM access.send_on(c, 'sponsor', NULL, jsonb_build_object('agency', agency))
            FROM (SELECT DISTINCT after ->> 'agency' AS agency FROM access.change_item WHERE change = c.id AND user_id IS NOT NULL) a;
    END IF;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT oid FROM pg_catalog.pg_proc WHERE pronamespace = 'access'::regnamespace LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END
$$;
-- +goose StatementEnd
GRANT EXECUTE ON FUNCTION access.propose(uuid, text, text, bigint, jsonb, jsonb, text, text), access.confirm(uuid, uuid, jsonb),
    access.approve(uuid, uuid, text, jsonb), access.refuse(uuid, uuid, text), access.discard(uuid, uuid), access.stop_list(uuid, uuid), access.expire_changes(), access.tell_stuck(uuid), access.present(uuid),
    access.may_decide(uuid, access.change), access.decidable(uuid), access.apply_items(integer) TO mais_register;
