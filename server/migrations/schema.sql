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
    SELECT c.reason, c.status_by, CASE WHEN c.status_at < transaction_timestamp() THEN c.status_at END
        INTO NEW.reason, NEW.status_by, NEW.first_at FROM ca.certificate c
        WHERE c.issuer = NEW.issuer AND c.serial = NEW.serial AND c.status = NEW.status;
    RETURN NEW;
END $$;

ALTER FUNCTION ca.describe_change() OWNER TO mais_owner;

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

CREATE TABLE access.agency (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    CONSTRAINT agency_kind_check CHECK (((kind <> ''::text) AND (length(kind) <= 40))),
    CONSTRAINT agency_name_check CHECK (((name <> ''::text) AND (length(name) <= 200)))
);

ALTER TABLE access.agency OWNER TO mais_owner;

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

CREATE TABLE access.role (
    name text NOT NULL,
    description text NOT NULL,
    level text DEFAULT 'software'::text NOT NULL,
    CONSTRAINT role_level_check CHECK ((level = ANY (ARRAY['software'::text, 'card'::text, 'attested'::text]))),
    CONSTRAINT role_name_check CHECK ((name ~ '^[a-z][a-z_]{0,62}$'::text))
);

ALTER TABLE access.role OWNER TO mais_owner;

CREATE TABLE access.session (
    id_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    issuer text NOT NULL,
    serial text NOT NULL,
    listener text NOT NULL,
    site uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    end_reason text,
    CONSTRAINT session_check CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
    CONSTRAINT session_id_hash_check CHECK ((length(id_hash) = 32)),
    CONSTRAINT session_serial_check CHECK ((serial ~ '^[0-9a-f]{1,40}$'::text))
);

ALTER TABLE access.session OWNER TO mais_owner;

CREATE TABLE access.site (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    agency uuid NOT NULL,
    name text NOT NULL,
    CONSTRAINT site_name_check CHECK (((name <> ''::text) AND (length(name) <= 200)))
);

ALTER TABLE access.site OWNER TO mais_owner;

CREATE TABLE access.subnet (
    site uuid NOT NULL,
    cidr cidr NOT NULL,
    CONSTRAINT subnet_cidr_check CHECK ((masklen((cidr)::inet) > 0)),
    CONSTRAINT subnet_cidr_check1 CHECK (((family((cidr)::inet) = 4) OR (NOT ((cidr)::inet <<= '::ffff:0.0.0.0/96'::inet))))
);

ALTER TABLE access.subnet OWNER TO mais_owner;

CREATE TABLE access.user_account (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    agency uuid NOT NULL,
    left_at timestamp with time zone,
    CONSTRAINT user_account_email_check CHECK (((email = lower(email)) AND (email ~~ '_%@%_'::text) AND (length(email) <= 254))),
    CONSTRAINT user_account_name_check CHECK (((name <> ''::text) AND (length(name) <= 200)))
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
);

ALTER TABLE ONLY audit.event FORCE ROW LEVEL SECURITY;

ALTER TABLE audit.event OWNER TO mais_owner;

ALTER TABLE audit.event ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME audit.event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

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
    issuer text,
    serial text,
    order_id text,
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
    first_at timestamp with time zone
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
    CONSTRAINT message_kind_check CHECK ((kind = ANY (ARRAY['held'::text, 'released'::text, 'revoked'::text, 'several'::text, 'changes'::text, 'expiring'::text, 'expired'::text, 'expiries'::text, 'lost'::text, 'moved'::text, 'lowered'::text]))),
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

ALTER TABLE ONLY access.agency
    ADD CONSTRAINT agency_name_key UNIQUE (name);

ALTER TABLE ONLY access.agency
    ADD CONSTRAINT agency_pkey PRIMARY KEY (id);

ALTER TABLE ONLY access.emergency
    ADD CONSTRAINT emergency_pkey PRIMARY KEY (id);

ALTER TABLE ONLY access.generation
    ADD CONSTRAINT generation_pkey PRIMARY KEY (one);

ALTER TABLE ONLY access.lost_report
    ADD CONSTRAINT lost_report_pkey PRIMARY KEY (id);

ALTER TABLE ONLY access.permission
    ADD CONSTRAINT permission_pkey PRIMARY KEY (role, item, act);

ALTER TABLE ONLY access.purpose
    ADD CONSTRAINT purpose_pkey PRIMARY KEY (session, person);

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

ALTER TABLE ONLY access.user_account
    ADD CONSTRAINT user_account_email_key UNIQUE (email);

ALTER TABLE ONLY access.user_account
    ADD CONSTRAINT user_account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY access.user_role
    ADD CONSTRAINT user_role_pkey PRIMARY KEY (user_id, role);

ALTER TABLE ONLY access.user_site
    ADD CONSTRAINT user_site_pkey PRIMARY KEY (user_id, site);

ALTER TABLE ONLY audit.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (id);

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
    ADD CONSTRAINT journal_entry_journal_number_issuer_serial_order_id_key UNIQUE NULLS NOT DISTINCT (journal, number, issuer, serial, order_id);

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

CREATE INDEX emergency_of_session ON access.emergency USING btree (session, person);

CREATE INDEX emergency_of_user ON access.emergency USING btree (user_id, ends_at);

CREATE INDEX emergency_reviewed ON access.emergency USING btree (reviewed_at, id) WHERE (reviewed_at IS NOT NULL);

CREATE INDEX emergency_to_review ON access.emergency USING btree (began_at, id) WHERE (reviewed_at IS NULL);

CREATE INDEX lost_report_of_user ON access.lost_report USING btree (user_id, asked_at);

CREATE INDEX lost_report_used ON access.lost_report USING btree (used_at) WHERE (used_at IS NOT NULL);

CREATE INDEX purpose_given ON access.purpose USING btree (given_at);

CREATE INDEX session_of_certificate ON access.session USING btree (issuer, serial) WHERE (ended_at IS NULL);

CREATE INDEX session_of_user ON access.session USING btree (user_id) WHERE (ended_at IS NULL);

CREATE INDEX event_at ON audit.event USING brin (at);

CREATE INDEX event_opened_person ON audit.event USING btree ((persons[1]), id) WHERE ((act = ANY (ARRAY['record.show'::text, 'record.print'::text])) AND (outcome = 'allowed'::text));

CREATE INDEX event_opened_user ON audit.event USING btree (user_id, at) WHERE ((act = ANY (ARRAY['record.show'::text, 'record.print'::text])) AND (outcome = 'allowed'::text));

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

CREATE INDEX search_name_first_name ON record.search_name USING btree (first_name_key text_pattern_ops);

CREATE INDEX search_name_surname ON record.search_name USING btree (surname_key text_pattern_ops, first_name_key text_pattern_ops);

CREATE INDEX service_user_details_date_of_birth ON record.service_user_details USING btree (date_of_birth);

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

CREATE TRIGGER guard BEFORE UPDATE ON access.emergency FOR EACH ROW EXECUTE FUNCTION access.guard_emergency();

ALTER TABLE access.emergency ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON access.lost_report FOR EACH ROW EXECUTE FUNCTION access.guard_lost_report();

ALTER TABLE access.lost_report ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON access.purpose FOR EACH ROW EXECUTE FUNCTION access.guard_purpose();

ALTER TABLE access.purpose ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard BEFORE UPDATE ON access.session FOR EACH ROW EXECUTE FUNCTION access.guard_session();

ALTER TABLE access.session ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON access.emergency FOR EACH STATEMENT EXECUTE FUNCTION access.keep_emergency();

ALTER TABLE access.emergency ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep BEFORE DELETE ON access.purpose FOR EACH ROW EXECUTE FUNCTION access.keep_purpose();

ALTER TABLE access.purpose ENABLE ALWAYS TRIGGER keep;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON access.lost_report FOR EACH STATEMENT EXECUTE FUNCTION access.keep_lost_reports();

ALTER TABLE access.lost_report ENABLE ALWAYS TRIGGER keep_all;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.event FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.event ENABLE ALWAYS TRIGGER append_only;

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

CREATE CONSTRAINT TRIGGER number AFTER UPDATE ON ca.certificate DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION ca.number_status();

ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER number;

CREATE TRIGGER open AFTER INSERT ON ca.plan_item REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ca.add_plan_item();

ALTER TABLE ca.plan_item ENABLE ALWAYS TRIGGER open;

CREATE TRIGGER quarantine BEFORE UPDATE ON ca.certificate FOR EACH ROW WHEN (((old.status = 'held'::text) AND (new.status = 'active'::text))) EXECUTE FUNCTION ca.guard_quarantined();

ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER quarantine;

CREATE TRIGGER sign BEFORE UPDATE OF status ON ca.certificate FOR EACH ROW WHEN (((new.status <> old.status) AND (NOT (new.status_by IS DISTINCT FROM old.status_by)) AND (SESSION_USER <> 'mais_ca'::name))) EXECUTE FUNCTION ca.sign_change();

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

ALTER TABLE ONLY access.emergency
    ADD CONSTRAINT emergency_reviewer_fkey FOREIGN KEY (reviewer) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.emergency
    ADD CONSTRAINT emergency_session_fkey FOREIGN KEY (session) REFERENCES access.session(id_hash);

ALTER TABLE ONLY access.emergency
    ADD CONSTRAINT emergency_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.lost_report
    ADD CONSTRAINT lost_report_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.permission
    ADD CONSTRAINT permission_role_fkey FOREIGN KEY (role) REFERENCES access.role(name);

ALTER TABLE ONLY access.purpose
    ADD CONSTRAINT purpose_session_fkey FOREIGN KEY (session) REFERENCES access.session(id_hash);

ALTER TABLE ONLY access.session
    ADD CONSTRAINT session_site_fkey FOREIGN KEY (site) REFERENCES access.site(id);

ALTER TABLE ONLY access.session
    ADD CONSTRAINT session_user_id_fkey FOREIGN KEY (user_id) REFERENCES access.user_account(id);

ALTER TABLE ONLY access.site
    ADD CONSTRAINT site_agency_fkey FOREIGN KEY (agency) REFERENCES access.agency(id);

ALTER TABLE ONLY access.subnet
    ADD CONSTRAINT subnet_site_fkey FOREIGN KEY (site) REFERENCES access.site(id);

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

ALTER TABLE ONLY ca.journal_entry
    ADD CONSTRAINT journal_entry_journal_fkey FOREIGN KEY (journal) REFERENCES ca.journal_head(journal);

ALTER TABLE ONLY ca.level_lowered
    ADD CONSTRAINT level_lowered_issuer_serial_fkey FOREIGN KEY (issuer, serial) REFERENCES ca.certificate(issuer, serial);

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

GRANT USAGE ON SCHEMA mail TO mais_mail;

GRANT USAGE ON SCHEMA migration TO mais_audit;

REVOKE USAGE ON SCHEMA public FROM PUBLIC;

GRANT USAGE ON SCHEMA record TO mais_read_restricted;
GRANT USAGE ON SCHEMA record TO mais_read_full;
GRANT USAGE ON SCHEMA record TO mais_write_health;
GRANT USAGE ON SCHEMA record TO mais_write_justice;
GRANT USAGE ON SCHEMA record TO mais_write_community;

REVOKE ALL ON FUNCTION access.begin_emergency() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.bump() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_emergency() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_lost_report() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_purpose() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.guard_session() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.keep_emergency() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.keep_lost_reports() FROM PUBLIC;

REVOKE ALL ON FUNCTION access.keep_purpose() FROM PUBLIC;

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

REVOKE ALL ON FUNCTION audit.durable() FROM PUBLIC;

REVOKE ALL ON FUNCTION audit.refuse() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.add_plan_item() FROM PUBLIC;

REVOKE ALL ON FUNCTION ca.describe_change() FROM PUBLIC;

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

GRANT SELECT ON TABLE access.agency TO mais_creds;
GRANT SELECT,INSERT ON TABLE access.agency TO mais_register;

GRANT SELECT(id) ON TABLE access.agency TO mais_mail;

GRANT SELECT(name) ON TABLE access.agency TO mais_mail;

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

GRANT SELECT ON TABLE access.permission TO mais_creds;

GRANT DELETE ON TABLE access.purpose TO mais_creds;

GRANT SELECT(session),INSERT(session) ON TABLE access.purpose TO mais_creds;

GRANT SELECT(person),INSERT(person) ON TABLE access.purpose TO mais_creds;

GRANT SELECT(reason),INSERT(reason),UPDATE(reason) ON TABLE access.purpose TO mais_creds;

GRANT SELECT(number),INSERT(number),UPDATE(number) ON TABLE access.purpose TO mais_creds;

GRANT SELECT(explanation),INSERT(explanation),UPDATE(explanation) ON TABLE access.purpose TO mais_creds;

GRANT SELECT(given_at),UPDATE(given_at) ON TABLE access.purpose TO mais_creds;

GRANT SELECT ON TABLE access.role TO mais_creds;

GRANT SELECT(name) ON TABLE access.role TO mais_register;

GRANT SELECT(level) ON TABLE access.role TO mais_register;

GRANT SELECT ON TABLE access.session TO mais_creds;

GRANT INSERT(id_hash) ON TABLE access.session TO mais_creds;

GRANT INSERT(user_id) ON TABLE access.session TO mais_creds;

GRANT INSERT(issuer) ON TABLE access.session TO mais_creds;

GRANT INSERT(serial) ON TABLE access.session TO mais_creds;

GRANT INSERT(listener) ON TABLE access.session TO mais_creds;

GRANT INSERT(site) ON TABLE access.session TO mais_creds;

GRANT UPDATE(seen_at) ON TABLE access.session TO mais_creds;

GRANT UPDATE(ended_at) ON TABLE access.session TO mais_creds;

GRANT UPDATE(end_reason) ON TABLE access.session TO mais_creds;

GRANT SELECT ON TABLE access.site TO mais_creds;
GRANT SELECT,INSERT ON TABLE access.site TO mais_register;

GRANT SELECT(id) ON TABLE access.site TO mais_mail;

GRANT SELECT(agency) ON TABLE access.site TO mais_mail;

GRANT SELECT(name) ON TABLE access.site TO mais_mail;

GRANT SELECT ON TABLE access.subnet TO mais_creds;
GRANT SELECT,INSERT,DELETE ON TABLE access.subnet TO mais_register;

GRANT SELECT ON TABLE access.user_account TO mais_creds;
GRANT SELECT ON TABLE access.user_account TO mais_register;

GRANT INSERT(id) ON TABLE access.user_account TO mais_register;
GRANT SELECT(id) ON TABLE access.user_account TO mais_mail;

GRANT INSERT(email) ON TABLE access.user_account TO mais_register;
GRANT SELECT(email) ON TABLE access.user_account TO mais_mail;

GRANT INSERT(name) ON TABLE access.user_account TO mais_register;
GRANT SELECT(name) ON TABLE access.user_account TO mais_mail;

GRANT INSERT(agency) ON TABLE access.user_account TO mais_register;
GRANT SELECT(agency) ON TABLE access.user_account TO mais_mail;

GRANT UPDATE(left_at) ON TABLE access.user_account TO mais_register;
GRANT SELECT(left_at) ON TABLE access.user_account TO mais_mail;

GRANT SELECT ON TABLE access.user_role TO mais_creds;
GRANT SELECT,INSERT,DELETE ON TABLE access.user_role TO mais_register;

GRANT SELECT(user_id) ON TABLE access.user_role TO mais_mail;

GRANT SELECT(role) ON TABLE access.user_role TO mais_mail;

GRANT SELECT ON TABLE access.user_site TO mais_creds;
GRANT SELECT,INSERT,DELETE ON TABLE access.user_site TO mais_register;

GRANT SELECT ON TABLE audit.event TO mais_audit;

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
