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
CREATE FUNCTION access.accept_terms(who uuid, what text) RETURNS timestamptz LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE access.user_account u SET terms_due = false, terms_version = what, accepted_at = now(),
        accepted_roles = ARRAY(SELECT r FROM unnest(u.accepted_roles) r UNION SELECT h.role FROM access.user_role h WHERE h.user_id = u.id ORDER BY 1)
    WHERE id = who AND (left_at IS NULL OR left_at > now()) AND length(what) BETWEEN 1 AND 40
    RETURNING accepted_at
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
REVOKE ALL ON FUNCTION access.accept_terms(uuid, text), access.end_overdue() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.accept_terms(uuid, text), access.end_overdue() TO mais_register;
