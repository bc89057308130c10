-- What the audit of a day that is over comes to, counted once; what somebody may decide on, asked once; and the people of a
-- change of many, registered by rules that are asked of all of them together.

-- +goose Up

-- Days are London's. A day's entries are all there once every transaction has ended that might still commit one of them:
-- horizon is the number of a transaction that came when the day had been over for an hour.
CREATE TABLE audit.midnight (
    day     date PRIMARY KEY,
    horizon xid8 NOT NULL
);
CREATE TABLE audit.day (
    day     date PRIMARY KEY,
    looks   bigint NOT NULL,
    lookers bigint NOT NULL
);
CREATE TABLE audit.day_hour (
    day   date NOT NULL REFERENCES audit.day,
    hour  integer NOT NULL,
    looks bigint NOT NULL,
    PRIMARY KEY (day, hour)
);
CREATE TABLE audit.day_agency (
    day    date NOT NULL REFERENCES audit.day,
    agency text NOT NULL,
    looks  bigint NOT NULL,
    users  uuid[] NOT NULL, -- who looked, each once
    PRIMARY KEY (day, agency)
);
CREATE TABLE audit.day_unmet (
    day     date NOT NULL REFERENCES audit.day,
    outcome text NOT NULL,
    why     text NOT NULL, -- the word that the reason begins with
    entries bigint NOT NULL,
    PRIMARY KEY (day, outcome, why)
);
GRANT SELECT ON audit.day, audit.day_hour, audit.day_agency, audit.day_unmet TO mais_audit;

-- As with the ledger itself: nothing that was counted is changed, by whomever.
-- +goose StatementBegin
DO $$
DECLARE
    counted regclass;
BEGIN
    FOREACH counted IN ARRAY '{audit.midnight, audit.day, audit.day_hour, audit.day_agency, audit.day_unmet}'::regclass[] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse()', counted);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', counted);
    END LOOP;
END
$$;

CREATE FUNCTION audit.close_day(which date) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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

-- Counts the next days that are over, at most so many, and says how many it counted. It takes no facts from its caller, so
-- that a login role can make it count, and nothing else. The first call after a day notes the horizon, and whichever finds
-- that nothing older is at work counts. A horizon of the future is from before a restore: nothing of then is at work here.
CREATE FUNCTION audit.close_days(most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
-- +goose StatementEnd
REVOKE ALL ON FUNCTION audit.close_day(date), audit.close_days(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.close_days(integer) TO mais_audit;

-- The changes that somebody may approve or refuse: those of which access.may_decide says so (a test compares the two). Who
-- asks is looked up once, and not for each.
-- +goose StatementBegin
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
-- +goose StatementEnd
REVOKE ALL ON FUNCTION access.decidable(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.decidable(uuid) TO mais_register;

-- Registers the next people of a change of many (00009). Their fields are read once; those who are of one agency and mail
-- domain, with the same sites and roles, are judged together; and no statement joins what was only just written, of which the
-- planner knows nothing. Nobody else registers anybody meanwhile: all who do take the lock of access.generation first.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION access.apply_items(most integer, OUT which uuid, OUT done bigint, OUT failed bigint, OUT remaining bigint)
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

-- As in 00009, and asked first whether there is an office at all: whoever has none breaks neither rule.
CREATE OR REPLACE FUNCTION access.guard_user_role() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
-- +goose StatementEnd
