-- What takes access away, each thing under a name: somebody who left, a role, a place or a network taken from them, a role that
-- permits less, a password that was replaced. The names go into the signed journal outside the database (package ca) before
-- they are committed, so that a database that is restored from before is told again, and gives nothing back.
--
-- The tables that decide say so themselves, by trigger: no way of changing them can forget it.

-- +goose Up
-- +goose StatementBegin
-- What a name looks like that can be taken away again. One that a replay could not read would keep the service closed after a
-- restore: where it is made it is one act that fails.
CREATE FUNCTION access.withdrawal_form(what text) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT what ~ replace(replace(replace('^(user ID|user-before ID \d+|user-(until|from) ID DAY|user-role ID WORD|user-site ID ID|network ID [0-9a-f.:]+/\d+|site ID'
        '|role WORD|permission WORD WORD WORD|role-level WORD (software|card|attested)|role-passwords WORD (allowed|limited|forbidden)|role-totp WORD'
        '|agency-passwords ID (allowed|limited|forbidden)|agency-domain ID WORD|password ID \d+|recovery-code ID [0-9a-f]{64})$',
        'ID', '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'), 'DAY', '\d{4}-\d\d-\d\d'), 'WORD', '[^ ]+')
$$;
-- +goose StatementEnd
CREATE TABLE access.withdrawal (
    id          bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    what        text COLLATE "C" NOT NULL CHECK (length(what) BETWEEN 1 AND 400), -- see access.withdraw_one_again, and access.withdrawal_form
    at          timestamptz NOT NULL DEFAULT now(),
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    leads       boolean NOT NULL, -- the first of a statement, which is enough to ask at the commit
    journal     text,             -- the entry that it stands in; NULL: not written yet
    number      bigint,
    lifted_at   timestamptz,      -- it was given back; the row goes when the journal has been told
    CONSTRAINT form CHECK (access.withdrawal_form(what)),
    CHECK (num_nulls(journal, number) IN (0, 2)),
    CHECK (lifted_at IS NULL OR journal IS NOT NULL)
);
CREATE INDEX withdrawal_of ON access.withdrawal (what);
CREATE INDEX withdrawal_unwritten ON access.withdrawal (id) WHERE journal IS NULL;
CREATE INDEX withdrawal_lifted ON access.withdrawal (id) WHERE lifted_at IS NOT NULL;

-- +goose StatementBegin
CREATE FUNCTION access.withdraw(names text[]) RETURNS void LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO access.withdrawal (what, leads)
    SELECT n.what, row_number() OVER () = 1 FROM (SELECT DISTINCT unnest(names) COLLATE "C" AS what) n
    WHERE n.what IS NOT NULL
$$;

-- What nobody has written yet need not be written any more. Whoever is writing it just now is waited for.
CREATE FUNCTION access.give_back(names text[]) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'on', true); -- the journal is told of nothing that a crash may take back
    DELETE FROM access.withdrawal WHERE what = ANY (names) AND journal IS NULL;
    UPDATE access.withdrawal SET lifted_at = now() WHERE what = ANY (names) AND journal IS NOT NULL AND lifted_at IS NULL;
END
$$;

-- Where a row is a right: what was in it was taken, and what is in it was given.
DO $do$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT * FROM (VALUES
        ('user_role', $$concat_ws(' ', 'user-role', x.user_id, x.role)$$),
        ('user_site', $$concat_ws(' ', 'user-site', x.user_id, x.site)$$),
        ('subnet', $$concat_ws(' ', 'network', x.site, x.cidr)$$),
        ('permission', $$concat_ws(' ', 'permission', x.role, x.item, x.act)$$)) AS r (on_table, name) LOOP
        EXECUTE format($f$
            CREATE FUNCTION access.withdraw_%1$s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            BEGIN
                IF TG_OP <> 'INSERT' THEN
                    PERFORM access.withdraw(ARRAY(SELECT %2$s FROM gone x));
                END IF;
                IF TG_OP <> 'DELETE' THEN
                    PERFORM access.give_back(ARRAY(SELECT %2$s FROM come x));
                END IF;
                RETURN NULL;
            END
            $$;
            CREATE TRIGGER withdraw_given AFTER INSERT ON access.%1$s REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_%1$s();
            CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.%1$s REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_%1$s();
            CREATE TRIGGER withdraw_taken AFTER DELETE ON access.%1$s REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_%1$s();
        $f$, t.on_table, t.name);
    END LOOP;
END
$do$;

-- Whoever moves to another agency or address is gone as who they were: as of the version before, or any older one. A day that
-- is set later, or sooner, lifts the others and holds itself: before there may have been none.
CREATE FUNCTION access.withdraw_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO' AS $$
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

CREATE FUNCTION access.withdraw_site() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM access.give_back(ARRAY(SELECT 'site ' || n.id FROM gone o JOIN come n ON n.id = o.id WHERE n.closed_at IS NULL AND o.closed_at IS NOT NULL));
    PERFORM access.withdraw(ARRAY(SELECT 'site ' || n.id FROM gone o JOIN come n ON n.id = o.id WHERE n.closed_at IS NOT NULL AND o.closed_at IS NULL));
    RETURN NULL;
END
$$;

-- How strict a policy of passwords, or a level of tokens, is.
CREATE FUNCTION access.strictness(word text) RETURNS integer LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN word IN ('allowed', 'software') THEN 1 WHEN word IN ('limited', 'card') THEN 2 WHEN word IN ('forbidden', 'attested') THEN 3 END
$$;

-- A thing with a policy or level: whatever is stricter than now is given back, and what holds now was taken, of what was laxer.
CREATE FUNCTION access.withdraw_stricter(thing text, was text, is_now text, words text[]) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF is_now IS DISTINCT FROM was THEN
        PERFORM access.give_back(ARRAY(SELECT thing || ' ' || w FROM unnest(words) w WHERE access.strictness(w) > access.strictness(is_now)));
        PERFORM access.withdraw(ARRAY[thing || ' ' || is_now]);
    END IF;
END
$$;

CREATE FUNCTION access.withdraw_role() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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

CREATE FUNCTION access.withdraw_agency() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM access.withdraw_stricter('agency-passwords ' || NEW.id, OLD.passwords, NEW.passwords, '{allowed,limited,forbidden}');
    PERFORM access.withdraw(ARRAY(SELECT concat_ws(' ', 'agency-domain', NEW.id, d) FROM unnest(OLD.domains) d WHERE NOT d = ANY (NEW.domains)));
    PERFORM access.give_back(ARRAY(SELECT concat_ws(' ', 'agency-domain', NEW.id, d) FROM unnest(NEW.domains) d WHERE NOT d = ANY (OLD.domains)));
    RETURN NULL;
END
$$;

-- A password is named by when it was set: it, and what was set before it, is no more. Whoever loses their second factor begins
-- anew with both, since the password alone must not be enough to set up another. Nothing of this is ever given back.
CREATE FUNCTION access.password_name(who uuid, set_at timestamptz) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws(' ', 'password', who, (extract(epoch FROM set_at) * 1000000)::bigint)
$$;

-- So that a new one is never taken for an old one, each is set later than the one before it, whatever the clocks say: that of a
-- host that took over may be behind.
CREATE FUNCTION access.set_password_later() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.set_at := greatest(clock_timestamp(), OLD.set_at + interval '1 microsecond');
    RETURN NEW;
END
$$;

CREATE FUNCTION access.withdraw_password() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'password' THEN PERFORM access.withdraw(ARRAY[access.password_name(OLD.user_id, OLD.set_at)]);
    WHEN 'totp' THEN PERFORM access.withdraw(ARRAY(SELECT access.password_name(p.user_id, p.set_at) FROM access.password p WHERE p.user_id = OLD.user_id));
    WHEN 'recovery_code' THEN PERFORM access.withdraw(ARRAY[concat_ws(' ', 'recovery-code', OLD.user_id, encode(OLD.sha256, 'hex'))]);
    END CASE;
    RETURN NULL;
END
$$;

-- The service cannot commit what is in no journal. What the owner of the database writes by hand, without one, is written by
-- the service within seconds.
CREATE FUNCTION access.guard_withdrawal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF session_user IN ('mais_register', 'mais_creds', 'mais_ca')
        AND EXISTS (SELECT FROM access.withdrawal WHERE journal IS NULL AND transaction = NEW.transaction) THEN
        RAISE EXCEPTION 'what takes access away is in the journal before it is committed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.user_account REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_user();
CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.site REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION access.withdraw_site();
CREATE TRIGGER withdraw_changed AFTER INSERT OR UPDATE OR DELETE ON access.role FOR EACH ROW EXECUTE FUNCTION access.withdraw_role();
CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.agency FOR EACH ROW EXECUTE FUNCTION access.withdraw_agency();
ALTER TABLE access.password ADD CHECK (isfinite(set_at));
CREATE TRIGGER set_later BEFORE UPDATE ON access.password FOR EACH ROW WHEN (NEW.set_at IS DISTINCT FROM OLD.set_at) EXECUTE FUNCTION access.set_password_later();
ALTER TABLE access.password ENABLE ALWAYS TRIGGER set_later;
CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.password FOR EACH ROW WHEN (NEW.set_at IS DISTINCT FROM OLD.set_at) EXECUTE FUNCTION access.withdraw_password();
CREATE TRIGGER withdraw_taken AFTER DELETE ON access.password FOR EACH ROW EXECUTE FUNCTION access.withdraw_password();
CREATE TRIGGER withdraw_taken AFTER DELETE ON access.totp FOR EACH ROW EXECUTE FUNCTION access.withdraw_password();
CREATE TRIGGER withdraw_changed AFTER UPDATE ON access.recovery_code FOR EACH ROW WHEN (OLD.used_at IS NULL AND NEW.used_at IS NOT NULL) EXECUTE FUNCTION access.withdraw_password();
CREATE TRIGGER withdraw_taken AFTER DELETE ON access.recovery_code FOR EACH ROW WHEN (OLD.used_at IS NULL) EXECUTE FUNCTION access.withdraw_password();
CREATE CONSTRAINT TRIGGER written AFTER INSERT ON access.withdrawal DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.leads) EXECUTE FUNCTION access.guard_withdrawal();
-- +goose StatementBegin
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT g.tgname, g.tgrelid::regclass AS on_table FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
        WHERE c.relnamespace = 'access'::regnamespace AND (g.tgname LIKE 'withdraw\_%' OR g.tgname = 'written')
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.on_table, t.tgname);
    END LOOP;
END
$$;

-- What is to be written: this transaction's own, and all that is left, which is the register's alone, since what is returned is
-- locked: nobody else can hold up what the owner did by hand.
CREATE FUNCTION access.unwritten_own(most integer) RETURNS TABLE (id bigint, what text) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT w.id, w.what FROM access.withdrawal w WHERE w.journal IS NULL AND w.transaction = pg_current_xact_id_if_assigned()
    ORDER BY w.id LIMIT most FOR UPDATE SKIP LOCKED
$$;

CREATE FUNCTION access.unwritten(most integer) RETURNS TABLE (id bigint, what text) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT w.id, w.what FROM access.withdrawal w WHERE w.journal IS NULL ORDER BY w.id LIMIT most FOR UPDATE SKIP LOCKED
$$;

-- Says in which entry it was written, which is in the database by then.
CREATE FUNCTION access.written(ids bigint[], in_journal text, entry bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ca.journal_entry e WHERE e.journal = in_journal AND e.number = entry AND e.kind = 'withdraw') THEN
        RAISE EXCEPTION 'journal %, entry %: it is not there', in_journal, entry USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    UPDATE access.withdrawal SET journal = in_journal, number = entry WHERE id = ANY (ids) AND journal IS NULL;
END
$$;

-- What was given back, by the entries that it is to be lifted of.
CREATE FUNCTION access.lifted(most integer) RETURNS TABLE (id bigint, what text, journal text, number bigint) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT w.id, w.what, w.journal, w.number FROM access.withdrawal w WHERE w.lifted_at IS NOT NULL ORDER BY w.journal, w.number, w.id LIMIT most FOR UPDATE SKIP LOCKED
$$;

CREATE FUNCTION access.told(ids bigint[]) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM access.withdrawal WHERE id = ANY (ids) AND lifted_at IS NOT NULL
$$;

-- Takes one thing away again, in a database that was restored, and says whether it was there. Here stands what the names
-- mean. No order of them makes a difference, and so versions stay as they are.
CREATE FUNCTION access.withdraw_one_again(what text) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO' AS $$
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

CREATE FUNCTION access.drop_passwords(users uuid[]) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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

-- Takes away what an entry of a journal names, and returns what of it was there still. What follows for those who hold
-- something is done by errands, like what follows from a change. Only the certificate authority may: it knows journals.
CREATE FUNCTION access.withdraw_again(names text[], by_whom text, in_journal text, entry bigint) RETURNS text[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
$$;

-- In another database than it was, the numbers of access.generation go beyond all that somebody may remember: nothing that was
-- read before under one of them is taken for what is there now.
CREATE FUNCTION access.begin_anew() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE access.generation SET number = number + 1000000;
    SELECT pg_notify('mais_access', number::text) FROM access.generation;
$$;

-- A database that was restored has sessions that their holders had ended: all of them end, each with its event. Returns how many.
CREATE FUNCTION access.end_restored() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH ended AS (UPDATE access.session SET ended_at = now(), end_reason = 'restored' WHERE ended_at IS NULL RETURNING *)
    SELECT count(*) FROM audit.append((SELECT jsonb_agg(jsonb_build_object('act', 'session.end', 'outcome', 'allowed', 'reason', s.end_reason, 'listener', s.listener,
            'user_id', u.id, 'user_name', u.name, 'agency', a.name, 'site', p.name, 'issuer', s.issuer, 'serial', s.serial,
            'auth_method', CASE s.listener WHEN 'public' THEN 'password' ELSE 'certificate' END, 'session', encode(substr(s.id_hash, 1, 8), 'hex')))
        FROM ended s JOIN access.user_account u ON u.id = s.user_id JOIN access.agency a ON a.id = u.agency JOIN access.site p ON p.id = s.site))
$$;

-- Nor is it known which changes were refused or taken back since: what waits in a restored database comes to nothing, each with
-- its event, and whoever asked for it is told.
CREATE FUNCTION access.discard_restored() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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

-- How many things that were taken away so long ago are in no journal yet: a restore would give them back.
CREATE FUNCTION access.unwritten_for(age interval) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*) FROM access.withdrawal w WHERE w.journal IS NULL AND w.at < now() - age
$$;

-- Nobody knows which passwords were replaced, when a journal was declared lost: some at a time all of them go. What that
-- takes away is the caller's to write into the journal, as ever.
CREATE FUNCTION access.forget_passwords(until timestamptz, most integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT access.drop_passwords(ARRAY(SELECT p.user_id FROM access.password p WHERE p.set_at <= until OR p.set_at > now() ORDER BY p.user_id LIMIT most FOR UPDATE))
$$;

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT oid FROM pg_catalog.pg_proc WHERE pronamespace = 'access'::regnamespace
        AND proname ~ '^(withdraw|give_back|guard_withdrawal|strictness|password_name|unwritten|written|lifted|told|drop_passwords|forget_passwords|begin_anew|end_restored|discard_restored|set_password_later)' LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- Who takes away writes the entry in the same transaction; the register writes too what is left to write.
GRANT USAGE ON SCHEMA ca TO mais_register, mais_creds;
GRANT EXECUTE ON FUNCTION ca.enter_withdrawal(text, bigint, bytea) TO mais_register, mais_creds;
GRANT EXECUTE ON FUNCTION access.unwritten_own(integer), access.written(bigint[], text, bigint) TO mais_register, mais_creds, mais_ca;
GRANT EXECUTE ON FUNCTION access.unwritten(integer), access.lifted(integer), access.told(bigint[]), access.unwritten_for(interval) TO mais_register;
GRANT USAGE ON SCHEMA access TO mais_ca;
GRANT EXECUTE ON FUNCTION access.withdraw_again(text[], text, text, bigint), access.forget_passwords(timestamptz, integer), access.begin_anew(), access.end_restored(), access.discard_restored() TO mais_ca;
