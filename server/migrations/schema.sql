-- What ca/migrations and server/migrations make. Written by: go test ./server/migrations -update

CREATE SCHEMA access;

ALTER SCHEMA access OWNER TO mais_owner;

CREATE SCHEMA audit;

ALTER SCHEMA audit OWNER TO mais_owner;

CREATE SCHEMA ca;

ALTER SCHEMA ca OWNER TO mais_owner;

CREATE SCHEMA mail;

ALTER SCHEMA mail OWNER TO mais_owner;

CREATE SCHEMA migration;

ALTER SCHEMA migration OWNER TO mais_owner;

CREATE SCHEMA record;

ALTER SCHEMA record OWNER TO mais_owner;

CREATE TYPE record.certainty AS ENUM (
    'actual',
    'estimated',
    'unknown'
);

ALTER TYPE record.certainty OWNER TO mais_owner;

CREATE DOMAIN record.day AS date
	CONSTRAINT day_check CHECK (((VALUE >= '1900-01-01'::date) AND (VALUE <= '2100-12-31'::date)));

ALTER DOMAIN record.day OWNER TO mais_owner;

CREATE DOMAIN record.line AS text
	CONSTRAINT line_check CHECK ((((char_length(VALUE) >= 1) AND (char_length(VALUE) <= 200)) AND (VALUE !~ '[[:cntrl:]]'::text)));

ALTER DOMAIN record.line OWNER TO mais_owner;

CREATE DOMAIN record.note AS text
	CONSTRAINT note_check CHECK ((((char_length(VALUE) >= 1) AND (char_length(VALUE) <= 2000)) AND (translate(VALUE, '
'::text, ''::text) !~ '[[:cntrl:]]'::text)));

ALTER DOMAIN record.note OWNER TO mais_owner;

CREATE TYPE record.pref AS ENUM (
    'yes',
    'no',
    'no-preference'
);

ALTER TYPE record.pref OWNER TO mais_owner;

CREATE TYPE record.tri AS ENUM (
    'yes',
    'no',
    'unknown',
    'refused'
);

ALTER TYPE record.tri OWNER TO mais_owner;

CREATE FUNCTION access.accept_terms(who uuid, what text, shown text[]) RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    at timestamptz;
    held text[];
BEGIN
    PERFORM FROM access.user_account WHERE id = who AND (left_at IS NULL OR left_at > now()) AND length(what) BETWEEN 1 AND 40 FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    held := ARRAY(SELECT h.role FROM access.user_role h WHERE h.user_id = who); -- once whoever gives one has done so
    IF (held <@ shown AND shown <@ held) IS NOT TRUE THEN
        PERFORM access.refuse_change('MA003', 'the roles are others than those that were shown');
    END IF;
    UPDATE access.user_account u SET terms_due = false, terms_version = what, accepted_at = now(),
        accepted_roles = ARRAY(SELECT r FROM unnest(u.accepted_roles) r UNION SELECT unnest(held) ORDER BY 1)
        WHERE id = who RETURNING accepted_at INTO at;
    RETURN at;
END
$$;

ALTER FUNCTION access.accept_terms(who uuid, what text, shown text[]) OWNER TO mais_owner;

CREATE FUNCTION access.agency_of(what text, about text, old jsonb, new jsonb, people jsonb) RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.agency_of(what text, about text, old jsonb, new jsonb, people jsonb) OWNER TO mais_owner;

CREATE TABLE access.change (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind text NOT NULL,
    target text,
    agency uuid,
    before jsonb DEFAULT '{}'::jsonb NOT NULL,
    after jsonb DEFAULT '{}'::jsonb NOT NULL,
    given jsonb DEFAULT '{}'::jsonb NOT NULL,
    subject text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    second text[] DEFAULT '{}'::text[] NOT NULL,
    effect jsonb,
    state text DEFAULT 'draft'::text NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    confirmed_at timestamp with time zone,
    decided_by uuid,
    decided_at timestamp with time zone,
    decided_note text DEFAULT ''::text NOT NULL,
    applied_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT change_check CHECK (((decided_by IS NULL) OR (decided_by <> made_by))),
    CONSTRAINT change_decided_note_check CHECK ((length(decided_note) <= 500)),
    CONSTRAINT change_kind_check CHECK ((kind = ANY (ARRAY['agency.add'::text, 'agency.change'::text, 'site.add'::text, 'site.change'::text, 'site.close'::text, 'network.add'::text, 'network.remove'::text, 'user.invite'::text, 'users.invite'::text, 'user.change'::text, 'user.leave'::text, 'user.return'::text, 'role.add'::text, 'role.change'::text, 'role.delete'::text]))),
    CONSTRAINT change_note_check CHECK ((length(note) <= 500)),
    CONSTRAINT change_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'waiting'::text, 'applied'::text, 'refused'::text, 'discarded'::text, 'expired'::text])))
);

ALTER TABLE access.change OWNER TO mais_owner;

CREATE FUNCTION access.apply(c access.change) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.apply(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.apply_agency(c access.change) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.apply_agency(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.apply_invite(c access.change) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.apply_invite(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.apply_items(most integer, OUT which uuid, OUT done bigint, OUT failed bigint, OUT remaining bigint) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.apply_items(most integer, OUT which uuid, OUT done bigint, OUT failed bigint, OUT remaining bigint) OWNER TO mais_owner;

CREATE FUNCTION access.apply_leave(c access.change) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.apply_leave(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.apply_place(c access.change) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.apply_place(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.apply_role(c access.change) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.apply_role(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.apply_user_change(c access.change) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.apply_user_change(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.approve(actor uuid, which uuid, why text, foreseen jsonb) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.approve(actor uuid, which uuid, why text, foreseen jsonb) OWNER TO mais_owner;

CREATE FUNCTION access.begin_anew() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    UPDATE access.generation SET number = number + 1000000;
    SELECT pg_notify('mais_access', number::text) FROM access.generation;
$$;

ALTER FUNCTION access.begin_anew() OWNER TO mais_owner;

CREATE FUNCTION access.begin_emergency() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM FROM access.session s WHERE s.user_id = NEW.user_id AND s.ended_at IS NULL ORDER BY s.id_hash FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT FROM access.session s WHERE s.id_hash = NEW.session AND s.user_id = NEW.user_id AND s.ended_at IS NULL) THEN
        RAISE EXCEPTION 'emergency access needs a session of its user that has not ended' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM record.person p WHERE p.id = NEW.person) THEN
        RAISE EXCEPTION 'emergency access is to the record of somebody who is there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'emergency_person';
    END IF;
    IF (SELECT count(*) FROM access.emergency e JOIN access.session s ON s.id_hash = e.session
            WHERE e.user_id = NEW.user_id AND e.ended_at IS NULL AND e.ends_at > now() AND s.ended_at IS NULL) >= 3 THEN
        RAISE EXCEPTION 'a user has three emergency accesses at a time' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM access.emergency e WHERE e.session = NEW.session AND e.person = NEW.person
            AND e.ended_at IS NULL AND e.ends_at > now()) THEN
        RAISE EXCEPTION 'emergency access is on already' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.began_at IS DISTINCT FROM now() OR num_nonnulls(NEW.ended_at, NEW.reviewed_at) > 0 THEN
        RAISE EXCEPTION 'emergency access begins now, and is neither over nor reviewed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

ALTER FUNCTION access.begin_emergency() OWNER TO mais_owner;

CREATE FUNCTION access.break_rule(field text, says text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION '%', says USING ERRCODE = 'integrity_constraint_violation', COLUMN = field;
END
$$;

ALTER FUNCTION access.break_rule(field text, says text) OWNER TO mais_owner;

CREATE FUNCTION access.bump() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    n bigint;
BEGIN
    UPDATE access.generation SET number = number + 1 RETURNING number INTO STRICT n;
    PERFORM pg_notify('mais_access', n::text);
    RETURN NULL;
END
$$;

ALTER FUNCTION access.bump() OWNER TO mais_owner;

CREATE FUNCTION access.carry_out(c access.change) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    made text := access.apply(c);
BEGIN
    UPDATE access.change SET state = 'applied', target = coalesce(target, made), confirmed_at = c.confirmed_at, second = c.second, effect = c.effect,
        decided_by = c.decided_by, decided_at = c.decided_at, decided_note = c.decided_note,
        applied_at = CASE WHEN kind <> 'users.invite' THEN now() END WHERE id = c.id;
END
$$;

ALTER FUNCTION access.carry_out(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.check_current(c access.change) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.check_current(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.check_list(people jsonb) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
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
$_$;

ALTER FUNCTION access.check_list(people jsonb) OWNER TO mais_owner;

CREATE FUNCTION access.check_maker(c access.change) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF NOT access.manages(c.made_by, c) THEN
        PERFORM access.refuse_change('MA001', 'whoever makes the change does not administer that');
    END IF;
    IF c.kind LIKE 'user.%' AND c.target = c.made_by::text THEN
        PERFORM access.refuse_change('MA005', 'nobody changes their own record');
    END IF;
END
$$;

ALTER FUNCTION access.check_maker(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.check_room(maker uuid, what text) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.check_room(maker uuid, what text) OWNER TO mais_owner;

CREATE FUNCTION access.check_second(c access.change, who uuid) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF who = c.made_by OR c.kind LIKE 'user.%' AND c.target = who::text THEN
        PERFORM access.refuse_change('MA005', 'nobody decides on their own change or about themselves');
    END IF;
    IF NOT access.decides(who, c) THEN
        PERFORM access.refuse_change('MA001', 'whoever decides does not administer that');
    END IF;
END
$$;

ALTER FUNCTION access.check_second(c access.change, who uuid) OWNER TO mais_owner;

CREATE FUNCTION access.check_user(f jsonb, before_sites text[] DEFAULT '{}'::text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    fault text := access.fault_of(f, before_sites);
BEGIN
    IF fault IS NOT NULL THEN
        PERFORM access.break_rule('user.' || split_part(fault, ': ', 1), split_part(fault, ': ', 2));
    END IF;
END
$$;

ALTER FUNCTION access.check_user(f jsonb, before_sites text[]) OWNER TO mais_owner;

CREATE FUNCTION access.code_due(fields jsonb) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT greatest(now(), access.day(fields ->> 'starts')::timestamp AT TIME ZONE 'UTC')
$$;

ALTER FUNCTION access.code_due(fields jsonb) OWNER TO mais_owner;

CREATE FUNCTION access.code_unused(code text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM ca.enrolment_order o WHERE o.id = code AND o.used_at IS NULL AND o.cancelled_at IS NULL AND o.tries < 5)
$$;

ALTER FUNCTION access.code_unused(code text) OWNER TO mais_owner;

CREATE FUNCTION access.compromised(c access.change) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM ca.certificate k WHERE k.identity = 'urn:mais:user:' || c.made_by AND k.status = 'revoked' AND k.reason = 1
        AND coalesce(k.raised_at, k.status_at) >= c.made_at)
$$;

ALTER FUNCTION access.compromised(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.confirm(actor uuid, which uuid, foreseen jsonb) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.confirm(actor uuid, which uuid, foreseen jsonb) OWNER TO mais_owner;

CREATE FUNCTION access.count_use() RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    since date;
    began timestamptz := clock_timestamp();
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('access.count_use', 0)) THEN
        RETURN (SELECT at FROM access.use_counted);
    END IF;
    SELECT CASE WHEN isfinite(at) THEN (at AT TIME ZONE 'Europe/London')::date - 1 ELSE '2000-01-01' END INTO since FROM access.use_counted;
    DELETE FROM access.use_day WHERE day >= since;
    INSERT INTO access.use_day (day, user_id, agency, sign_ins, searches, looks)
    SELECT (at AT TIME ZONE 'Europe/London')::date, user_id, agency,
        count(*) FILTER (WHERE act = 'session.start'),
        count(*) FILTER (WHERE act = 'record.search'),
        count(*) FILTER (WHERE act IN ('record.show', 'record.print'))
    FROM audit.event
    WHERE at >= since::timestamp AT TIME ZONE 'Europe/London' AND outcome = 'allowed' AND user_id IS NOT NULL AND agency <> ''
        AND act IN ('session.start', 'record.search', 'record.show', 'record.print')
    GROUP BY 1, 2, 3;
    UPDATE access.use_counted SET at = began;
    UPDATE access.use_answer SET words = NULL WHERE words IS NOT NULL AND day < (now() AT TIME ZONE 'Europe/London')::date - 182;
    RETURN began;
END
$$;

ALTER FUNCTION access.count_use() OWNER TO mais_owner;

CREATE FUNCTION access.day(text text) RETURNS date
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT nullif(text, '')::date
$$;

ALTER FUNCTION access.day(text text) OWNER TO mais_owner;

CREATE FUNCTION access.decidable(who uuid) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.decidable(who uuid) OWNER TO mais_owner;

CREATE FUNCTION access.decides(who uuid, c access.change) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT access.manages(who, c) AND (split_part(c.kind, '.', 1) NOT IN ('site', 'network') OR access.has_role(who, 'administrator'))
$$;

ALTER FUNCTION access.decides(who uuid, c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.defined(roles text[]) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT coalesce(jsonb_object_agg(r, coalesce(encode(sha256(convert_to(access.state_of('role.change', r)::text, 'UTF8')), 'hex'), '')), '{}') FROM unnest(roles) r
$$;

ALTER FUNCTION access.defined(roles text[]) OWNER TO mais_owner;

CREATE FUNCTION access.discard(actor uuid, which uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.discard(actor uuid, which uuid) OWNER TO mais_owner;

CREATE FUNCTION access.discard_restored() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    c access.change;
    n bigint := 0;
BEGIN
    FOR c IN SELECT * FROM access.change o WHERE o.state IN ('draft', 'waiting') FOR UPDATE LOOP
        UPDATE access.change SET state = 'discarded' WHERE id = c.id;
        DELETE FROM access.change_item WHERE change = c.id;
        IF c.state = 'waiting' THEN
            PERFORM access.send_on(c, 'maker', c.made_by, '{"became": "restored"}');
        END IF;
        PERFORM audit.append(jsonb_build_array(jsonb_build_object('act', 'change.discarded', 'outcome', 'allowed', 'reason', 'restored', 'auth_method', 'host',
            'detail', jsonb_strip_nulls(jsonb_build_object('change', c.id, 'kind', c.kind, 'target', c.target, 'subject', c.subject, 'made_by', c.made_by)))));
        n := n + 1;
    END LOOP;
    RETURN n;
END
$$;

ALTER FUNCTION access.discard_restored() OWNER TO mais_owner;

CREATE FUNCTION access.drop_passwords(users uuid[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    n bigint;
BEGIN
    DELETE FROM access.password_reset WHERE user_id = ANY (users);
    DELETE FROM access.recovery_code WHERE user_id = ANY (users);
    DELETE FROM access.totp WHERE user_id = ANY (users);
    DELETE FROM access.password WHERE user_id = ANY (users);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;

ALTER FUNCTION access.drop_passwords(users uuid[]) OWNER TO mais_owner;

CREATE FUNCTION access.end_overdue() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    n integer;
BEGIN
    WITH overdue AS (
        SELECT id, ends_on, version FROM access.user_account u
        WHERE left_at IS NULL AND ends_on < (now() AT TIME ZONE 'UTC')::date
            AND NOT EXISTS (SELECT FROM access.errand e WHERE e.user_id = u.id AND e.kind = 'revoke' AND e.detail ->> 'version' = u.version::text)
        ORDER BY id FOR UPDATE SKIP LOCKED
    ), made AS (
        INSERT INTO access.errand (kind, user_id, detail)
        SELECT kind, id, jsonb_build_object('reason', reason, 'ended', ends_on::text, 'version', version::text)
        FROM overdue, (VALUES ('end', 'ended'), ('revoke', 'cessationOfOperation')) AS k (kind, reason)
        RETURNING 1
    )
    SELECT count(*) / 2 INTO n FROM made;
    RETURN n;
END
$$;

ALTER FUNCTION access.end_overdue() OWNER TO mais_owner;

CREATE FUNCTION access.end_restored() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    WITH ended AS (UPDATE access.session SET ended_at = now(), end_reason = 'restored' WHERE ended_at IS NULL RETURNING *)
    SELECT count(*) FROM audit.append((SELECT jsonb_agg(jsonb_build_object('act', 'session.end', 'outcome', 'allowed', 'reason', s.end_reason, 'listener', s.listener,
            'user_id', u.id, 'user_name', u.name, 'agency', a.name, 'site', p.name, 'issuer', s.issuer, 'serial', s.serial,
            'auth_method', CASE s.listener WHEN 'public' THEN 'password' ELSE 'certificate' END, 'session', encode(substr(s.id_hash, 1, 8), 'hex')))
        FROM ended s JOIN access.user_account u ON u.id = s.user_id JOIN access.agency a ON a.id = u.agency JOIN access.site p ON p.id = s.site))
$$;

ALTER FUNCTION access.end_restored() OWNER TO mais_owner;

CREATE FUNCTION access.expire_changes() RETURNS TABLE(which uuid, what text, about text, named text, maker uuid, became text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.expire_changes() OWNER TO mais_owner;

CREATE FUNCTION access.fault_of(f jsonb, before_sites text[] DEFAULT '{}'::text[]) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.fault_of(f jsonb, before_sites text[]) OWNER TO mais_owner;

CREATE FUNCTION access.forget_passwords(until timestamp with time zone, most integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT access.drop_passwords(ARRAY(SELECT p.user_id FROM access.password p WHERE p.set_at <= until OR p.set_at > now() ORDER BY p.user_id LIMIT most FOR UPDATE))
$$;

ALTER FUNCTION access.forget_passwords(until timestamp with time zone, most integer) OWNER TO mais_owner;

CREATE FUNCTION access.forget_sessions(age interval, most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    old bytea[];
BEGIN
    IF age IS NULL OR age < interval '30 days' THEN
        RAISE EXCEPTION 'an ended session is kept for 30 days' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    old := ARRAY(SELECT s.id_hash FROM access.session s
        WHERE s.ended_at IS NOT NULL AND s.ended_at < now() - age AND NOT EXISTS (SELECT FROM access.emergency e WHERE e.session = s.id_hash)
        ORDER BY s.ended_at LIMIT most FOR UPDATE SKIP LOCKED);
    DELETE FROM access.purpose p WHERE p.session = ANY (old);
    DELETE FROM access.session s WHERE s.id_hash = ANY (old);
    RETURN cardinality(old);
END
$$;

ALTER FUNCTION access.forget_sessions(age interval, most integer) OWNER TO mais_owner;

CREATE FUNCTION access.give_back(names text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'on', true); -- the journal is told of nothing that a crash may take back
    DELETE FROM access.withdrawal WHERE what = ANY (names) AND journal IS NULL;
    UPDATE access.withdrawal SET lifted_at = now() WHERE what = ANY (names) AND journal IS NOT NULL AND lifted_at IS NULL;
END
$$;

ALTER FUNCTION access.give_back(names text[]) OWNER TO mais_owner;

CREATE FUNCTION access.given_by(what text, old jsonb, wanted jsonb, people jsonb) RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT CASE
        WHEN what = 'users.invite' THEN ARRAY(SELECT DISTINCT r FROM jsonb_array_elements(people) p, unnest(access.texts(p -> 'roles')) r)
        WHEN what IN ('user.invite', 'user.return') THEN access.texts(wanted -> 'roles')
        WHEN what = 'user.change' THEN ARRAY(SELECT unnest(access.texts(wanted -> 'roles')) EXCEPT SELECT unnest(access.texts(old -> 'roles')))
        ELSE '{}'
    END
$$;

ALTER FUNCTION access.given_by(what text, old jsonb, wanted jsonb, people jsonb) OWNER TO mais_owner;

CREATE FUNCTION access.guard_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.guard_change() OWNER TO mais_owner;

CREATE FUNCTION access.guard_change_item() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.guard_change_item() OWNER TO mais_owner;

CREATE FUNCTION access.guard_emergency() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF (NEW.id, NEW.session, NEW.user_id, NEW.person, NEW.why, NEW.reason, NEW.number, NEW.explanation, NEW.began_at, NEW.ends_at)
            IS DISTINCT FROM
            (OLD.id, OLD.session, OLD.user_id, OLD.person, OLD.why, OLD.reason, OLD.number, OLD.explanation, OLD.began_at, OLD.ends_at) THEN
        RAISE EXCEPTION 'what emergency access was given for does not change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.ended_at IS DISTINCT FROM OLD.ended_at
            AND (OLD.ended_at IS NOT NULL OR NEW.ended_at IS DISTINCT FROM now() OR OLD.ends_at <= now()) THEN
        RAISE EXCEPTION 'emergency access ends once, now and before its time' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.reviewed_at, NEW.reviewer, NEW.justified, NEW.note) IS DISTINCT FROM (OLD.reviewed_at, OLD.reviewer, OLD.justified, OLD.note) THEN
        IF OLD.reviewed_at IS NOT NULL OR NEW.reviewed_at IS DISTINCT FROM now() THEN
            RAISE EXCEPTION 'emergency access is reviewed once and now' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NEW.ended_at IS NULL AND OLD.ends_at > now()
                AND EXISTS (SELECT FROM access.session s WHERE s.id_hash = OLD.session AND s.ended_at IS NULL) THEN
            RAISE EXCEPTION 'emergency access is reviewed when it is over' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM access.user_account u JOIN access.user_role r ON r.user_id = u.id
                WHERE u.id = NEW.reviewer AND u.id <> NEW.user_id AND r.role = 'governance_officer'
                AND (u.left_at IS NULL OR u.left_at > now())) THEN
            RAISE EXCEPTION 'emergency access is reviewed by a governance officer who did not have it'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END
$$;

ALTER FUNCTION access.guard_emergency() OWNER TO mais_owner;

CREATE FUNCTION access.guard_last_administrator() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.guard_last_administrator() OWNER TO mais_owner;

CREATE FUNCTION access.guard_lost_report() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.guard_lost_report() OWNER TO mais_owner;

CREATE FUNCTION access.guard_password() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.guard_password() OWNER TO mais_owner;

CREATE FUNCTION access.guard_permission() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.guard_permission() OWNER TO mais_owner;

CREATE FUNCTION access.guard_purpose() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM FROM access.session s WHERE s.id_hash = NEW.session AND s.ended_at IS NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a session that is over gives no reasons' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.session, NEW.person) IS DISTINCT FROM (OLD.session, OLD.person) THEN
        RAISE EXCEPTION 'a reason stays with its session and person' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM record.person p WHERE p.id = NEW.person) THEN
        RAISE EXCEPTION 'a reason is for looking at somebody who is there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'purpose_person';
    END IF;
    IF (SELECT count(*) FROM access.purpose p WHERE p.session = NEW.session AND p.person <> NEW.person) >= 500 THEN
        RAISE EXCEPTION 'a session gives reasons for 500 people at most' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

ALTER FUNCTION access.guard_purpose() OWNER TO mais_owner;

CREATE FUNCTION access.guard_reachable() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.guard_reachable() OWNER TO mais_owner;

CREATE FUNCTION access.guard_review() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'the review was signed off' USING ERRCODE = 'MA004'; -- perhaps a moment ago
    END IF;
    IF NEW.signed_at IS NULL OR NEW.agency <> OLD.agency OR NEW.opened_at <> OLD.opened_at THEN
        RAISE EXCEPTION 'a review changes only when it is signed off' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM access.access_review_item i JOIN access.user_account u ON u.id = i.user_id
        WHERE i.review = NEW.id AND i.decision IS NULL AND u.agency = NEW.agency AND (u.left_at IS NULL OR u.left_at > now())) THEN
        RAISE EXCEPTION 'not everybody was decided on' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM access.access_review_item WHERE review = NEW.id AND user_id <> NEW.signed_by) THEN
        RAISE EXCEPTION 'nobody signs off a review of themselves alone' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT access.in_office(NEW.signed_by, ARRAY['administrator']) AND (NOT access.in_office(NEW.signed_by, ARRAY['agency_administrator'])
        OR NOT EXISTS (SELECT FROM access.user_account WHERE id = NEW.signed_by AND agency = NEW.agency)) THEN
        RAISE EXCEPTION 'whoever signs administers the agency' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

ALTER FUNCTION access.guard_review() OWNER TO mais_owner;

CREATE FUNCTION access.guard_review_item() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    of access.access_review;
BEGIN
    SELECT * INTO STRICT of FROM access.access_review WHERE id = NEW.review FOR SHARE;
    IF of.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'the review was signed off' USING ERRCODE = 'MA004';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.decision IS NOT NULL THEN
            RAISE EXCEPTION 'a review begins undecided' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.review <> OLD.review OR NEW.user_id <> OLD.user_id OR NEW.roles <> OLD.roles OR OLD.change IS NOT NULL OR NEW.decision IS NULL THEN
        RAISE EXCEPTION 'that is not to be changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT access.in_office(NEW.decided_by, ARRAY['administrator']) AND (
        NOT access.in_office(NEW.decided_by, ARRAY['agency_administrator'])
        OR NOT EXISTS (SELECT FROM access.user_account WHERE id = NEW.decided_by AND agency = of.agency)
        OR EXISTS (SELECT FROM access.user_role h JOIN access.role r ON r.name = h.role WHERE h.user_id = NEW.user_id AND r.office)) THEN
        RAISE EXCEPTION 'whoever decides administers who is decided on' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

ALTER FUNCTION access.guard_review_item() OWNER TO mais_owner;

CREATE FUNCTION access.guard_role() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.guard_role() OWNER TO mais_owner;

CREATE FUNCTION access.guard_session() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'a session that has ended does not change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.seen_at < OLD.seen_at THEN
        RAISE EXCEPTION 'when a session was seen only moves forward' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

ALTER FUNCTION access.guard_session() OWNER TO mais_owner;

CREATE FUNCTION access.guard_site() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF NEW.agency <> OLD.agency THEN
        PERFORM access.break_rule('site.agency', 'stays');
    END IF;
    RETURN NEW;
END
$$;

ALTER FUNCTION access.guard_site() OWNER TO mais_owner;

CREATE FUNCTION access.guard_subnet() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM access.site s WHERE s.id = NEW.site AND s.closed_at IS NOT NULL) THEN
        PERFORM access.break_rule('network.site', 'is closed');
    END IF;
    RETURN NULL;
END
$$;

ALTER FUNCTION access.guard_subnet() OWNER TO mais_owner;

CREATE FUNCTION access.guard_user_role() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.guard_user_role() OWNER TO mais_owner;

CREATE FUNCTION access.guard_user_site() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.guard_user_site() OWNER TO mais_owner;

CREATE FUNCTION access.guard_withdrawal() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF session_user IN ('mais_register', 'mais_creds', 'mais_ca')
        AND EXISTS (SELECT FROM access.withdrawal WHERE journal IS NULL AND transaction = NEW.transaction) THEN
        RAISE EXCEPTION 'what takes access away is in the journal before it is committed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$;

ALTER FUNCTION access.guard_withdrawal() OWNER TO mais_owner;

CREATE FUNCTION access.has_role(who uuid, wanted text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT access.present(who) AND EXISTS (SELECT FROM access.user_role WHERE user_id = who AND role = wanted)
$$;

ALTER FUNCTION access.has_role(who uuid, wanted text) OWNER TO mais_owner;

CREATE FUNCTION access.in_an_office(which text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM access.role r WHERE r.office AND (r.name = which
        OR EXISTS (SELECT FROM access.user_role o JOIN access.user_role h ON h.user_id = o.user_id WHERE o.role = r.name AND h.role = which)))
$$;

ALTER FUNCTION access.in_an_office(which text) OWNER TO mais_owner;

CREATE FUNCTION access.in_office(who uuid, offices text[]) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM access.user_role r JOIN access.user_account u ON u.id = r.user_id
        WHERE r.user_id = who AND r.role = ANY (offices) AND access.present(u.id))
$$;

ALTER FUNCTION access.in_office(who uuid, offices text[]) OWNER TO mais_owner;

CREATE FUNCTION access.invite_again(maker uuid, of_agency uuid) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.invite_again(maker uuid, of_agency uuid) OWNER TO mais_owner;

CREATE FUNCTION access.is_wide(prefix cidr) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT masklen(prefix) < CASE family(prefix) WHEN 4 THEN 16 ELSE 32 END
$$;

ALTER FUNCTION access.is_wide(prefix cidr) OWNER TO mais_owner;

CREATE FUNCTION access.keep_changes() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION 'changes are kept: % refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END
$$;

ALTER FUNCTION access.keep_changes() OWNER TO mais_owner;

CREATE FUNCTION access.keep_emergency() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION 'emergency access is not forgotten: % refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END
$$;

ALTER FUNCTION access.keep_emergency() OWNER TO mais_owner;

CREATE FUNCTION access.keep_lost_reports() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION 'access.lost_report: TRUNCATE refused' USING ERRCODE = 'integrity_constraint_violation';
END
$$;

ALTER FUNCTION access.keep_lost_reports() OWNER TO mais_owner;

CREATE FUNCTION access.keep_purpose() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM access.session s WHERE s.id_hash = OLD.session AND s.ended_at < now() - interval '1 day') THEN
        RAISE EXCEPTION 'a reason is kept for a day after its session' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END
$$;

ALTER FUNCTION access.keep_purpose() OWNER TO mais_owner;

CREATE FUNCTION access.lasting_administrators(but uuid) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT count(*) FROM access.user_role r JOIN access.user_account u ON u.id = r.user_id
    WHERE r.role = 'administrator' AND u.left_at IS NULL AND u.ends_on IS NULL AND access.present(u.id) AND u.id IS DISTINCT FROM but
$$;

ALTER FUNCTION access.lasting_administrators(but uuid) OWNER TO mais_owner;

CREATE FUNCTION access.lifted(most integer) RETURNS TABLE(id bigint, what text, journal text, number bigint)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT w.id, w.what, w.journal, w.number FROM access.withdrawal w WHERE w.lifted_at IS NOT NULL ORDER BY w.journal, w.number, w.id LIMIT most FOR UPDATE SKIP LOCKED
$$;

ALTER FUNCTION access.lifted(most integer) OWNER TO mais_owner;

CREATE FUNCTION access.manages(who uuid, c access.change) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT access.has_role(who, 'administrator') OR access.has_role(who, 'agency_administrator')
        AND split_part(c.kind, '.', 1) IN ('site', 'network', 'user', 'users')
        AND coalesce(c.agency = (SELECT u.agency FROM access.user_account u WHERE u.id = who), false)
        AND NOT access.touches_office(c)
$$;

ALTER FUNCTION access.manages(who uuid, c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.may_decide(who uuid, c access.change) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT c.state = 'waiting' AND c.expires_at > now() AND c.made_by <> who AND NOT (c.kind LIKE 'user.%' AND coalesce(c.target = who::text, false))
        AND access.decides(who, c)
$$;

ALTER FUNCTION access.may_decide(who uuid, c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.narrows(old jsonb, new jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT coalesce(new ->> 'description' = old ->> 'description' AND (new -> 'totp' = 'true' OR old -> 'totp' = 'false')
        AND coalesce(nullif(new -> 'permissions', 'null'), '[]') <@ coalesce(nullif(old -> 'permissions', 'null'), '[]')
        AND (new -> 'permissions' @> '[{"act": "read"}]' OR old -> 'permissions' @> '[{"act": "read"}]' IS NOT TRUE)
        AND NOT access.opens_further('{forbidden,limited,allowed}', old ->> 'passwords', new ->> 'passwords')
        AND new ->> 'level' = old ->> 'level', false)
$$;

ALTER FUNCTION access.narrows(old jsonb, new jsonb) OWNER TO mais_owner;

CREATE FUNCTION access.needs(c access.change) RETURNS text[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.needs(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.note_certificate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
BEGIN
    IF NEW.identity ~ '^urn:mais:user:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
        PERFORM access.registered(substr(NEW.identity, 15)::uuid);
    END IF;
    RETURN NULL;
END
$_$;

ALTER FUNCTION access.note_certificate() OWNER TO mais_owner;

CREATE FUNCTION access.note_session() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO access.registration AS r (user_id, registered_at, first_seen_at, last_seen_at)
        VALUES (NEW.user_id, NEW.created_at, NEW.created_at, NEW.created_at)
    ON CONFLICT (user_id) DO UPDATE SET registered_at = coalesce(r.registered_at, NEW.created_at),
        first_seen_at = coalesce(r.first_seen_at, NEW.created_at), last_seen_at = greatest(r.last_seen_at, NEW.created_at);
    RETURN NULL;
END
$$;

ALTER FUNCTION access.note_session() OWNER TO mais_owner;

CREATE FUNCTION access.open_change(which uuid, stands text[]) RETURNS access.change
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.open_change(which uuid, stands text[]) OWNER TO mais_owner;

CREATE FUNCTION access.opens_further(words text[], was text, will text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT coalesce(array_position(words, will), 0) > coalesce(array_position(words, was), 0)
$$;

ALTER FUNCTION access.opens_further(words text[], was text, will text) OWNER TO mais_owner;

CREATE FUNCTION access.overlaps_another(c access.change) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM access.subnet n JOIN access.site s ON s.id = n.site
        WHERE n.cidr && (c.after ->> 'prefix')::cidr AND s.agency IS DISTINCT FROM c.agency)
$$;

ALTER FUNCTION access.overlaps_another(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.password_name(who uuid, set_at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT concat_ws(' ', 'password', who, (extract(epoch FROM set_at) * 1000000)::bigint)
$$;

ALTER FUNCTION access.password_name(who uuid, set_at timestamp with time zone) OWNER TO mais_owner;

CREATE FUNCTION access.place_user(who uuid, f jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    DELETE FROM access.user_site WHERE user_id = who AND NOT site::text = ANY (access.texts(f -> 'sites'));
    INSERT INTO access.user_site (user_id, site) SELECT who, s::uuid FROM unnest(access.texts(f -> 'sites')) s ON CONFLICT DO NOTHING;
    DELETE FROM access.user_role WHERE user_id = who AND NOT role = ANY (access.texts(f -> 'roles'));
    INSERT INTO access.user_role (user_id, role) SELECT who, r FROM unnest(access.texts(f -> 'roles')) r ON CONFLICT DO NOTHING;
END
$$;

ALTER FUNCTION access.place_user(who uuid, f jsonb) OWNER TO mais_owner;

CREATE FUNCTION access.present(who uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM access.user_account u WHERE u.id = who AND (u.left_at IS NULL OR u.left_at > now())
        AND coalesce(u.starts_on <= (now() AT TIME ZONE 'UTC')::date, true) AND coalesce(u.ends_on >= (now() AT TIME ZONE 'UTC')::date, true))
$$;

ALTER FUNCTION access.present(who uuid) OWNER TO mais_owner;

CREATE FUNCTION access.propose(maker uuid, what text, about text, seen bigint, wanted jsonb, people jsonb, named text, why text) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.propose(maker uuid, what text, about text, seen bigint, wanted jsonb, people jsonb, named text, why text) OWNER TO mais_owner;

CREATE FUNCTION access.put_out_again(who uuid, left_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM access.withdrawal w WHERE w.what > 'user-before ' || who || ' ' AND w.what < 'user-before ' || who || ' ~' AND w.at = put_out_again.left_at)
        AND NOT EXISTS (SELECT FROM access.withdrawal w WHERE w.what = 'user ' || who AND w.lifted_at IS NULL)
$$;

ALTER FUNCTION access.put_out_again(who uuid, left_at timestamp with time zone) OWNER TO mais_owner;

CREATE FUNCTION access.refuse(actor uuid, which uuid, why text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    c access.change := access.open_change(which, '{waiting}');
BEGIN
    PERFORM access.check_second(c, actor);
    UPDATE access.change SET state = 'refused', decided_by = actor, decided_at = now(), decided_note = why WHERE id = c.id;
    PERFORM access.send_on(c, 'maker', c.made_by, '{"became": "refused"}');
    RETURN 'refused';
END
$$;

ALTER FUNCTION access.refuse(actor uuid, which uuid, why text) OWNER TO mais_owner;

CREATE FUNCTION access.refuse_change(code text, says text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION '%', says USING ERRCODE = code;
END
$$;

ALTER FUNCTION access.refuse_change(code text, says text) OWNER TO mais_owner;

CREATE FUNCTION access.registered(who uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    INSERT INTO access.registration AS r (user_id, registered_at) SELECT u.id, now() FROM access.user_account u WHERE u.id = who
    ON CONFLICT (user_id) DO UPDATE SET registered_at = now(), bounced_at = NULL, bounce = NULL WHERE r.registered_at IS NULL
$$;

ALTER FUNCTION access.registered(who uuid) OWNER TO mais_owner;

CREATE FUNCTION access.renew_terms(what text) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
    WITH asked AS (
        UPDATE access.user_account SET terms_due = true
        WHERE NOT terms_due AND terms_version COLLATE "C" < what AND (left_at IS NULL OR left_at > now()) AND what ~ '^\d{4}-\d\d$'
        RETURNING 1
    ) SELECT count(*) FROM asked
$_$;

ALTER FUNCTION access.renew_terms(what text) OWNER TO mais_owner;

CREATE FUNCTION access.restored_since(since timestamp with time zone) RETURNS TABLE(at timestamp with time zone, made timestamp with time zone, things bigint, people bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    WITH told AS (SELECT e.at, e.act, e.detail FROM audit.event e
        WHERE e.act COLLATE "C" IN ('backup.restore', 'journal.replay', 'access.withdrawn-again')
            AND NOT (e.act IN ('record.show', 'record.print') AND e.outcome = 'allowed') AND e.outcome = 'allowed' AND e.at >= since)
    SELECT max(t.at), max((t.detail ->> 'made')::timestamptz) FILTER (WHERE t.act = 'backup.restore'),
        count(*) FILTER (WHERE t.act = 'access.withdrawn-again'), count(DISTINCT t.detail ->> 'identity') FILTER (WHERE t.act = 'access.withdrawn-again')
    FROM told t HAVING count(*) > 0
$$;

ALTER FUNCTION access.restored_since(since timestamp with time zone) OWNER TO mais_owner;

CREATE FUNCTION access.role_conflict(roles text[]) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM access.role r WHERE r.name = ANY (roles) AND r.office)
            AND EXISTS (SELECT FROM access.permission p WHERE p.role = ANY (roles))
            THEN 'join an office with a role that opens records'
        WHEN 'governance_officer' = ANY (roles) AND roles && ARRAY['administrator', 'agency_administrator']
            THEN 'join administration with information governance'
    END
$$;

ALTER FUNCTION access.role_conflict(roles text[]) OWNER TO mais_owner;

CREATE FUNCTION access.roles_in(c access.change) RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT CASE
        WHEN c.kind = 'users.invite' THEN ARRAY(SELECT DISTINCT r FROM access.change_item i, unnest(access.texts(i.after -> 'roles')) r WHERE i.change = c.id ORDER BY r)
        WHEN c.kind LIKE 'user.%' THEN access.texts(c.before -> 'roles') || access.texts(c.after -> 'roles')
        ELSE '{}'
    END
$$;

ALTER FUNCTION access.roles_in(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.send_on(c access.change, errand text, who uuid, detail jsonb, due timestamp with time zone DEFAULT now()) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    INSERT INTO access.errand (kind, user_id, change, detail, due_at)
    VALUES (errand, who, c.id, detail || jsonb_build_object('by', 'urn:mais:user:' || coalesce(c.decided_by, c.made_by)), due)
$$;

ALTER FUNCTION access.send_on(c access.change, errand text, who uuid, detail jsonb, due timestamp with time zone) OWNER TO mais_owner;

CREATE FUNCTION access.set_password_later() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    NEW.set_at := greatest(clock_timestamp(), OLD.set_at + interval '1 microsecond');
    RETURN NEW;
END
$$;

ALTER FUNCTION access.set_password_later() OWNER TO mais_owner;

CREATE FUNCTION access.shares_domain(f jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM access.agency a WHERE a.id <> (f ->> 'agency')::uuid AND split_part(f ->> 'email', '@', 2) = ANY (a.domains))
        OR EXISTS (SELECT FROM access.user_account u WHERE u.email = f ->> 'email' AND u.agency <> (f ->> 'agency')::uuid)
$$;

ALTER FUNCTION access.shares_domain(f jsonb) OWNER TO mais_owner;

CREATE FUNCTION access.start_anew() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    UPDATE access.registration SET sent_at = NULL, expires_at = NULL, reminded_at = NULL, registered_at = NULL, first_seen_at = NULL,
        bounced_at = CASE WHEN OLD.email = NEW.email THEN bounced_at END, bounce = CASE WHEN OLD.email = NEW.email THEN bounce END WHERE user_id = NEW.id;
    RETURN NULL;
END
$$;

ALTER FUNCTION access.start_anew() OWNER TO mais_owner;

CREATE FUNCTION access.state_of(what text, about text) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.state_of(what text, about text) OWNER TO mais_owner;

CREATE FUNCTION access.stop_list(actor uuid, which uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.stop_list(actor uuid, which uuid) OWNER TO mais_owner;

CREATE FUNCTION access.strands(c access.change) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION access.strands(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.strictness(word text) RETURNS integer
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT CASE WHEN word IN ('allowed', 'software') THEN 1 WHEN word IN ('limited', 'card') THEN 2 WHEN word IN ('forbidden', 'attested') THEN 3 END
$$;

ALTER FUNCTION access.strictness(word text) OWNER TO mais_owner;

CREATE FUNCTION access.taken_elsewhere(c access.change) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT c.kind IN ('user.invite', 'user.change', 'user.return') AND c.after ->> 'email' IS DISTINCT FROM c.before ->> 'email'
        AND NOT access.has_role(c.made_by, 'administrator')
        AND EXISTS (SELECT FROM access.user_account u WHERE u.email = c.after ->> 'email' AND u.agency IS DISTINCT FROM c.agency)
$$;

ALTER FUNCTION access.taken_elsewhere(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.takes_administrator(c access.change) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT 'administrator' = ANY (access.texts(c.before -> 'roles')) AND (c.kind = 'user.leave' OR c.kind = 'user.change' AND (
            NOT 'administrator' = ANY (access.texts(c.after -> 'roles'))
            OR coalesce(c.after ->> 'ends', '') <> '' AND (coalesce(c.before ->> 'ends', '') = '' OR c.after ->> 'ends' < c.before ->> 'ends')
            OR coalesce(c.after ->> 'starts', '') > coalesce(c.before ->> 'starts', '')))
        AND access.lasting_administrators(c.target::uuid) <= 2
$$;

ALTER FUNCTION access.takes_administrator(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.tell_of_password() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO access.errand (kind, user_id, detail) SELECT 'password', u.id, jsonb_build_object('at', now()) FROM access.user_account u
        WHERE u.id = OLD.user_id AND (u.left_at IS NULL OR u.left_at > now());
    RETURN NULL;
END
$$;

ALTER FUNCTION access.tell_of_password() OWNER TO mais_owner;

CREATE FUNCTION access.tell_stuck(which uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    c access.change;
BEGIN
    SELECT * INTO c FROM access.change WHERE id = which AND state = 'waiting' FOR UPDATE;
    IF FOUND AND NOT EXISTS (SELECT FROM access.errand e WHERE e.change = which AND e.kind = 'maker') THEN
        PERFORM access.send_on(c, 'maker', c.made_by, '{"became": "stuck"}');
    END IF;
END
$$;

ALTER FUNCTION access.tell_stuck(which uuid) OWNER TO mais_owner;

CREATE FUNCTION access.texts(list jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT CASE WHEN jsonb_typeof(list) = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(list) ORDER BY 1) ELSE '{}' END
$$;

ALTER FUNCTION access.texts(list jsonb) OWNER TO mais_owner;

CREATE FUNCTION access.told(ids bigint[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    DELETE FROM access.withdrawal WHERE id = ANY (ids) AND lifted_at IS NOT NULL
$$;

ALTER FUNCTION access.told(ids bigint[]) OWNER TO mais_owner;

CREATE FUNCTION access.touches_office(c access.change) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM access.role r WHERE r.office AND r.name = ANY (access.roles_in(c)))
$$;

ALTER FUNCTION access.touches_office(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.try_change(c access.change) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM access.apply(c);
    RAISE EXCEPTION 'it could' USING ERRCODE = 'MA000';
EXCEPTION WHEN SQLSTATE 'MA000' THEN
    NULL;
END
$$;

ALTER FUNCTION access.try_change(c access.change) OWNER TO mais_owner;

CREATE FUNCTION access.unwritten(most integer) RETURNS TABLE(id bigint, what text)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT w.id, w.what FROM access.withdrawal w WHERE w.journal IS NULL ORDER BY w.id LIMIT most FOR UPDATE SKIP LOCKED
$$;

ALTER FUNCTION access.unwritten(most integer) OWNER TO mais_owner;

CREATE FUNCTION access.unwritten_for(age interval) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT count(*) FROM access.withdrawal w WHERE w.journal IS NULL AND w.at < now() - age
$$;

ALTER FUNCTION access.unwritten_for(age interval) OWNER TO mais_owner;

CREATE FUNCTION access.unwritten_own(most integer) RETURNS TABLE(id bigint, what text)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT w.id, w.what FROM access.withdrawal w WHERE w.journal IS NULL AND w.transaction = pg_current_xact_id_if_assigned()
    ORDER BY w.id LIMIT most FOR UPDATE SKIP LOCKED
$$;

ALTER FUNCTION access.unwritten_own(most integer) OWNER TO mais_owner;

CREATE FUNCTION access.void_resets() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    UPDATE access.password_reset SET used_at = now() WHERE user_id = NEW.id AND used_at IS NULL;
    RETURN NULL;
END
$$;

ALTER FUNCTION access.void_resets() OWNER TO mais_owner;

CREATE FUNCTION access.withdraw(names text[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    INSERT INTO access.withdrawal (what, leads)
    SELECT n.what, row_number() OVER () = 1 FROM (SELECT DISTINCT unnest(names) COLLATE "C" AS what) n
    WHERE n.what IS NOT NULL
$$;

ALTER FUNCTION access.withdraw(names text[]) OWNER TO mais_owner;

CREATE FUNCTION access.withdraw_again(names text[], by_whom text, in_journal text, entry bigint) RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
DECLARE
    what text;
    taken text[] := '{}';
    by_user CONSTANT jsonb := CASE WHEN by_whom ~ '^urn:mais:user:[0-9a-f-]{36}$' THEN jsonb_build_object('by', by_whom) ELSE '{}' END;
BEGIN
    PERFORM FROM access.generation FOR UPDATE;
    FOREACH what IN ARRAY names LOOP
        IF access.withdraw_one_again(what) THEN
            taken := taken || what;
        END IF;
    END LOOP;
    INSERT INTO access.errand (kind, user_id, detail)
        SELECT e.kind, u.id, by_user || jsonb_build_object('reason', e.reason) FROM unnest(taken) AS t (what)
        JOIN access.user_account u ON u.id::text = split_part(t.what, ' ', 2),
        LATERAL (VALUES ('revoke', 'cessationOfOperation', u.left_at IS NOT NULL AND t.what LIKE 'user%'), ('end', CASE WHEN u.left_at IS NULL THEN 'changed' ELSE 'left' END, true)) AS e (kind, reason, wanted)
        WHERE e.wanted GROUP BY e.kind, u.id, e.reason;
    DELETE FROM access.withdrawal w WHERE w.journal IS NULL AND w.transaction = pg_current_xact_id(); -- they have their entry
    INSERT INTO access.withdrawal (what, leads, journal, number)
        SELECT n.what, false, in_journal, entry FROM unnest(names) AS n (what)
        WHERE NOT EXISTS (SELECT FROM access.withdrawal w WHERE w.what = n.what AND w.journal = in_journal AND w.number = entry);
    RETURN taken;
END
$_$;

ALTER FUNCTION access.withdraw_again(names text[], by_whom text, in_journal text, entry bigint) OWNER TO mais_owner;

CREATE FUNCTION access.withdraw_agency() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM access.withdraw_stricter('agency-passwords ' || NEW.id, OLD.passwords, NEW.passwords, '{allowed,limited,forbidden}');
    PERFORM access.withdraw(ARRAY(SELECT concat_ws(' ', 'agency-domain', NEW.id, d) FROM unnest(OLD.domains) d WHERE NOT d = ANY (NEW.domains)));
    PERFORM access.give_back(ARRAY(SELECT concat_ws(' ', 'agency-domain', NEW.id, d) FROM unnest(NEW.domains) d WHERE NOT d = ANY (OLD.domains)));
    RETURN NULL;
END
$$;

ALTER FUNCTION access.withdraw_agency() OWNER TO mais_owner;

CREATE FUNCTION access.withdraw_one_again(what text) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "DateStyle" TO 'ISO'
    AS $$
DECLARE
    kind CONSTANT text := split_part(what, ' ', 1);
    a CONSTANT text := split_part(what, ' ', 2);
    b CONSTANT text := split_part(what, ' ', 3);
    n bigint;
    m bigint := 0;
BEGIN
    CASE kind
    WHEN 'user' THEN
        UPDATE access.user_account SET left_at = now() WHERE id = a::uuid AND coalesce(left_at, 'infinity') > now();
    WHEN 'user-before' THEN
        UPDATE access.user_account SET left_at = now() WHERE id = a::uuid AND version <= b::bigint AND coalesce(left_at, 'infinity') > now();
    WHEN 'user-until' THEN
        UPDATE access.user_account SET ends_on = CASE WHEN starts_on > b::date THEN ends_on ELSE b::date END,
            left_at = CASE WHEN starts_on > b::date THEN now() ELSE left_at END
            WHERE id = a::uuid AND coalesce(ends_on, 'infinity') > b::date AND coalesce(left_at, 'infinity') > now();
    WHEN 'user-from' THEN
        UPDATE access.user_account SET starts_on = CASE WHEN ends_on < b::date THEN starts_on ELSE b::date END,
            left_at = CASE WHEN ends_on < b::date THEN now() ELSE left_at END
            WHERE id = a::uuid AND coalesce(starts_on, '-infinity') < b::date AND coalesce(left_at, 'infinity') > now();
    WHEN 'user-role' THEN
        DELETE FROM access.user_role WHERE user_id = a::uuid AND role = b;
    WHEN 'user-site' THEN
        DELETE FROM access.user_site WHERE user_id = a::uuid AND site = b::uuid;
    WHEN 'network' THEN
        DELETE FROM access.subnet WHERE site = a::uuid AND cidr = b::cidr;
    WHEN 'site' THEN
        DELETE FROM access.subnet WHERE site = a::uuid;
        GET DIAGNOSTICS m = ROW_COUNT;
        UPDATE access.site SET closed_at = now() WHERE id = a::uuid AND closed_at IS NULL;
    WHEN 'role' THEN
        DELETE FROM access.user_role WHERE role = a;
        DELETE FROM access.permission WHERE role = a;
        DELETE FROM access.role WHERE name = a;
    WHEN 'permission' THEN
        DELETE FROM access.permission WHERE role = a AND item = b AND act = split_part(what, ' ', 4);
    WHEN 'role-level' THEN
        UPDATE access.role SET level = b WHERE name = a AND access.strictness(level) < access.strictness(b);
    WHEN 'role-passwords' THEN
        UPDATE access.role SET passwords = b WHERE name = a AND access.strictness(passwords) < access.strictness(b);
    WHEN 'role-totp' THEN
        UPDATE access.role SET totp = true WHERE name = a AND NOT totp;
    WHEN 'agency-passwords' THEN
        UPDATE access.agency SET passwords = b WHERE id = a::uuid AND access.strictness(passwords) < access.strictness(b);
    WHEN 'agency-domain' THEN
        UPDATE access.agency SET domains = array_remove(domains, b) WHERE id = a::uuid AND b = ANY (domains);
    WHEN 'password' THEN
        n := access.drop_passwords(ARRAY(SELECT user_id FROM access.password WHERE user_id = a::uuid AND (extract(epoch FROM set_at) * 1000000)::bigint <= b::bigint));
        RETURN n > 0;
    WHEN 'recovery-code' THEN
        UPDATE access.recovery_code SET used_at = now() WHERE user_id = a::uuid AND sha256 = decode(b, 'hex') AND used_at IS NULL;
    ELSE
        RAISE EXCEPTION 'what was taken away is of a later version of this program: %', what USING ERRCODE = 'feature_not_supported';
    END CASE;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n + m > 0;
END
$$;

ALTER FUNCTION access.withdraw_one_again(what text) OWNER TO mais_owner;

CREATE FUNCTION access.withdraw_password() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'password' THEN PERFORM access.withdraw(ARRAY[access.password_name(OLD.user_id, OLD.set_at)]);
    WHEN 'totp' THEN PERFORM access.withdraw(ARRAY(SELECT access.password_name(p.user_id, p.set_at) FROM access.password p WHERE p.user_id = OLD.user_id));
    WHEN 'recovery_code' THEN PERFORM access.withdraw(ARRAY[concat_ws(' ', 'recovery-code', OLD.user_id, encode(OLD.sha256, 'hex'))]);
    END CASE;
    RETURN NULL;
END
$$;

ALTER FUNCTION access.withdraw_password() OWNER TO mais_owner;

CREATE FUNCTION access.withdraw_permission() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
            BEGIN
                IF TG_OP <> 'INSERT' THEN
                    PERFORM access.withdraw(ARRAY(SELECT concat_ws(' ', 'permission', x.role, x.item, x.act) FROM gone x));
                END IF;
                IF TG_OP <> 'DELETE' THEN
                    PERFORM access.give_back(ARRAY(SELECT concat_ws(' ', 'permission', x.role, x.item, x.act) FROM come x));
                END IF;
                RETURN NULL;
            END
            $$;

ALTER FUNCTION access.withdraw_permission() OWNER TO mais_owner;

CREATE FUNCTION access.withdraw_role() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM access.withdraw(ARRAY['role ' || OLD.name]);
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN -- where there is one of this name, it becomes no laxer than this one: OLD is NULL
        PERFORM access.give_back(ARRAY['role ' || NEW.name]);
    END IF;
    PERFORM access.withdraw_stricter('role-level ' || NEW.name, OLD.level, NEW.level, '{software,card,attested}');
    PERFORM access.withdraw_stricter('role-passwords ' || NEW.name, OLD.passwords, NEW.passwords, '{allowed,limited,forbidden}');
    IF NEW.totp AND OLD.totp IS NOT TRUE THEN
        PERFORM access.withdraw(ARRAY['role-totp ' || NEW.name]);
    ELSIF NOT NEW.totp AND OLD.totp IS NOT FALSE THEN
        PERFORM access.give_back(ARRAY['role-totp ' || NEW.name]);
    END IF;
    RETURN NULL;
END
$$;

ALTER FUNCTION access.withdraw_role() OWNER TO mais_owner;

CREATE FUNCTION access.withdraw_site() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM access.give_back(ARRAY(SELECT 'site ' || n.id FROM gone o JOIN come n ON n.id = o.id WHERE n.closed_at IS NULL AND o.closed_at IS NOT NULL));
    PERFORM access.withdraw(ARRAY(SELECT 'site ' || n.id FROM gone o JOIN come n ON n.id = o.id WHERE n.closed_at IS NOT NULL AND o.closed_at IS NULL));
    RETURN NULL;
END
$$;

ALTER FUNCTION access.withdraw_site() OWNER TO mais_owner;

CREATE FUNCTION access.withdraw_stricter(thing text, was text, is_now text, words text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF is_now IS DISTINCT FROM was THEN
        PERFORM access.give_back(ARRAY(SELECT thing || ' ' || w FROM unnest(words) w WHERE access.strictness(w) > access.strictness(is_now)));
        PERFORM access.withdraw(ARRAY[thing || ' ' || is_now]);
    END IF;
END
$$;

ALTER FUNCTION access.withdraw_stricter(thing text, was text, is_now text, words text[]) OWNER TO mais_owner;

CREATE FUNCTION access.withdraw_subnet() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
            BEGIN
                IF TG_OP <> 'INSERT' THEN
                    PERFORM access.withdraw(ARRAY(SELECT concat_ws(' ', 'network', x.site, x.cidr) FROM gone x));
                END IF;
                IF TG_OP <> 'DELETE' THEN
                    PERFORM access.give_back(ARRAY(SELECT concat_ws(' ', 'network', x.site, x.cidr) FROM come x));
                END IF;
                RETURN NULL;
            END
            $$;

ALTER FUNCTION access.withdraw_subnet() OWNER TO mais_owner;

CREATE FUNCTION access.withdraw_user() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "DateStyle" TO 'ISO'
    AS $$
BEGIN
    PERFORM access.give_back(ARRAY(SELECT 'user ' || n.id FROM gone o JOIN come n ON n.id = o.id WHERE n.left_at IS NULL AND o.left_at IS NOT NULL));
    PERFORM access.give_back(ARRAY(SELECT w.what FROM gone o JOIN come n ON n.id = o.id
        JOIN access.withdrawal w ON w.what > 'user-until ' || n.id || ' ' AND w.what < 'user-until ' || n.id || ' ' || coalesce(n.ends_on::text, '~')
        WHERE coalesce(n.ends_on, 'infinity') > coalesce(o.ends_on, 'infinity')));
    PERFORM access.give_back(ARRAY(SELECT w.what FROM gone o JOIN come n ON n.id = o.id
        JOIN access.withdrawal w ON w.what > 'user-from ' || n.id || ' ' || coalesce(n.starts_on::text, '') AND w.what < 'user-from ' || n.id || ' ~'
        WHERE coalesce(n.starts_on, '-infinity') < coalesce(o.starts_on, '-infinity')));
    PERFORM access.withdraw(ARRAY(SELECT w.what FROM gone o JOIN come n ON n.id = o.id, LATERAL (VALUES
        (CASE WHEN n.left_at < coalesce(o.left_at, 'infinity') THEN 'user ' || n.id END),
        (CASE WHEN (n.agency, n.email) <> (o.agency, o.email) THEN concat_ws(' ', 'user-before', n.id, o.version) END),
        (CASE WHEN n.ends_on IS DISTINCT FROM o.ends_on AND n.ends_on IS NOT NULL THEN concat_ws(' ', 'user-until', n.id, n.ends_on) END),
        (CASE WHEN n.starts_on IS DISTINCT FROM o.starts_on AND n.starts_on IS NOT NULL THEN concat_ws(' ', 'user-from', n.id, n.starts_on) END)) AS w (what)
        WHERE w.what IS NOT NULL));
    RETURN NULL;
END
$$;

ALTER FUNCTION access.withdraw_user() OWNER TO mais_owner;

CREATE FUNCTION access.withdraw_user_role() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
            BEGIN
                IF TG_OP <> 'INSERT' THEN
                    PERFORM access.withdraw(ARRAY(SELECT concat_ws(' ', 'user-role', x.user_id, x.role) FROM gone x));
                END IF;
                IF TG_OP <> 'DELETE' THEN
                    PERFORM access.give_back(ARRAY(SELECT concat_ws(' ', 'user-role', x.user_id, x.role) FROM come x));
                END IF;
                RETURN NULL;
            END
            $$;

ALTER FUNCTION access.withdraw_user_role() OWNER TO mais_owner;

CREATE FUNCTION access.withdraw_user_site() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
            BEGIN
                IF TG_OP <> 'INSERT' THEN
                    PERFORM access.withdraw(ARRAY(SELECT concat_ws(' ', 'user-site', x.user_id, x.site) FROM gone x));
                END IF;
                IF TG_OP <> 'DELETE' THEN
                    PERFORM access.give_back(ARRAY(SELECT concat_ws(' ', 'user-site', x.user_id, x.site) FROM come x));
                END IF;
                RETURN NULL;
            END
            $$;

ALTER FUNCTION access.withdraw_user_site() OWNER TO mais_owner;

CREATE FUNCTION access.withdrawal_form(what text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
    SELECT what ~ replace(replace(replace('^(user ID|user-before ID \d+|user-(until|from) ID DAY|user-role ID WORD|user-site ID ID|network ID [0-9a-f.:]+/\d+|site ID'
        '|role WORD|permission WORD WORD WORD|role-level WORD (software|card|attested)|role-passwords WORD (allowed|limited|forbidden)|role-totp WORD'
        '|agency-passwords ID (allowed|limited|forbidden)|agency-domain ID WORD|password ID \d+|recovery-code ID [0-9a-f]{64})$',
        'ID', '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'), 'DAY', '\d{4}-\d\d-\d\d'), 'WORD', '[^ ]+')
$_$;

ALTER FUNCTION access.withdrawal_form(what text) OWNER TO mais_owner;

CREATE FUNCTION access.withdrawn_words(names text[], by_whom text) RETURNS TABLE(what text, words text, by_name text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
    SELECT n.what, concat_ws(': ', coalesce(u.name, s.name, g.name, 'role ' || replace(p.a, '_', ' ')), CASE p.kind
            WHEN 'user' THEN 'left'
            WHEN 'user-before' THEN 'had moved, or their address had changed'
            WHEN 'user-until' THEN 'last day ' || p.b
            WHEN 'user-from' THEN 'first day ' || p.b
            WHEN 'user-role' THEN 'role ' || replace(p.b, '_', ' ')
            WHEN 'user-site' THEN 'site ' || (SELECT x.name FROM access.site x WHERE x.id = p.b::uuid)
            WHEN 'network' THEN 'network ' || p.b
            WHEN 'site' THEN 'closed'
            WHEN 'role' THEN 'deleted'
            WHEN 'permission' THEN concat_ws(' ', 'no longer', p.c, p.b)
            WHEN 'role-level' THEN 'tokens of level ' || p.b
            WHEN 'role-totp' THEN 'second factor for passwords'
            WHEN 'agency-domain' THEN 'mail domain ' || p.b
            WHEN 'password' THEN 'password that was replaced'
            WHEN 'recovery-code' THEN 'recovery code that was used'
            ELSE 'passwords ' || p.b
        END), coalesce(d.name, by_whom)
    FROM unnest(names) AS n (what)
        CROSS JOIN LATERAL (SELECT split_part(n.what, ' ', 1), split_part(n.what, ' ', 2), split_part(n.what, ' ', 3), split_part(n.what, ' ', 4)) AS p (kind, a, b, c)
        CROSS JOIN LATERAL (SELECT CASE WHEN p.a LIKE '%-%' THEN p.a::uuid END) AS i (id) -- a role's name has no hyphen
        LEFT JOIN access.user_account u ON u.id = i.id
        LEFT JOIN access.site s ON s.id = i.id
        LEFT JOIN access.agency g ON g.id = i.id
        LEFT JOIN access.user_account d ON d.id = CASE WHEN by_whom ~ '^urn:mais:user:[0-9a-f-]{36}$' THEN substr(by_whom, 15)::uuid END
$_$;

ALTER FUNCTION access.withdrawn_words(names text[], by_whom text) OWNER TO mais_owner;

CREATE FUNCTION access.write_user(who uuid, f jsonb) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    UPDATE access.user_account SET email = f ->> 'email', name = f ->> 'name', agency = (f ->> 'agency')::uuid,
        starts_on = access.day(f ->> 'starts'), ends_on = access.day(f ->> 'ends'), vetting = nullif(f ->> 'vetting', ''),
        vetted_on = access.day(f ->> 'vetted_on'), vouched_by = nullif(f ->> 'vouched_by', ''), version = version + 1 WHERE id = who
$$;

ALTER FUNCTION access.write_user(who uuid, f jsonb) OWNER TO mais_owner;

CREATE FUNCTION access.written(ids bigint[], in_journal text, entry bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ca.journal_entry e WHERE e.journal = in_journal AND e.number = entry AND e.kind = 'withdraw') THEN
        RAISE EXCEPTION 'journal %, entry %: it is not there', in_journal, entry USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    UPDATE access.withdrawal SET journal = in_journal, number = entry WHERE id = ANY (ids) AND journal IS NULL;
END
$$;

ALTER FUNCTION access.written(ids bigint[], in_journal text, entry bigint) OWNER TO mais_owner;

CREATE FUNCTION audit.append(events jsonb) RETURNS TABLE(id bigint, status_number bigint, access_generation bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH entry AS (
        INSERT INTO audit.event (node, request, listener, act, outcome, reason, method, uri, address, user_id, user_name,
            agency, site, roles, auth_method, session, issuer, serial, persons, items, rows, detail)
        SELECT e.node, e.request, e.listener, e.act, e.outcome, e.reason, e.method, e.uri, e.address, e.user_id, e.user_name,
            e.agency, e.site, e.roles, e.auth_method, e.session, e.issuer, e.serial, e.persons, e.items,
            coalesce(e.rows, 0), e.detail
        FROM ROWS FROM (jsonb_to_recordset(events) AS (node text, request uuid, listener text, act text, outcome text,
            reason text, method text, uri text, address inet, user_id uuid, user_name text, agency text, site text,
            roles text[], auth_method text, session text, issuer text, serial text, persons uuid[], items text[],
            rows integer, detail jsonb)) WITH ORDINALITY AS e (node, request, listener, act, outcome, reason, method, uri,
            address, user_id, user_name, agency, site, roles, auth_method, session, issuer, serial, persons, items, rows,
            detail, position)
        ORDER BY e.position
        RETURNING id)
    SELECT entry.id, (SELECT c.number FROM ca.status_counter c), (SELECT g.number FROM access.generation g)
    FROM entry ORDER BY entry.id;
END
$$;

ALTER FUNCTION audit.append(events jsonb) OWNER TO mais_owner;

CREATE FUNCTION audit.close_day(which date) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    begins CONSTANT timestamptz := which::timestamp AT TIME ZONE 'Europe/London';
    ends CONSTANT timestamptz := (which + 1)::timestamp AT TIME ZONE 'Europe/London';
BEGIN
    INSERT INTO audit.day SELECT which, count(*), count(DISTINCT user_id) FROM audit.event
        WHERE act IN ('record.show', 'record.print') AND outcome = 'allowed' AND at >= begins AND at < ends;
    INSERT INTO audit.day_hour SELECT which, extract(hour FROM at AT TIME ZONE 'Europe/London')::integer AS hour, count(*) FROM audit.event
        WHERE act IN ('record.show', 'record.print') AND outcome = 'allowed' AND at >= begins AND at < ends GROUP BY hour;
    INSERT INTO audit.day_agency SELECT which, coalesce(agency, ''), count(*), coalesce(array_agg(DISTINCT user_id) FILTER (WHERE user_id IS NOT NULL), '{}') FROM audit.event
        WHERE act IN ('record.show', 'record.print') AND outcome = 'allowed' AND at >= begins AND at < ends GROUP BY coalesce(agency, '');
    INSERT INTO audit.day_unmet SELECT which, outcome, coalesce(split_part(reason, ':', 1), '') AS why, count(*) FROM audit.event
        WHERE outcome <> 'allowed' AND at >= begins AND at < ends GROUP BY outcome, why;
END
$$;

ALTER FUNCTION audit.close_day(which date) OWNER TO mais_owner;

CREATE FUNCTION audit.close_days(most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    next date;
    last date;
    n integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7219064217) THEN
        RETURN 0; -- another node counts
    END IF;
    INSERT INTO audit.midnight VALUES (((now() - interval '1 hour') AT TIME ZONE 'Europe/London')::date - 1, pg_current_xact_id())
        ON CONFLICT DO NOTHING;
    SELECT max(m.day) INTO last FROM audit.midnight m
        WHERE m.horizon <= pg_snapshot_xmin(pg_current_snapshot()) OR m.horizon > pg_current_xact_id();
    SELECT coalesce((SELECT max(d.day) + 1 FROM audit.day d), (SELECT (min(e.at) AT TIME ZONE 'Europe/London')::date FROM audit.event e)) INTO next;
    WHILE next <= last AND n < most LOOP
        PERFORM audit.close_day(next);
        next := next + 1;
        n := n + 1;
    END LOOP;
    RETURN n;
END
$$;

ALTER FUNCTION audit.close_days(most integer) OWNER TO mais_owner;

CREATE FUNCTION audit.durable() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'on', true);
    RETURN NULL;
END
$$;

ALTER FUNCTION audit.durable() OWNER TO mais_owner;

CREATE TABLE audit.event (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    login text DEFAULT SESSION_USER NOT NULL,
    node text,
    request uuid,
    listener text,
    act text NOT NULL,
    outcome text NOT NULL,
    reason text,
    method text,
    uri text,
    address inet,
    user_id uuid,
    user_name text,
    agency text,
    site text,
    roles text[],
    auth_method text,
    session text,
    issuer text,
    serial text,
    persons uuid[],
    items text[],
    rows integer DEFAULT 0 NOT NULL,
    detail jsonb,
    CONSTRAINT event_act_check CHECK ((act ~ '^[a-z][a-z_.-]{0,63}$'::text)),
    CONSTRAINT event_outcome_check CHECK ((outcome = ANY (ARRAY['allowed'::text, 'refused'::text, 'failed'::text]))),
    CONSTRAINT event_rows_check CHECK ((rows >= 0)),
    CONSTRAINT event_uri_check CHECK ((uri !~ '[?#]'::text))
)
WITH (autovacuum_vacuum_insert_scale_factor='0', autovacuum_vacuum_insert_threshold='20000');
ALTER TABLE ONLY audit.event ALTER COLUMN address SET STATISTICS 300;
ALTER TABLE ONLY audit.event ALTER COLUMN agency SET STATISTICS 300;

ALTER TABLE ONLY audit.event FORCE ROW LEVEL SECURITY;

ALTER TABLE audit.event OWNER TO mais_owner;

CREATE FUNCTION audit.of_request(number uuid) RETURNS SETOF audit.event
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$ SELECT * FROM audit.event WHERE request = number $$;

ALTER FUNCTION audit.of_request(number uuid) OWNER TO mais_owner;

CREATE FUNCTION audit.of_session(name text) RETURNS SETOF audit.event
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$ SELECT * FROM audit.event WHERE session = name $$;

ALTER FUNCTION audit.of_session(name text) OWNER TO mais_owner;

CREATE FUNCTION audit.refuse() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

ALTER FUNCTION audit.refuse() OWNER TO mais_owner;

CREATE FUNCTION ca.add_plan_item() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION ca.add_plan_item() OWNER TO mais_owner;

CREATE FUNCTION ca.describe_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    -- Of a certificate that has changed once more in the same transaction, only the last. What this transaction has set by its own
    -- clock lies between its begin and now.
    SELECT c.reason, c.status_by, c.invalidity_at, CASE WHEN coalesce(c.raised_at, c.status_at) < transaction_timestamp() THEN coalesce(c.raised_at, c.status_at) END
        INTO NEW.reason, NEW.status_by, NEW.invalidity_at, NEW.first_at FROM ca.certificate c
        WHERE c.issuer = NEW.issuer AND c.serial = NEW.serial AND c.status = NEW.status;
    RETURN NEW;
END $$;

ALTER FUNCTION ca.describe_change() OWNER TO mais_owner;

CREATE FUNCTION ca.enter_withdrawal(of_journal text, entry bigint, entry_hash bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    INSERT INTO ca.journal_entry (journal, number, kind, hash) VALUES (of_journal, entry, 'withdraw', entry_hash) ON CONFLICT DO NOTHING;
$$;

ALTER FUNCTION ca.enter_withdrawal(of_journal text, entry bigint, entry_hash bytea) OWNER TO mais_owner;

CREATE FUNCTION ca.guard_announcement() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(25441, hashtext('ca.pin_announcement')); -- 25441 is the class of our locks, "ca"
    IF EXISTS (SELECT FROM ca.pin_announcement WHERE number >= NEW.number) THEN
        RAISE EXCEPTION 'announcement % is not the next', NEW.number USING ERRCODE = 'unique_violation', CONSTRAINT = 'pin_announcement_pkey';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION ca.guard_announcement() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_approval() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ca.quarantine q WHERE q.id = NEW.quarantine AND q.finished_at IS NOT NULL) THEN
        RAISE EXCEPTION 'quarantine %: it is approved when all is on hold', NEW.quarantine USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;

ALTER FUNCTION ca.guard_approval() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_certificate() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION ca.guard_certificate() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_counter() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF NEW.number <> OLD.number + 1 THEN
        RAISE EXCEPTION 'the status counter goes up by one' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION ca.guard_counter() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_issuer() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    mutable CONSTANT text[] := ARRAY['activated_at', 'activated_by'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.activated_at IS NOT NULL OR NEW.activated_by IS NOT NULL THEN
            RAISE EXCEPTION 'issuer %: it is recorded first and activated later', NEW.id USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - mutable IS DISTINCT FROM to_jsonb(OLD) - mutable
        OR OLD.activated_at IS NOT NULL OR NEW.activated_at IS NULL OR coalesce(NEW.activated_by, '') = '' OR OLD.series = 'root'
    THEN
        RAISE EXCEPTION 'issuer %: it can be activated, once, and nothing else', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM ca.issuer o WHERE o.series = OLD.series AND o.activated_at IS NOT NULL
        AND split_part(o.id, '-', 2)::integer > split_part(OLD.id, '-', 2)::integer)
    THEN
        RAISE EXCEPTION 'issuer %: a later one of its series is active', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.activated_at := clock_timestamp();
    RETURN NEW;
END $$;

ALTER FUNCTION ca.guard_issuer() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_journal_head() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF NEW.journal <> OLD.journal OR NEW.number < OLD.number OR NEW.seen_number < OLD.seen_number OR NEW.lost_number < OLD.lost_number
        OR NEW.number = OLD.number AND NEW.hash <> OLD.hash
    THEN
        RAISE EXCEPTION 'journal %: what is known of it only goes up', OLD.journal USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.lost_number > greatest(NEW.seen_number, NEW.number) OR (NEW.lost_number > 0 AND NEW.lost_by IS NULL) THEN
        RAISE EXCEPTION 'journal %: only what was seen can be lost, and somebody says so', OLD.journal USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION ca.guard_journal_head() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_level() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ca.card_use u WHERE u.issuer = NEW.issuer AND u.serial = NEW.serial
        AND CASE NEW.level WHEN 'attested' THEN u.attestation IS NOT NULL ELSE u.vouched END)
    THEN
        RAISE EXCEPTION 'certificate %/%: nothing vouches for its level %', NEW.issuer, NEW.serial, NEW.level
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM ca.certificate o WHERE o.issuer = NEW.replaces_issuer AND o.serial = NEW.replaces_serial
            AND o.level <> NEW.level AND o.level <> 'attested')
        AND NOT EXISTS (SELECT FROM ca.card_use u WHERE u.issuer = NEW.issuer AND u.serial = NEW.serial AND u.witness IS NOT NULL)
    THEN
        RAISE EXCEPTION 'certificate %/%: a renewal raises its level to %', NEW.issuer, NEW.serial, NEW.level
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION ca.guard_level() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_list() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF NEW.number <= OLD.number OR NEW.status_number < OLD.status_number THEN
        RAISE EXCEPTION 'revocation list %: its numbers go up', OLD.issuer USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION ca.guard_list() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_node() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION ca.guard_node() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_order() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION ca.guard_order() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_plan() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION ca.guard_plan() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_plan_item() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION ca.guard_plan_item() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_quarantine() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.made_at := clock_timestamp();
        NEW.finished_at := NULL;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - 'finished_at' IS DISTINCT FROM to_jsonb(OLD) - 'finished_at' OR OLD.finished_at IS NOT NULL THEN
        RAISE EXCEPTION 'quarantine %: it is finished once', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.finished_at IS NOT NULL THEN
        NEW.finished_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION ca.guard_quarantine() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_quarantined() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM ca.quarantined d WHERE d.issuer = NEW.issuer AND d.serial = NEW.serial
        AND (SELECT count(*) FROM ca.quarantine_approval a WHERE a.quarantine = d.quarantine) < 2)
    THEN
        RAISE EXCEPTION 'certificate %/%: it is in quarantine until two administrators have approved', NEW.issuer, NEW.serial
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quarantined';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION ca.guard_quarantined() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_receipt_floor() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION ca.guard_receipt_floor() OWNER TO mais_owner;

CREATE FUNCTION ca.guard_witnessed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ca.witness w JOIN ca.certificate c ON c.spki_sha256 = w.spki_sha256 AND c.identity = w.identity
        WHERE w.id = NEW.witness AND c.issuer = NEW.issuer AND c.serial = NEW.serial AND NEW.at < w.expires_at)
    THEN
        RAISE EXCEPTION 'certificate %/%: its witness saw another key, or too long ago', NEW.issuer, NEW.serial
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION ca.guard_witnessed() OWNER TO mais_owner;

CREATE FUNCTION ca.keep_plan() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF OLD.confirmed_at IS NOT NULL THEN
        RAISE EXCEPTION 'plan %: it is kept', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;

ALTER FUNCTION ca.keep_plan() OWNER TO mais_owner;

CREATE FUNCTION ca.keep_plan_item() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM ca.plan p WHERE p.id = OLD.plan) THEN
        RAISE EXCEPTION 'item % of plan %: it is kept', OLD.n, OLD.plan USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;

ALTER FUNCTION ca.keep_plan_item() OWNER TO mais_owner;

CREATE FUNCTION ca.number_status() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    n bigint;
BEGIN
    UPDATE ca.status_counter SET number = number + 1 RETURNING number INTO STRICT n;
    INSERT INTO ca.status_change (number, issuer, serial, status, at, shard)
        VALUES (n, NEW.issuer, NEW.serial, NEW.status, clock_timestamp(), NEW.shard);
    PERFORM pg_notify('mais_status', n::text);
    RETURN NULL;
END $$;

ALTER FUNCTION ca.number_status() OWNER TO mais_owner;

CREATE FUNCTION ca.refuse() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION '%.% is only ever added to: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

ALTER FUNCTION ca.refuse() OWNER TO mais_owner;

CREATE FUNCTION ca.sign_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    NEW.status_by := session_user;
    RETURN NEW;
END $$;

ALTER FUNCTION ca.sign_change() OWNER TO mais_owner;

CREATE FUNCTION ca.stamp_acknowledgement() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF NEW.number > (SELECT c.number FROM ca.status_counter c) THEN
        RAISE EXCEPTION 'node %: change % has not come yet', NEW.instance, NEW.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.at := greatest(clock_timestamp(), (SELECT s.at FROM ca.status_change s WHERE s.number = NEW.number));
    RETURN NEW;
END $$;

ALTER FUNCTION ca.stamp_acknowledgement() OWNER TO mais_owner;

CREATE FUNCTION ca.sweep_acknowledgement() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR OLD.number > (SELECT f.number FROM ca.receipt_floor f) THEN
        RAISE EXCEPTION 'node %, change %: receipts ask for it', OLD.instance, OLD.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;

ALTER FUNCTION ca.sweep_acknowledgement() OWNER TO mais_owner;

CREATE FUNCTION ca.sweep_node() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF OLD.lease_until > clock_timestamp() - interval '1 day'
        OR EXISTS (SELECT FROM ca.status_change s WHERE s.number > greatest(coalesce(OLD.began, -1), (SELECT f.number FROM ca.receipt_floor f))
            AND s.at >= OLD.started_at - interval '1 minute' AND s.at <= OLD.lease_until + OLD.stale_after)
    THEN
        RAISE EXCEPTION 'node %: receipts ask for it', OLD.instance USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;

ALTER FUNCTION ca.sweep_node() OWNER TO mais_owner;

CREATE FUNCTION ca.sweep_witness() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF OLD.expires_at > clock_timestamp() - interval '1 day' THEN
        RAISE EXCEPTION 'witness %: it is kept', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;

ALTER FUNCTION ca.sweep_witness() OWNER TO mais_owner;

CREATE FUNCTION mail.guard_message() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION mail.guard_message() OWNER TO mais_owner;

CREATE FUNCTION mail.guard_position() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF NEW.reader <> OLD.reader OR NEW.number < OLD.number OR NEW.at < OLD.at THEN
        RAISE EXCEPTION 'a position only moves forward' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

ALTER FUNCTION mail.guard_position() OWNER TO mais_owner;

CREATE FUNCTION mail.refuse() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION '%.%: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END
$$;

ALTER FUNCTION mail.refuse() OWNER TO mais_owner;

CREATE TABLE access.access_review (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    agency uuid NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    opened_by text NOT NULL,
    due date NOT NULL,
    signed_at timestamp with time zone,
    signed_by uuid,
    CONSTRAINT access_review_check CHECK (((signed_at IS NULL) = (signed_by IS NULL))),
    CONSTRAINT access_review_opened_by_check CHECK ((length(opened_by) <= 200))
);

ALTER TABLE access.access_review OWNER TO mais_owner;

CREATE TABLE access.access_review_item (
    review uuid NOT NULL,
    user_id uuid NOT NULL,
    roles text[] NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    decision text,
    note text DEFAULT ''::text NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone,
    change uuid,
    CONSTRAINT access_review_item_check CHECK ((decided_by <> user_id)),
    CONSTRAINT access_review_item_check1 CHECK ((((decision IS NULL) = (decided_by IS NULL)) AND ((decision IS NULL) = (decided_at IS NULL)))),
    CONSTRAINT access_review_item_check2 CHECK (((decision <> 'keep'::text) OR (change IS NULL))),
    CONSTRAINT access_review_item_decision_check CHECK ((decision = ANY (ARRAY['keep'::text, 'remove-roles'::text, 'leave'::text]))),
    CONSTRAINT access_review_item_note_check CHECK ((length(note) <= 500))
);

ALTER TABLE access.access_review_item OWNER TO mais_owner;

CREATE TABLE access.agency (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    sponsor_name text,
    sponsor_email text,
    domains text[] DEFAULT '{}'::text[] NOT NULL,
    passwords text DEFAULT 'forbidden'::text NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    CONSTRAINT agency_kind_check CHECK (((kind <> ''::text) AND (length(kind) <= 40))),
    CONSTRAINT agency_name_check CHECK (((name <> ''::text) AND (length(name) <= 200))),
    CONSTRAINT agency_passwords_check CHECK ((passwords = ANY (ARRAY['forbidden'::text, 'limited'::text, 'allowed'::text]))),
    CONSTRAINT agency_sponsor_email_check CHECK (((sponsor_email = lower(sponsor_email)) AND (length(sponsor_email) <= 254))),
    CONSTRAINT agency_sponsor_name_check CHECK ((length(sponsor_name) <= 200)),
    CONSTRAINT one_at CHECK ((sponsor_email ~ '^[^@]+@[^@]+$'::text))
);

ALTER TABLE access.agency OWNER TO mais_owner;

CREATE TABLE access.change_item (
    change uuid NOT NULL,
    n integer NOT NULL,
    after jsonb NOT NULL,
    user_id uuid,
    fault text,
    CONSTRAINT change_item_n_check CHECK ((n > 0))
);

ALTER TABLE access.change_item OWNER TO mais_owner;

CREATE TABLE access.emergency (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    session bytea NOT NULL,
    user_id uuid NOT NULL,
    person uuid NOT NULL,
    why text NOT NULL,
    reason text NOT NULL,
    number text DEFAULT ''::text NOT NULL,
    explanation text DEFAULT ''::text NOT NULL,
    began_at timestamp with time zone DEFAULT now() NOT NULL,
    ends_at timestamp with time zone DEFAULT (now() + '00:30:00'::interval) NOT NULL,
    ended_at timestamp with time zone,
    reviewed_at timestamp with time zone,
    reviewer uuid,
    justified boolean,
    note text,
    CONSTRAINT emergency_check CHECK ((ends_at = (began_at + '00:30:00'::interval))),
    CONSTRAINT emergency_check1 CHECK (((ended_at >= began_at) AND (ended_at <= ends_at))),
    CONSTRAINT emergency_check2 CHECK ((reviewer <> user_id)),
    CONSTRAINT emergency_check3 CHECK ((num_nonnulls(reviewed_at, reviewer, justified, note) = ANY (ARRAY[0, 4]))),
    CONSTRAINT emergency_explanation_check CHECK (((char_length(explanation) <= 200) AND (explanation !~ '[[:cntrl:]]'::text))),
    CONSTRAINT emergency_note_check CHECK (((char_length(note) <= 1000) AND (translate(note, '
'::text, ''::text) !~ '[[:cntrl:]]'::text))),
    CONSTRAINT emergency_number_check CHECK ((number ~ '^[A-Za-z0-9/. -]{0,40}$'::text)),
    CONSTRAINT emergency_reason_check CHECK ((reason ~ '^[a-z][a-z_]{0,39}$'::text)),
    CONSTRAINT emergency_why_check CHECK ((((char_length(why) >= 10) AND (char_length(why) <= 500)) AND (translate(why, '
'::text, ''::text) !~ '[[:cntrl:]]'::text)))
);

ALTER TABLE access.emergency OWNER TO mais_owner;

CREATE TABLE access.errand (
    id bigint NOT NULL,
    kind text NOT NULL,
    user_id uuid,
    change uuid,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    fault text,
    done_at timestamp with time zone,
    CONSTRAINT errand_kind_check CHECK ((kind ~ '^[a-z][a-z-]{0,39}$'::text))
);

ALTER TABLE access.errand OWNER TO mais_owner;

ALTER TABLE access.errand ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME access.errand_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE access.generation (
    one boolean DEFAULT true NOT NULL,
    number bigint NOT NULL,
    CONSTRAINT generation_one_check CHECK (one)
);

ALTER TABLE access.generation OWNER TO mais_owner;

CREATE TABLE access.lost_report (
    id text NOT NULL,
    secret_sha256 bytea NOT NULL,
    user_id uuid NOT NULL,
    asked_from inet NOT NULL,
    asked_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    sent boolean,
    tries integer DEFAULT 0 NOT NULL,
    used_at timestamp with time zone,
    used_from inet,
    held integer,
    CONSTRAINT lost_report_check CHECK ((expires_at <= (asked_at + '01:00:00'::interval))),
    CONSTRAINT lost_report_check1 CHECK ((num_nonnulls(used_at, used_from, held) = ANY (ARRAY[0, 3]))),
    CONSTRAINT lost_report_held_check CHECK ((held >= 0)),
    CONSTRAINT lost_report_id_check CHECK ((id ~ '^[A-Z2-7]{9}$'::text)),
    CONSTRAINT lost_report_secret_sha256_check CHECK ((length(secret_sha256) = 32)),
    CONSTRAINT lost_report_tries_check CHECK (((tries >= 0) AND (tries <= 5)))
);

ALTER TABLE access.lost_report OWNER TO mais_owner;

CREATE TABLE access.password (
    user_id uuid NOT NULL,
    hash text NOT NULL,
    set_at timestamp with time zone DEFAULT now() NOT NULL,
    recovered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT password_hash_check CHECK (((hash ~~ '$argon2id$v=19$%'::text) AND (length(hash) <= 200))),
    CONSTRAINT password_set_at_check CHECK (isfinite(set_at))
);

ALTER TABLE access.password OWNER TO mais_owner;

CREATE TABLE access.password_guard (
    name bytea NOT NULL,
    pool bytea NOT NULL,
    tries integer NOT NULL,
    not_before timestamp with time zone NOT NULL,
    last_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT password_guard_name_check CHECK ((length(name) = 32)),
    CONSTRAINT password_guard_pool_check CHECK (((length(pool) >= 1) AND (length(pool) <= 40))),
    CONSTRAINT password_guard_tries_check CHECK ((tries > 0))
);

ALTER TABLE access.password_guard OWNER TO mais_owner;

CREATE TABLE access.password_reset (
    id text NOT NULL,
    secret_sha256 bytea NOT NULL,
    user_id uuid NOT NULL,
    asked_from inet NOT NULL,
    asked_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT password_reset_check CHECK ((expires_at <= (asked_at + '01:00:00'::interval))),
    CONSTRAINT password_reset_id_check CHECK ((id ~ '^[A-Z2-7]{9}$'::text)),
    CONSTRAINT password_reset_secret_sha256_check CHECK ((length(secret_sha256) = 32)),
    CONSTRAINT password_reset_tries_check CHECK (((tries >= 0) AND (tries <= 5)))
);

ALTER TABLE access.password_reset OWNER TO mais_owner;

CREATE TABLE access.permission (
    role text NOT NULL,
    item text NOT NULL,
    act text NOT NULL,
    CONSTRAINT permission_act_check CHECK ((act = ANY (ARRAY['read'::text, 'create'::text, 'update'::text, 'emergency'::text]))),
    CONSTRAINT permission_item_check CHECK ((item ~ '^[a-z_]{1,63}\.[a-z_]{1,63}$'::text))
);

ALTER TABLE access.permission OWNER TO mais_owner;

CREATE TABLE access.purpose (
    session bytea NOT NULL,
    person uuid NOT NULL,
    reason text NOT NULL,
    number text DEFAULT ''::text NOT NULL,
    explanation text DEFAULT ''::text NOT NULL,
    given_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT purpose_explanation_check CHECK (((char_length(explanation) <= 200) AND (explanation !~ '[[:cntrl:]]'::text))),
    CONSTRAINT purpose_number_check CHECK ((number ~ '^[A-Za-z0-9/. -]{0,40}$'::text)),
    CONSTRAINT purpose_reason_check CHECK ((reason ~ '^[a-z][a-z_]{0,39}$'::text))
);

ALTER TABLE access.purpose OWNER TO mais_owner;

CREATE TABLE access.recovery_code (
    user_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT recovery_code_sha256_check CHECK ((length(sha256) = 32))
);

ALTER TABLE access.recovery_code OWNER TO mais_owner;

CREATE TABLE access.registration (
    user_id uuid NOT NULL,
    sent_at timestamp with time zone,
    expires_at timestamp with time zone,
    reminded_at timestamp with time zone,
    bounced_at timestamp with time zone,
    bounce text,
    registered_at timestamp with time zone,
    first_seen_at timestamp with time zone,
    last_seen_at timestamp with time zone,
    code text,
    message uuid,
    errand bigint,
    CONSTRAINT registration_bounce_check CHECK ((length(bounce) <= 500)),
    CONSTRAINT registration_code_check CHECK ((code ~ '^[0-9A-Z]{9}$'::text))
);

ALTER TABLE access.registration OWNER TO mais_owner;

CREATE TABLE access.review_schedule (
    agency uuid NOT NULL,
    next date NOT NULL
);

ALTER TABLE access.review_schedule OWNER TO mais_owner;

CREATE TABLE access.role (
    name text NOT NULL,
    description text NOT NULL,
    level text DEFAULT 'software'::text NOT NULL,
    passwords text DEFAULT 'forbidden'::text NOT NULL,
    totp boolean DEFAULT true NOT NULL,
    office boolean DEFAULT false NOT NULL,
    built_in boolean DEFAULT false NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    CONSTRAINT office_has_no_password CHECK (((NOT office) OR (passwords = 'forbidden'::text))),
    CONSTRAINT role_level_check CHECK ((level = ANY (ARRAY['software'::text, 'card'::text, 'attested'::text]))),
    CONSTRAINT role_name_check CHECK ((name ~ '^[a-z][a-z_]{0,62}$'::text)),
    CONSTRAINT role_passwords_check CHECK ((passwords = ANY (ARRAY['forbidden'::text, 'limited'::text, 'allowed'::text])))
);

ALTER TABLE access.role OWNER TO mais_owner;

CREATE TABLE access.session (
    id_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    issuer text,
    serial text,
    listener text NOT NULL,
    site uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    end_reason text,
    factor boolean DEFAULT false NOT NULL,
    address inet,
    CONSTRAINT session_check CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
    CONSTRAINT session_id_hash_check CHECK ((length(id_hash) = 32)),
    CONSTRAINT session_is_bound CHECK ((num_nonnulls(issuer, serial) =
CASE listener
    WHEN 'public'::text THEN 0
    ELSE 2
END)),
    CONSTRAINT session_serial_check CHECK ((serial ~ '^[0-9a-f]{1,40}$'::text))
);

ALTER TABLE access.session OWNER TO mais_owner;

CREATE TABLE access.site (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    agency uuid NOT NULL,
    name text NOT NULL,
    closed_at timestamp with time zone,
    version bigint DEFAULT 1 NOT NULL,
    CONSTRAINT site_name_check CHECK (((name <> ''::text) AND (length(name) <= 200)))
);

ALTER TABLE access.site OWNER TO mais_owner;

CREATE TABLE access.subnet (
    site uuid NOT NULL,
    cidr cidr NOT NULL,
    CONSTRAINT not_too_wide CHECK ((masklen((cidr)::inet) >=
CASE family((cidr)::inet)
    WHEN 4 THEN 8
    ELSE 16
END)),
    CONSTRAINT subnet_cidr_check CHECK ((masklen((cidr)::inet) > 0)),
    CONSTRAINT subnet_cidr_check1 CHECK (((family((cidr)::inet) = 4) OR (NOT ((cidr)::inet <<= '::ffff:0.0.0.0/96'::inet))))
);

ALTER TABLE access.subnet OWNER TO mais_owner;

CREATE TABLE access.totp (
    user_id uuid NOT NULL,
    sealed bytea NOT NULL,
    last_step bigint NOT NULL,
    set_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT totp_last_step_check CHECK ((last_step >= 0)),
    CONSTRAINT totp_sealed_check CHECK (((length(sealed) >= 28) AND (length(sealed) <= 200)))
);

ALTER TABLE access.totp OWNER TO mais_owner;

CREATE TABLE access.use_answer (
    look bytea NOT NULL,
    day date DEFAULT ((now() AT TIME ZONE 'Europe/London'::text))::date NOT NULL,
    user_id uuid NOT NULL,
    agency uuid NOT NULL,
    roles text[] NOT NULL,
    answer text NOT NULL,
    words text,
    CONSTRAINT use_answer_answer_check CHECK ((answer = ANY (ARRAY['yes'::text, 'partly'::text, 'no'::text, 'not-found'::text]))),
    CONSTRAINT use_answer_look_check CHECK ((length(look) = 32)),
    CONSTRAINT use_answer_words_check CHECK (((words <> ''::text) AND (length(words) <= 200)))
);

ALTER TABLE access.use_answer OWNER TO mais_owner;

CREATE TABLE access.use_counted (
    one boolean DEFAULT true NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT use_counted_one_check CHECK (one)
);

ALTER TABLE access.use_counted OWNER TO mais_owner;

CREATE TABLE access.use_day (
    day date NOT NULL,
    user_id uuid NOT NULL,
    agency text NOT NULL,
    sign_ins integer NOT NULL,
    searches integer NOT NULL,
    looks integer NOT NULL,
    CONSTRAINT use_day_agency_check CHECK ((agency <> ''::text))
);

ALTER TABLE access.use_day OWNER TO mais_owner;

CREATE TABLE access.user_account (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    agency uuid NOT NULL,
    left_at timestamp with time zone,
    starts_on date,
    ends_on date,
    vetting text,
    vetted_on date,
    vouched_by text,
    terms_due boolean DEFAULT false NOT NULL,
    terms_version text,
    accepted_at timestamp with time zone,
    accepted_roles text[] DEFAULT '{}'::text[] NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    CONSTRAINT one_at CHECK ((email ~ '^[^@]+@[^@]+$'::text)),
    CONSTRAINT user_account_check CHECK ((ends_on >= starts_on)),
    CONSTRAINT user_account_email_check CHECK (((email = lower(email)) AND (email ~~ '_%@%_'::text) AND (length(email) <= 254))),
    CONSTRAINT user_account_name_check CHECK (((name <> ''::text) AND (length(name) <= 200))),
    CONSTRAINT user_account_vetting_check CHECK ((length(vetting) <= 100)),
    CONSTRAINT user_account_vouched_by_check CHECK ((length(vouched_by) <= 200))
);

ALTER TABLE access.user_account OWNER TO mais_owner;

CREATE TABLE access.user_role (
    user_id uuid NOT NULL,
    role text NOT NULL
);

ALTER TABLE access.user_role OWNER TO mais_owner;

CREATE TABLE access.user_site (
    user_id uuid NOT NULL,
    site uuid NOT NULL
);

ALTER TABLE access.user_site OWNER TO mais_owner;

CREATE TABLE access.withdrawal (
    id bigint NOT NULL,
    what text NOT NULL COLLATE pg_catalog."C",
    at timestamp with time zone DEFAULT now() NOT NULL,
    transaction xid8 DEFAULT pg_current_xact_id() NOT NULL,
    leads boolean NOT NULL,
    journal text,
    number bigint,
    lifted_at timestamp with time zone,
    CONSTRAINT form CHECK (access.withdrawal_form(what)),
    CONSTRAINT withdrawal_check CHECK ((num_nulls(journal, number) = ANY (ARRAY[0, 2]))),
    CONSTRAINT withdrawal_check1 CHECK (((lifted_at IS NULL) OR (journal IS NOT NULL))),
    CONSTRAINT withdrawal_what_check CHECK (((length(what) >= 1) AND (length(what) <= 400)))
);

ALTER TABLE access.withdrawal OWNER TO mais_owner;

ALTER TABLE access.withdrawal ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME access.withdrawal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE audit.day (
    day date NOT NULL,
    looks bigint NOT NULL,
    lookers bigint NOT NULL
);

ALTER TABLE audit.day OWNER TO mais_owner;

CREATE TABLE audit.day_agency (
    day date NOT NULL,
    agency text NOT NULL,
    looks bigint NOT NULL,
    users uuid[] NOT NULL
);

ALTER TABLE audit.day_agency OWNER TO mais_owner;

CREATE TABLE audit.day_hour (
    day date NOT NULL,
    hour integer NOT NULL,
    looks bigint NOT NULL
);

ALTER TABLE audit.day_hour OWNER TO mais_owner;

CREATE TABLE audit.day_unmet (
    day date NOT NULL,
    outcome text NOT NULL,
    why text NOT NULL,
    entries bigint NOT NULL
);

ALTER TABLE audit.day_unmet OWNER TO mais_owner;

ALTER TABLE audit.event ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME audit.event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE audit.export_turn (
    user_id uuid NOT NULL,
    until timestamp with time zone NOT NULL
);

ALTER TABLE audit.export_turn OWNER TO mais_owner;

CREATE TABLE audit.midnight (
    day date NOT NULL,
    horizon xid8 NOT NULL
);

ALTER TABLE audit.midnight OWNER TO mais_owner;

CREATE TABLE ca.acknowledgement (
    instance uuid NOT NULL,
    number bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT acknowledgement_number_check CHECK ((number > 0))
);

ALTER TABLE ca.acknowledgement OWNER TO mais_owner;

CREATE TABLE ca.card (
    id text NOT NULL,
    maker text DEFAULT ''::text NOT NULL,
    added_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT card_check CHECK (((maker = ''::text) = (id ~ '^(guid|serial)-'::text))),
    CONSTRAINT card_id_check CHECK ((id ~ '^([0-9a-z]{1,32}-[1-9][0-9]{0,9}|guid-[0-9a-f]{32})$'::text))
);

ALTER TABLE ca.card OWNER TO mais_owner;

CREATE TABLE ca.card_return (
    card text NOT NULL,
    after_use bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    by text NOT NULL,
    CONSTRAINT card_return_by_check CHECK ((by <> ''::text))
);

ALTER TABLE ca.card_return OWNER TO mais_owner;

CREATE TABLE ca.card_use (
    n bigint NOT NULL,
    issuer text NOT NULL,
    serial text NOT NULL,
    card text,
    card_serial bigint,
    guid text,
    slot smallint NOT NULL,
    key_type text NOT NULL,
    firmware text,
    pin smallint,
    touch smallint,
    form smallint,
    attestation bytea[],
    witness uuid,
    vouched boolean GENERATED ALWAYS AS (((attestation IS NOT NULL) OR (witness IS NOT NULL))) STORED NOT NULL,
    former bigint,
    at timestamp with time zone NOT NULL,
    CONSTRAINT card_use_card_serial_check CHECK (((card_serial >= 1) AND (card_serial <= '4294967295'::bigint))),
    CONSTRAINT card_use_check CHECK ((num_nonnulls(firmware, pin, touch, form, attestation) = ANY (ARRAY[0, 5]))),
    CONSTRAINT card_use_check1 CHECK (((card IS NOT NULL) OR (NOT vouched))),
    CONSTRAINT card_use_check2 CHECK ((vouched OR (former IS NULL))),
    CONSTRAINT card_use_firmware_check CHECK ((firmware ~ '^[0-9]{1,3}(\.[0-9]{1,3}){2}$'::text)),
    CONSTRAINT card_use_form_check CHECK (((form >= 0) AND (form <= 255))),
    CONSTRAINT card_use_guid_check CHECK ((guid ~ '^[0-9a-f]{32}$'::text)),
    CONSTRAINT card_use_pin_check CHECK (((pin >= 1) AND (pin <= 255))),
    CONSTRAINT card_use_slot_check CHECK (((slot >= 0) AND (slot <= 255))),
    CONSTRAINT card_use_touch_check CHECK (((touch >= 1) AND (touch <= 255)))
);

ALTER TABLE ca.card_use OWNER TO mais_owner;

ALTER TABLE ca.card_use ALTER COLUMN n ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ca.card_use_n_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ca.certificate (
    issuer text NOT NULL,
    serial text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    reason smallint,
    status_at timestamp with time zone DEFAULT now() NOT NULL,
    status_by text,
    identity text NOT NULL,
    profile text NOT NULL,
    level text NOT NULL,
    holder text NOT NULL,
    name text NOT NULL,
    dns_names text[] DEFAULT '{}'::text[] NOT NULL,
    addresses text[] DEFAULT '{}'::text[] NOT NULL,
    not_before timestamp with time zone NOT NULL,
    not_after timestamp with time zone NOT NULL,
    sha256 bytea NOT NULL,
    spki_sha256 bytea NOT NULL,
    der bytea NOT NULL,
    order_id text,
    replaces_issuer text,
    replaces_serial text,
    supersede_after timestamp with time zone,
    issued_at timestamp with time zone DEFAULT now() NOT NULL,
    issued_by text NOT NULL,
    shard integer,
    invalidity_at timestamp with time zone,
    destroyed_at timestamp with time zone,
    raised_at timestamp with time zone,
    CONSTRAINT certificate_check CHECK ((not_after > not_before)),
    CONSTRAINT certificate_reason_check CHECK ((reason = ANY (ARRAY[0, 1, 2, 3, 4, 5, 6, 9, 10]))),
    CONSTRAINT certificate_serial_check CHECK ((serial ~ '^[0-9a-f]{32}$'::text)),
    CONSTRAINT certificate_sha256_check CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT certificate_shard_check CHECK ((shard >= 0)),
    CONSTRAINT certificate_spki_sha256_check CHECK ((octet_length(spki_sha256) = 32)),
    CONSTRAINT certificate_status_check CHECK ((status = ANY (ARRAY['active'::text, 'held'::text, 'revoked'::text, 'superseded'::text])))
);

ALTER TABLE ca.certificate OWNER TO mais_owner;

CREATE TABLE ca.crl (
    issuer text NOT NULL,
    number bigint DEFAULT 0 NOT NULL,
    status_number bigint DEFAULT '-1'::integer NOT NULL,
    next_update timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    der bytea DEFAULT '\x'::bytea NOT NULL
);

ALTER TABLE ca.crl OWNER TO mais_owner;

CREATE TABLE ca.crl_shard (
    issuer text NOT NULL,
    shard integer NOT NULL,
    number bigint DEFAULT 0 NOT NULL,
    status_number bigint DEFAULT '-1'::integer NOT NULL,
    next_update timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    der bytea DEFAULT '\x'::bytea NOT NULL,
    CONSTRAINT crl_shard_shard_check CHECK ((shard >= 0))
);

ALTER TABLE ca.crl_shard OWNER TO mais_owner;

CREATE TABLE ca.enrolment_order (
    id text NOT NULL,
    secret_sha256 bytea NOT NULL,
    identity text NOT NULL,
    profile text NOT NULL,
    holder text NOT NULL,
    name text NOT NULL,
    dns_names text[] DEFAULT '{}'::text[] NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    cancelled_at timestamp with time zone,
    used_at timestamp with time zone,
    token_only boolean DEFAULT false NOT NULL,
    CONSTRAINT enrolment_order_secret_sha256_check CHECK ((octet_length(secret_sha256) = 32)),
    CONSTRAINT enrolment_order_tries_check CHECK (((tries >= 0) AND (tries <= 5)))
);

ALTER TABLE ca.enrolment_order OWNER TO mais_owner;

CREATE TABLE ca.issuer (
    id text NOT NULL,
    series text NOT NULL,
    certificate bytea NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL,
    activated_at timestamp with time zone,
    activated_by text,
    CONSTRAINT issuer_id_check CHECK ((id ~ '^[a-z]+(-[0-9]+)?$'::text)),
    CONSTRAINT issuer_series_check CHECK ((series = ANY (ARRAY['root'::text, 'people'::text, 'sites'::text])))
);

ALTER TABLE ca.issuer OWNER TO mais_owner;

CREATE TABLE ca.journal_entry (
    journal text NOT NULL,
    number bigint NOT NULL,
    kind text NOT NULL,
    hash bytea NOT NULL,
    issuer text,
    serial text,
    order_id text,
    CONSTRAINT journal_entry_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT journal_entry_journal_check CHECK ((journal ~ '^[0-9a-f]{16}$'::text)),
    CONSTRAINT journal_entry_number_check CHECK ((number > 0))
);

ALTER TABLE ca.journal_entry OWNER TO mais_owner;

CREATE TABLE ca.journal_head (
    journal text NOT NULL,
    node text NOT NULL,
    number bigint DEFAULT 0 NOT NULL,
    hash bytea DEFAULT '\x'::bytea NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seen_number bigint DEFAULT 0 NOT NULL,
    seen_by text,
    lost_number bigint DEFAULT 0 NOT NULL,
    lost_at timestamp with time zone,
    lost_by text,
    CONSTRAINT journal_head_hash_check CHECK ((octet_length(hash) = ANY (ARRAY[0, 32]))),
    CONSTRAINT journal_head_journal_check CHECK ((journal ~ '^[0-9a-f]{16}$'::text)),
    CONSTRAINT journal_head_lost_number_check CHECK ((lost_number >= 0)),
    CONSTRAINT journal_head_number_check CHECK ((number >= 0)),
    CONSTRAINT journal_head_seen_number_check CHECK ((seen_number >= 0))
);

ALTER TABLE ca.journal_head OWNER TO mais_owner;

CREATE TABLE ca.journal_key (
    one boolean DEFAULT true NOT NULL,
    public bytea NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT journal_key_one_check CHECK (one)
);

ALTER TABLE ca.journal_key OWNER TO mais_owner;

CREATE TABLE ca.journal_place (
    one boolean DEFAULT true NOT NULL,
    system text NOT NULL,
    timeline bigint NOT NULL,
    CONSTRAINT journal_place_one_check CHECK (one)
);

ALTER TABLE ca.journal_place OWNER TO mais_owner;

CREATE TABLE ca.level_lowered (
    issuer text NOT NULL,
    serial text NOT NULL,
    before text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT level_lowered_before_check CHECK ((before = ANY (ARRAY['card'::text, 'attested'::text])))
);

ALTER TABLE ca.level_lowered OWNER TO mais_owner;

CREATE TABLE ca.node (
    instance uuid NOT NULL,
    name text NOT NULL,
    issuers text[] NOT NULL,
    stale_after interval NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    began bigint,
    number bigint,
    CONSTRAINT node_name_check CHECK (((octet_length(name) >= 1) AND (octet_length(name) <= 255))),
    CONSTRAINT node_stale_after_check CHECK (((stale_after > '00:00:00'::interval) AND (stale_after <= '01:00:00'::interval)))
)
WITH (fillfactor='50');

ALTER TABLE ca.node OWNER TO mais_owner;

CREATE TABLE ca.order_password (
    order_id text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ca.order_password OWNER TO mais_owner;

CREATE TABLE ca.pin_announcement (
    number bigint NOT NULL,
    jws text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    by text NOT NULL,
    CONSTRAINT pin_announcement_check CHECK (((number >= 1) AND ((number)::numeric <= (EXTRACT(epoch FROM at) + (86400)::numeric)))),
    CONSTRAINT pin_announcement_jws_check CHECK (((octet_length(jws) >= 1) AND (octet_length(jws) <= 16384)))
);

ALTER TABLE ca.pin_announcement OWNER TO mais_owner;

CREATE TABLE ca.pin_held (
    identity text NOT NULL,
    number bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pin_held_check CHECK (((number >= 0) AND ((number)::numeric <= (EXTRACT(epoch FROM at) + (86400)::numeric))))
);

ALTER TABLE ca.pin_held OWNER TO mais_owner;

CREATE TABLE ca.plan (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    act text NOT NULL,
    reason smallint,
    invalidity_at timestamp with time zone,
    note text DEFAULT ''::text NOT NULL,
    scope text NOT NULL,
    owner text NOT NULL,
    made_by text NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    confirmed_at timestamp with time zone,
    confirmed_by text,
    confirmed_as jsonb,
    confirmed_issuer text,
    confirmed_serial text,
    preview jsonb,
    stopped_by text,
    finished_at timestamp with time zone,
    CONSTRAINT plan_act_check CHECK ((act = ANY (ARRAY['hold'::text, 'release'::text, 'revoke'::text]))),
    CONSTRAINT plan_check CHECK (((act = 'revoke'::text) = (reason IS NOT NULL))),
    CONSTRAINT plan_check1 CHECK (((act = 'revoke'::text) OR (invalidity_at IS NULL))),
    CONSTRAINT plan_check2 CHECK ((num_nonnulls(confirmed_at, confirmed_by, confirmed_as, preview) = ANY (ARRAY[0, 4]))),
    CONSTRAINT plan_check3 CHECK (((confirmed_issuer IS NULL) = (confirmed_serial IS NULL))),
    CONSTRAINT plan_check4 CHECK (((confirmed_at IS NOT NULL) OR (num_nonnulls(confirmed_issuer, stopped_by, finished_at) = 0))),
    CONSTRAINT plan_note_check CHECK (((octet_length(note) <= 200) AND (note !~ '[[:cntrl:]]'::text))),
    CONSTRAINT plan_reason_check CHECK ((reason = ANY (ARRAY[0, 1, 3, 4, 5, 9])))
);

ALTER TABLE ca.plan OWNER TO mais_owner;

CREATE TABLE ca.plan_item (
    plan uuid NOT NULL,
    n integer NOT NULL,
    line integer,
    text text,
    issuer text,
    serial text,
    result text DEFAULT 'waiting'::text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    own boolean DEFAULT false NOT NULL,
    at timestamp with time zone,
    CONSTRAINT plan_item_check CHECK (((issuer IS NULL) = (serial IS NULL))),
    CONSTRAINT plan_item_check1 CHECK (((serial IS NULL) = (result = ANY (ARRAY['unknown'::text, 'bad-line'::text, 'duplicate'::text])))),
    CONSTRAINT plan_item_line_check CHECK ((line > 0)),
    CONSTRAINT plan_item_n_check CHECK ((n > 0)),
    CONSTRAINT plan_item_result_check CHECK ((result = ANY (ARRAY['waiting'::text, 'done'::text, 'already'::text, 'not-allowed'::text, 'unknown'::text, 'bad-line'::text, 'duplicate'::text, 'failed'::text]))),
    CONSTRAINT plan_item_text_check CHECK ((octet_length(text) <= 256))
);

ALTER TABLE ca.plan_item OWNER TO mais_owner;

CREATE TABLE ca.quarantine (
    id bigint NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    made_by text NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT quarantine_made_by_check CHECK ((made_by <> ''::text))
);

ALTER TABLE ca.quarantine OWNER TO mais_owner;

CREATE TABLE ca.quarantine_approval (
    quarantine bigint NOT NULL,
    administrator text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT quarantine_approval_administrator_check CHECK ((administrator ~ '^urn:mais:user:[0-9a-f-]{36}$'::text))
);

ALTER TABLE ca.quarantine_approval OWNER TO mais_owner;

ALTER TABLE ca.quarantine ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ca.quarantine_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ca.quarantined (
    quarantine bigint NOT NULL,
    issuer text NOT NULL,
    serial text NOT NULL
);

ALTER TABLE ca.quarantined OWNER TO mais_owner;

CREATE TABLE ca.receipt (
    number bigint NOT NULL,
    jws text NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT receipt_jws_check CHECK ((octet_length(jws) <= 262144)),
    CONSTRAINT receipt_number_check CHECK ((number > 0))
);

ALTER TABLE ca.receipt OWNER TO mais_owner;

CREATE TABLE ca.receipt_floor (
    one boolean DEFAULT true NOT NULL,
    number bigint NOT NULL,
    CONSTRAINT receipt_floor_number_check CHECK ((number >= 0)),
    CONSTRAINT receipt_floor_one_check CHECK (one)
);

ALTER TABLE ca.receipt_floor OWNER TO mais_owner;

CREATE TABLE ca.root_list (
    number bigint NOT NULL,
    der bytea NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL,
    added_by text NOT NULL,
    CONSTRAINT root_list_number_check CHECK ((number > 0))
);

ALTER TABLE ca.root_list OWNER TO mais_owner;

CREATE TABLE ca.status_change (
    number bigint NOT NULL,
    issuer text NOT NULL,
    serial text NOT NULL,
    status text NOT NULL,
    at timestamp with time zone NOT NULL,
    shard integer,
    reason smallint,
    status_by text,
    first_at timestamp with time zone,
    invalidity_at timestamp with time zone
);

ALTER TABLE ca.status_change OWNER TO mais_owner;

CREATE TABLE ca.status_counter (
    one boolean DEFAULT true NOT NULL,
    number bigint NOT NULL,
    CONSTRAINT status_counter_one_check CHECK (one)
);

ALTER TABLE ca.status_counter OWNER TO mais_owner;

CREATE TABLE ca.subject_key (
    spki_sha256 bytea NOT NULL,
    identity text NOT NULL,
    CONSTRAINT subject_key_spki_sha256_check CHECK ((octet_length(spki_sha256) = 32))
);

ALTER TABLE ca.subject_key OWNER TO mais_owner;

CREATE TABLE ca.witness (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    spki_sha256 bytea NOT NULL,
    identity text NOT NULL,
    card_serial bigint,
    guid text,
    slot smallint NOT NULL,
    witness text NOT NULL,
    at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT witness_card_serial_check CHECK (((card_serial >= 1) AND (card_serial <= '4294967295'::bigint))),
    CONSTRAINT witness_check CHECK (((expires_at > at) AND (expires_at <= (at + '01:00:00'::interval)))),
    CONSTRAINT witness_check1 CHECK ((num_nonnulls(card_serial, guid) > 0)),
    CONSTRAINT witness_check2 CHECK ((witness <> identity)),
    CONSTRAINT witness_guid_check CHECK ((guid ~ '^[0-9a-f]{32}$'::text)),
    CONSTRAINT witness_slot_check CHECK ((slot = 154)),
    CONSTRAINT witness_spki_sha256_check CHECK ((octet_length(spki_sha256) = 32)),
    CONSTRAINT witness_witness_check CHECK ((witness ~ '^urn:mais:user:[0-9a-f-]{36}$'::text))
);

ALTER TABLE ca.witness OWNER TO mais_owner;

CREATE TABLE mail.message (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind text NOT NULL,
    about text NOT NULL,
    recipient text NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    next_try_at timestamp with time zone NOT NULL,
    last_error text,
    sent_at timestamp with time zone,
    given_up_at timestamp with time zone,
    CONSTRAINT message_about_check CHECK (((about <> ''::text) AND (length(about) <= 200))),
    CONSTRAINT message_body_check CHECK ((length(body) <= 60000)),
    CONSTRAINT message_check CHECK (((sent_at IS NULL) OR (given_up_at IS NULL))),
    CONSTRAINT message_check1 CHECK (((subject = ''::text) = (sent_at IS NOT NULL))),
    CONSTRAINT message_check2 CHECK (((body = ''::text) = (sent_at IS NOT NULL))),
    CONSTRAINT message_kind_check CHECK ((kind ~ '^[a-z][a-z-]{0,39}$'::text)),
    CONSTRAINT message_last_error_check CHECK ((length(last_error) <= 500)),
    CONSTRAINT message_name_check CHECK (((length(name) <= 200) AND (name !~ '[[:cntrl:]]'::text))),
    CONSTRAINT message_recipient_check CHECK (((recipient ~~ '_%@%_'::text) AND (length(recipient) <= 254) AND (recipient !~ '[[:cntrl:]]'::text))),
    CONSTRAINT message_subject_check CHECK (((length(subject) <= 200) AND (subject !~ '[[:cntrl:]]'::text))),
    CONSTRAINT message_tries_check CHECK ((tries >= 0))
);

ALTER TABLE mail.message OWNER TO mais_owner;

CREATE TABLE mail.notice (
    issuer text NOT NULL,
    serial text NOT NULL,
    hours integer NOT NULL,
    noticed_at timestamp with time zone NOT NULL,
    told_at timestamp with time zone,
    CONSTRAINT notice_hours_check CHECK ((hours >= 0))
);

ALTER TABLE mail.notice OWNER TO mais_owner;

CREATE TABLE mail."position" (
    reader text NOT NULL,
    number bigint DEFAULT 0 NOT NULL,
    at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT position_reader_check CHECK ((reader = ANY (ARRAY['holders'::text, 'administrators'::text, 'expiries'::text])))
);

ALTER TABLE mail."position" OWNER TO mais_owner;

CREATE TABLE migration.ca_migration (
    id integer NOT NULL,
    version_id bigint NOT NULL,
    is_applied boolean NOT NULL,
    tstamp timestamp without time zone DEFAULT now() NOT NULL
);

ALTER TABLE migration.ca_migration OWNER TO mais_owner;

ALTER TABLE migration.ca_migration ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME migration.ca_migration_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE migration.server_migration (
    id integer NOT NULL,
    version_id bigint NOT NULL,
    is_applied boolean NOT NULL,
    tstamp timestamp without time zone DEFAULT now() NOT NULL
);

ALTER TABLE migration.server_migration OWNER TO mais_owner;

ALTER TABLE migration.server_migration ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME migration.server_migration_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE record.agency_involved (
    person uuid NOT NULL,
    ordinal smallint NOT NULL,
    kind text,
    kind_as_at record.day,
    kind_source record.line,
    name record.line,
    name_as_at record.day,
    name_source record.line,
    address record.line,
    address_as_at record.day,
    address_source record.line,
    telephone record.line,
    telephone_as_at record.day,
    telephone_source record.line,
    out_of_hours record.line,
    out_of_hours_as_at record.day,
    out_of_hours_source record.line,
    CONSTRAINT agency_involved_check CHECK ((num_nonnulls(kind, kind_as_at, kind_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT agency_involved_check1 CHECK ((num_nonnulls(name, name_as_at, name_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT agency_involved_check2 CHECK ((num_nonnulls(address, address_as_at, address_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT agency_involved_check3 CHECK ((num_nonnulls(telephone, telephone_as_at, telephone_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT agency_involved_check4 CHECK ((num_nonnulls(out_of_hours, out_of_hours_as_at, out_of_hours_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT agency_involved_kind_check CHECK ((kind = ANY (ARRAY['community_gp'::text, 'criminal_justice_liaison_team'::text, 'community_mental_health_team'::text, 'receiving_cpa'::text, 'crisis_intervention_team'::text, 'community_substance_misuse_agencies'::text, 'probation'::text, 'social_worker'::text, 'neighbourhood_police'::text]))),
    CONSTRAINT agency_involved_ordinal_check CHECK ((ordinal > 0))
);

ALTER TABLE record.agency_involved OWNER TO mais_owner;

CREATE TABLE record.alias (
    person uuid NOT NULL,
    ordinal smallint NOT NULL,
    first_name record.line,
    surname record.line,
    CONSTRAINT alias_check CHECK ((num_nonnulls(first_name, surname) > 0)),
    CONSTRAINT alias_ordinal_check CHECK ((ordinal > 0))
);

ALTER TABLE record.alias OWNER TO mais_owner;

CREATE TABLE record.mental_health_diagnosis (
    person uuid NOT NULL,
    primary_diagnosis text,
    primary_diagnosis_other record.line,
    primary_diagnosis_as_at record.day,
    primary_diagnosis_source record.line,
    secondary_diagnosis text,
    secondary_diagnosis_other record.line,
    secondary_diagnosis_as_at record.day,
    secondary_diagnosis_source record.line,
    treatment_non_concordance record.tri,
    treatment_non_concordance_as_at record.day,
    treatment_non_concordance_source record.line,
    CONSTRAINT mental_health_diagnosis_check CHECK (((primary_diagnosis_other IS NULL) OR (NOT (primary_diagnosis IS DISTINCT FROM 'other'::text)))),
    CONSTRAINT mental_health_diagnosis_check1 CHECK ((num_nonnulls(primary_diagnosis, primary_diagnosis_as_at, primary_diagnosis_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT mental_health_diagnosis_check2 CHECK (((secondary_diagnosis_other IS NULL) OR (NOT (secondary_diagnosis IS DISTINCT FROM 'other'::text)))),
    CONSTRAINT mental_health_diagnosis_check3 CHECK ((num_nonnulls(secondary_diagnosis, secondary_diagnosis_as_at, secondary_diagnosis_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT mental_health_diagnosis_check4 CHECK ((num_nonnulls(treatment_non_concordance, treatment_non_concordance_as_at, treatment_non_concordance_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT mental_health_diagnosis_primary_diagnosis_check CHECK ((primary_diagnosis = ANY (ARRAY['schizophrenia_or_other_delusional_disorders'::text, 'bipolar_affective_disorder'::text, 'depressive_illness'::text, 'anxiety_disorders'::text, 'dementia'::text, 'personality_disorder'::text, 'organic_disorder'::text, 'learning_disabilities'::text, 'other'::text]))),
    CONSTRAINT mental_health_diagnosis_secondary_diagnosis_check CHECK ((secondary_diagnosis = ANY (ARRAY['schizophrenia_or_other_delusional_disorders'::text, 'bipolar_affective_disorder'::text, 'depressive_illness'::text, 'anxiety_disorders'::text, 'dementia'::text, 'personality_disorder'::text, 'organic_disorder'::text, 'learning_disabilities'::text, 'other'::text])))
);

ALTER TABLE record.mental_health_diagnosis OWNER TO mais_owner;

CREATE TABLE record.mental_health_summary (
    person uuid NOT NULL,
    significant_other_as_appropriate_adult record.pref,
    significant_other_as_appropriate_adult_as_at record.day,
    significant_other_as_appropriate_adult_source record.line,
    significant_other_contact_name record.line,
    significant_other_contact_relationship record.line,
    significant_other_contact_address record.line,
    significant_other_contact_telephone record.line,
    significant_other_contact_out_of_hours record.line,
    significant_other_contact_unsuitable boolean,
    significant_other_contact_none_named boolean,
    significant_other_contact_as_at record.day,
    significant_other_contact_source record.line,
    professional_as_appropriate_adult record.pref,
    professional_as_appropriate_adult_as_at record.day,
    professional_as_appropriate_adult_source record.line,
    professional_contact_name record.line,
    professional_contact_relationship record.line,
    professional_contact_address record.line,
    professional_contact_telephone record.line,
    professional_contact_out_of_hours record.line,
    professional_contact_unsuitable boolean,
    professional_contact_none_named boolean,
    professional_contact_as_at record.day,
    professional_contact_source record.line,
    learning_difficulties record.tri,
    learning_difficulties_as_at record.day,
    learning_difficulties_source record.line,
    mental_disorder record.tri,
    mental_disorder_as_at record.day,
    mental_disorder_source record.line,
    previous_mental_health_problems record.tri,
    previous_mental_health_problems_as_at record.day,
    previous_mental_health_problems_source record.line,
    self_harm record.tri,
    self_harm_as_at record.day,
    self_harm_source record.line,
    significant_dates_self_harm record.tri,
    significant_dates_self_harm_details record.note,
    significant_dates_self_harm_as_at record.day,
    significant_dates_self_harm_source record.line,
    problematic_drug_use record.tri,
    problematic_drug_use_as_at record.day,
    problematic_drug_use_source record.line,
    CONSTRAINT mental_health_summary_check CHECK ((num_nonnulls(significant_other_as_appropriate_adult, significant_other_as_appropriate_adult_as_at, significant_other_as_appropriate_adult_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT mental_health_summary_check1 CHECK (((significant_other_contact_unsuitable IS NULL) OR (significant_other_contact_unsuitable AND (significant_other_contact_name IS NOT NULL)))),
    CONSTRAINT mental_health_summary_check10 CHECK ((num_nonnulls(learning_difficulties, learning_difficulties_as_at, learning_difficulties_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT mental_health_summary_check11 CHECK ((num_nonnulls(mental_disorder, mental_disorder_as_at, mental_disorder_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT mental_health_summary_check12 CHECK ((num_nonnulls(previous_mental_health_problems, previous_mental_health_problems_as_at, previous_mental_health_problems_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT mental_health_summary_check13 CHECK ((num_nonnulls(self_harm, self_harm_as_at, self_harm_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT mental_health_summary_check14 CHECK (((significant_dates_self_harm_details IS NULL) OR (NOT (significant_dates_self_harm IS DISTINCT FROM 'yes'::record.tri)))),
    CONSTRAINT mental_health_summary_check15 CHECK ((num_nonnulls(significant_dates_self_harm, significant_dates_self_harm_as_at, significant_dates_self_harm_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT mental_health_summary_check16 CHECK ((num_nonnulls(problematic_drug_use, problematic_drug_use_as_at, problematic_drug_use_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT mental_health_summary_check2 CHECK (((significant_other_contact_none_named IS NULL) OR (significant_other_contact_none_named AND (num_nonnulls(significant_other_contact_name, significant_other_contact_relationship, significant_other_contact_address, significant_other_contact_telephone, significant_other_contact_out_of_hours, significant_other_contact_unsuitable) = 0)))),
    CONSTRAINT mental_health_summary_check3 CHECK (((num_nonnulls(significant_other_contact_name, significant_other_contact_relationship, significant_other_contact_address, significant_other_contact_telephone, significant_other_contact_out_of_hours, significant_other_contact_unsuitable, significant_other_contact_none_named) = 0) OR (NOT (significant_other_as_appropriate_adult IS DISTINCT FROM 'yes'::record.pref)))),
    CONSTRAINT mental_health_summary_check4 CHECK ((num_nonnulls(significant_other_contact_as_at, significant_other_contact_source) =
CASE num_nonnulls(significant_other_contact_name, significant_other_contact_relationship, significant_other_contact_address, significant_other_contact_telephone, significant_other_contact_out_of_hours, significant_other_contact_unsuitable, significant_other_contact_none_named)
    WHEN 0 THEN 0
    ELSE 2
END)),
    CONSTRAINT mental_health_summary_check5 CHECK ((num_nonnulls(professional_as_appropriate_adult, professional_as_appropriate_adult_as_at, professional_as_appropriate_adult_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT mental_health_summary_check6 CHECK (((professional_contact_unsuitable IS NULL) OR (professional_contact_unsuitable AND (professional_contact_name IS NOT NULL)))),
    CONSTRAINT mental_health_summary_check7 CHECK (((professional_contact_none_named IS NULL) OR (professional_contact_none_named AND (num_nonnulls(professional_contact_name, professional_contact_relationship, professional_contact_address, professional_contact_telephone, professional_contact_out_of_hours, professional_contact_unsuitable) = 0)))),
    CONSTRAINT mental_health_summary_check8 CHECK (((num_nonnulls(professional_contact_name, professional_contact_relationship, professional_contact_address, professional_contact_telephone, professional_contact_out_of_hours, professional_contact_unsuitable, professional_contact_none_named) = 0) OR (NOT (professional_as_appropriate_adult IS DISTINCT FROM 'yes'::record.pref)))),
    CONSTRAINT mental_health_summary_check9 CHECK ((num_nonnulls(professional_contact_as_at, professional_contact_source) =
CASE num_nonnulls(professional_contact_name, professional_contact_relationship, professional_contact_address, professional_contact_telephone, professional_contact_out_of_hours, professional_contact_unsuitable, professional_contact_none_named)
    WHEN 0 THEN 0
    ELSE 2
END))
);

ALTER TABLE record.mental_health_summary OWNER TO mais_owner;

CREATE TABLE record.person (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    source record.line NOT NULL,
    source_reference record.line NOT NULL,
    prison_number record.line,
    pnc_number record.line,
    nhs_number record.line
);

ALTER TABLE record.person OWNER TO mais_owner;

CREATE TABLE record.physical_health (
    person uuid NOT NULL,
    epilepsy record.tri,
    epilepsy_details record.note,
    epilepsy_as_at record.day,
    epilepsy_source record.line,
    diabetes record.tri,
    diabetes_details record.note,
    diabetes_as_at record.day,
    diabetes_source record.line,
    asthma record.tri,
    asthma_details record.note,
    asthma_as_at record.day,
    asthma_source record.line,
    brain_injuries record.tri,
    brain_injuries_details record.note,
    brain_injuries_as_at record.day,
    brain_injuries_source record.line,
    heart_problems record.tri,
    heart_problems_details record.note,
    heart_problems_as_at record.day,
    heart_problems_source record.line,
    CONSTRAINT physical_health_check CHECK (((epilepsy_details IS NULL) OR (epilepsy IS NOT NULL))),
    CONSTRAINT physical_health_check1 CHECK ((num_nonnulls(epilepsy, epilepsy_as_at, epilepsy_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT physical_health_check2 CHECK (((diabetes_details IS NULL) OR (diabetes IS NOT NULL))),
    CONSTRAINT physical_health_check3 CHECK ((num_nonnulls(diabetes, diabetes_as_at, diabetes_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT physical_health_check4 CHECK (((asthma_details IS NULL) OR (asthma IS NOT NULL))),
    CONSTRAINT physical_health_check5 CHECK ((num_nonnulls(asthma, asthma_as_at, asthma_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT physical_health_check6 CHECK (((brain_injuries_details IS NULL) OR (brain_injuries IS NOT NULL))),
    CONSTRAINT physical_health_check7 CHECK ((num_nonnulls(brain_injuries, brain_injuries_as_at, brain_injuries_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT physical_health_check8 CHECK (((heart_problems_details IS NULL) OR (heart_problems IS NOT NULL))),
    CONSTRAINT physical_health_check9 CHECK ((num_nonnulls(heart_problems, heart_problems_as_at, heart_problems_source) = ANY (ARRAY[0, 3])))
);

ALTER TABLE record.physical_health OWNER TO mais_owner;

CREATE TABLE record.prescription (
    person uuid NOT NULL,
    ordinal smallint NOT NULL,
    class text,
    details record.line,
    CONSTRAINT prescription_check CHECK ((num_nonnulls(class, details) > 0)),
    CONSTRAINT prescription_class_check CHECK ((class = ANY (ARRAY['antipsychotics'::text, 'antidepressants'::text, 'anti_anxiety'::text, 'hypnotics_or_sedatives'::text, 'mood_stabilisers'::text, 'opiate_substitution'::text, 'other'::text]))),
    CONSTRAINT prescription_ordinal_check CHECK ((ordinal > 0))
);

ALTER TABLE record.prescription OWNER TO mais_owner;

CREATE TABLE record.release_medication (
    person uuid NOT NULL,
    prescriptions_as_at record.day,
    prescriptions_source record.line,
    medication_non_concordance record.tri,
    medication_non_concordance_as_at record.day,
    medication_non_concordance_source record.line,
    CONSTRAINT release_medication_check CHECK ((num_nonnulls(prescriptions_as_at, prescriptions_source) = ANY (ARRAY[0, 2]))),
    CONSTRAINT release_medication_check1 CHECK ((num_nonnulls(medication_non_concordance, medication_non_concordance_as_at, medication_non_concordance_source) = ANY (ARRAY[0, 3])))
);

ALTER TABLE record.release_medication OWNER TO mais_owner;

CREATE TABLE record.risk_factors (
    person uuid NOT NULL,
    triggers_and_warning_signs record.note,
    triggers_and_warning_signs_as_at record.day,
    triggers_and_warning_signs_source record.line,
    significant_dates record.note,
    significant_dates_as_at record.day,
    significant_dates_source record.line,
    CONSTRAINT risk_factors_check CHECK ((num_nonnulls(triggers_and_warning_signs, triggers_and_warning_signs_as_at, triggers_and_warning_signs_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT risk_factors_check1 CHECK ((num_nonnulls(significant_dates, significant_dates_as_at, significant_dates_source) = ANY (ARRAY[0, 3])))
);

ALTER TABLE record.risk_factors OWNER TO mais_owner;

CREATE TABLE record.search_name (
    person uuid NOT NULL,
    surname_key text NOT NULL,
    first_name_key text NOT NULL,
    is_alias boolean NOT NULL
);

ALTER TABLE record.search_name OWNER TO mais_owner;

CREATE TABLE record.service_user_details (
    person uuid NOT NULL,
    first_name record.line NOT NULL,
    first_name_as_at record.day NOT NULL,
    first_name_source record.line NOT NULL,
    surname record.line NOT NULL,
    surname_as_at record.day NOT NULL,
    surname_source record.line NOT NULL,
    aliases_as_at record.day,
    aliases_source record.line,
    date_of_birth record.day NOT NULL,
    date_of_birth_as_at record.day NOT NULL,
    date_of_birth_source record.line NOT NULL,
    date_of_release record.day,
    date_of_release_certainty record.certainty,
    date_of_release_as_at record.day,
    date_of_release_source record.line,
    epex_number record.line,
    epex_number_as_at record.day,
    epex_number_source record.line,
    interpreter_needed record.tri,
    interpreter_needed_as_at record.day,
    interpreter_needed_source record.line,
    language_spoken record.line,
    language_spoken_as_at record.day,
    language_spoken_source record.line,
    last_known_address record.line,
    last_known_address_as_at record.day,
    last_known_address_source record.line,
    directed_address record.line,
    directed_address_as_at record.day,
    directed_address_source record.line,
    preferred_contact_name record.line,
    preferred_contact_relationship record.line,
    preferred_contact_address record.line,
    preferred_contact_telephone record.line,
    preferred_contact_out_of_hours record.line,
    preferred_contact_unsuitable boolean,
    preferred_contact_none_named boolean,
    preferred_contact_as_at record.day,
    preferred_contact_source record.line,
    preferred_contact_as_appropriate_adult record.tri,
    preferred_contact_as_appropriate_adult_as_at record.day,
    preferred_contact_as_appropriate_adult_source record.line,
    main_health_professional_name record.line,
    main_health_professional_relationship record.line,
    main_health_professional_address record.line,
    main_health_professional_telephone record.line,
    main_health_professional_out_of_hours record.line,
    main_health_professional_unsuitable boolean,
    main_health_professional_none_named boolean,
    main_health_professional_as_at record.day,
    main_health_professional_source record.line,
    CONSTRAINT service_user_details_check CHECK ((num_nonnulls(aliases_as_at, aliases_source) = ANY (ARRAY[0, 2]))),
    CONSTRAINT service_user_details_check1 CHECK (((date_of_release IS NULL) = ((date_of_release_certainty IS NULL) OR (date_of_release_certainty = 'unknown'::record.certainty)))),
    CONSTRAINT service_user_details_check10 CHECK ((num_nonnulls(preferred_contact_as_at, preferred_contact_source) =
CASE num_nonnulls(preferred_contact_name, preferred_contact_relationship, preferred_contact_address, preferred_contact_telephone, preferred_contact_out_of_hours, preferred_contact_unsuitable, preferred_contact_none_named)
    WHEN 0 THEN 0
    ELSE 2
END)),
    CONSTRAINT service_user_details_check11 CHECK ((num_nonnulls(preferred_contact_as_appropriate_adult, preferred_contact_as_appropriate_adult_as_at, preferred_contact_as_appropriate_adult_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT service_user_details_check12 CHECK (((main_health_professional_unsuitable IS NULL) OR (main_health_professional_unsuitable AND (main_health_professional_name IS NOT NULL)))),
    CONSTRAINT service_user_details_check13 CHECK (((main_health_professional_none_named IS NULL) OR (main_health_professional_none_named AND (num_nonnulls(main_health_professional_name, main_health_professional_relationship, main_health_professional_address, main_health_professional_telephone, main_health_professional_out_of_hours, main_health_professional_unsuitable) = 0)))),
    CONSTRAINT service_user_details_check14 CHECK ((num_nonnulls(main_health_professional_as_at, main_health_professional_source) =
CASE num_nonnulls(main_health_professional_name, main_health_professional_relationship, main_health_professional_address, main_health_professional_telephone, main_health_professional_out_of_hours, main_health_professional_unsuitable, main_health_professional_none_named)
    WHEN 0 THEN 0
    ELSE 2
END)),
    CONSTRAINT service_user_details_check2 CHECK ((num_nonnulls(date_of_release_certainty, date_of_release_as_at, date_of_release_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT service_user_details_check3 CHECK ((num_nonnulls(epex_number, epex_number_as_at, epex_number_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT service_user_details_check4 CHECK ((num_nonnulls(interpreter_needed, interpreter_needed_as_at, interpreter_needed_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT service_user_details_check5 CHECK ((num_nonnulls(language_spoken, language_spoken_as_at, language_spoken_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT service_user_details_check6 CHECK ((num_nonnulls(last_known_address, last_known_address_as_at, last_known_address_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT service_user_details_check7 CHECK ((num_nonnulls(directed_address, directed_address_as_at, directed_address_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT service_user_details_check8 CHECK (((preferred_contact_unsuitable IS NULL) OR (preferred_contact_unsuitable AND (preferred_contact_name IS NOT NULL)))),
    CONSTRAINT service_user_details_check9 CHECK (((preferred_contact_none_named IS NULL) OR (preferred_contact_none_named AND (num_nonnulls(preferred_contact_name, preferred_contact_relationship, preferred_contact_address, preferred_contact_telephone, preferred_contact_out_of_hours, preferred_contact_unsuitable) = 0))))
);

ALTER TABLE record.service_user_details OWNER TO mais_owner;

CREATE TABLE record.substance_misuse (
    person uuid NOT NULL,
    substance_misuse record.tri,
    substance_misuse_as_at record.day,
    substance_misuse_source record.line,
    substances text[],
    substances_as_at record.day,
    substances_source record.line,
    drug_withdrawal record.tri,
    drug_withdrawal_as_at record.day,
    drug_withdrawal_source record.line,
    drug_withdrawal_from text[],
    drug_withdrawal_from_as_at record.day,
    drug_withdrawal_from_source record.line,
    alcohol_misuse record.tri,
    alcohol_misuse_as_at record.day,
    alcohol_misuse_source record.line,
    alcohol_withdrawal record.tri,
    alcohol_withdrawal_as_at record.day,
    alcohol_withdrawal_source record.line,
    CONSTRAINT substance_misuse_check CHECK ((num_nonnulls(substance_misuse, substance_misuse_as_at, substance_misuse_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT substance_misuse_check1 CHECK (((substances IS NULL) OR (NOT (substance_misuse IS DISTINCT FROM 'yes'::record.tri)))),
    CONSTRAINT substance_misuse_check2 CHECK ((num_nonnulls(substances, substances_as_at, substances_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT substance_misuse_check3 CHECK ((num_nonnulls(drug_withdrawal, drug_withdrawal_as_at, drug_withdrawal_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT substance_misuse_check4 CHECK (((drug_withdrawal_from IS NULL) OR (NOT (drug_withdrawal IS DISTINCT FROM 'yes'::record.tri)))),
    CONSTRAINT substance_misuse_check5 CHECK ((num_nonnulls(drug_withdrawal_from, drug_withdrawal_from_as_at, drug_withdrawal_from_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT substance_misuse_check6 CHECK ((num_nonnulls(alcohol_misuse, alcohol_misuse_as_at, alcohol_misuse_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT substance_misuse_check7 CHECK ((num_nonnulls(alcohol_withdrawal, alcohol_withdrawal_as_at, alcohol_withdrawal_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT substance_misuse_drug_withdrawal_from_check CHECK (((cardinality(drug_withdrawal_from) > 0) AND (drug_withdrawal_from <@ ARRAY['opiates'::text, 'stimulants'::text, 'other'::text, 'unknown'::text]))),
    CONSTRAINT substance_misuse_substances_check CHECK (((cardinality(substances) > 0) AND (substances <@ ARRAY['opiates'::text, 'stimulants'::text, 'other'::text, 'unknown'::text])))
);

ALTER TABLE record.substance_misuse OWNER TO mais_owner;

CREATE TABLE record.suicide_and_self_harm (
    person uuid NOT NULL,
    self_harm_history record.tri,
    self_harm_history_as_at record.day,
    self_harm_history_source record.line,
    last_self_harm record.note,
    last_self_harm_as_at record.day,
    last_self_harm_source record.line,
    suicide_attempts record.tri,
    suicide_attempts_as_at record.day,
    suicide_attempts_source record.line,
    last_attempt_before_release record.line,
    last_attempt_before_release_as_at record.day,
    last_attempt_before_release_source record.line,
    self_harm_hospital_treatment record.tri,
    self_harm_hospital_treatment_details record.note,
    self_harm_hospital_treatment_as_at record.day,
    self_harm_hospital_treatment_source record.line,
    CONSTRAINT suicide_and_self_harm_check CHECK ((num_nonnulls(self_harm_history, self_harm_history_as_at, self_harm_history_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT suicide_and_self_harm_check1 CHECK (((last_self_harm IS NULL) OR (NOT (self_harm_history IS DISTINCT FROM 'yes'::record.tri)))),
    CONSTRAINT suicide_and_self_harm_check2 CHECK ((num_nonnulls(last_self_harm, last_self_harm_as_at, last_self_harm_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT suicide_and_self_harm_check3 CHECK ((num_nonnulls(suicide_attempts, suicide_attempts_as_at, suicide_attempts_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT suicide_and_self_harm_check4 CHECK (((last_attempt_before_release IS NULL) OR (NOT (suicide_attempts IS DISTINCT FROM 'yes'::record.tri)))),
    CONSTRAINT suicide_and_self_harm_check5 CHECK ((num_nonnulls(last_attempt_before_release, last_attempt_before_release_as_at, last_attempt_before_release_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT suicide_and_self_harm_check6 CHECK (((self_harm_hospital_treatment_details IS NULL) OR (NOT (self_harm_hospital_treatment IS DISTINCT FROM 'yes'::record.tri)))),
    CONSTRAINT suicide_and_self_harm_check7 CHECK ((num_nonnulls(self_harm_hospital_treatment, self_harm_hospital_treatment_as_at, self_harm_hospital_treatment_source) = ANY (ARRAY[0, 3])))
);

ALTER TABLE record.suicide_and_self_harm OWNER TO mais_owner;

CREATE TABLE record.violence_to_others (
    person uuid NOT NULL,
    mappa record.tri,
    mappa_as_at record.day,
    mappa_source record.line,
    mappa_category text,
    mappa_category_as_at record.day,
    mappa_category_source record.line,
    mappa_level text,
    mappa_level_as_at record.day,
    mappa_level_source record.line,
    hramm record.tri,
    hramm_as_at record.day,
    hramm_source record.line,
    visor record.tri,
    visor_as_at record.day,
    visor_source record.line,
    violence record.tri,
    violence_as_at record.day,
    violence_source record.line,
    violence_towards text[],
    violence_towards_other record.line,
    violence_towards_as_at record.day,
    violence_towards_source record.line,
    serious_violence record.tri,
    serious_violence_as_at record.day,
    serious_violence_source record.line,
    serious_violence_kinds text[],
    serious_violence_kinds_as_at record.day,
    serious_violence_kinds_source record.line,
    discriminatory_attitudes record.tri,
    discriminatory_attitudes_as_at record.day,
    discriminatory_attitudes_source record.line,
    discriminatory_towards text[],
    discriminatory_towards_as_at record.day,
    discriminatory_towards_source record.line,
    CONSTRAINT violence_to_others_check CHECK ((num_nonnulls(mappa, mappa_as_at, mappa_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT violence_to_others_check1 CHECK (((mappa_category IS NULL) OR (NOT (mappa IS DISTINCT FROM 'yes'::record.tri)))),
    CONSTRAINT violence_to_others_check10 CHECK ((num_nonnulls(violence_towards, violence_towards_as_at, violence_towards_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT violence_to_others_check11 CHECK ((num_nonnulls(serious_violence, serious_violence_as_at, serious_violence_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT violence_to_others_check12 CHECK (((serious_violence_kinds IS NULL) OR (NOT (serious_violence IS DISTINCT FROM 'yes'::record.tri)))),
    CONSTRAINT violence_to_others_check13 CHECK ((num_nonnulls(serious_violence_kinds, serious_violence_kinds_as_at, serious_violence_kinds_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT violence_to_others_check14 CHECK ((num_nonnulls(discriminatory_attitudes, discriminatory_attitudes_as_at, discriminatory_attitudes_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT violence_to_others_check15 CHECK (((discriminatory_towards IS NULL) OR (NOT (discriminatory_attitudes IS DISTINCT FROM 'yes'::record.tri)))),
    CONSTRAINT violence_to_others_check16 CHECK ((num_nonnulls(discriminatory_towards, discriminatory_towards_as_at, discriminatory_towards_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT violence_to_others_check2 CHECK ((num_nonnulls(mappa_category, mappa_category_as_at, mappa_category_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT violence_to_others_check3 CHECK (((mappa_level IS NULL) OR (NOT (mappa IS DISTINCT FROM 'yes'::record.tri)))),
    CONSTRAINT violence_to_others_check4 CHECK ((num_nonnulls(mappa_level, mappa_level_as_at, mappa_level_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT violence_to_others_check5 CHECK ((num_nonnulls(hramm, hramm_as_at, hramm_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT violence_to_others_check6 CHECK ((num_nonnulls(visor, visor_as_at, visor_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT violence_to_others_check7 CHECK ((num_nonnulls(violence, violence_as_at, violence_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT violence_to_others_check8 CHECK (((violence_towards IS NULL) OR (NOT (violence IS DISTINCT FROM 'yes'::record.tri)))),
    CONSTRAINT violence_to_others_check9 CHECK (((violence_towards_other IS NULL) OR COALESCE(('other'::text = ANY (violence_towards)), false))),
    CONSTRAINT violence_to_others_discriminatory_towards_check CHECK (((cardinality(discriminatory_towards) > 0) AND (discriminatory_towards <@ ARRAY['women'::text, 'racial'::text, 'homophobic'::text, 'anti_authoritarian'::text, 'other'::text]))),
    CONSTRAINT violence_to_others_mappa_category_check CHECK ((mappa_category = ANY (ARRAY['1'::text, '2'::text, '3'::text, 'unknown'::text]))),
    CONSTRAINT violence_to_others_mappa_level_check CHECK ((mappa_level = ANY (ARRAY['1'::text, '2'::text, '3'::text, 'unknown'::text]))),
    CONSTRAINT violence_to_others_serious_violence_kinds_check CHECK (((cardinality(serious_violence_kinds) > 0) AND (serious_violence_kinds <@ ARRAY['carrying_weapons'::text, 'sexual_violence'::text, 'arson'::text, 'other'::text, 'unknown'::text]))),
    CONSTRAINT violence_to_others_violence_towards_check CHECK (((cardinality(violence_towards) > 0) AND (violence_towards <@ ARRAY['environmental_police'::text, 'environmental_prison'::text, 'environmental_probation'::text, 'those_in_authority'::text, 'racial'::text, 'strangers'::text, 'family_members'::text, 'relationships_or_significant_others'::text, 'other'::text])))
);

ALTER TABLE record.violence_to_others OWNER TO mais_owner;

ALTER TABLE ONLY access.access_review_item
    ADD CONSTRAINT access_review_item_pkey PRIMARY KEY (review, user_id);

ALTER TABLE ONLY access.access_review
    ADD CONSTRAINT access_review_pkey PRIMARY KEY (id);

ALTER TABLE ONLY access.agency
    ADD CONSTRAINT agency_name_key UNIQUE (name);

ALTER TABLE ONLY access.agency
    ADD CONSTRAINT agency_pkey PRIMARY KEY (id);

ALTER TABLE ONLY access.change_item
    ADD CONSTRAINT change_item_pkey PRIMARY KEY (change, n);

ALTER TABLE ONLY access.change
    ADD CONSTRAINT change_pkey PRIMARY KEY (id);

ALTER TABLE ONLY access.emergency
    ADD CONSTRAINT emergency_pkey PRIMARY KEY (id);

ALTER TABLE ONLY access.errand
    ADD CONSTRAINT errand_pkey PRIMARY KEY (id);

ALTER TABLE ONLY access.generation
    ADD CONSTRAINT generation_pkey PRIMARY KEY (one);

ALTER TABLE ONLY access.lost_report
    ADD CONSTRAINT lost_report_pkey PRIMARY KEY (id);

ALTER TABLE ONLY access.password_guard
    ADD CONSTRAINT password_guard_pkey PRIMARY KEY (name, pool);

ALTER TABLE ONLY access.password
    ADD CONSTRAINT password_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY access.password_reset
    ADD CONSTRAINT password_reset_pkey PRIMARY KEY (id);

ALTER TABLE ONLY access.permission
    ADD CONSTRAINT permission_pkey PRIMARY KEY (role, item, act);

ALTER TABLE ONLY access.purpose
    ADD CONSTRAINT purpose_pkey PRIMARY KEY (session, person);

ALTER TABLE ONLY access.recovery_code
    ADD CONSTRAINT recovery_code_pkey PRIMARY KEY (user_id, sha256);

ALTER TABLE ONLY access.registration
    ADD CONSTRAINT registration_message_key UNIQUE (message);

ALTER TABLE ONLY access.registration
    ADD CONSTRAINT registration_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY access.review_schedule
    ADD CONSTRAINT review_schedule_pkey PRIMARY KEY (agency);

ALTER TABLE ONLY access.role
    ADD CONSTRAINT role_pkey PRIMARY KEY (name);

ALTER TABLE ONLY access.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id_hash);

ALTER TABLE ONLY access.site
    ADD CONSTRAINT site_agency_name_key UNIQUE (agency, name);

ALTER TABLE ONLY access.site
    ADD CONSTRAINT site_pkey PRIMARY KEY (id);

ALTER TABLE ONLY access.subnet
    ADD CONSTRAINT subnet_pkey PRIMARY KEY (site, cidr);

ALTER TABLE ONLY access.totp
    ADD CONSTRAINT totp_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY access.use_answer
    ADD CONSTRAINT use_answer_pkey PRIMARY KEY (look);

ALTER TABLE ONLY access.use_counted
    ADD CONSTRAINT use_counted_pkey PRIMARY KEY (one);

ALTER TABLE ONLY access.use_day
    ADD CONSTRAINT use_day_pkey PRIMARY KEY (day, user_id, agency);

ALTER TABLE ONLY access.user_account
    ADD CONSTRAINT user_account_email_key UNIQUE (email);

ALTER TABLE ONLY access.user_account
    ADD CONSTRAINT user_account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY access.user_role
    ADD CONSTRAINT user_role_pkey PRIMARY KEY (user_id, role);

ALTER TABLE ONLY access.user_site
    ADD CONSTRAINT user_site_pkey PRIMARY KEY (user_id, site);

ALTER TABLE ONLY access.withdrawal
    ADD CONSTRAINT withdrawal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY audit.day_agency
    ADD CONSTRAINT day_agency_pkey PRIMARY KEY (day, agency);

ALTER TABLE ONLY audit.day_hour
    ADD CONSTRAINT day_hour_pkey PRIMARY KEY (day, hour);

ALTER TABLE ONLY audit.day
    ADD CONSTRAINT day_pkey PRIMARY KEY (day);

ALTER TABLE ONLY audit.day_unmet
    ADD CONSTRAINT day_unmet_pkey PRIMARY KEY (day, outcome, why);

ALTER TABLE ONLY audit.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (id);

ALTER TABLE ONLY audit.export_turn
    ADD CONSTRAINT export_turn_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY audit.midnight
    ADD CONSTRAINT midnight_pkey PRIMARY KEY (day);

ALTER TABLE ONLY ca.acknowledgement
    ADD CONSTRAINT acknowledgement_pkey PRIMARY KEY (instance, number);

ALTER TABLE ONLY ca.card
    ADD CONSTRAINT card_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ca.card_return
    ADD CONSTRAINT card_return_pkey PRIMARY KEY (card, after_use);

ALTER TABLE ONLY ca.card_use
    ADD CONSTRAINT card_use_issuer_serial_key UNIQUE (issuer, serial);

ALTER TABLE ONLY ca.card_use
    ADD CONSTRAINT card_use_pkey PRIMARY KEY (n);

ALTER TABLE ONLY ca.card_use
    ADD CONSTRAINT card_use_witness_key UNIQUE (witness);

ALTER TABLE ONLY ca.certificate
    ADD CONSTRAINT certificate_order_id_key UNIQUE (order_id);

ALTER TABLE ONLY ca.certificate
    ADD CONSTRAINT certificate_pkey PRIMARY KEY (issuer, serial);

ALTER TABLE ONLY ca.certificate
    ADD CONSTRAINT certificate_sha256_key UNIQUE (sha256);

ALTER TABLE ONLY ca.crl
    ADD CONSTRAINT crl_pkey PRIMARY KEY (issuer);

ALTER TABLE ONLY ca.crl_shard
    ADD CONSTRAINT crl_shard_pkey PRIMARY KEY (issuer, shard);

ALTER TABLE ONLY ca.enrolment_order
    ADD CONSTRAINT enrolment_order_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ca.issuer
    ADD CONSTRAINT issuer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ca.journal_entry
    ADD CONSTRAINT journal_entry_journal_number_hash_issuer_serial_order_id_key UNIQUE NULLS NOT DISTINCT (journal, number, hash, issuer, serial, order_id);

ALTER TABLE ONLY ca.journal_head
    ADD CONSTRAINT journal_head_pkey PRIMARY KEY (journal);

ALTER TABLE ONLY ca.journal_key
    ADD CONSTRAINT journal_key_pkey PRIMARY KEY (one);

ALTER TABLE ONLY ca.journal_place
    ADD CONSTRAINT journal_place_pkey PRIMARY KEY (one);

ALTER TABLE ONLY ca.level_lowered
    ADD CONSTRAINT level_lowered_pkey PRIMARY KEY (issuer, serial);

ALTER TABLE ONLY ca.node
    ADD CONSTRAINT node_pkey PRIMARY KEY (instance);

ALTER TABLE ONLY ca.order_password
    ADD CONSTRAINT order_password_pkey PRIMARY KEY (order_id);

ALTER TABLE ONLY ca.pin_announcement
    ADD CONSTRAINT pin_announcement_pkey PRIMARY KEY (number);

ALTER TABLE ONLY ca.pin_held
    ADD CONSTRAINT pin_held_pkey PRIMARY KEY (identity);

ALTER TABLE ONLY ca.plan_item
    ADD CONSTRAINT plan_item_pkey PRIMARY KEY (plan, n);

ALTER TABLE ONLY ca.plan
    ADD CONSTRAINT plan_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ca.quarantine_approval
    ADD CONSTRAINT quarantine_approval_pkey PRIMARY KEY (quarantine, administrator);

ALTER TABLE ONLY ca.quarantine
    ADD CONSTRAINT quarantine_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ca.quarantined
    ADD CONSTRAINT quarantined_pkey PRIMARY KEY (issuer, serial, quarantine);

ALTER TABLE ONLY ca.receipt_floor
    ADD CONSTRAINT receipt_floor_pkey PRIMARY KEY (one);

ALTER TABLE ONLY ca.receipt
    ADD CONSTRAINT receipt_pkey PRIMARY KEY (number);

ALTER TABLE ONLY ca.root_list
    ADD CONSTRAINT root_list_pkey PRIMARY KEY (number);

ALTER TABLE ONLY ca.status_change
    ADD CONSTRAINT status_change_pkey PRIMARY KEY (number);

ALTER TABLE ONLY ca.status_counter
    ADD CONSTRAINT status_counter_pkey PRIMARY KEY (one);

ALTER TABLE ONLY ca.subject_key
    ADD CONSTRAINT subject_key_pkey PRIMARY KEY (spki_sha256);

ALTER TABLE ONLY ca.witness
    ADD CONSTRAINT witness_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mail.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mail.message
    ADD CONSTRAINT message_recipient_kind_about_key UNIQUE (recipient, kind, about);

ALTER TABLE ONLY mail.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (issuer, serial, hours);

ALTER TABLE ONLY mail."position"
    ADD CONSTRAINT position_pkey PRIMARY KEY (reader);

ALTER TABLE ONLY migration.ca_migration
    ADD CONSTRAINT ca_migration_pkey PRIMARY KEY (id);

ALTER TABLE ONLY migration.server_migration
    ADD CONSTRAINT server_migration_pkey PRIMARY KEY (id);

ALTER TABLE ONLY record.agency_involved
    ADD CONSTRAINT agency_involved_pkey PRIMARY KEY (person, ordinal);

ALTER TABLE ONLY record.alias
    ADD CONSTRAINT alias_pkey PRIMARY KEY (person, ordinal);

ALTER TABLE ONLY record.mental_health_diagnosis
    ADD CONSTRAINT mental_health_diagnosis_pkey PRIMARY KEY (person);

ALTER TABLE ONLY record.mental_health_summary
    ADD CONSTRAINT mental_health_summary_pkey PRIMARY KEY (person);

ALTER TABLE ONLY record.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (id);

ALTER TABLE ONLY record.person
    ADD CONSTRAINT person_source_reference UNIQUE (source, source_reference);

ALTER TABLE ONLY record.physical_health
    ADD CONSTRAINT physical_health_pkey PRIMARY KEY (person);

ALTER TABLE ONLY record.prescription
    ADD CONSTRAINT prescription_pkey PRIMARY KEY (person, ordinal);

ALTER TABLE ONLY record.release_medication
    ADD CONSTRAINT release_medication_pkey PRIMARY KEY (person);

ALTER TABLE ONLY record.risk_factors
    ADD CONSTRAINT risk_factors_pkey PRIMARY KEY (person);

ALTER TABLE ONLY record.search_name
    ADD CONSTRAINT search_name_pkey PRIMARY KEY (person, is_alias, surname_key, first_name_key);

ALTER TABLE ONLY record.service_user_details
    ADD CONSTRAINT service_user_details_pkey PRIMARY KEY (person);

ALTER TABLE ONLY record.substance_misuse
    ADD CONSTRAINT substance_misuse_pkey PRIMARY KEY (person);

ALTER TABLE ONLY record.suicide_and_self_harm
    ADD CONSTRAINT suicide_and_self_harm_pkey PRIMARY KEY (person);

ALTER TABLE ONLY record.violence_to_others
    ADD CONSTRAINT violence_to_others_pkey PRIMARY KEY (person);

CREATE INDEX access_review_of ON access.access_review USING btree (agency, opened_at);

CREATE UNIQUE INDEX access_review_open ON access.access_review USING btree (agency) WHERE (signed_at IS NULL);

CREATE INDEX change_of_target ON access.change USING btree (target, made_at);

CREATE INDEX change_open ON access.change USING btree (made_at) WHERE (state = ANY (ARRAY['draft'::text, 'waiting'::text]));

CREATE INDEX emergency_of_session ON access.emergency USING btree (session, person);

CREATE INDEX emergency_of_user ON access.emergency USING btree (user_id, ends_at);

CREATE INDEX emergency_reviewed ON access.emergency USING btree (reviewed_at, id) WHERE (reviewed_at IS NOT NULL);

CREATE INDEX emergency_to_review ON access.emergency USING btree (began_at, id) WHERE (reviewed_at IS NULL);

CREATE INDEX errand_due ON access.errand USING btree (due_at) WHERE (done_at IS NULL);

CREATE INDEX errand_of_user ON access.errand USING btree (user_id, kind);

CREATE INDEX lost_report_of_user ON access.lost_report USING btree (user_id, asked_at);

CREATE INDEX lost_report_used ON access.lost_report USING btree (used_at) WHERE (used_at IS NOT NULL);

CREATE INDEX password_guard_old ON access.password_guard USING btree (last_at);

CREATE INDEX password_guard_pool ON access.password_guard USING btree (pool, last_at);

CREATE INDEX password_reset_of_user ON access.password_reset USING btree (user_id, asked_at);

CREATE INDEX purpose_given ON access.purpose USING btree (given_at);

CREATE INDEX registration_unused ON access.registration USING btree (sent_at) WHERE ((registered_at IS NULL) AND (reminded_at IS NULL));

CREATE INDEX session_of_certificate ON access.session USING btree (issuer, serial) WHERE (ended_at IS NULL);

CREATE INDEX session_of_user ON access.session USING btree (user_id) WHERE (ended_at IS NULL);

CREATE INDEX session_over ON access.session USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX use_answer_by_day ON access.use_answer USING btree (day);

CREATE INDEX use_day_of_user ON access.use_day USING btree (user_id) WHERE (looks > 0);

CREATE INDEX user_by_name ON access.user_account USING btree (lower(name), id);

CREATE INDEX user_ending ON access.user_account USING btree (ends_on) WHERE ((left_at IS NULL) AND (ends_on IS NOT NULL));

CREATE INDEX user_of_agency ON access.user_account USING btree (agency, lower(name));

CREATE INDEX user_of_site ON access.user_site USING btree (site, user_id);

CREATE INDEX withdrawal_lifted ON access.withdrawal USING btree (id) WHERE (lifted_at IS NOT NULL);

CREATE INDEX withdrawal_of ON access.withdrawal USING btree (what);

CREATE INDEX withdrawal_unwritten ON access.withdrawal USING btree (id) WHERE (journal IS NULL);

CREATE INDEX event_act ON audit.event USING btree (act COLLATE "C", id) WHERE (NOT ((act = ANY (ARRAY['record.show'::text, 'record.print'::text])) AND (outcome = 'allowed'::text)));

CREATE INDEX event_marks ON audit.event USING brin (request uuid_bloom_ops (n_distinct_per_range='1500'), session text_bloom_ops (n_distinct_per_range='200'), address inet_bloom_ops (n_distinct_per_range='100'), agency text_bloom_ops (n_distinct_per_range='50')) WITH (pages_per_range='64');

CREATE INDEX event_number ON audit.event USING btree (lower((detail ->> 'number'::text))) WHERE (((act COLLATE "C") = 'record.reason'::text) AND (outcome = 'allowed'::text));

CREATE INDEX event_opened_person ON audit.event USING btree ((persons[1]), id) WHERE ((act = ANY (ARRAY['record.show'::text, 'record.print'::text])) AND (outcome = 'allowed'::text));

CREATE INDEX event_opened_user ON audit.event USING btree (user_id, at) WHERE ((act = ANY (ARRAY['record.show'::text, 'record.print'::text])) AND (outcome = 'allowed'::text));

CREATE INDEX event_outcome ON audit.event USING btree (outcome, id) WHERE (outcome <> 'allowed'::text);

CREATE INDEX event_persons ON audit.event USING gin (persons) WHERE ((persons IS NOT NULL) AND (NOT ((act = ANY (ARRAY['record.show'::text, 'record.print'::text])) AND (outcome = 'allowed'::text))));

CREATE INDEX event_time ON audit.event USING btree (at);

CREATE INDEX event_unmet_time ON audit.event USING btree (at) WHERE (outcome <> 'allowed'::text);

CREATE INDEX event_user ON audit.event USING btree (user_id, id) WHERE (user_id IS NOT NULL);

CREATE INDEX card_use_card ON ca.card_use USING btree (card, n) WHERE (card IS NOT NULL);

CREATE INDEX card_use_former ON ca.card_use USING btree (at) WHERE (former IS NOT NULL);

CREATE INDEX card_use_last ON ca.card_use USING btree (card, n) WHERE vouched;

CREATE INDEX card_use_serial ON ca.card_use USING btree (card_serial, n) WHERE vouched;

CREATE INDEX certificate_bad ON ca.certificate USING btree (issuer, not_after) WHERE (status <> 'active'::text);

CREATE INDEX certificate_bad_shard ON ca.certificate USING btree (issuer, shard, not_after) WHERE (status <> 'active'::text);

CREATE INDEX certificate_ends ON ca.certificate USING btree (not_after, issuer, serial) INCLUDE (profile, status);

CREATE INDEX certificate_identity ON ca.certificate USING btree (identity);

CREATE INDEX certificate_issued ON ca.certificate USING btree (issued_at, issuer, serial);

CREATE INDEX certificate_key ON ca.certificate USING btree (spki_sha256);

CREATE INDEX certificate_of_nodes ON ca.certificate USING btree (identity, not_after) WHERE (profile = 'server'::text);

CREATE INDEX certificate_renewed ON ca.certificate USING btree (supersede_after) WHERE ((status = 'active'::text) AND (supersede_after IS NOT NULL));

CREATE INDEX certificate_replaces ON ca.certificate USING btree (replaces_issuer, replaces_serial) WHERE (replaces_serial IS NOT NULL);

CREATE INDEX certificate_serial ON ca.certificate USING btree (serial);

CREATE UNIQUE INDEX enrolment_order_open ON ca.enrolment_order USING btree (identity) WHERE ((used_at IS NULL) AND (cancelled_at IS NULL));

CREATE INDEX journal_entry_certificate ON ca.journal_entry USING btree (issuer, serial) WHERE (serial IS NOT NULL);

CREATE INDEX level_lowered_at ON ca.level_lowered USING btree (at);

CREATE INDEX plan_item_certificate ON ca.plan_item USING btree (issuer, serial) WHERE (serial IS NOT NULL);

CREATE UNIQUE INDEX plan_item_line ON ca.plan_item USING btree (plan, line) WHERE (line IS NOT NULL);

CREATE UNIQUE INDEX plan_item_once ON ca.plan_item USING btree (plan, issuer, serial) WHERE (serial IS NOT NULL);

CREATE INDEX plan_item_own ON ca.plan_item USING btree (plan) WHERE own;

CREATE INDEX plan_item_result ON ca.plan_item USING btree (plan, result);

CREATE INDEX plan_item_waiting ON ca.plan_item USING btree (plan, n) WHERE (result = 'waiting'::text);

CREATE INDEX plan_made ON ca.plan USING btree (made_at);

CREATE INDEX plan_open ON ca.plan USING btree (owner) WHERE (confirmed_at IS NULL);

CREATE INDEX plan_under_way ON ca.plan USING btree (confirmed_at) WHERE ((confirmed_at IS NOT NULL) AND (finished_at IS NULL));

CREATE INDEX quarantined_quarantine ON ca.quarantined USING btree (quarantine);

CREATE INDEX status_change_certificate ON ca.status_change USING btree (issuer, serial, number);

CREATE INDEX status_change_shard ON ca.status_change USING btree (issuer, shard, number);

CREATE INDEX witness_key ON ca.witness USING btree (spki_sha256);

CREATE INDEX message_about ON mail.message USING btree (about) WHERE (kind = ANY (ARRAY['lost'::text, 'moved'::text, 'lowered'::text]));

CREATE INDEX message_done ON mail.message USING btree (COALESCE(sent_at, given_up_at)) WHERE ((sent_at IS NOT NULL) OR (given_up_at IS NOT NULL));

CREATE INDEX message_waiting ON mail.message USING btree (next_try_at) WHERE ((sent_at IS NULL) AND (given_up_at IS NULL));

CREATE INDEX notice_untold ON mail.notice USING btree (noticed_at) WHERE (told_at IS NULL);

CREATE INDEX person_pnc_number ON record.person USING btree (upper((pnc_number)::text));

CREATE INDEX person_prison_number ON record.person USING btree (upper((prison_number)::text));

CREATE INDEX search_name_first_name ON record.search_name USING btree (first_name_key text_pattern_ops);

CREATE INDEX search_name_surname ON record.search_name USING btree (surname_key text_pattern_ops, first_name_key text_pattern_ops);

CREATE INDEX service_user_details_date_of_birth ON record.service_user_details USING btree (date_of_birth);

CREATE CONSTRAINT TRIGGER administrator AFTER UPDATE OF left_at, starts_on, ends_on ON access.user_account DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((SESSION_USER <> 'mais_ca'::name)) EXECUTE FUNCTION access.guard_last_administrator();

ALTER TABLE access.user_account ENABLE ALWAYS TRIGGER administrator;

CREATE CONSTRAINT TRIGGER administrator AFTER DELETE OR UPDATE ON access.user_role DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((SESSION_USER <> 'mais_ca'::name)) EXECUTE FUNCTION access.guard_last_administrator();

ALTER TABLE access.user_role ENABLE ALWAYS TRIGGER administrator;

CREATE TRIGGER begin BEFORE INSERT ON access.emergency FOR EACH ROW EXECUTE FUNCTION access.begin_emergency();

ALTER TABLE access.emergency ENABLE ALWAYS TRIGGER begin;

CREATE TRIGGER bump BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON access.agency FOR EACH STATEMENT EXECUTE FUNCTION access.bump();

ALTER TABLE access.agency ENABLE ALWAYS TRIGGER bump;

CREATE TRIGGER bump BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON access.permission FOR EACH STATEMENT EXECUTE FUNCTION access.bump();

ALTER TABLE access.permission ENABLE ALWAYS TRIGGER bump;

CREATE TRIGGER bump BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON access.role FOR EACH STATEMENT EXECUTE FUNCTION access.bump();

ALTER TABLE access.role ENABLE ALWAYS TRIGGER bump;

CREATE TRIGGER bump BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON access.site FOR EACH STATEMENT EXECUTE FUNCTION access.bump();

ALTER TABLE access.site ENABLE ALWAYS TRIGGER bump;

CREATE TRIGGER bump BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON access.subnet FOR EACH STATEMENT EXECUTE FUNCTION access.bump();

ALTER TABLE access.subnet ENABLE ALWAYS TRIGGER bump;

CREATE TRIGGER bump BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON access.user_account FOR EACH STATEMENT EXECUTE FUNCTION access.bump();

ALTER TABLE access.user_account ENABLE ALWAYS TRIGGER bump;

CREATE TRIGGER bump BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON access.user_role FOR EACH STATEMENT EXECUTE FUNCTION access.bump();

ALTER TABLE access.user_role ENABLE ALWAYS TRIGGER bump;

CREATE TRIGGER bump BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON access.user_site FOR EACH STATEMENT EXECUTE FUNCTION access.bump();

ALTER TABLE access.user_site ENABLE ALWAYS TRIGGER bump;

CREATE TRIGGER guard BEFORE UPDATE ON access.access_review FOR EACH ROW EXECUTE FUNCTION access.guard_review();

ALTER TABLE access.access_review ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON access.access_review_item FOR EACH ROW EXECUTE FUNCTION access.guard_review_item();

ALTER TABLE access.access_review_item ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON access.change FOR EACH ROW EXECUTE FUNCTION access.guard_change();

ALTER TABLE access.change ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON access.change_item FOR EACH ROW EXECUTE FUNCTION access.guard_change_item();

ALTER TABLE access.change_item ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON access.emergency FOR EACH ROW EXECUTE FUNCTION access.guard_emergency();

ALTER TABLE access.emergency ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON access.lost_report FOR EACH ROW EXECUTE FUNCTION access.guard_lost_report();

ALTER TABLE access.lost_report ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON access.password FOR EACH ROW EXECUTE FUNCTION access.guard_password();

ALTER TABLE access.password ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON access.password_reset FOR EACH ROW EXECUTE FUNCTION access.guard_password();

ALTER TABLE access.password_reset ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON access.purpose FOR EACH ROW EXECUTE FUNCTION access.guard_purpose();

ALTER TABLE access.purpose ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON access.recovery_code FOR EACH ROW EXECUTE FUNCTION access.guard_password();

ALTER TABLE access.recovery_code ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON access.role FOR EACH ROW EXECUTE FUNCTION access.guard_role();

ALTER TABLE access.role ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON access.session FOR EACH ROW EXECUTE FUNCTION access.guard_session();

ALTER TABLE access.session ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON access.site FOR EACH ROW EXECUTE FUNCTION access.guard_site();

ALTER TABLE access.site ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON access.totp FOR EACH ROW EXECUTE FUNCTION access.guard_password();

ALTER TABLE access.totp ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON access.change FOR EACH STATEMENT EXECUTE FUNCTION access.keep_changes();

ALTER TABLE access.change ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE TRUNCATE ON access.change_item FOR EACH STATEMENT EXECUTE FUNCTION access.keep_changes();

ALTER TABLE access.change_item ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON access.emergency FOR EACH STATEMENT EXECUTE FUNCTION access.keep_emergency();

ALTER TABLE access.emergency ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE ON access.purpose FOR EACH ROW EXECUTE FUNCTION access.keep_purpose();

ALTER TABLE access.purpose ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON access.lost_report FOR EACH STATEMENT EXECUTE FUNCTION access.keep_lost_reports();

ALTER TABLE access.lost_report ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER note_seen AFTER INSERT ON access.session FOR EACH ROW EXECUTE FUNCTION access.note_session();

CREATE CONSTRAINT TRIGGER offices AFTER INSERT OR UPDATE ON access.permission DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION access.guard_permission();

ALTER TABLE access.permission ENABLE ALWAYS TRIGGER offices;

CREATE CONSTRAINT TRIGGER offices AFTER INSERT OR UPDATE ON access.user_role DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION access.guard_user_role();

ALTER TABLE access.user_role ENABLE ALWAYS TRIGGER offices;

CREATE CONSTRAINT TRIGGER open_site AFTER INSERT OR UPDATE ON access.subnet DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION access.guard_subnet();

ALTER TABLE access.subnet ENABLE ALWAYS TRIGGER open_site;

CREATE CONSTRAINT TRIGGER own_agency AFTER UPDATE OF agency ON access.user_account DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION access.guard_user_site();

ALTER TABLE access.user_account ENABLE ALWAYS TRIGGER own_agency;

CREATE CONSTRAINT TRIGGER own_agency AFTER INSERT OR UPDATE ON access.user_site DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION access.guard_user_site();

ALTER TABLE access.user_site ENABLE ALWAYS TRIGGER own_agency;

CREATE CONSTRAINT TRIGGER reachable AFTER DELETE OR UPDATE ON access.subnet DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((SESSION_USER <> 'mais_ca'::name)) EXECUTE FUNCTION access.guard_reachable();

ALTER TABLE access.subnet ENABLE ALWAYS TRIGGER reachable;

CREATE CONSTRAINT TRIGGER reachable AFTER DELETE OR UPDATE ON access.user_site DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((SESSION_USER <> 'mais_ca'::name)) EXECUTE FUNCTION access.guard_reachable();

ALTER TABLE access.user_site ENABLE ALWAYS TRIGGER reachable;

CREATE TRIGGER set_later BEFORE UPDATE ON access.password FOR EACH ROW WHEN ((new.set_at IS DISTINCT FROM old.set_at)) EXECUTE FUNCTION access.set_password_later();

ALTER TABLE access.password ENABLE ALWAYS TRIGGER set_later;

CREATE TRIGGER start_anew AFTER UPDATE OF email, agency, left_at ON access.user_account FOR EACH ROW WHEN (((old.email <> new.email) OR (old.agency <> new.agency) OR ((old.left_at IS NOT NULL) AND (new.left_at IS NULL)))) EXECUTE FUNCTION access.start_anew();

CREATE TRIGGER tell AFTER DELETE ON access.password FOR EACH ROW EXECUTE FUNCTION access.tell_of_password();

ALTER TABLE access.password ENABLE ALWAYS TRIGGER tell;

CREATE TRIGGER void_resets AFTER UPDATE OF email ON access.user_account FOR EACH ROW WHEN ((old.email <> new.email)) EXECUTE FUNCTION access.void_resets();

ALTER TABLE access.user_account ENABLE ALWAYS TRIGGER void_resets;

CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.agency FOR EACH ROW EXECUTE FUNCTION access.withdraw_agency();

ALTER TABLE access.agency ENABLE ALWAYS TRIGGER withdraw_changed;

CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.password FOR EACH ROW WHEN ((new.set_at IS DISTINCT FROM old.set_at)) EXECUTE FUNCTION access.withdraw_password();

ALTER TABLE access.password ENABLE ALWAYS TRIGGER withdraw_changed;

CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.permission REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_permission();

ALTER TABLE access.permission ENABLE ALWAYS TRIGGER withdraw_changed;

CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.recovery_code FOR EACH ROW WHEN (((old.used_at IS NULL) AND (new.used_at IS NOT NULL))) EXECUTE FUNCTION access.withdraw_password();

ALTER TABLE access.recovery_code ENABLE ALWAYS TRIGGER withdraw_changed;

CREATE TRIGGER withdraw_changed AFTER INSERT OR DELETE OR UPDATE ON access.role FOR EACH ROW EXECUTE FUNCTION access.withdraw_role();

ALTER TABLE access.role ENABLE ALWAYS TRIGGER withdraw_changed;

CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.site REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_site();

ALTER TABLE access.site ENABLE ALWAYS TRIGGER withdraw_changed;

CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.subnet REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_subnet();

ALTER TABLE access.subnet ENABLE ALWAYS TRIGGER withdraw_changed;

CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.user_account REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_user();

ALTER TABLE access.user_account ENABLE ALWAYS TRIGGER withdraw_changed;

CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.user_role REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_user_role();

ALTER TABLE access.user_role ENABLE ALWAYS TRIGGER withdraw_changed;

CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.user_site REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_user_site();

ALTER TABLE access.user_site ENABLE ALWAYS TRIGGER withdraw_changed;

CREATE TRIGGER withdraw_given AFTER INSERT ON access.permission REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_permission();

ALTER TABLE access.permission ENABLE ALWAYS TRIGGER withdraw_given;

CREATE TRIGGER withdraw_given AFTER INSERT ON access.subnet REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_subnet();

ALTER TABLE access.subnet ENABLE ALWAYS TRIGGER withdraw_given;

CREATE TRIGGER withdraw_given AFTER INSERT ON access.user_role REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_user_role();

ALTER TABLE access.user_role ENABLE ALWAYS TRIGGER withdraw_given;

CREATE TRIGGER withdraw_given AFTER INSERT ON access.user_site REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_user_site();

ALTER TABLE access.user_site ENABLE ALWAYS TRIGGER withdraw_given;

CREATE TRIGGER withdraw_taken AFTER DELETE ON access.password FOR EACH ROW EXECUTE FUNCTION access.withdraw_password();

ALTER TABLE access.password ENABLE ALWAYS TRIGGER withdraw_taken;

CREATE TRIGGER withdraw_taken AFTER DELETE ON access.permission REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_permission();

ALTER TABLE access.permission ENABLE ALWAYS TRIGGER withdraw_taken;

CREATE TRIGGER withdraw_taken AFTER DELETE ON access.recovery_code FOR EACH ROW WHEN ((old.used_at IS NULL)) EXECUTE FUNCTION access.withdraw_password();

ALTER TABLE access.recovery_code ENABLE ALWAYS TRIGGER withdraw_taken;

CREATE TRIGGER withdraw_taken AFTER DELETE ON access.subnet REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_subnet();

ALTER TABLE access.subnet ENABLE ALWAYS TRIGGER withdraw_taken;

CREATE TRIGGER withdraw_taken AFTER DELETE ON access.totp FOR EACH ROW EXECUTE FUNCTION access.withdraw_password();

ALTER TABLE access.totp ENABLE ALWAYS TRIGGER withdraw_taken;

CREATE TRIGGER withdraw_taken AFTER DELETE ON access.user_role REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_user_role();

ALTER TABLE access.user_role ENABLE ALWAYS TRIGGER withdraw_taken;

CREATE TRIGGER withdraw_taken AFTER DELETE ON access.user_site REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_user_site();

ALTER TABLE access.user_site ENABLE ALWAYS TRIGGER withdraw_taken;

CREATE CONSTRAINT TRIGGER written AFTER INSERT ON access.withdrawal DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.leads) EXECUTE FUNCTION access.guard_withdrawal();

ALTER TABLE access.withdrawal ENABLE ALWAYS TRIGGER written;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.day FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.day ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.day_agency FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.day_agency ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.day_hour FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.day_hour ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.day_unmet FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.day_unmet ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.event FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.event ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.midnight FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.midnight ENABLE ALWAYS TRIGGER append_only;

CREATE CONSTRAINT TRIGGER durable AFTER INSERT ON audit.event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.durable();

ALTER TABLE audit.event ENABLE ALWAYS TRIGGER durable;

CREATE TRIGGER describe BEFORE INSERT ON ca.status_change FOR EACH ROW EXECUTE FUNCTION ca.describe_change();

ALTER TABLE ca.status_change ENABLE ALWAYS TRIGGER describe;

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON ca.certificate FOR EACH ROW EXECUTE FUNCTION ca.guard_certificate();

ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON ca.crl FOR EACH ROW EXECUTE FUNCTION ca.guard_list();

ALTER TABLE ca.crl ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON ca.crl_shard FOR EACH ROW EXECUTE FUNCTION ca.guard_list();

ALTER TABLE ca.crl_shard ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON ca.enrolment_order FOR EACH ROW EXECUTE FUNCTION ca.guard_order();

ALTER TABLE ca.enrolment_order ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON ca.issuer FOR EACH ROW EXECUTE FUNCTION ca.guard_issuer();

ALTER TABLE ca.issuer ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON ca.journal_head FOR EACH ROW EXECUTE FUNCTION ca.guard_journal_head();

ALTER TABLE ca.journal_head ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON ca.node FOR EACH ROW EXECUTE FUNCTION ca.guard_node();

ALTER TABLE ca.node ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE INSERT ON ca.pin_announcement FOR EACH ROW EXECUTE FUNCTION ca.guard_announcement();

ALTER TABLE ca.pin_announcement ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON ca.plan FOR EACH ROW EXECUTE FUNCTION ca.guard_plan();

ALTER TABLE ca.plan ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON ca.plan_item FOR EACH ROW EXECUTE FUNCTION ca.guard_plan_item();

ALTER TABLE ca.plan_item ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON ca.quarantine FOR EACH ROW EXECUTE FUNCTION ca.guard_quarantine();

ALTER TABLE ca.quarantine ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE INSERT ON ca.quarantine_approval FOR EACH ROW EXECUTE FUNCTION ca.guard_approval();

ALTER TABLE ca.quarantine_approval ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON ca.receipt_floor FOR EACH ROW EXECUTE FUNCTION ca.guard_receipt_floor();

ALTER TABLE ca.receipt_floor ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON ca.status_counter FOR EACH ROW EXECUTE FUNCTION ca.guard_counter();

ALTER TABLE ca.status_counter ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON ca.card FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.card ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON ca.card_return FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.card_return ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON ca.card_use FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.card_use ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE ON ca.certificate FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE ON ca.crl FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.crl ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE ON ca.crl_shard FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.crl_shard ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE ON ca.enrolment_order FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.enrolment_order ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE ON ca.issuer FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.issuer ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON ca.journal_entry FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.journal_entry ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE ON ca.journal_head FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.journal_head ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON ca.journal_key FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.journal_key ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE ON ca.journal_place FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.journal_place ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON ca.level_lowered FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.level_lowered ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON ca.order_password FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.order_password ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON ca.pin_announcement FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.pin_announcement ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE ON ca.plan FOR EACH ROW EXECUTE FUNCTION ca.keep_plan();

ALTER TABLE ca.plan ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE ON ca.plan_item FOR EACH ROW EXECUTE FUNCTION ca.keep_plan_item();

ALTER TABLE ca.plan_item ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE ON ca.quarantine FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.quarantine ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON ca.quarantine_approval FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.quarantine_approval ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON ca.quarantined FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.quarantined ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON ca.receipt FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.receipt ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE ON ca.receipt_floor FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.receipt_floor ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON ca.root_list FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.root_list ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON ca.status_change FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.status_change ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE ON ca.status_counter FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.status_counter ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON ca.subject_key FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.subject_key ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE UPDATE ON ca.witness FOR EACH ROW EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.witness ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.acknowledgement FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.acknowledgement ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.card FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.card ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.card_return FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.card_return ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.card_use FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.card_use ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.certificate FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.crl FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.crl ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.crl_shard FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.crl_shard ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.enrolment_order FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.enrolment_order ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.issuer FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.issuer ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.journal_entry FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.journal_entry ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.journal_head FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.journal_head ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.journal_key FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.journal_key ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.journal_place FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.journal_place ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.level_lowered FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.level_lowered ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.node FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.node ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.order_password FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.order_password ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.pin_announcement FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.pin_announcement ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.plan FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.plan ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.plan_item FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.plan_item ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.quarantine FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.quarantine ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.quarantine_approval FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.quarantine_approval ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.quarantined FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.quarantined ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.receipt FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.receipt ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.receipt_floor FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.receipt_floor ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.root_list FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.root_list ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.status_change FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.status_change ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.status_counter FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.status_counter ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.subject_key FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.subject_key ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.witness FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();

ALTER TABLE ca.witness ENABLE ALWAYS TRIGGER keep_all;

CREATE CONSTRAINT TRIGGER level AFTER INSERT ON ca.certificate DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.level = ANY (ARRAY['card'::text, 'attested'::text]))) EXECUTE FUNCTION ca.guard_level();

ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER level;

CREATE TRIGGER note_registered AFTER INSERT ON ca.certificate FOR EACH ROW EXECUTE FUNCTION access.note_certificate();

CREATE CONSTRAINT TRIGGER number AFTER UPDATE ON ca.certificate DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) OR (old.reason IS DISTINCT FROM new.reason))) EXECUTE FUNCTION ca.number_status();

ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER number;

CREATE TRIGGER open AFTER INSERT ON ca.plan_item REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ca.add_plan_item();

ALTER TABLE ca.plan_item ENABLE ALWAYS TRIGGER open;

CREATE TRIGGER quarantine BEFORE UPDATE ON ca.certificate FOR EACH ROW WHEN (((old.status = 'held'::text) AND (new.status = 'active'::text))) EXECUTE FUNCTION ca.guard_quarantined();

ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER quarantine;

CREATE TRIGGER sign BEFORE UPDATE OF status, reason ON ca.certificate FOR EACH ROW WHEN ((((new.status IS DISTINCT FROM old.status) OR (new.reason IS DISTINCT FROM old.reason)) AND (NOT (new.status_by IS DISTINCT FROM old.status_by)) AND (SESSION_USER <> 'mais_ca'::name))) EXECUTE FUNCTION ca.sign_change();

ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER sign;

CREATE TRIGGER stamp BEFORE INSERT ON ca.acknowledgement FOR EACH ROW EXECUTE FUNCTION ca.stamp_acknowledgement();

ALTER TABLE ca.acknowledgement ENABLE ALWAYS TRIGGER stamp;

CREATE TRIGGER sweep BEFORE DELETE OR UPDATE ON ca.acknowledgement FOR EACH ROW EXECUTE FUNCTION ca.sweep_acknowledgement();

ALTER TABLE ca.acknowledgement ENABLE ALWAYS TRIGGER sweep;

CREATE TRIGGER sweep BEFORE DELETE ON ca.node FOR EACH ROW EXECUTE FUNCTION ca.sweep_node();

ALTER TABLE ca.node ENABLE ALWAYS TRIGGER sweep;

CREATE TRIGGER sweep BEFORE DELETE ON ca.witness FOR EACH ROW EXECUTE FUNCTION ca.sweep_witness();

ALTER TABLE ca.witness ENABLE ALWAYS TRIGGER sweep;

CREATE TRIGGER witnessed BEFORE INSERT ON ca.card_use FOR EACH ROW WHEN ((new.witness IS NOT NULL)) EXECUTE FUNCTION ca.guard_witnessed();

ALTER TABLE ca.card_use ENABLE ALWAYS TRIGGER witnessed;

CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON mail.message FOR EACH ROW EXECUTE FUNCTION mail.guard_message();

ALTER TABLE mail.message ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON mail."position" FOR EACH ROW EXECUTE FUNCTION mail.guard_position();

ALTER TABLE mail."position" ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON mail."position" FOR EACH STATEMENT EXECUTE FUNCTION mail.refuse();

ALTER TABLE mail."position" ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON mail.message FOR EACH STATEMENT EXECUTE FUNCTION mail.refuse();

ALTER TABLE mail.message ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON mail.notice FOR EACH STATEMENT EXECUTE FUNCTION mail.refuse();

ALTER TABLE mail.notice ENABLE ALWAYS TRIGGER keep_all;

ALTER TABLE ONLY access.access_review
    ADD CONSTRAINT access_review_agency_fkey FOREIGN KEY (agency) REFERENCES access.agency(id);

ALTER TABLE ONLY access.access_review_item
    ADD CONSTRAINT access_review_item_change_fkey FOREIGN KEY (change) REFERENCES access.change(id);

ALTER TABLE ONLY access.access_review_item
    ADD CONSTRAINT access_review_item_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.access_review_item
    ADD CONSTRAINT access_review_item_review_fkey FOREIGN KEY (review) REFERENCES access.access_review(id);

ALTER TABLE ONLY access.access_review_item
    ADD CONSTRAINT access_review_item_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.access_review
    ADD CONSTRAINT access_review_signed_by_fkey FOREIGN KEY (signed_by) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.change
    ADD CONSTRAINT change_agency_fkey FOREIGN KEY (agency) REFERENCES access.agency(id);

ALTER TABLE ONLY access.change
    ADD CONSTRAINT change_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.change_item
    ADD CONSTRAINT change_item_change_fkey FOREIGN KEY (change) REFERENCES access.change(id);

ALTER TABLE ONLY access.change_item
    ADD CONSTRAINT change_item_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.change
    ADD CONSTRAINT change_made_by_fkey FOREIGN KEY (made_by) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.emergency
    ADD CONSTRAINT emergency_reviewer_fkey FOREIGN KEY (reviewer) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.emergency
    ADD CONSTRAINT emergency_session_fkey FOREIGN KEY (session) REFERENCES access.session(id_hash);

ALTER TABLE ONLY access.emergency
    ADD CONSTRAINT emergency_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.errand
    ADD CONSTRAINT errand_change_fkey FOREIGN KEY (change) REFERENCES access.change(id);

ALTER TABLE ONLY access.errand
    ADD CONSTRAINT errand_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.lost_report
    ADD CONSTRAINT lost_report_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.password_reset
    ADD CONSTRAINT password_reset_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.password(user_id);

ALTER TABLE ONLY access.password
    ADD CONSTRAINT password_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.permission
    ADD CONSTRAINT permission_role_fkey FOREIGN KEY (role) REFERENCES access.role(name);

ALTER TABLE ONLY access.purpose
    ADD CONSTRAINT purpose_session_fkey FOREIGN KEY (session) REFERENCES access.session(id_hash);

ALTER TABLE ONLY access.recovery_code
    ADD CONSTRAINT recovery_code_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.password(user_id);

ALTER TABLE ONLY access.registration
    ADD CONSTRAINT registration_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.review_schedule
    ADD CONSTRAINT review_schedule_agency_fkey FOREIGN KEY (agency) REFERENCES access.agency(id);

ALTER TABLE ONLY access.session
    ADD CONSTRAINT session_site_fkey FOREIGN KEY (site) REFERENCES access.site(id);

ALTER TABLE ONLY access.session
    ADD CONSTRAINT session_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.site
    ADD CONSTRAINT site_agency_fkey FOREIGN KEY (agency) REFERENCES access.agency(id);

ALTER TABLE ONLY access.subnet
    ADD CONSTRAINT subnet_site_fkey FOREIGN KEY (site) REFERENCES access.site(id);

ALTER TABLE ONLY access.totp
    ADD CONSTRAINT totp_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.password(user_id);

ALTER TABLE ONLY access.use_answer
    ADD CONSTRAINT use_answer_agency_fkey FOREIGN KEY (agency) REFERENCES access.agency(id);

ALTER TABLE ONLY access.use_answer
    ADD CONSTRAINT use_answer_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.user_account
    ADD CONSTRAINT user_account_agency_fkey FOREIGN KEY (agency) REFERENCES access.agency(id);

ALTER TABLE ONLY access.user_role
    ADD CONSTRAINT user_role_role_fkey FOREIGN KEY (role) REFERENCES access.role(name);

ALTER TABLE ONLY access.user_role
    ADD CONSTRAINT user_role_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.user_site
    ADD CONSTRAINT user_site_site_fkey FOREIGN KEY (site) REFERENCES access.site(id);

ALTER TABLE ONLY access.user_site
    ADD CONSTRAINT user_site_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.user_account(id);

ALTER TABLE ONLY audit.day_agency
    ADD CONSTRAINT day_agency_day_fkey FOREIGN KEY (day) REFERENCES audit.day(day);

ALTER TABLE ONLY audit.day_hour
    ADD CONSTRAINT day_hour_day_fkey FOREIGN KEY (day) REFERENCES audit.day(day);

ALTER TABLE ONLY audit.day_unmet
    ADD CONSTRAINT day_unmet_day_fkey FOREIGN KEY (day) REFERENCES audit.day(day);

ALTER TABLE ONLY ca.acknowledgement
    ADD CONSTRAINT acknowledgement_instance_fkey FOREIGN KEY (instance) REFERENCES ca.node(instance);

ALTER TABLE ONLY ca.card_return
    ADD CONSTRAINT card_return_after_use_fkey FOREIGN KEY (after_use) REFERENCES ca.card_use(n);

ALTER TABLE ONLY ca.card_return
    ADD CONSTRAINT card_return_card_fkey FOREIGN KEY (card) REFERENCES ca.card(id);

ALTER TABLE ONLY ca.card_use
    ADD CONSTRAINT card_use_card_fkey FOREIGN KEY (card) REFERENCES ca.card(id);

ALTER TABLE ONLY ca.card_use
    ADD CONSTRAINT card_use_former_fkey FOREIGN KEY (former) REFERENCES ca.card_use(n);

ALTER TABLE ONLY ca.card_use
    ADD CONSTRAINT card_use_issuer_serial_fkey FOREIGN KEY (issuer, serial) REFERENCES ca.certificate(issuer, serial);

ALTER TABLE ONLY ca.card_use
    ADD CONSTRAINT card_use_witness_fkey FOREIGN KEY (witness) REFERENCES ca.witness(id);

ALTER TABLE ONLY ca.certificate
    ADD CONSTRAINT certificate_issuer_fkey FOREIGN KEY (issuer) REFERENCES ca.issuer(id);

ALTER TABLE ONLY ca.certificate
    ADD CONSTRAINT certificate_order_id_fkey FOREIGN KEY (order_id) REFERENCES ca.enrolment_order(id);

ALTER TABLE ONLY ca.certificate
    ADD CONSTRAINT certificate_replaces_issuer_replaces_serial_fkey FOREIGN KEY (replaces_issuer, replaces_serial) REFERENCES ca.certificate(issuer, serial);

ALTER TABLE ONLY ca.crl
    ADD CONSTRAINT crl_issuer_fkey FOREIGN KEY (issuer) REFERENCES ca.issuer(id);

ALTER TABLE ONLY ca.crl_shard
    ADD CONSTRAINT crl_shard_issuer_fkey FOREIGN KEY (issuer) REFERENCES ca.issuer(id);

ALTER TABLE ONLY ca.level_lowered
    ADD CONSTRAINT level_lowered_issuer_serial_fkey FOREIGN KEY (issuer, serial) REFERENCES ca.certificate(issuer, serial);

ALTER TABLE ONLY ca.order_password
    ADD CONSTRAINT order_password_order_id_fkey FOREIGN KEY (order_id) REFERENCES ca.enrolment_order(id);

ALTER TABLE ONLY ca.plan
    ADD CONSTRAINT plan_confirmed_issuer_confirmed_serial_fkey FOREIGN KEY (confirmed_issuer, confirmed_serial) REFERENCES ca.certificate(issuer, serial);

ALTER TABLE ONLY ca.plan_item
    ADD CONSTRAINT plan_item_issuer_serial_fkey FOREIGN KEY (issuer, serial) REFERENCES ca.certificate(issuer, serial);

ALTER TABLE ONLY ca.plan_item
    ADD CONSTRAINT plan_item_plan_fkey FOREIGN KEY (plan) REFERENCES ca.plan(id) ON DELETE CASCADE;

ALTER TABLE ONLY ca.quarantine_approval
    ADD CONSTRAINT quarantine_approval_quarantine_fkey FOREIGN KEY (quarantine) REFERENCES ca.quarantine(id);

ALTER TABLE ONLY ca.quarantined
    ADD CONSTRAINT quarantined_issuer_serial_fkey FOREIGN KEY (issuer, serial) REFERENCES ca.certificate(issuer, serial);

ALTER TABLE ONLY ca.quarantined
    ADD CONSTRAINT quarantined_quarantine_fkey FOREIGN KEY (quarantine) REFERENCES ca.quarantine(id);

ALTER TABLE ONLY ca.status_change
    ADD CONSTRAINT status_change_issuer_serial_fkey FOREIGN KEY (issuer, serial) REFERENCES ca.certificate(issuer, serial);

ALTER TABLE ONLY mail.notice
    ADD CONSTRAINT notice_issuer_serial_fkey FOREIGN KEY (issuer, serial) REFERENCES ca.certificate(issuer, serial);

ALTER TABLE ONLY record.agency_involved
    ADD CONSTRAINT agency_involved_person_fkey FOREIGN KEY (person) REFERENCES record.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY record.alias
    ADD CONSTRAINT alias_person_fkey FOREIGN KEY (person) REFERENCES record.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY record.mental_health_diagnosis
    ADD CONSTRAINT mental_health_diagnosis_person_fkey FOREIGN KEY (person) REFERENCES record.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY record.mental_health_summary
    ADD CONSTRAINT mental_health_summary_person_fkey FOREIGN KEY (person) REFERENCES record.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY record.physical_health
    ADD CONSTRAINT physical_health_person_fkey FOREIGN KEY (person) REFERENCES record.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY record.prescription
    ADD CONSTRAINT prescription_person_fkey FOREIGN KEY (person) REFERENCES record.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY record.release_medication
    ADD CONSTRAINT release_medication_person_fkey FOREIGN KEY (person) REFERENCES record.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY record.risk_factors
    ADD CONSTRAINT risk_factors_person_fkey FOREIGN KEY (person) REFERENCES record.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY record.search_name
    ADD CONSTRAINT search_name_person_fkey FOREIGN KEY (person) REFERENCES record.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY record.service_user_details
    ADD CONSTRAINT service_user_details_person_fkey FOREIGN KEY (person) REFERENCES record.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY record.substance_misuse
    ADD CONSTRAINT substance_misuse_person_fkey FOREIGN KEY (person) REFERENCES record.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY record.suicide_and_self_harm
    ADD CONSTRAINT suicide_and_self_harm_person_fkey FOREIGN KEY (person) REFERENCES record.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY record.violence_to_others
    ADD CONSTRAINT violence_to_others_person_fkey FOREIGN KEY (person) REFERENCES record.person(id) ON DELETE CASCADE;

CREATE POLICY append ON audit.event FOR INSERT TO mais_owner WITH CHECK (true);

ALTER TABLE audit.event ENABLE ROW LEVEL SECURITY;

CREATE POLICY look ON audit.event FOR SELECT TO mais_owner, mais_audit USING (true);

GRANT USAGE ON SCHEMA access TO mais_creds;
GRANT USAGE ON SCHEMA access TO mais_register;
GRANT USAGE ON SCHEMA access TO mais_mail;
GRANT USAGE ON SCHEMA access TO mais_ca;

GRANT USAGE ON SCHEMA audit TO mais_read_restricted;
GRANT USAGE ON SCHEMA audit TO mais_read_full;
GRANT USAGE ON SCHEMA audit TO mais_write_health;
GRANT USAGE ON SCHEMA audit TO mais_write_justice;
GRANT USAGE ON SCHEMA audit TO mais_write_community;
GRANT USAGE ON SCHEMA audit TO mais_creds;
GRANT USAGE ON SCHEMA audit TO mais_register;
GRANT USAGE ON SCHEMA audit TO mais_audit;
GRANT USAGE ON SCHEMA audit TO mais_ca;
GRANT USAGE ON SCHEMA audit TO mais_migrate;

GRANT USAGE ON SCHEMA ca TO mais_ca;
GRANT USAGE ON SCHEMA ca TO mais_mail;
GRANT USAGE ON SCHEMA ca TO mais_register;
GRANT USAGE ON SCHEMA ca TO mais_creds;

GRANT USAGE ON SCHEMA mail TO mais_mail;

GRANT USAGE ON SCHEMA migration TO mais_audit;

REVOKE USAGE ON SCHEMA public FROM PUBLIC;

GRANT USAGE ON SCHEMA record TO mais_read_restricted;
GRANT USAGE ON SCHEMA record TO mais_read_full;
GRANT USAGE ON SCHEMA record TO mais_write_health;
GRANT USAGE ON SCHEMA record TO mais_write_justice;
GRANT USAGE ON SCHEMA record TO mais_write_community;

REVOKE ALL ON FUNCTION access.accept_terms(who uuid, what text, shown text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION access.accept_terms(who uuid, what text, shown text[]) TO mais_register;

REVOKE ALL ON FUNCTION access.agency_of(what text, about text, old jsonb, new jsonb, people jsonb) FROM PUBLIC;

GRANT SELECT ON TABLE access.change TO mais_register;

REVOKE ALL ON FUNCTION access.apply(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.apply_agency(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.apply_invite(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.apply_items(most integer, OUT which uuid, OUT done bigint, OUT failed bigint, OUT remaining bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION access.apply_items(most integer, OUT which uuid, OUT done bigint, OUT failed bigint, OUT remaining bigint) TO mais_register;

REVOKE ALL ON FUNCTION access.apply_leave(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.apply_place(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.apply_role(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.apply_user_change(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.approve(actor uuid, which uuid, why text, foreseen jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION access.approve(actor uuid, which uuid, why text, foreseen jsonb) TO mais_register;

REVOKE ALL ON FUNCTION access.begin_anew() FROM PUBLIC;
GRANT ALL ON FUNCTION access.begin_anew() TO mais_ca;

REVOKE ALL ON FUNCTION access.begin_emergency() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.break_rule(field text, says text) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.bump() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.carry_out(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.check_current(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.check_list(people jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.check_maker(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.check_room(maker uuid, what text) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.check_second(c access.change, who uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.check_user(f jsonb, before_sites text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.code_due(fields jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.code_unused(code text) FROM PUBLIC;
GRANT ALL ON FUNCTION access.code_unused(code text) TO mais_register;

REVOKE ALL ON FUNCTION access.compromised(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.confirm(actor uuid, which uuid, foreseen jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION access.confirm(actor uuid, which uuid, foreseen jsonb) TO mais_register;

REVOKE ALL ON FUNCTION access.count_use() FROM PUBLIC;
GRANT ALL ON FUNCTION access.count_use() TO mais_register;

REVOKE ALL ON FUNCTION access.day(text text) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.decidable(who uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION access.decidable(who uuid) TO mais_register;

REVOKE ALL ON FUNCTION access.decides(who uuid, c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.defined(roles text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.discard(actor uuid, which uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION access.discard(actor uuid, which uuid) TO mais_register;

REVOKE ALL ON FUNCTION access.discard_restored() FROM PUBLIC;
GRANT ALL ON FUNCTION access.discard_restored() TO mais_ca;

REVOKE ALL ON FUNCTION access.drop_passwords(users uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.end_overdue() FROM PUBLIC;
GRANT ALL ON FUNCTION access.end_overdue() TO mais_register;

REVOKE ALL ON FUNCTION access.end_restored() FROM PUBLIC;
GRANT ALL ON FUNCTION access.end_restored() TO mais_ca;

REVOKE ALL ON FUNCTION access.expire_changes() FROM PUBLIC;
GRANT ALL ON FUNCTION access.expire_changes() TO mais_register;

REVOKE ALL ON FUNCTION access.fault_of(f jsonb, before_sites text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.forget_passwords(until timestamp with time zone, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION access.forget_passwords(until timestamp with time zone, most integer) TO mais_ca;

REVOKE ALL ON FUNCTION access.forget_sessions(age interval, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION access.forget_sessions(age interval, most integer) TO mais_creds;

REVOKE ALL ON FUNCTION access.give_back(names text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.given_by(what text, old jsonb, wanted jsonb, people jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_change_item() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_emergency() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_last_administrator() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_lost_report() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_password() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_permission() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_purpose() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_reachable() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_review() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_review_item() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_role() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_session() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_site() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_subnet() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_user_role() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_user_site() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_withdrawal() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.has_role(who uuid, wanted text) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.in_an_office(which text) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.in_office(who uuid, offices text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION access.in_office(who uuid, offices text[]) TO mais_register;

REVOKE ALL ON FUNCTION access.invite_again(maker uuid, of_agency uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION access.invite_again(maker uuid, of_agency uuid) TO mais_register;

REVOKE ALL ON FUNCTION access.is_wide(prefix cidr) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.keep_changes() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.keep_emergency() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.keep_lost_reports() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.keep_purpose() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.lasting_administrators(but uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.lifted(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION access.lifted(most integer) TO mais_register;

REVOKE ALL ON FUNCTION access.manages(who uuid, c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.may_decide(who uuid, c access.change) FROM PUBLIC;
GRANT ALL ON FUNCTION access.may_decide(who uuid, c access.change) TO mais_register;

REVOKE ALL ON FUNCTION access.narrows(old jsonb, new jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.needs(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.note_certificate() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.note_session() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.open_change(which uuid, stands text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.opens_further(words text[], was text, will text) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.overlaps_another(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.password_name(who uuid, set_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.place_user(who uuid, f jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.present(who uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION access.present(who uuid) TO mais_register;

REVOKE ALL ON FUNCTION access.propose(maker uuid, what text, about text, seen bigint, wanted jsonb, people jsonb, named text, why text) FROM PUBLIC;
GRANT ALL ON FUNCTION access.propose(maker uuid, what text, about text, seen bigint, wanted jsonb, people jsonb, named text, why text) TO mais_register;

REVOKE ALL ON FUNCTION access.put_out_again(who uuid, left_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION access.put_out_again(who uuid, left_at timestamp with time zone) TO mais_register;

REVOKE ALL ON FUNCTION access.refuse(actor uuid, which uuid, why text) FROM PUBLIC;
GRANT ALL ON FUNCTION access.refuse(actor uuid, which uuid, why text) TO mais_register;

REVOKE ALL ON FUNCTION access.refuse_change(code text, says text) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.registered(who uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION access.registered(who uuid) TO mais_creds;
GRANT ALL ON FUNCTION access.registered(who uuid) TO mais_register;

REVOKE ALL ON FUNCTION access.renew_terms(what text) FROM PUBLIC;
GRANT ALL ON FUNCTION access.renew_terms(what text) TO mais_register;

REVOKE ALL ON FUNCTION access.restored_since(since timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION access.restored_since(since timestamp with time zone) TO mais_register;

REVOKE ALL ON FUNCTION access.role_conflict(roles text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.roles_in(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.send_on(c access.change, errand text, who uuid, detail jsonb, due timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.set_password_later() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.shares_domain(f jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.start_anew() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.state_of(what text, about text) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.stop_list(actor uuid, which uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION access.stop_list(actor uuid, which uuid) TO mais_register;

REVOKE ALL ON FUNCTION access.strands(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.strictness(word text) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.taken_elsewhere(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.takes_administrator(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.tell_of_password() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.tell_stuck(which uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION access.tell_stuck(which uuid) TO mais_register;

REVOKE ALL ON FUNCTION access.texts(list jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.told(ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION access.told(ids bigint[]) TO mais_register;

REVOKE ALL ON FUNCTION access.touches_office(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.try_change(c access.change) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.unwritten(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION access.unwritten(most integer) TO mais_register;

REVOKE ALL ON FUNCTION access.unwritten_for(age interval) FROM PUBLIC;
GRANT ALL ON FUNCTION access.unwritten_for(age interval) TO mais_register;

REVOKE ALL ON FUNCTION access.unwritten_own(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION access.unwritten_own(most integer) TO mais_register;
GRANT ALL ON FUNCTION access.unwritten_own(most integer) TO mais_creds;
GRANT ALL ON FUNCTION access.unwritten_own(most integer) TO mais_ca;

REVOKE ALL ON FUNCTION access.void_resets() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.withdraw(names text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.withdraw_again(names text[], by_whom text, in_journal text, entry bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION access.withdraw_again(names text[], by_whom text, in_journal text, entry bigint) TO mais_ca;

REVOKE ALL ON FUNCTION access.withdraw_agency() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.withdraw_one_again(what text) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.withdraw_password() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.withdraw_permission() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.withdraw_role() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.withdraw_site() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.withdraw_stricter(thing text, was text, is_now text, words text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.withdraw_subnet() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.withdraw_user() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.withdraw_user_role() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.withdraw_user_site() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.withdrawal_form(what text) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.withdrawn_words(names text[], by_whom text) FROM PUBLIC;
GRANT ALL ON FUNCTION access.withdrawn_words(names text[], by_whom text) TO mais_ca;

REVOKE ALL ON FUNCTION access.write_user(who uuid, f jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION access.written(ids bigint[], in_journal text, entry bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION access.written(ids bigint[], in_journal text, entry bigint) TO mais_register;
GRANT ALL ON FUNCTION access.written(ids bigint[], in_journal text, entry bigint) TO mais_creds;
GRANT ALL ON FUNCTION access.written(ids bigint[], in_journal text, entry bigint) TO mais_ca;

REVOKE ALL ON FUNCTION audit.append(events jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.append(events jsonb) TO mais_read_restricted;
GRANT ALL ON FUNCTION audit.append(events jsonb) TO mais_read_full;
GRANT ALL ON FUNCTION audit.append(events jsonb) TO mais_write_health;
GRANT ALL ON FUNCTION audit.append(events jsonb) TO mais_write_justice;
GRANT ALL ON FUNCTION audit.append(events jsonb) TO mais_write_community;
GRANT ALL ON FUNCTION audit.append(events jsonb) TO mais_creds;
GRANT ALL ON FUNCTION audit.append(events jsonb) TO mais_register;
GRANT ALL ON FUNCTION audit.append(events jsonb) TO mais_audit;
GRANT ALL ON FUNCTION audit.append(events jsonb) TO mais_ca;
GRANT ALL ON FUNCTION audit.append(events jsonb) TO mais_migrate;

REVOKE ALL ON FUNCTION audit.close_day(which date) FROM PUBLIC;

REVOKE ALL ON FUNCTION audit.close_days(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.close_days(most integer) TO mais_audit;

REVOKE ALL ON FUNCTION audit.durable() FROM PUBLIC;

GRANT SELECT ON TABLE audit.event TO mais_audit;

REVOKE ALL ON FUNCTION audit.of_request(number uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.of_request(number uuid) TO mais_audit;

REVOKE ALL ON FUNCTION audit.of_session(name text) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.of_session(name text) TO mais_audit;

REVOKE ALL ON FUNCTION audit.refuse() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.add_plan_item() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.describe_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.enter_withdrawal(of_journal text, entry bigint, entry_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION ca.enter_withdrawal(of_journal text, entry bigint, entry_hash bytea) TO mais_ca;
GRANT ALL ON FUNCTION ca.enter_withdrawal(of_journal text, entry bigint, entry_hash bytea) TO mais_register;
GRANT ALL ON FUNCTION ca.enter_withdrawal(of_journal text, entry bigint, entry_hash bytea) TO mais_creds;

REVOKE ALL ON FUNCTION ca.guard_announcement() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_approval() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_certificate() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_counter() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_issuer() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_journal_head() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_level() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_list() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_node() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_order() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_plan() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_plan_item() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_quarantine() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_quarantined() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_receipt_floor() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.guard_witnessed() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.keep_plan() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.keep_plan_item() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.number_status() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.refuse() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.sign_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.stamp_acknowledgement() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.sweep_acknowledgement() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.sweep_node() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.sweep_witness() FROM PUBLIC;

REVOKE ALL ON FUNCTION mail.guard_message() FROM PUBLIC;

REVOKE ALL ON FUNCTION mail.guard_position() FROM PUBLIC;

REVOKE ALL ON FUNCTION mail.refuse() FROM PUBLIC;

GRANT SELECT ON TABLE access.access_review TO mais_register;

GRANT INSERT(agency) ON TABLE access.access_review TO mais_register;

GRANT INSERT(opened_by) ON TABLE access.access_review TO mais_register;

GRANT INSERT(due) ON TABLE access.access_review TO mais_register;

GRANT UPDATE(signed_at) ON TABLE access.access_review TO mais_register;

GRANT UPDATE(signed_by) ON TABLE access.access_review TO mais_register;

GRANT SELECT ON TABLE access.access_review_item TO mais_register;

GRANT INSERT(review) ON TABLE access.access_review_item TO mais_register;

GRANT INSERT(user_id) ON TABLE access.access_review_item TO mais_register;

GRANT INSERT(roles) ON TABLE access.access_review_item TO mais_register;

GRANT INSERT(name) ON TABLE access.access_review_item TO mais_register;

GRANT UPDATE(decision) ON TABLE access.access_review_item TO mais_register;

GRANT UPDATE(note) ON TABLE access.access_review_item TO mais_register;

GRANT UPDATE(decided_by) ON TABLE access.access_review_item TO mais_register;

GRANT UPDATE(decided_at) ON TABLE access.access_review_item TO mais_register;

GRANT UPDATE(change) ON TABLE access.access_review_item TO mais_register;

GRANT SELECT ON TABLE access.agency TO mais_creds;
GRANT SELECT ON TABLE access.agency TO mais_register;

GRANT SELECT(id) ON TABLE access.agency TO mais_mail;

GRANT SELECT(name) ON TABLE access.agency TO mais_mail;

GRANT SELECT(sponsor_name) ON TABLE access.agency TO mais_mail;

GRANT SELECT ON TABLE access.change_item TO mais_register;

GRANT SELECT(id) ON TABLE access.emergency TO mais_creds;

GRANT SELECT(session),INSERT(session) ON TABLE access.emergency TO mais_creds;

GRANT SELECT(user_id),INSERT(user_id) ON TABLE access.emergency TO mais_creds;

GRANT SELECT(person),INSERT(person) ON TABLE access.emergency TO mais_creds;

GRANT SELECT(why),INSERT(why) ON TABLE access.emergency TO mais_creds;

GRANT SELECT(reason),INSERT(reason) ON TABLE access.emergency TO mais_creds;

GRANT SELECT(number),INSERT(number) ON TABLE access.emergency TO mais_creds;

GRANT SELECT(explanation),INSERT(explanation) ON TABLE access.emergency TO mais_creds;

GRANT SELECT(began_at) ON TABLE access.emergency TO mais_creds;

GRANT SELECT(ends_at) ON TABLE access.emergency TO mais_creds;

GRANT SELECT(ended_at),UPDATE(ended_at) ON TABLE access.emergency TO mais_creds;

GRANT SELECT(reviewed_at),UPDATE(reviewed_at) ON TABLE access.emergency TO mais_creds;

GRANT SELECT(reviewer),UPDATE(reviewer) ON TABLE access.emergency TO mais_creds;

GRANT SELECT(justified),UPDATE(justified) ON TABLE access.emergency TO mais_creds;

GRANT SELECT(note),UPDATE(note) ON TABLE access.emergency TO mais_creds;

GRANT SELECT ON TABLE access.errand TO mais_register;

GRANT UPDATE(due_at) ON TABLE access.errand TO mais_register;

GRANT UPDATE(tries) ON TABLE access.errand TO mais_register;

GRANT UPDATE(fault) ON TABLE access.errand TO mais_register;

GRANT UPDATE(done_at) ON TABLE access.errand TO mais_register;

GRANT SELECT ON TABLE access.generation TO mais_creds;

GRANT SELECT,DELETE ON TABLE access.lost_report TO mais_register;

GRANT INSERT(id) ON TABLE access.lost_report TO mais_register;
GRANT SELECT(id) ON TABLE access.lost_report TO mais_mail;

GRANT INSERT(secret_sha256) ON TABLE access.lost_report TO mais_register;

GRANT INSERT(user_id) ON TABLE access.lost_report TO mais_register;
GRANT SELECT(user_id) ON TABLE access.lost_report TO mais_mail;

GRANT INSERT(asked_from) ON TABLE access.lost_report TO mais_register;

GRANT INSERT(asked_at) ON TABLE access.lost_report TO mais_register;

GRANT INSERT(expires_at) ON TABLE access.lost_report TO mais_register;

GRANT UPDATE(sent) ON TABLE access.lost_report TO mais_register;

GRANT UPDATE(tries) ON TABLE access.lost_report TO mais_register;

GRANT UPDATE(used_at) ON TABLE access.lost_report TO mais_register;
GRANT SELECT(used_at) ON TABLE access.lost_report TO mais_mail;

GRANT UPDATE(used_from) ON TABLE access.lost_report TO mais_register;

GRANT UPDATE(held) ON TABLE access.lost_report TO mais_register;
GRANT SELECT(held) ON TABLE access.lost_report TO mais_mail;

GRANT SELECT,DELETE ON TABLE access.password TO mais_creds;

GRANT INSERT(user_id) ON TABLE access.password TO mais_creds;
GRANT SELECT(user_id) ON TABLE access.password TO mais_register;

GRANT INSERT(hash),UPDATE(hash) ON TABLE access.password TO mais_creds;

GRANT UPDATE(set_at) ON TABLE access.password TO mais_creds;

GRANT UPDATE(recovered_at) ON TABLE access.password TO mais_creds;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE access.password_guard TO mais_creds;

GRANT SELECT,DELETE ON TABLE access.password_reset TO mais_creds;

GRANT INSERT(id) ON TABLE access.password_reset TO mais_creds;

GRANT INSERT(secret_sha256) ON TABLE access.password_reset TO mais_creds;

GRANT INSERT(user_id) ON TABLE access.password_reset TO mais_creds;

GRANT INSERT(asked_from) ON TABLE access.password_reset TO mais_creds;

GRANT INSERT(asked_at) ON TABLE access.password_reset TO mais_creds;

GRANT INSERT(expires_at) ON TABLE access.password_reset TO mais_creds;

GRANT UPDATE(tries) ON TABLE access.password_reset TO mais_creds;

GRANT UPDATE(used_at) ON TABLE access.password_reset TO mais_creds;

GRANT SELECT ON TABLE access.permission TO mais_creds;
GRANT SELECT ON TABLE access.permission TO mais_register;

GRANT DELETE ON TABLE access.purpose TO mais_creds;

GRANT SELECT(session),INSERT(session) ON TABLE access.purpose TO mais_creds;

GRANT SELECT(person),INSERT(person) ON TABLE access.purpose TO mais_creds;

GRANT SELECT(reason),INSERT(reason),UPDATE(reason) ON TABLE access.purpose TO mais_creds;

GRANT SELECT(number),INSERT(number),UPDATE(number) ON TABLE access.purpose TO mais_creds;

GRANT SELECT(explanation),INSERT(explanation),UPDATE(explanation) ON TABLE access.purpose TO mais_creds;

GRANT SELECT(given_at),UPDATE(given_at) ON TABLE access.purpose TO mais_creds;

GRANT SELECT,DELETE ON TABLE access.recovery_code TO mais_creds;

GRANT INSERT(user_id) ON TABLE access.recovery_code TO mais_creds;

GRANT INSERT(sha256) ON TABLE access.recovery_code TO mais_creds;

GRANT UPDATE(used_at) ON TABLE access.recovery_code TO mais_creds;

GRANT SELECT,INSERT,UPDATE ON TABLE access.registration TO mais_register;

GRANT SELECT(user_id) ON TABLE access.registration TO mais_mail;

GRANT SELECT(sent_at) ON TABLE access.registration TO mais_mail;

GRANT SELECT(expires_at) ON TABLE access.registration TO mais_mail;

GRANT SELECT(reminded_at),UPDATE(reminded_at) ON TABLE access.registration TO mais_mail;

GRANT SELECT(bounced_at),UPDATE(bounced_at) ON TABLE access.registration TO mais_mail;

GRANT UPDATE(bounce) ON TABLE access.registration TO mais_mail;

GRANT SELECT(registered_at) ON TABLE access.registration TO mais_mail;

GRANT SELECT(code) ON TABLE access.registration TO mais_mail;

GRANT SELECT(message) ON TABLE access.registration TO mais_mail;

GRANT SELECT,INSERT ON TABLE access.review_schedule TO mais_register;

GRANT UPDATE(next) ON TABLE access.review_schedule TO mais_register;

GRANT SELECT ON TABLE access.role TO mais_creds;
GRANT SELECT ON TABLE access.role TO mais_register;

GRANT SELECT(name) ON TABLE access.role TO mais_register;

GRANT SELECT(level) ON TABLE access.role TO mais_register;

GRANT SELECT ON TABLE access.session TO mais_creds;

GRANT INSERT(id_hash) ON TABLE access.session TO mais_creds;

GRANT INSERT(user_id) ON TABLE access.session TO mais_creds;
GRANT SELECT(user_id) ON TABLE access.session TO mais_register;

GRANT INSERT(issuer) ON TABLE access.session TO mais_creds;
GRANT SELECT(issuer) ON TABLE access.session TO mais_register;

GRANT INSERT(serial) ON TABLE access.session TO mais_creds;
GRANT SELECT(serial) ON TABLE access.session TO mais_register;

GRANT INSERT(listener) ON TABLE access.session TO mais_creds;
GRANT SELECT(listener) ON TABLE access.session TO mais_register;

GRANT INSERT(site) ON TABLE access.session TO mais_creds;
GRANT SELECT(site) ON TABLE access.session TO mais_register;

GRANT SELECT(created_at) ON TABLE access.session TO mais_register;

GRANT UPDATE(seen_at) ON TABLE access.session TO mais_creds;
GRANT SELECT(seen_at) ON TABLE access.session TO mais_register;

GRANT UPDATE(ended_at) ON TABLE access.session TO mais_creds;
GRANT SELECT(ended_at) ON TABLE access.session TO mais_register;

GRANT UPDATE(end_reason) ON TABLE access.session TO mais_creds;
GRANT SELECT(end_reason) ON TABLE access.session TO mais_register;

GRANT INSERT(factor) ON TABLE access.session TO mais_creds;

GRANT INSERT(address) ON TABLE access.session TO mais_creds;
GRANT SELECT(address) ON TABLE access.session TO mais_register;

GRANT SELECT ON TABLE access.site TO mais_creds;
GRANT SELECT ON TABLE access.site TO mais_register;

GRANT SELECT(id) ON TABLE access.site TO mais_mail;

GRANT SELECT(agency) ON TABLE access.site TO mais_mail;

GRANT SELECT(name) ON TABLE access.site TO mais_mail;

GRANT SELECT ON TABLE access.subnet TO mais_creds;
GRANT SELECT ON TABLE access.subnet TO mais_register;

GRANT SELECT,DELETE ON TABLE access.totp TO mais_creds;

GRANT INSERT(user_id) ON TABLE access.totp TO mais_creds;

GRANT INSERT(sealed) ON TABLE access.totp TO mais_creds;

GRANT INSERT(last_step),UPDATE(last_step) ON TABLE access.totp TO mais_creds;

GRANT SELECT ON TABLE access.use_answer TO mais_register;

GRANT INSERT(look) ON TABLE access.use_answer TO mais_register;

GRANT INSERT(user_id) ON TABLE access.use_answer TO mais_register;

GRANT INSERT(agency) ON TABLE access.use_answer TO mais_register;

GRANT INSERT(roles) ON TABLE access.use_answer TO mais_register;

GRANT INSERT(answer) ON TABLE access.use_answer TO mais_register;

GRANT INSERT(words) ON TABLE access.use_answer TO mais_register;

GRANT SELECT ON TABLE access.use_counted TO mais_register;

GRANT SELECT ON TABLE access.use_day TO mais_register;

GRANT SELECT ON TABLE access.user_account TO mais_creds;
GRANT SELECT ON TABLE access.user_account TO mais_register;

GRANT SELECT(id) ON TABLE access.user_account TO mais_mail;

GRANT SELECT(email) ON TABLE access.user_account TO mais_mail;

GRANT SELECT(name) ON TABLE access.user_account TO mais_mail;

GRANT SELECT(agency) ON TABLE access.user_account TO mais_mail;

GRANT SELECT(left_at) ON TABLE access.user_account TO mais_mail;

GRANT SELECT ON TABLE access.user_role TO mais_creds;
GRANT SELECT ON TABLE access.user_role TO mais_register;

GRANT SELECT(user_id) ON TABLE access.user_role TO mais_mail;

GRANT SELECT(role) ON TABLE access.user_role TO mais_mail;

GRANT SELECT ON TABLE access.user_site TO mais_creds;
GRANT SELECT ON TABLE access.user_site TO mais_register;

GRANT SELECT ON TABLE audit.day TO mais_audit;

GRANT SELECT ON TABLE audit.day_agency TO mais_audit;

GRANT SELECT ON TABLE audit.day_hour TO mais_audit;

GRANT SELECT ON TABLE audit.day_unmet TO mais_audit;

GRANT SELECT,INSERT,DELETE ON TABLE audit.export_turn TO mais_audit;

GRANT SELECT,INSERT,DELETE ON TABLE ca.acknowledgement TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.card TO mais_ca;

GRANT SELECT ON TABLE ca.card_return TO mais_ca;

GRANT INSERT(card) ON TABLE ca.card_return TO mais_ca;

GRANT INSERT(after_use) ON TABLE ca.card_return TO mais_ca;

GRANT INSERT(by) ON TABLE ca.card_return TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.card_use TO mais_ca;

GRANT SELECT(n) ON TABLE ca.card_use TO mais_mail;

GRANT SELECT(issuer) ON TABLE ca.card_use TO mais_mail;

GRANT SELECT(serial) ON TABLE ca.card_use TO mais_mail;

GRANT SELECT(card) ON TABLE ca.card_use TO mais_mail;

GRANT SELECT(former) ON TABLE ca.card_use TO mais_mail;

GRANT SELECT(at) ON TABLE ca.card_use TO mais_mail;

GRANT SELECT,INSERT ON TABLE ca.certificate TO mais_ca;

GRANT SELECT(issuer) ON TABLE ca.certificate TO mais_mail;

GRANT SELECT(serial) ON TABLE ca.certificate TO mais_mail;

GRANT UPDATE(status) ON TABLE ca.certificate TO mais_ca;
GRANT SELECT(status) ON TABLE ca.certificate TO mais_mail;

GRANT UPDATE(reason) ON TABLE ca.certificate TO mais_ca;
GRANT SELECT(reason) ON TABLE ca.certificate TO mais_mail;

GRANT UPDATE(status_at) ON TABLE ca.certificate TO mais_ca;
GRANT SELECT(status_at) ON TABLE ca.certificate TO mais_mail;

GRANT UPDATE(status_by) ON TABLE ca.certificate TO mais_ca;
GRANT SELECT(status_by) ON TABLE ca.certificate TO mais_mail;

GRANT SELECT(identity) ON TABLE ca.certificate TO mais_mail;

GRANT SELECT(profile) ON TABLE ca.certificate TO mais_mail;

GRANT SELECT(holder) ON TABLE ca.certificate TO mais_mail;

GRANT SELECT(name) ON TABLE ca.certificate TO mais_mail;

GRANT SELECT(not_before) ON TABLE ca.certificate TO mais_mail;

GRANT SELECT(not_after) ON TABLE ca.certificate TO mais_mail;

GRANT SELECT(replaces_issuer) ON TABLE ca.certificate TO mais_mail;

GRANT SELECT(replaces_serial) ON TABLE ca.certificate TO mais_mail;

GRANT UPDATE(supersede_after) ON TABLE ca.certificate TO mais_ca;

GRANT UPDATE(invalidity_at) ON TABLE ca.certificate TO mais_ca;

GRANT UPDATE(destroyed_at) ON TABLE ca.certificate TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.crl TO mais_ca;

GRANT UPDATE(number) ON TABLE ca.crl TO mais_ca;

GRANT UPDATE(status_number) ON TABLE ca.crl TO mais_ca;

GRANT UPDATE(next_update) ON TABLE ca.crl TO mais_ca;

GRANT UPDATE(der) ON TABLE ca.crl TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.crl_shard TO mais_ca;

GRANT UPDATE(number) ON TABLE ca.crl_shard TO mais_ca;

GRANT UPDATE(status_number) ON TABLE ca.crl_shard TO mais_ca;

GRANT UPDATE(next_update) ON TABLE ca.crl_shard TO mais_ca;

GRANT UPDATE(der) ON TABLE ca.crl_shard TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.enrolment_order TO mais_ca;

GRANT UPDATE(tries) ON TABLE ca.enrolment_order TO mais_ca;

GRANT UPDATE(cancelled_at) ON TABLE ca.enrolment_order TO mais_ca;

GRANT UPDATE(used_at) ON TABLE ca.enrolment_order TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.issuer TO mais_ca;

GRANT UPDATE(activated_at) ON TABLE ca.issuer TO mais_ca;

GRANT UPDATE(activated_by) ON TABLE ca.issuer TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.journal_entry TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.journal_head TO mais_ca;

GRANT UPDATE(number) ON TABLE ca.journal_head TO mais_ca;

GRANT UPDATE(hash) ON TABLE ca.journal_head TO mais_ca;

GRANT UPDATE(at) ON TABLE ca.journal_head TO mais_ca;

GRANT UPDATE(seen_number) ON TABLE ca.journal_head TO mais_ca;

GRANT UPDATE(seen_by) ON TABLE ca.journal_head TO mais_ca;

GRANT UPDATE(lost_number) ON TABLE ca.journal_head TO mais_ca;

GRANT UPDATE(lost_at) ON TABLE ca.journal_head TO mais_ca;

GRANT UPDATE(lost_by) ON TABLE ca.journal_head TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.journal_key TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.journal_place TO mais_ca;

GRANT UPDATE(system) ON TABLE ca.journal_place TO mais_ca;

GRANT UPDATE(timeline) ON TABLE ca.journal_place TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.level_lowered TO mais_ca;
GRANT SELECT ON TABLE ca.level_lowered TO mais_mail;

GRANT SELECT,INSERT,DELETE ON TABLE ca.node TO mais_ca;

GRANT UPDATE(issuers) ON TABLE ca.node TO mais_ca;

GRANT UPDATE(lease_until) ON TABLE ca.node TO mais_ca;

GRANT UPDATE(ended_at) ON TABLE ca.node TO mais_ca;

GRANT UPDATE(began) ON TABLE ca.node TO mais_ca;

GRANT UPDATE(number) ON TABLE ca.node TO mais_ca;

GRANT SELECT ON TABLE ca.order_password TO mais_ca;

GRANT INSERT(order_id) ON TABLE ca.order_password TO mais_ca;

GRANT SELECT ON TABLE ca.pin_announcement TO mais_ca;

GRANT INSERT(number) ON TABLE ca.pin_announcement TO mais_ca;

GRANT INSERT(jws) ON TABLE ca.pin_announcement TO mais_ca;

GRANT INSERT(by) ON TABLE ca.pin_announcement TO mais_ca;

GRANT SELECT ON TABLE ca.pin_held TO mais_ca;

GRANT INSERT(identity) ON TABLE ca.pin_held TO mais_ca;

GRANT INSERT(number),UPDATE(number) ON TABLE ca.pin_held TO mais_ca;

GRANT UPDATE(at) ON TABLE ca.pin_held TO mais_ca;

GRANT SELECT,INSERT,DELETE ON TABLE ca.plan TO mais_ca;

GRANT UPDATE(confirmed_at) ON TABLE ca.plan TO mais_ca;

GRANT UPDATE(confirmed_by) ON TABLE ca.plan TO mais_ca;

GRANT UPDATE(confirmed_as) ON TABLE ca.plan TO mais_ca;

GRANT UPDATE(confirmed_issuer) ON TABLE ca.plan TO mais_ca;

GRANT UPDATE(confirmed_serial) ON TABLE ca.plan TO mais_ca;

GRANT UPDATE(preview) ON TABLE ca.plan TO mais_ca;

GRANT UPDATE(stopped_by) ON TABLE ca.plan TO mais_ca;

GRANT UPDATE(finished_at) ON TABLE ca.plan TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.plan_item TO mais_ca;

GRANT UPDATE(result) ON TABLE ca.plan_item TO mais_ca;

GRANT UPDATE(detail) ON TABLE ca.plan_item TO mais_ca;

GRANT UPDATE(own) ON TABLE ca.plan_item TO mais_ca;

GRANT UPDATE(at) ON TABLE ca.plan_item TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.quarantine TO mais_ca;

GRANT UPDATE(finished_at) ON TABLE ca.quarantine TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.quarantine_approval TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.quarantined TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.receipt TO mais_ca;

GRANT SELECT ON TABLE ca.receipt_floor TO mais_ca;

GRANT UPDATE(number) ON TABLE ca.receipt_floor TO mais_ca;

GRANT SELECT,INSERT ON TABLE ca.root_list TO mais_ca;

GRANT SELECT ON TABLE ca.status_change TO mais_ca;
GRANT SELECT ON TABLE ca.status_change TO mais_mail;

GRANT SELECT ON TABLE ca.status_counter TO mais_ca;
GRANT SELECT ON TABLE ca.status_counter TO mais_mail;

GRANT SELECT,INSERT ON TABLE ca.subject_key TO mais_ca;

GRANT SELECT,INSERT,DELETE ON TABLE ca.witness TO mais_ca;

GRANT SELECT,INSERT,DELETE ON TABLE mail.message TO mais_mail;

GRANT UPDATE(subject) ON TABLE mail.message TO mais_mail;

GRANT UPDATE(body) ON TABLE mail.message TO mais_mail;

GRANT UPDATE(tries) ON TABLE mail.message TO mais_mail;

GRANT UPDATE(next_try_at) ON TABLE mail.message TO mais_mail;

GRANT UPDATE(last_error) ON TABLE mail.message TO mais_mail;

GRANT UPDATE(sent_at) ON TABLE mail.message TO mais_mail;

GRANT UPDATE(given_up_at) ON TABLE mail.message TO mais_mail;

GRANT SELECT,INSERT,DELETE ON TABLE mail.notice TO mais_mail;

GRANT UPDATE(told_at) ON TABLE mail.notice TO mais_mail;

GRANT SELECT ON TABLE mail."position" TO mais_mail;

GRANT UPDATE(number) ON TABLE mail."position" TO mais_mail;

GRANT UPDATE(at) ON TABLE mail."position" TO mais_mail;

GRANT SELECT ON TABLE migration.ca_migration TO mais_audit;

GRANT SELECT ON TABLE migration.server_migration TO mais_audit;

GRANT SELECT(person) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(person) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(person),INSERT(person) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(person),INSERT(person) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(person),INSERT(person) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(ordinal) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(ordinal) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(ordinal),INSERT(ordinal) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(ordinal),INSERT(ordinal) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(ordinal),INSERT(ordinal) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(kind) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(kind) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(kind),INSERT(kind),UPDATE(kind) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(kind),INSERT(kind),UPDATE(kind) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(kind),INSERT(kind),UPDATE(kind) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(kind_as_at) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(kind_as_at) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(kind_as_at),INSERT(kind_as_at),UPDATE(kind_as_at) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(kind_as_at),INSERT(kind_as_at),UPDATE(kind_as_at) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(kind_as_at),INSERT(kind_as_at),UPDATE(kind_as_at) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(kind_source) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(kind_source) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(kind_source),INSERT(kind_source),UPDATE(kind_source) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(kind_source),INSERT(kind_source),UPDATE(kind_source) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(kind_source),INSERT(kind_source),UPDATE(kind_source) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(name) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(name) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(name),INSERT(name),UPDATE(name) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(name),INSERT(name),UPDATE(name) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(name),INSERT(name),UPDATE(name) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(name_as_at) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(name_as_at) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(name_as_at),INSERT(name_as_at),UPDATE(name_as_at) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(name_as_at),INSERT(name_as_at),UPDATE(name_as_at) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(name_as_at),INSERT(name_as_at),UPDATE(name_as_at) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(name_source) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(name_source) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(name_source),INSERT(name_source),UPDATE(name_source) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(name_source),INSERT(name_source),UPDATE(name_source) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(name_source),INSERT(name_source),UPDATE(name_source) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(address) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(address) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(address),INSERT(address),UPDATE(address) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(address),INSERT(address),UPDATE(address) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(address),INSERT(address),UPDATE(address) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(address_as_at) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(address_as_at) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(address_as_at),INSERT(address_as_at),UPDATE(address_as_at) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(address_as_at),INSERT(address_as_at),UPDATE(address_as_at) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(address_as_at),INSERT(address_as_at),UPDATE(address_as_at) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(address_source) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(address_source) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(address_source),INSERT(address_source),UPDATE(address_source) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(address_source),INSERT(address_source),UPDATE(address_source) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(address_source),INSERT(address_source),UPDATE(address_source) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(telephone) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(telephone) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(telephone),INSERT(telephone),UPDATE(telephone) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(telephone),INSERT(telephone),UPDATE(telephone) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(telephone),INSERT(telephone),UPDATE(telephone) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(telephone_as_at) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(telephone_as_at) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(telephone_as_at),INSERT(telephone_as_at),UPDATE(telephone_as_at) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(telephone_as_at),INSERT(telephone_as_at),UPDATE(telephone_as_at) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(telephone_as_at),INSERT(telephone_as_at),UPDATE(telephone_as_at) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(telephone_source) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(telephone_source) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(telephone_source),INSERT(telephone_source),UPDATE(telephone_source) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(telephone_source),INSERT(telephone_source),UPDATE(telephone_source) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(telephone_source),INSERT(telephone_source),UPDATE(telephone_source) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(out_of_hours) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(out_of_hours) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(out_of_hours),INSERT(out_of_hours),UPDATE(out_of_hours) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(out_of_hours),INSERT(out_of_hours),UPDATE(out_of_hours) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(out_of_hours),INSERT(out_of_hours),UPDATE(out_of_hours) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(out_of_hours_as_at) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(out_of_hours_as_at) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(out_of_hours_as_at),INSERT(out_of_hours_as_at),UPDATE(out_of_hours_as_at) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(out_of_hours_as_at),INSERT(out_of_hours_as_at),UPDATE(out_of_hours_as_at) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(out_of_hours_as_at),INSERT(out_of_hours_as_at),UPDATE(out_of_hours_as_at) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(out_of_hours_source) ON TABLE record.agency_involved TO mais_read_full;
GRANT SELECT(out_of_hours_source) ON TABLE record.agency_involved TO mais_read_restricted;
GRANT SELECT(out_of_hours_source),INSERT(out_of_hours_source),UPDATE(out_of_hours_source) ON TABLE record.agency_involved TO mais_write_community;
GRANT SELECT(out_of_hours_source),INSERT(out_of_hours_source),UPDATE(out_of_hours_source) ON TABLE record.agency_involved TO mais_write_health;
GRANT SELECT(out_of_hours_source),INSERT(out_of_hours_source),UPDATE(out_of_hours_source) ON TABLE record.agency_involved TO mais_write_justice;

GRANT SELECT(person) ON TABLE record.alias TO mais_read_full;
GRANT SELECT(person) ON TABLE record.alias TO mais_read_restricted;
GRANT SELECT(person),INSERT(person) ON TABLE record.alias TO mais_write_health;
GRANT SELECT(person),INSERT(person) ON TABLE record.alias TO mais_write_justice;

GRANT SELECT(ordinal) ON TABLE record.alias TO mais_read_full;
GRANT SELECT(ordinal) ON TABLE record.alias TO mais_read_restricted;
GRANT SELECT(ordinal),INSERT(ordinal) ON TABLE record.alias TO mais_write_health;
GRANT SELECT(ordinal),INSERT(ordinal) ON TABLE record.alias TO mais_write_justice;

GRANT SELECT(first_name) ON TABLE record.alias TO mais_read_full;
GRANT SELECT(first_name) ON TABLE record.alias TO mais_read_restricted;
GRANT SELECT(first_name),INSERT(first_name),UPDATE(first_name) ON TABLE record.alias TO mais_write_health;
GRANT SELECT(first_name),INSERT(first_name),UPDATE(first_name) ON TABLE record.alias TO mais_write_justice;

GRANT SELECT(surname) ON TABLE record.alias TO mais_read_full;
GRANT SELECT(surname) ON TABLE record.alias TO mais_read_restricted;
GRANT SELECT(surname),INSERT(surname),UPDATE(surname) ON TABLE record.alias TO mais_write_health;
GRANT SELECT(surname),INSERT(surname),UPDATE(surname) ON TABLE record.alias TO mais_write_justice;

GRANT SELECT(person) ON TABLE record.mental_health_diagnosis TO mais_read_full;
GRANT SELECT(person),INSERT(person) ON TABLE record.mental_health_diagnosis TO mais_write_health;

GRANT SELECT(primary_diagnosis) ON TABLE record.mental_health_diagnosis TO mais_read_full;
GRANT SELECT(primary_diagnosis),INSERT(primary_diagnosis),UPDATE(primary_diagnosis) ON TABLE record.mental_health_diagnosis TO mais_write_health;

GRANT SELECT(primary_diagnosis_other) ON TABLE record.mental_health_diagnosis TO mais_read_full;
GRANT SELECT(primary_diagnosis_other),INSERT(primary_diagnosis_other),UPDATE(primary_diagnosis_other) ON TABLE record.mental_health_diagnosis TO mais_write_health;

GRANT SELECT(primary_diagnosis_as_at) ON TABLE record.mental_health_diagnosis TO mais_read_full;
GRANT SELECT(primary_diagnosis_as_at),INSERT(primary_diagnosis_as_at),UPDATE(primary_diagnosis_as_at) ON TABLE record.mental_health_diagnosis TO mais_write_health;

GRANT SELECT(primary_diagnosis_source) ON TABLE record.mental_health_diagnosis TO mais_read_full;
GRANT SELECT(primary_diagnosis_source),INSERT(primary_diagnosis_source),UPDATE(primary_diagnosis_source) ON TABLE record.mental_health_diagnosis TO mais_write_health;

GRANT SELECT(secondary_diagnosis) ON TABLE record.mental_health_diagnosis TO mais_read_full;
GRANT SELECT(secondary_diagnosis),INSERT(secondary_diagnosis),UPDATE(secondary_diagnosis) ON TABLE record.mental_health_diagnosis TO mais_write_health;

GRANT SELECT(secondary_diagnosis_other) ON TABLE record.mental_health_diagnosis TO mais_read_full;
GRANT SELECT(secondary_diagnosis_other),INSERT(secondary_diagnosis_other),UPDATE(secondary_diagnosis_other) ON TABLE record.mental_health_diagnosis TO mais_write_health;

GRANT SELECT(secondary_diagnosis_as_at) ON TABLE record.mental_health_diagnosis TO mais_read_full;
GRANT SELECT(secondary_diagnosis_as_at),INSERT(secondary_diagnosis_as_at),UPDATE(secondary_diagnosis_as_at) ON TABLE record.mental_health_diagnosis TO mais_write_health;

GRANT SELECT(secondary_diagnosis_source) ON TABLE record.mental_health_diagnosis TO mais_read_full;
GRANT SELECT(secondary_diagnosis_source),INSERT(secondary_diagnosis_source),UPDATE(secondary_diagnosis_source) ON TABLE record.mental_health_diagnosis TO mais_write_health;

GRANT SELECT(treatment_non_concordance) ON TABLE record.mental_health_diagnosis TO mais_read_full;
GRANT SELECT(treatment_non_concordance),INSERT(treatment_non_concordance),UPDATE(treatment_non_concordance) ON TABLE record.mental_health_diagnosis TO mais_write_health;

GRANT SELECT(treatment_non_concordance_as_at) ON TABLE record.mental_health_diagnosis TO mais_read_full;
GRANT SELECT(treatment_non_concordance_as_at),INSERT(treatment_non_concordance_as_at),UPDATE(treatment_non_concordance_as_at) ON TABLE record.mental_health_diagnosis TO mais_write_health;

GRANT SELECT(treatment_non_concordance_source) ON TABLE record.mental_health_diagnosis TO mais_read_full;
GRANT SELECT(treatment_non_concordance_source),INSERT(treatment_non_concordance_source),UPDATE(treatment_non_concordance_source) ON TABLE record.mental_health_diagnosis TO mais_write_health;

GRANT SELECT(person) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(person) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(person),INSERT(person) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_other_as_appropriate_adult) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_other_as_appropriate_adult) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_other_as_appropriate_adult),INSERT(significant_other_as_appropriate_adult),UPDATE(significant_other_as_appropriate_adult) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_other_as_appropriate_adult_as_at) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_other_as_appropriate_adult_as_at) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_other_as_appropriate_adult_as_at),INSERT(significant_other_as_appropriate_adult_as_at),UPDATE(significant_other_as_appropriate_adult_as_at) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_other_as_appropriate_adult_source) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_other_as_appropriate_adult_source) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_other_as_appropriate_adult_source),INSERT(significant_other_as_appropriate_adult_source),UPDATE(significant_other_as_appropriate_adult_source) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_other_contact_name) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_other_contact_name) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_other_contact_name),INSERT(significant_other_contact_name),UPDATE(significant_other_contact_name) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_other_contact_relationship) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_other_contact_relationship) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_other_contact_relationship),INSERT(significant_other_contact_relationship),UPDATE(significant_other_contact_relationship) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_other_contact_address) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_other_contact_address) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_other_contact_address),INSERT(significant_other_contact_address),UPDATE(significant_other_contact_address) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_other_contact_telephone) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_other_contact_telephone) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_other_contact_telephone),INSERT(significant_other_contact_telephone),UPDATE(significant_other_contact_telephone) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_other_contact_out_of_hours) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_other_contact_out_of_hours) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_other_contact_out_of_hours),INSERT(significant_other_contact_out_of_hours),UPDATE(significant_other_contact_out_of_hours) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_other_contact_unsuitable) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_other_contact_unsuitable) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_other_contact_unsuitable),INSERT(significant_other_contact_unsuitable),UPDATE(significant_other_contact_unsuitable) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_other_contact_none_named) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_other_contact_none_named) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_other_contact_none_named),INSERT(significant_other_contact_none_named),UPDATE(significant_other_contact_none_named) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_other_contact_as_at) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_other_contact_as_at) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_other_contact_as_at),INSERT(significant_other_contact_as_at),UPDATE(significant_other_contact_as_at) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_other_contact_source) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_other_contact_source) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_other_contact_source),INSERT(significant_other_contact_source),UPDATE(significant_other_contact_source) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(professional_as_appropriate_adult) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(professional_as_appropriate_adult) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(professional_as_appropriate_adult),INSERT(professional_as_appropriate_adult),UPDATE(professional_as_appropriate_adult) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(professional_as_appropriate_adult_as_at) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(professional_as_appropriate_adult_as_at) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(professional_as_appropriate_adult_as_at),INSERT(professional_as_appropriate_adult_as_at),UPDATE(professional_as_appropriate_adult_as_at) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(professional_as_appropriate_adult_source) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(professional_as_appropriate_adult_source) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(professional_as_appropriate_adult_source),INSERT(professional_as_appropriate_adult_source),UPDATE(professional_as_appropriate_adult_source) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(professional_contact_name) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(professional_contact_name) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(professional_contact_name),INSERT(professional_contact_name),UPDATE(professional_contact_name) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(professional_contact_relationship) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(professional_contact_relationship) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(professional_contact_relationship),INSERT(professional_contact_relationship),UPDATE(professional_contact_relationship) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(professional_contact_address) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(professional_contact_address) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(professional_contact_address),INSERT(professional_contact_address),UPDATE(professional_contact_address) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(professional_contact_telephone) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(professional_contact_telephone) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(professional_contact_telephone),INSERT(professional_contact_telephone),UPDATE(professional_contact_telephone) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(professional_contact_out_of_hours) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(professional_contact_out_of_hours) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(professional_contact_out_of_hours),INSERT(professional_contact_out_of_hours),UPDATE(professional_contact_out_of_hours) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(professional_contact_unsuitable) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(professional_contact_unsuitable) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(professional_contact_unsuitable),INSERT(professional_contact_unsuitable),UPDATE(professional_contact_unsuitable) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(professional_contact_none_named) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(professional_contact_none_named) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(professional_contact_none_named),INSERT(professional_contact_none_named),UPDATE(professional_contact_none_named) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(professional_contact_as_at) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(professional_contact_as_at) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(professional_contact_as_at),INSERT(professional_contact_as_at),UPDATE(professional_contact_as_at) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(professional_contact_source) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(professional_contact_source) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(professional_contact_source),INSERT(professional_contact_source),UPDATE(professional_contact_source) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(learning_difficulties) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(learning_difficulties) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(learning_difficulties),INSERT(learning_difficulties),UPDATE(learning_difficulties) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(learning_difficulties_as_at) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(learning_difficulties_as_at) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(learning_difficulties_as_at),INSERT(learning_difficulties_as_at),UPDATE(learning_difficulties_as_at) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(learning_difficulties_source) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(learning_difficulties_source) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(learning_difficulties_source),INSERT(learning_difficulties_source),UPDATE(learning_difficulties_source) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(mental_disorder) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(mental_disorder) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(mental_disorder),INSERT(mental_disorder),UPDATE(mental_disorder) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(mental_disorder_as_at) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(mental_disorder_as_at) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(mental_disorder_as_at),INSERT(mental_disorder_as_at),UPDATE(mental_disorder_as_at) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(mental_disorder_source) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(mental_disorder_source) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(mental_disorder_source),INSERT(mental_disorder_source),UPDATE(mental_disorder_source) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(previous_mental_health_problems) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(previous_mental_health_problems) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(previous_mental_health_problems),INSERT(previous_mental_health_problems),UPDATE(previous_mental_health_problems) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(previous_mental_health_problems_as_at) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(previous_mental_health_problems_as_at) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(previous_mental_health_problems_as_at),INSERT(previous_mental_health_problems_as_at),UPDATE(previous_mental_health_problems_as_at) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(previous_mental_health_problems_source) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(previous_mental_health_problems_source) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(previous_mental_health_problems_source),INSERT(previous_mental_health_problems_source),UPDATE(previous_mental_health_problems_source) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(self_harm) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(self_harm) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(self_harm),INSERT(self_harm),UPDATE(self_harm) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(self_harm_as_at) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(self_harm_as_at) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(self_harm_as_at),INSERT(self_harm_as_at),UPDATE(self_harm_as_at) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(self_harm_source) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(self_harm_source) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(self_harm_source),INSERT(self_harm_source),UPDATE(self_harm_source) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_dates_self_harm) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_dates_self_harm) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_dates_self_harm),INSERT(significant_dates_self_harm),UPDATE(significant_dates_self_harm) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_dates_self_harm_details) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_dates_self_harm_details) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_dates_self_harm_details),INSERT(significant_dates_self_harm_details),UPDATE(significant_dates_self_harm_details) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_dates_self_harm_as_at) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_dates_self_harm_as_at) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_dates_self_harm_as_at),INSERT(significant_dates_self_harm_as_at),UPDATE(significant_dates_self_harm_as_at) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(significant_dates_self_harm_source) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(significant_dates_self_harm_source) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(significant_dates_self_harm_source),INSERT(significant_dates_self_harm_source),UPDATE(significant_dates_self_harm_source) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(problematic_drug_use) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(problematic_drug_use) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(problematic_drug_use),INSERT(problematic_drug_use),UPDATE(problematic_drug_use) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(problematic_drug_use_as_at) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(problematic_drug_use_as_at) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(problematic_drug_use_as_at),INSERT(problematic_drug_use_as_at),UPDATE(problematic_drug_use_as_at) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(problematic_drug_use_source) ON TABLE record.mental_health_summary TO mais_read_full;
GRANT SELECT(problematic_drug_use_source) ON TABLE record.mental_health_summary TO mais_read_restricted;
GRANT SELECT(problematic_drug_use_source),INSERT(problematic_drug_use_source),UPDATE(problematic_drug_use_source) ON TABLE record.mental_health_summary TO mais_write_health;

GRANT SELECT(id) ON TABLE record.person TO mais_read_restricted;
GRANT SELECT(id) ON TABLE record.person TO mais_read_full;
GRANT SELECT(id),INSERT(id) ON TABLE record.person TO mais_write_health;
GRANT SELECT(id) ON TABLE record.person TO mais_write_justice;
GRANT SELECT(id) ON TABLE record.person TO mais_write_community;

GRANT SELECT(created_at) ON TABLE record.person TO mais_read_full;
GRANT SELECT(created_at) ON TABLE record.person TO mais_write_health;

GRANT SELECT(source) ON TABLE record.person TO mais_read_full;
GRANT SELECT(source),INSERT(source) ON TABLE record.person TO mais_write_health;

GRANT SELECT(source_reference) ON TABLE record.person TO mais_read_full;
GRANT SELECT(source_reference),INSERT(source_reference) ON TABLE record.person TO mais_write_health;

GRANT SELECT(prison_number) ON TABLE record.person TO mais_read_restricted;
GRANT SELECT(prison_number) ON TABLE record.person TO mais_read_full;
GRANT SELECT(prison_number),INSERT(prison_number),UPDATE(prison_number) ON TABLE record.person TO mais_write_health;

GRANT SELECT(pnc_number) ON TABLE record.person TO mais_read_restricted;
GRANT SELECT(pnc_number) ON TABLE record.person TO mais_read_full;
GRANT SELECT(pnc_number),INSERT(pnc_number),UPDATE(pnc_number) ON TABLE record.person TO mais_write_health;

GRANT SELECT(nhs_number) ON TABLE record.person TO mais_read_full;
GRANT SELECT(nhs_number),INSERT(nhs_number),UPDATE(nhs_number) ON TABLE record.person TO mais_write_health;

GRANT SELECT(person) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(person) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(person),INSERT(person) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(epilepsy) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(epilepsy) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(epilepsy),INSERT(epilepsy),UPDATE(epilepsy) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(epilepsy_details) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(epilepsy_details) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(epilepsy_details),INSERT(epilepsy_details),UPDATE(epilepsy_details) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(epilepsy_as_at) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(epilepsy_as_at) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(epilepsy_as_at),INSERT(epilepsy_as_at),UPDATE(epilepsy_as_at) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(epilepsy_source) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(epilepsy_source) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(epilepsy_source),INSERT(epilepsy_source),UPDATE(epilepsy_source) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(diabetes) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(diabetes) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(diabetes),INSERT(diabetes),UPDATE(diabetes) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(diabetes_details) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(diabetes_details) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(diabetes_details),INSERT(diabetes_details),UPDATE(diabetes_details) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(diabetes_as_at) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(diabetes_as_at) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(diabetes_as_at),INSERT(diabetes_as_at),UPDATE(diabetes_as_at) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(diabetes_source) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(diabetes_source) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(diabetes_source),INSERT(diabetes_source),UPDATE(diabetes_source) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(asthma) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(asthma) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(asthma),INSERT(asthma),UPDATE(asthma) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(asthma_details) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(asthma_details) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(asthma_details),INSERT(asthma_details),UPDATE(asthma_details) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(asthma_as_at) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(asthma_as_at) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(asthma_as_at),INSERT(asthma_as_at),UPDATE(asthma_as_at) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(asthma_source) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(asthma_source) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(asthma_source),INSERT(asthma_source),UPDATE(asthma_source) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(brain_injuries) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(brain_injuries) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(brain_injuries),INSERT(brain_injuries),UPDATE(brain_injuries) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(brain_injuries_details) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(brain_injuries_details) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(brain_injuries_details),INSERT(brain_injuries_details),UPDATE(brain_injuries_details) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(brain_injuries_as_at) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(brain_injuries_as_at) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(brain_injuries_as_at),INSERT(brain_injuries_as_at),UPDATE(brain_injuries_as_at) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(brain_injuries_source) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(brain_injuries_source) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(brain_injuries_source),INSERT(brain_injuries_source),UPDATE(brain_injuries_source) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(heart_problems) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(heart_problems) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(heart_problems),INSERT(heart_problems),UPDATE(heart_problems) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(heart_problems_details) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(heart_problems_details) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(heart_problems_details),INSERT(heart_problems_details),UPDATE(heart_problems_details) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(heart_problems_as_at) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(heart_problems_as_at) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(heart_problems_as_at),INSERT(heart_problems_as_at),UPDATE(heart_problems_as_at) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(heart_problems_source) ON TABLE record.physical_health TO mais_read_full;
GRANT SELECT(heart_problems_source) ON TABLE record.physical_health TO mais_read_restricted;
GRANT SELECT(heart_problems_source),INSERT(heart_problems_source),UPDATE(heart_problems_source) ON TABLE record.physical_health TO mais_write_health;

GRANT SELECT(person) ON TABLE record.prescription TO mais_read_full;
GRANT SELECT(person),INSERT(person) ON TABLE record.prescription TO mais_write_health;

GRANT SELECT(ordinal) ON TABLE record.prescription TO mais_read_full;
GRANT SELECT(ordinal),INSERT(ordinal) ON TABLE record.prescription TO mais_write_health;

GRANT SELECT(class) ON TABLE record.prescription TO mais_read_full;
GRANT SELECT(class),INSERT(class),UPDATE(class) ON TABLE record.prescription TO mais_write_health;

GRANT SELECT(details) ON TABLE record.prescription TO mais_read_full;
GRANT SELECT(details),INSERT(details),UPDATE(details) ON TABLE record.prescription TO mais_write_health;

GRANT SELECT(person) ON TABLE record.release_medication TO mais_read_full;
GRANT SELECT(person),INSERT(person) ON TABLE record.release_medication TO mais_write_health;

GRANT SELECT(prescriptions_as_at) ON TABLE record.release_medication TO mais_read_full;
GRANT SELECT(prescriptions_as_at),INSERT(prescriptions_as_at),UPDATE(prescriptions_as_at) ON TABLE record.release_medication TO mais_write_health;

GRANT SELECT(prescriptions_source) ON TABLE record.release_medication TO mais_read_full;
GRANT SELECT(prescriptions_source),INSERT(prescriptions_source),UPDATE(prescriptions_source) ON TABLE record.release_medication TO mais_write_health;

GRANT SELECT(medication_non_concordance) ON TABLE record.release_medication TO mais_read_full;
GRANT SELECT(medication_non_concordance),INSERT(medication_non_concordance),UPDATE(medication_non_concordance) ON TABLE record.release_medication TO mais_write_health;

GRANT SELECT(medication_non_concordance_as_at) ON TABLE record.release_medication TO mais_read_full;
GRANT SELECT(medication_non_concordance_as_at),INSERT(medication_non_concordance_as_at),UPDATE(medication_non_concordance_as_at) ON TABLE record.release_medication TO mais_write_health;

GRANT SELECT(medication_non_concordance_source) ON TABLE record.release_medication TO mais_read_full;
GRANT SELECT(medication_non_concordance_source),INSERT(medication_non_concordance_source),UPDATE(medication_non_concordance_source) ON TABLE record.release_medication TO mais_write_health;

GRANT SELECT(person) ON TABLE record.risk_factors TO mais_read_full;
GRANT SELECT(person) ON TABLE record.risk_factors TO mais_read_restricted;
GRANT SELECT(person),INSERT(person) ON TABLE record.risk_factors TO mais_write_community;
GRANT SELECT(person),INSERT(person) ON TABLE record.risk_factors TO mais_write_health;
GRANT SELECT(person),INSERT(person) ON TABLE record.risk_factors TO mais_write_justice;

GRANT SELECT(triggers_and_warning_signs) ON TABLE record.risk_factors TO mais_read_full;
GRANT SELECT(triggers_and_warning_signs) ON TABLE record.risk_factors TO mais_read_restricted;
GRANT SELECT(triggers_and_warning_signs),INSERT(triggers_and_warning_signs),UPDATE(triggers_and_warning_signs) ON TABLE record.risk_factors TO mais_write_community;
GRANT SELECT(triggers_and_warning_signs),INSERT(triggers_and_warning_signs),UPDATE(triggers_and_warning_signs) ON TABLE record.risk_factors TO mais_write_health;
GRANT SELECT(triggers_and_warning_signs),INSERT(triggers_and_warning_signs),UPDATE(triggers_and_warning_signs) ON TABLE record.risk_factors TO mais_write_justice;

GRANT SELECT(triggers_and_warning_signs_as_at) ON TABLE record.risk_factors TO mais_read_full;
GRANT SELECT(triggers_and_warning_signs_as_at) ON TABLE record.risk_factors TO mais_read_restricted;
GRANT SELECT(triggers_and_warning_signs_as_at),INSERT(triggers_and_warning_signs_as_at),UPDATE(triggers_and_warning_signs_as_at) ON TABLE record.risk_factors TO mais_write_community;
GRANT SELECT(triggers_and_warning_signs_as_at),INSERT(triggers_and_warning_signs_as_at),UPDATE(triggers_and_warning_signs_as_at) ON TABLE record.risk_factors TO mais_write_health;
GRANT SELECT(triggers_and_warning_signs_as_at),INSERT(triggers_and_warning_signs_as_at),UPDATE(triggers_and_warning_signs_as_at) ON TABLE record.risk_factors TO mais_write_justice;

GRANT SELECT(triggers_and_warning_signs_source) ON TABLE record.risk_factors TO mais_read_full;
GRANT SELECT(triggers_and_warning_signs_source) ON TABLE record.risk_factors TO mais_read_restricted;
GRANT SELECT(triggers_and_warning_signs_source),INSERT(triggers_and_warning_signs_source),UPDATE(triggers_and_warning_signs_source) ON TABLE record.risk_factors TO mais_write_community;
GRANT SELECT(triggers_and_warning_signs_source),INSERT(triggers_and_warning_signs_source),UPDATE(triggers_and_warning_signs_source) ON TABLE record.risk_factors TO mais_write_health;
GRANT SELECT(triggers_and_warning_signs_source),INSERT(triggers_and_warning_signs_source),UPDATE(triggers_and_warning_signs_source) ON TABLE record.risk_factors TO mais_write_justice;

GRANT SELECT(significant_dates) ON TABLE record.risk_factors TO mais_read_full;
GRANT SELECT(significant_dates) ON TABLE record.risk_factors TO mais_read_restricted;
GRANT SELECT(significant_dates),INSERT(significant_dates),UPDATE(significant_dates) ON TABLE record.risk_factors TO mais_write_community;
GRANT SELECT(significant_dates),INSERT(significant_dates),UPDATE(significant_dates) ON TABLE record.risk_factors TO mais_write_health;
GRANT SELECT(significant_dates),INSERT(significant_dates),UPDATE(significant_dates) ON TABLE record.risk_factors TO mais_write_justice;

GRANT SELECT(significant_dates_as_at) ON TABLE record.risk_factors TO mais_read_full;
GRANT SELECT(significant_dates_as_at) ON TABLE record.risk_factors TO mais_read_restricted;
GRANT SELECT(significant_dates_as_at),INSERT(significant_dates_as_at),UPDATE(significant_dates_as_at) ON TABLE record.risk_factors TO mais_write_community;
GRANT SELECT(significant_dates_as_at),INSERT(significant_dates_as_at),UPDATE(significant_dates_as_at) ON TABLE record.risk_factors TO mais_write_health;
GRANT SELECT(significant_dates_as_at),INSERT(significant_dates_as_at),UPDATE(significant_dates_as_at) ON TABLE record.risk_factors TO mais_write_justice;

GRANT SELECT(significant_dates_source) ON TABLE record.risk_factors TO mais_read_full;
GRANT SELECT(significant_dates_source) ON TABLE record.risk_factors TO mais_read_restricted;
GRANT SELECT(significant_dates_source),INSERT(significant_dates_source),UPDATE(significant_dates_source) ON TABLE record.risk_factors TO mais_write_community;
GRANT SELECT(significant_dates_source),INSERT(significant_dates_source),UPDATE(significant_dates_source) ON TABLE record.risk_factors TO mais_write_health;
GRANT SELECT(significant_dates_source),INSERT(significant_dates_source),UPDATE(significant_dates_source) ON TABLE record.risk_factors TO mais_write_justice;

GRANT SELECT(person) ON TABLE record.search_name TO mais_read_restricted;
GRANT SELECT(person) ON TABLE record.search_name TO mais_read_full;
GRANT SELECT(person),INSERT(person) ON TABLE record.search_name TO mais_write_health;
GRANT SELECT(person),INSERT(person) ON TABLE record.search_name TO mais_write_justice;

GRANT SELECT(surname_key) ON TABLE record.search_name TO mais_read_restricted;
GRANT SELECT(surname_key) ON TABLE record.search_name TO mais_read_full;
GRANT SELECT(surname_key),INSERT(surname_key),UPDATE(surname_key) ON TABLE record.search_name TO mais_write_health;
GRANT SELECT(surname_key),INSERT(surname_key),UPDATE(surname_key) ON TABLE record.search_name TO mais_write_justice;

GRANT SELECT(first_name_key) ON TABLE record.search_name TO mais_read_restricted;
GRANT SELECT(first_name_key) ON TABLE record.search_name TO mais_read_full;
GRANT SELECT(first_name_key),INSERT(first_name_key),UPDATE(first_name_key) ON TABLE record.search_name TO mais_write_health;
GRANT SELECT(first_name_key),INSERT(first_name_key),UPDATE(first_name_key) ON TABLE record.search_name TO mais_write_justice;

GRANT SELECT(is_alias) ON TABLE record.search_name TO mais_read_restricted;
GRANT SELECT(is_alias) ON TABLE record.search_name TO mais_read_full;
GRANT SELECT(is_alias),INSERT(is_alias) ON TABLE record.search_name TO mais_write_health;
GRANT SELECT(is_alias),INSERT(is_alias) ON TABLE record.search_name TO mais_write_justice;

GRANT SELECT(person) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(person) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(person),INSERT(person) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(person),INSERT(person) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(first_name) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(first_name) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(first_name),INSERT(first_name),UPDATE(first_name) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(first_name),INSERT(first_name),UPDATE(first_name) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(first_name_as_at) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(first_name_as_at) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(first_name_as_at),INSERT(first_name_as_at),UPDATE(first_name_as_at) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(first_name_as_at),INSERT(first_name_as_at),UPDATE(first_name_as_at) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(first_name_source) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(first_name_source) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(first_name_source),INSERT(first_name_source),UPDATE(first_name_source) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(first_name_source),INSERT(first_name_source),UPDATE(first_name_source) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(surname) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(surname) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(surname),INSERT(surname),UPDATE(surname) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(surname),INSERT(surname),UPDATE(surname) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(surname_as_at) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(surname_as_at) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(surname_as_at),INSERT(surname_as_at),UPDATE(surname_as_at) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(surname_as_at),INSERT(surname_as_at),UPDATE(surname_as_at) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(surname_source) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(surname_source) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(surname_source),INSERT(surname_source),UPDATE(surname_source) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(surname_source),INSERT(surname_source),UPDATE(surname_source) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(aliases_as_at) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(aliases_as_at) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(aliases_as_at),INSERT(aliases_as_at),UPDATE(aliases_as_at) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(aliases_as_at),INSERT(aliases_as_at),UPDATE(aliases_as_at) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(aliases_source) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(aliases_source) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(aliases_source),INSERT(aliases_source),UPDATE(aliases_source) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(aliases_source),INSERT(aliases_source),UPDATE(aliases_source) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(date_of_birth) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(date_of_birth) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(date_of_birth),INSERT(date_of_birth),UPDATE(date_of_birth) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(date_of_birth),INSERT(date_of_birth),UPDATE(date_of_birth) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(date_of_birth_as_at) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(date_of_birth_as_at) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(date_of_birth_as_at),INSERT(date_of_birth_as_at),UPDATE(date_of_birth_as_at) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(date_of_birth_as_at),INSERT(date_of_birth_as_at),UPDATE(date_of_birth_as_at) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(date_of_birth_source) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(date_of_birth_source) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(date_of_birth_source),INSERT(date_of_birth_source),UPDATE(date_of_birth_source) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(date_of_birth_source),INSERT(date_of_birth_source),UPDATE(date_of_birth_source) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(date_of_release) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(date_of_release) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(date_of_release),INSERT(date_of_release),UPDATE(date_of_release) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(date_of_release),INSERT(date_of_release),UPDATE(date_of_release) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(date_of_release_certainty) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(date_of_release_certainty) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(date_of_release_certainty),INSERT(date_of_release_certainty),UPDATE(date_of_release_certainty) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(date_of_release_certainty),INSERT(date_of_release_certainty),UPDATE(date_of_release_certainty) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(date_of_release_as_at) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(date_of_release_as_at) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(date_of_release_as_at),INSERT(date_of_release_as_at),UPDATE(date_of_release_as_at) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(date_of_release_as_at),INSERT(date_of_release_as_at),UPDATE(date_of_release_as_at) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(date_of_release_source) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(date_of_release_source) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(date_of_release_source),INSERT(date_of_release_source),UPDATE(date_of_release_source) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(date_of_release_source),INSERT(date_of_release_source),UPDATE(date_of_release_source) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(epex_number) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(epex_number),INSERT(epex_number),UPDATE(epex_number) ON TABLE record.service_user_details TO mais_write_health;

GRANT SELECT(epex_number_as_at) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(epex_number_as_at),INSERT(epex_number_as_at),UPDATE(epex_number_as_at) ON TABLE record.service_user_details TO mais_write_health;

GRANT SELECT(epex_number_source) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(epex_number_source),INSERT(epex_number_source),UPDATE(epex_number_source) ON TABLE record.service_user_details TO mais_write_health;

GRANT SELECT(interpreter_needed) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(interpreter_needed) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(interpreter_needed),INSERT(interpreter_needed),UPDATE(interpreter_needed) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(interpreter_needed),INSERT(interpreter_needed),UPDATE(interpreter_needed) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(interpreter_needed_as_at) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(interpreter_needed_as_at) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(interpreter_needed_as_at),INSERT(interpreter_needed_as_at),UPDATE(interpreter_needed_as_at) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(interpreter_needed_as_at),INSERT(interpreter_needed_as_at),UPDATE(interpreter_needed_as_at) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(interpreter_needed_source) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(interpreter_needed_source) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(interpreter_needed_source),INSERT(interpreter_needed_source),UPDATE(interpreter_needed_source) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(interpreter_needed_source),INSERT(interpreter_needed_source),UPDATE(interpreter_needed_source) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(language_spoken) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(language_spoken) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(language_spoken),INSERT(language_spoken),UPDATE(language_spoken) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(language_spoken),INSERT(language_spoken),UPDATE(language_spoken) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(language_spoken_as_at) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(language_spoken_as_at) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(language_spoken_as_at),INSERT(language_spoken_as_at),UPDATE(language_spoken_as_at) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(language_spoken_as_at),INSERT(language_spoken_as_at),UPDATE(language_spoken_as_at) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(language_spoken_source) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(language_spoken_source) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(language_spoken_source),INSERT(language_spoken_source),UPDATE(language_spoken_source) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(language_spoken_source),INSERT(language_spoken_source),UPDATE(language_spoken_source) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(last_known_address) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(last_known_address) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(last_known_address),INSERT(last_known_address),UPDATE(last_known_address) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(last_known_address),INSERT(last_known_address),UPDATE(last_known_address) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(last_known_address_as_at) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(last_known_address_as_at) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(last_known_address_as_at),INSERT(last_known_address_as_at),UPDATE(last_known_address_as_at) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(last_known_address_as_at),INSERT(last_known_address_as_at),UPDATE(last_known_address_as_at) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(last_known_address_source) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(last_known_address_source) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(last_known_address_source),INSERT(last_known_address_source),UPDATE(last_known_address_source) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(last_known_address_source),INSERT(last_known_address_source),UPDATE(last_known_address_source) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(directed_address) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(directed_address) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(directed_address),INSERT(directed_address),UPDATE(directed_address) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(directed_address),INSERT(directed_address),UPDATE(directed_address) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(directed_address_as_at) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(directed_address_as_at) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(directed_address_as_at),INSERT(directed_address_as_at),UPDATE(directed_address_as_at) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(directed_address_as_at),INSERT(directed_address_as_at),UPDATE(directed_address_as_at) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(directed_address_source) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(directed_address_source) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(directed_address_source),INSERT(directed_address_source),UPDATE(directed_address_source) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(directed_address_source),INSERT(directed_address_source),UPDATE(directed_address_source) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(preferred_contact_name) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(preferred_contact_name) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(preferred_contact_name),INSERT(preferred_contact_name),UPDATE(preferred_contact_name) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(preferred_contact_name),INSERT(preferred_contact_name),UPDATE(preferred_contact_name) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(preferred_contact_relationship) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(preferred_contact_relationship) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(preferred_contact_relationship),INSERT(preferred_contact_relationship),UPDATE(preferred_contact_relationship) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(preferred_contact_relationship),INSERT(preferred_contact_relationship),UPDATE(preferred_contact_relationship) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(preferred_contact_address) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(preferred_contact_address) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(preferred_contact_address),INSERT(preferred_contact_address),UPDATE(preferred_contact_address) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(preferred_contact_address),INSERT(preferred_contact_address),UPDATE(preferred_contact_address) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(preferred_contact_telephone) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(preferred_contact_telephone) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(preferred_contact_telephone),INSERT(preferred_contact_telephone),UPDATE(preferred_contact_telephone) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(preferred_contact_telephone),INSERT(preferred_contact_telephone),UPDATE(preferred_contact_telephone) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(preferred_contact_out_of_hours) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(preferred_contact_out_of_hours) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(preferred_contact_out_of_hours),INSERT(preferred_contact_out_of_hours),UPDATE(preferred_contact_out_of_hours) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(preferred_contact_out_of_hours),INSERT(preferred_contact_out_of_hours),UPDATE(preferred_contact_out_of_hours) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(preferred_contact_unsuitable) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(preferred_contact_unsuitable) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(preferred_contact_unsuitable),INSERT(preferred_contact_unsuitable),UPDATE(preferred_contact_unsuitable) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(preferred_contact_unsuitable),INSERT(preferred_contact_unsuitable),UPDATE(preferred_contact_unsuitable) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(preferred_contact_none_named) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(preferred_contact_none_named) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(preferred_contact_none_named),INSERT(preferred_contact_none_named),UPDATE(preferred_contact_none_named) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(preferred_contact_none_named),INSERT(preferred_contact_none_named),UPDATE(preferred_contact_none_named) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(preferred_contact_as_at) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(preferred_contact_as_at) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(preferred_contact_as_at),INSERT(preferred_contact_as_at),UPDATE(preferred_contact_as_at) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(preferred_contact_as_at),INSERT(preferred_contact_as_at),UPDATE(preferred_contact_as_at) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(preferred_contact_source) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(preferred_contact_source) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(preferred_contact_source),INSERT(preferred_contact_source),UPDATE(preferred_contact_source) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(preferred_contact_source),INSERT(preferred_contact_source),UPDATE(preferred_contact_source) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(preferred_contact_as_appropriate_adult) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(preferred_contact_as_appropriate_adult) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(preferred_contact_as_appropriate_adult),INSERT(preferred_contact_as_appropriate_adult),UPDATE(preferred_contact_as_appropriate_adult) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(preferred_contact_as_appropriate_adult),INSERT(preferred_contact_as_appropriate_adult),UPDATE(preferred_contact_as_appropriate_adult) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(preferred_contact_as_appropriate_adult_as_at) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(preferred_contact_as_appropriate_adult_as_at) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(preferred_contact_as_appropriate_adult_as_at),INSERT(preferred_contact_as_appropriate_adult_as_at),UPDATE(preferred_contact_as_appropriate_adult_as_at) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(preferred_contact_as_appropriate_adult_as_at),INSERT(preferred_contact_as_appropriate_adult_as_at),UPDATE(preferred_contact_as_appropriate_adult_as_at) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(preferred_contact_as_appropriate_adult_source) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(preferred_contact_as_appropriate_adult_source) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(preferred_contact_as_appropriate_adult_source),INSERT(preferred_contact_as_appropriate_adult_source),UPDATE(preferred_contact_as_appropriate_adult_source) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(preferred_contact_as_appropriate_adult_source),INSERT(preferred_contact_as_appropriate_adult_source),UPDATE(preferred_contact_as_appropriate_adult_source) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(main_health_professional_name) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(main_health_professional_name) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(main_health_professional_name),INSERT(main_health_professional_name),UPDATE(main_health_professional_name) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(main_health_professional_name),INSERT(main_health_professional_name),UPDATE(main_health_professional_name) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(main_health_professional_relationship) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(main_health_professional_relationship) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(main_health_professional_relationship),INSERT(main_health_professional_relationship),UPDATE(main_health_professional_relationship) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(main_health_professional_relationship),INSERT(main_health_professional_relationship),UPDATE(main_health_professional_relationship) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(main_health_professional_address) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(main_health_professional_address) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(main_health_professional_address),INSERT(main_health_professional_address),UPDATE(main_health_professional_address) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(main_health_professional_address),INSERT(main_health_professional_address),UPDATE(main_health_professional_address) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(main_health_professional_telephone) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(main_health_professional_telephone) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(main_health_professional_telephone),INSERT(main_health_professional_telephone),UPDATE(main_health_professional_telephone) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(main_health_professional_telephone),INSERT(main_health_professional_telephone),UPDATE(main_health_professional_telephone) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(main_health_professional_out_of_hours) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(main_health_professional_out_of_hours) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(main_health_professional_out_of_hours),INSERT(main_health_professional_out_of_hours),UPDATE(main_health_professional_out_of_hours) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(main_health_professional_out_of_hours),INSERT(main_health_professional_out_of_hours),UPDATE(main_health_professional_out_of_hours) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(main_health_professional_unsuitable) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(main_health_professional_unsuitable) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(main_health_professional_unsuitable),INSERT(main_health_professional_unsuitable),UPDATE(main_health_professional_unsuitable) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(main_health_professional_unsuitable),INSERT(main_health_professional_unsuitable),UPDATE(main_health_professional_unsuitable) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(main_health_professional_none_named) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(main_health_professional_none_named) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(main_health_professional_none_named),INSERT(main_health_professional_none_named),UPDATE(main_health_professional_none_named) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(main_health_professional_none_named),INSERT(main_health_professional_none_named),UPDATE(main_health_professional_none_named) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(main_health_professional_as_at) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(main_health_professional_as_at) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(main_health_professional_as_at),INSERT(main_health_professional_as_at),UPDATE(main_health_professional_as_at) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(main_health_professional_as_at),INSERT(main_health_professional_as_at),UPDATE(main_health_professional_as_at) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(main_health_professional_source) ON TABLE record.service_user_details TO mais_read_full;
GRANT SELECT(main_health_professional_source) ON TABLE record.service_user_details TO mais_read_restricted;
GRANT SELECT(main_health_professional_source),INSERT(main_health_professional_source),UPDATE(main_health_professional_source) ON TABLE record.service_user_details TO mais_write_health;
GRANT SELECT(main_health_professional_source),INSERT(main_health_professional_source),UPDATE(main_health_professional_source) ON TABLE record.service_user_details TO mais_write_justice;

GRANT SELECT(person) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(person) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(person),INSERT(person) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(person),INSERT(person) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(substance_misuse) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(substance_misuse) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(substance_misuse),INSERT(substance_misuse),UPDATE(substance_misuse) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(substance_misuse),INSERT(substance_misuse),UPDATE(substance_misuse) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(substance_misuse_as_at) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(substance_misuse_as_at) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(substance_misuse_as_at),INSERT(substance_misuse_as_at),UPDATE(substance_misuse_as_at) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(substance_misuse_as_at),INSERT(substance_misuse_as_at),UPDATE(substance_misuse_as_at) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(substance_misuse_source) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(substance_misuse_source) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(substance_misuse_source),INSERT(substance_misuse_source),UPDATE(substance_misuse_source) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(substance_misuse_source),INSERT(substance_misuse_source),UPDATE(substance_misuse_source) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(substances) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(substances) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(substances),INSERT(substances),UPDATE(substances) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(substances),INSERT(substances),UPDATE(substances) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(substances_as_at) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(substances_as_at) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(substances_as_at),INSERT(substances_as_at),UPDATE(substances_as_at) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(substances_as_at),INSERT(substances_as_at),UPDATE(substances_as_at) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(substances_source) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(substances_source) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(substances_source),INSERT(substances_source),UPDATE(substances_source) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(substances_source),INSERT(substances_source),UPDATE(substances_source) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(drug_withdrawal) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(drug_withdrawal) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(drug_withdrawal),INSERT(drug_withdrawal),UPDATE(drug_withdrawal) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(drug_withdrawal),INSERT(drug_withdrawal),UPDATE(drug_withdrawal) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(drug_withdrawal_as_at) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(drug_withdrawal_as_at) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(drug_withdrawal_as_at),INSERT(drug_withdrawal_as_at),UPDATE(drug_withdrawal_as_at) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(drug_withdrawal_as_at),INSERT(drug_withdrawal_as_at),UPDATE(drug_withdrawal_as_at) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(drug_withdrawal_source) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(drug_withdrawal_source) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(drug_withdrawal_source),INSERT(drug_withdrawal_source),UPDATE(drug_withdrawal_source) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(drug_withdrawal_source),INSERT(drug_withdrawal_source),UPDATE(drug_withdrawal_source) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(drug_withdrawal_from) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(drug_withdrawal_from) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(drug_withdrawal_from),INSERT(drug_withdrawal_from),UPDATE(drug_withdrawal_from) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(drug_withdrawal_from),INSERT(drug_withdrawal_from),UPDATE(drug_withdrawal_from) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(drug_withdrawal_from_as_at) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(drug_withdrawal_from_as_at) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(drug_withdrawal_from_as_at),INSERT(drug_withdrawal_from_as_at),UPDATE(drug_withdrawal_from_as_at) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(drug_withdrawal_from_as_at),INSERT(drug_withdrawal_from_as_at),UPDATE(drug_withdrawal_from_as_at) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(drug_withdrawal_from_source) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(drug_withdrawal_from_source) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(drug_withdrawal_from_source),INSERT(drug_withdrawal_from_source),UPDATE(drug_withdrawal_from_source) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(drug_withdrawal_from_source),INSERT(drug_withdrawal_from_source),UPDATE(drug_withdrawal_from_source) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(alcohol_misuse) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(alcohol_misuse) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(alcohol_misuse),INSERT(alcohol_misuse),UPDATE(alcohol_misuse) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(alcohol_misuse),INSERT(alcohol_misuse),UPDATE(alcohol_misuse) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(alcohol_misuse_as_at) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(alcohol_misuse_as_at) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(alcohol_misuse_as_at),INSERT(alcohol_misuse_as_at),UPDATE(alcohol_misuse_as_at) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(alcohol_misuse_as_at),INSERT(alcohol_misuse_as_at),UPDATE(alcohol_misuse_as_at) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(alcohol_misuse_source) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(alcohol_misuse_source) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(alcohol_misuse_source),INSERT(alcohol_misuse_source),UPDATE(alcohol_misuse_source) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(alcohol_misuse_source),INSERT(alcohol_misuse_source),UPDATE(alcohol_misuse_source) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(alcohol_withdrawal) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(alcohol_withdrawal) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(alcohol_withdrawal),INSERT(alcohol_withdrawal),UPDATE(alcohol_withdrawal) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(alcohol_withdrawal),INSERT(alcohol_withdrawal),UPDATE(alcohol_withdrawal) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(alcohol_withdrawal_as_at) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(alcohol_withdrawal_as_at) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(alcohol_withdrawal_as_at),INSERT(alcohol_withdrawal_as_at),UPDATE(alcohol_withdrawal_as_at) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(alcohol_withdrawal_as_at),INSERT(alcohol_withdrawal_as_at),UPDATE(alcohol_withdrawal_as_at) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(alcohol_withdrawal_source) ON TABLE record.substance_misuse TO mais_read_full;
GRANT SELECT(alcohol_withdrawal_source) ON TABLE record.substance_misuse TO mais_read_restricted;
GRANT SELECT(alcohol_withdrawal_source),INSERT(alcohol_withdrawal_source),UPDATE(alcohol_withdrawal_source) ON TABLE record.substance_misuse TO mais_write_community;
GRANT SELECT(alcohol_withdrawal_source),INSERT(alcohol_withdrawal_source),UPDATE(alcohol_withdrawal_source) ON TABLE record.substance_misuse TO mais_write_health;

GRANT SELECT(person) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(person) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(person),INSERT(person) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(person),INSERT(person) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(person),INSERT(person) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(self_harm_history) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(self_harm_history) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(self_harm_history),INSERT(self_harm_history),UPDATE(self_harm_history) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(self_harm_history),INSERT(self_harm_history),UPDATE(self_harm_history) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(self_harm_history),INSERT(self_harm_history),UPDATE(self_harm_history) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(self_harm_history_as_at) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(self_harm_history_as_at) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(self_harm_history_as_at),INSERT(self_harm_history_as_at),UPDATE(self_harm_history_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(self_harm_history_as_at),INSERT(self_harm_history_as_at),UPDATE(self_harm_history_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(self_harm_history_as_at),INSERT(self_harm_history_as_at),UPDATE(self_harm_history_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(self_harm_history_source) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(self_harm_history_source) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(self_harm_history_source),INSERT(self_harm_history_source),UPDATE(self_harm_history_source) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(self_harm_history_source),INSERT(self_harm_history_source),UPDATE(self_harm_history_source) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(self_harm_history_source),INSERT(self_harm_history_source),UPDATE(self_harm_history_source) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(last_self_harm) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(last_self_harm) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(last_self_harm),INSERT(last_self_harm),UPDATE(last_self_harm) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(last_self_harm),INSERT(last_self_harm),UPDATE(last_self_harm) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(last_self_harm),INSERT(last_self_harm),UPDATE(last_self_harm) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(last_self_harm_as_at) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(last_self_harm_as_at) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(last_self_harm_as_at),INSERT(last_self_harm_as_at),UPDATE(last_self_harm_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(last_self_harm_as_at),INSERT(last_self_harm_as_at),UPDATE(last_self_harm_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(last_self_harm_as_at),INSERT(last_self_harm_as_at),UPDATE(last_self_harm_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(last_self_harm_source) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(last_self_harm_source) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(last_self_harm_source),INSERT(last_self_harm_source),UPDATE(last_self_harm_source) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(last_self_harm_source),INSERT(last_self_harm_source),UPDATE(last_self_harm_source) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(last_self_harm_source),INSERT(last_self_harm_source),UPDATE(last_self_harm_source) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(suicide_attempts) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(suicide_attempts) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(suicide_attempts),INSERT(suicide_attempts),UPDATE(suicide_attempts) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(suicide_attempts),INSERT(suicide_attempts),UPDATE(suicide_attempts) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(suicide_attempts),INSERT(suicide_attempts),UPDATE(suicide_attempts) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(suicide_attempts_as_at) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(suicide_attempts_as_at) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(suicide_attempts_as_at),INSERT(suicide_attempts_as_at),UPDATE(suicide_attempts_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(suicide_attempts_as_at),INSERT(suicide_attempts_as_at),UPDATE(suicide_attempts_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(suicide_attempts_as_at),INSERT(suicide_attempts_as_at),UPDATE(suicide_attempts_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(suicide_attempts_source) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(suicide_attempts_source) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(suicide_attempts_source),INSERT(suicide_attempts_source),UPDATE(suicide_attempts_source) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(suicide_attempts_source),INSERT(suicide_attempts_source),UPDATE(suicide_attempts_source) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(suicide_attempts_source),INSERT(suicide_attempts_source),UPDATE(suicide_attempts_source) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(last_attempt_before_release) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(last_attempt_before_release) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(last_attempt_before_release),INSERT(last_attempt_before_release),UPDATE(last_attempt_before_release) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(last_attempt_before_release),INSERT(last_attempt_before_release),UPDATE(last_attempt_before_release) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(last_attempt_before_release),INSERT(last_attempt_before_release),UPDATE(last_attempt_before_release) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(last_attempt_before_release_as_at) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(last_attempt_before_release_as_at) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(last_attempt_before_release_as_at),INSERT(last_attempt_before_release_as_at),UPDATE(last_attempt_before_release_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(last_attempt_before_release_as_at),INSERT(last_attempt_before_release_as_at),UPDATE(last_attempt_before_release_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(last_attempt_before_release_as_at),INSERT(last_attempt_before_release_as_at),UPDATE(last_attempt_before_release_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(last_attempt_before_release_source) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(last_attempt_before_release_source) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(last_attempt_before_release_source),INSERT(last_attempt_before_release_source),UPDATE(last_attempt_before_release_source) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(last_attempt_before_release_source),INSERT(last_attempt_before_release_source),UPDATE(last_attempt_before_release_source) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(last_attempt_before_release_source),INSERT(last_attempt_before_release_source),UPDATE(last_attempt_before_release_source) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(self_harm_hospital_treatment) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(self_harm_hospital_treatment) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(self_harm_hospital_treatment),INSERT(self_harm_hospital_treatment),UPDATE(self_harm_hospital_treatment) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(self_harm_hospital_treatment),INSERT(self_harm_hospital_treatment),UPDATE(self_harm_hospital_treatment) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(self_harm_hospital_treatment),INSERT(self_harm_hospital_treatment),UPDATE(self_harm_hospital_treatment) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(self_harm_hospital_treatment_details) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(self_harm_hospital_treatment_details) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(self_harm_hospital_treatment_details),INSERT(self_harm_hospital_treatment_details),UPDATE(self_harm_hospital_treatment_details) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(self_harm_hospital_treatment_details),INSERT(self_harm_hospital_treatment_details),UPDATE(self_harm_hospital_treatment_details) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(self_harm_hospital_treatment_details),INSERT(self_harm_hospital_treatment_details),UPDATE(self_harm_hospital_treatment_details) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(self_harm_hospital_treatment_as_at) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(self_harm_hospital_treatment_as_at) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(self_harm_hospital_treatment_as_at),INSERT(self_harm_hospital_treatment_as_at),UPDATE(self_harm_hospital_treatment_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(self_harm_hospital_treatment_as_at),INSERT(self_harm_hospital_treatment_as_at),UPDATE(self_harm_hospital_treatment_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(self_harm_hospital_treatment_as_at),INSERT(self_harm_hospital_treatment_as_at),UPDATE(self_harm_hospital_treatment_as_at) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(self_harm_hospital_treatment_source) ON TABLE record.suicide_and_self_harm TO mais_read_full;
GRANT SELECT(self_harm_hospital_treatment_source) ON TABLE record.suicide_and_self_harm TO mais_read_restricted;
GRANT SELECT(self_harm_hospital_treatment_source),INSERT(self_harm_hospital_treatment_source),UPDATE(self_harm_hospital_treatment_source) ON TABLE record.suicide_and_self_harm TO mais_write_community;
GRANT SELECT(self_harm_hospital_treatment_source),INSERT(self_harm_hospital_treatment_source),UPDATE(self_harm_hospital_treatment_source) ON TABLE record.suicide_and_self_harm TO mais_write_health;
GRANT SELECT(self_harm_hospital_treatment_source),INSERT(self_harm_hospital_treatment_source),UPDATE(self_harm_hospital_treatment_source) ON TABLE record.suicide_and_self_harm TO mais_write_justice;

GRANT SELECT(person) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(person) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(person),INSERT(person) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(person),INSERT(person) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(mappa) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(mappa) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(mappa),INSERT(mappa),UPDATE(mappa) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(mappa),INSERT(mappa),UPDATE(mappa) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(mappa_as_at) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(mappa_as_at) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(mappa_as_at),INSERT(mappa_as_at),UPDATE(mappa_as_at) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(mappa_as_at),INSERT(mappa_as_at),UPDATE(mappa_as_at) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(mappa_source) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(mappa_source) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(mappa_source),INSERT(mappa_source),UPDATE(mappa_source) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(mappa_source),INSERT(mappa_source),UPDATE(mappa_source) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(mappa_category) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(mappa_category) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(mappa_category),INSERT(mappa_category),UPDATE(mappa_category) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(mappa_category),INSERT(mappa_category),UPDATE(mappa_category) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(mappa_category_as_at) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(mappa_category_as_at) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(mappa_category_as_at),INSERT(mappa_category_as_at),UPDATE(mappa_category_as_at) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(mappa_category_as_at),INSERT(mappa_category_as_at),UPDATE(mappa_category_as_at) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(mappa_category_source) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(mappa_category_source) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(mappa_category_source),INSERT(mappa_category_source),UPDATE(mappa_category_source) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(mappa_category_source),INSERT(mappa_category_source),UPDATE(mappa_category_source) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(mappa_level) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(mappa_level) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(mappa_level),INSERT(mappa_level),UPDATE(mappa_level) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(mappa_level),INSERT(mappa_level),UPDATE(mappa_level) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(mappa_level_as_at) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(mappa_level_as_at) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(mappa_level_as_at),INSERT(mappa_level_as_at),UPDATE(mappa_level_as_at) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(mappa_level_as_at),INSERT(mappa_level_as_at),UPDATE(mappa_level_as_at) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(mappa_level_source) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(mappa_level_source) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(mappa_level_source),INSERT(mappa_level_source),UPDATE(mappa_level_source) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(mappa_level_source),INSERT(mappa_level_source),UPDATE(mappa_level_source) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(hramm) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(hramm) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(hramm),INSERT(hramm),UPDATE(hramm) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(hramm),INSERT(hramm),UPDATE(hramm) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(hramm_as_at) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(hramm_as_at) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(hramm_as_at),INSERT(hramm_as_at),UPDATE(hramm_as_at) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(hramm_as_at),INSERT(hramm_as_at),UPDATE(hramm_as_at) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(hramm_source) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(hramm_source) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(hramm_source),INSERT(hramm_source),UPDATE(hramm_source) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(hramm_source),INSERT(hramm_source),UPDATE(hramm_source) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(visor) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(visor) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(visor),INSERT(visor),UPDATE(visor) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(visor),INSERT(visor),UPDATE(visor) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(visor_as_at) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(visor_as_at) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(visor_as_at),INSERT(visor_as_at),UPDATE(visor_as_at) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(visor_as_at),INSERT(visor_as_at),UPDATE(visor_as_at) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(visor_source) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(visor_source) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(visor_source),INSERT(visor_source),UPDATE(visor_source) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(visor_source),INSERT(visor_source),UPDATE(visor_source) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(violence) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(violence) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(violence),INSERT(violence),UPDATE(violence) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(violence),INSERT(violence),UPDATE(violence) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(violence_as_at) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(violence_as_at) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(violence_as_at),INSERT(violence_as_at),UPDATE(violence_as_at) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(violence_as_at),INSERT(violence_as_at),UPDATE(violence_as_at) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(violence_source) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(violence_source) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(violence_source),INSERT(violence_source),UPDATE(violence_source) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(violence_source),INSERT(violence_source),UPDATE(violence_source) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(violence_towards) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(violence_towards) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(violence_towards),INSERT(violence_towards),UPDATE(violence_towards) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(violence_towards),INSERT(violence_towards),UPDATE(violence_towards) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(violence_towards_other) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(violence_towards_other) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(violence_towards_other),INSERT(violence_towards_other),UPDATE(violence_towards_other) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(violence_towards_other),INSERT(violence_towards_other),UPDATE(violence_towards_other) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(violence_towards_as_at) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(violence_towards_as_at) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(violence_towards_as_at),INSERT(violence_towards_as_at),UPDATE(violence_towards_as_at) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(violence_towards_as_at),INSERT(violence_towards_as_at),UPDATE(violence_towards_as_at) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(violence_towards_source) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(violence_towards_source) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(violence_towards_source),INSERT(violence_towards_source),UPDATE(violence_towards_source) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(violence_towards_source),INSERT(violence_towards_source),UPDATE(violence_towards_source) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(serious_violence) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(serious_violence) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(serious_violence),INSERT(serious_violence),UPDATE(serious_violence) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(serious_violence),INSERT(serious_violence),UPDATE(serious_violence) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(serious_violence_as_at) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(serious_violence_as_at) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(serious_violence_as_at),INSERT(serious_violence_as_at),UPDATE(serious_violence_as_at) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(serious_violence_as_at),INSERT(serious_violence_as_at),UPDATE(serious_violence_as_at) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(serious_violence_source) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(serious_violence_source) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(serious_violence_source),INSERT(serious_violence_source),UPDATE(serious_violence_source) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(serious_violence_source),INSERT(serious_violence_source),UPDATE(serious_violence_source) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(serious_violence_kinds) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(serious_violence_kinds) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(serious_violence_kinds),INSERT(serious_violence_kinds),UPDATE(serious_violence_kinds) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(serious_violence_kinds),INSERT(serious_violence_kinds),UPDATE(serious_violence_kinds) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(serious_violence_kinds_as_at) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(serious_violence_kinds_as_at) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(serious_violence_kinds_as_at),INSERT(serious_violence_kinds_as_at),UPDATE(serious_violence_kinds_as_at) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(serious_violence_kinds_as_at),INSERT(serious_violence_kinds_as_at),UPDATE(serious_violence_kinds_as_at) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(serious_violence_kinds_source) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(serious_violence_kinds_source) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(serious_violence_kinds_source),INSERT(serious_violence_kinds_source),UPDATE(serious_violence_kinds_source) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(serious_violence_kinds_source),INSERT(serious_violence_kinds_source),UPDATE(serious_violence_kinds_source) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(discriminatory_attitudes) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(discriminatory_attitudes) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(discriminatory_attitudes),INSERT(discriminatory_attitudes),UPDATE(discriminatory_attitudes) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(discriminatory_attitudes),INSERT(discriminatory_attitudes),UPDATE(discriminatory_attitudes) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(discriminatory_attitudes_as_at) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(discriminatory_attitudes_as_at) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(discriminatory_attitudes_as_at),INSERT(discriminatory_attitudes_as_at),UPDATE(discriminatory_attitudes_as_at) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(discriminatory_attitudes_as_at),INSERT(discriminatory_attitudes_as_at),UPDATE(discriminatory_attitudes_as_at) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(discriminatory_attitudes_source) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(discriminatory_attitudes_source) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(discriminatory_attitudes_source),INSERT(discriminatory_attitudes_source),UPDATE(discriminatory_attitudes_source) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(discriminatory_attitudes_source),INSERT(discriminatory_attitudes_source),UPDATE(discriminatory_attitudes_source) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(discriminatory_towards) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(discriminatory_towards) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(discriminatory_towards),INSERT(discriminatory_towards),UPDATE(discriminatory_towards) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(discriminatory_towards),INSERT(discriminatory_towards),UPDATE(discriminatory_towards) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(discriminatory_towards_as_at) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(discriminatory_towards_as_at) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(discriminatory_towards_as_at),INSERT(discriminatory_towards_as_at),UPDATE(discriminatory_towards_as_at) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(discriminatory_towards_as_at),INSERT(discriminatory_towards_as_at),UPDATE(discriminatory_towards_as_at) ON TABLE record.violence_to_others TO mais_write_justice;

GRANT SELECT(discriminatory_towards_source) ON TABLE record.violence_to_others TO mais_read_full;
GRANT SELECT(discriminatory_towards_source) ON TABLE record.violence_to_others TO mais_read_restricted;
GRANT SELECT(discriminatory_towards_source),INSERT(discriminatory_towards_source),UPDATE(discriminatory_towards_source) ON TABLE record.violence_to_others TO mais_write_health;
GRANT SELECT(discriminatory_towards_source),INSERT(discriminatory_towards_source),UPDATE(discriminatory_towards_source) ON TABLE record.violence_to_others TO mais_write_justice;

ALTER DEFAULT PRIVILEGES FOR ROLE mais_owner IN SCHEMA migration GRANT SELECT ON TABLES  TO mais_audit;

ALTER DEFAULT PRIVILEGES FOR ROLE mais_owner REVOKE ALL ON FUNCTIONS  FROM PUBLIC;
