-- What people are told of a restore: that there was one, and in their words what was taken away again.

-- +goose Up
-- The last restore since then, of when its backup was where that is known, and how many things of access were taken away
-- again since, from how many people.
-- +goose StatementBegin
CREATE FUNCTION access.restored_since(since timestamptz) RETURNS TABLE (at timestamptz, made timestamptz, things bigint, people bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH told AS (SELECT e.at, e.act, e.detail FROM audit.event e
        WHERE e.act COLLATE "C" IN ('backup.restore', 'journal.replay', 'access.withdrawn-again')
            AND NOT (e.act IN ('record.show', 'record.print') AND e.outcome = 'allowed') AND e.outcome = 'allowed' AND e.at >= since)
    SELECT max(t.at), max((t.detail ->> 'made')::timestamptz) FILTER (WHERE t.act = 'backup.restore'),
        count(*) FILTER (WHERE t.act = 'access.withdrawn-again'), count(DISTINCT t.detail ->> 'identity') FILTER (WHERE t.act = 'access.withdrawn-again')
    FROM told t HAVING count(*) > 0
$$;

-- Whether somebody left by a restore alone, since they had moved or their address had changed after the backup: what was taken
-- again has the time of its transaction. Whoever had left besides is out for that.
CREATE FUNCTION access.put_out_again(who uuid, left_at timestamptz) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM access.withdrawal w WHERE w.what > 'user-before ' || who || ' ' AND w.what < 'user-before ' || who || ' ~' AND w.at = put_out_again.left_at)
        AND NOT EXISTS (SELECT FROM access.withdrawal w WHERE w.what = 'user ' || who AND w.lifted_at IS NULL)
$$;

-- What was taken away again, as a governance officer reads it, and the name of who took it first.
CREATE FUNCTION access.withdrawn_words(names text[], by_whom text) RETURNS TABLE (what text, words text, by_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION access.restored_since(timestamptz), access.put_out_again(uuid, timestamptz), access.withdrawn_words(text[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.restored_since(timestamptz), access.put_out_again(uuid, timestamptz) TO mais_register;
GRANT EXECUTE ON FUNCTION access.withdrawn_words(text[], text) TO mais_ca;
