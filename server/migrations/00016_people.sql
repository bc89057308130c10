-- People as administrators look through them, among tens of thousands; the terms that each accepts for themselves; and what
-- is taken from whoever is past their last day.

-- +goose Up
CREATE INDEX user_by_name ON access.user_account (lower(name), id);
CREATE INDEX user_of_agency ON access.user_account (agency, lower(name));
CREATE INDEX user_of_site ON access.user_site (site, user_id);
CREATE INDEX user_ending ON access.user_account (ends_on) WHERE left_at IS NULL AND ends_on IS NOT NULL;
CREATE INDEX errand_of_user ON access.errand (user_id, kind);

-- +goose StatementBegin
-- Who accepts the terms, for themselves: the register cannot write the account, and what it says decides what they may ask.
-- The sheets that they were shown are those of all their roles, or they look again: one may have come meanwhile.
CREATE FUNCTION access.accept_terms(who uuid, what text, shown text[]) RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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

-- Whoever accepted an older version of the terms is asked once more. Versions are months, so that a node of an older
-- release, in the middle of an upgrade, asks nobody back.
CREATE FUNCTION access.renew_terms(what text) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH asked AS (
        UPDATE access.user_account SET terms_due = true
        WHERE NOT terms_due AND terms_version COLLATE "C" < what AND (left_at IS NULL OR left_at > now()) AND what ~ '^\d{4}-\d\d$'
        RETURNING 1
    ) SELECT count(*) FROM asked
$$;

-- What somebody past their end date may still hold is taken from them, once for each version of
-- their entry: who was given longer and is ended again, on the same day even, had time to make something new.
CREATE FUNCTION access.end_overdue() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
-- +goose StatementEnd
REVOKE ALL ON FUNCTION access.accept_terms(uuid, text, text[]), access.renew_terms(text), access.end_overdue() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.accept_terms(uuid, text, text[]), access.renew_terms(text), access.end_overdue() TO mais_register;
