-- A change is void when a token of whoever made it is said to be in other hands later, also when it was revoked for less before
-- the change was made: another token may have the same key, and nobody knows who made it.

-- +goose Up
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION access.compromised(c access.change) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM ca.certificate k WHERE k.identity = 'urn:mais:user:' || c.made_by AND k.status = 'revoked' AND k.reason = 1
        AND coalesce(k.raised_at, k.status_at) >= c.made_at)
$$;
-- +goose StatementEnd
