-- Schema audit: the ledger of every attempt (the report's Eh-AS). Rows come in through audit.append alone and are never
-- changed afterwards.

-- +goose Up
CREATE SCHEMA audit;
REVOKE ALL ON SCHEMA audit FROM PUBLIC;

-- Typed columns, so that a question about the log is a query and not a parse. Names of users are copied in: the entry must
-- still say who it was after the account is gone. No content of a record and nothing that was typed into a search stands
-- here, only which records and which items.
CREATE TABLE audit.event (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(), -- the database's clock, one for all nodes
    login       text NOT NULL DEFAULT session_user,             -- the login role that appended it
    node        text,
    request     uuid,
    listener    text,
    act         text NOT NULL CHECK (act ~ '^[a-z][a-z_.-]{0,63}$'),
    outcome     text NOT NULL CHECK (outcome IN ('allowed', 'refused', 'failed')),
    reason      text,
    method      text,
    uri         text CHECK (uri !~ '[?#]'),
    address     inet,
    user_id     uuid, -- no foreign key: the log outlives the account
    user_name   text,
    agency      text,
    site        text,
    roles       text[],
    auth_method text,
    session     text,
    issuer      text,
    serial      text,
    persons     uuid[],
    items       text[],
    rows        integer NOT NULL DEFAULT 0 CHECK (rows >= 0),
    detail      jsonb
);
-- Entries arrive in the order of time: a few kilobytes of BRIN serve a question about a period.
CREATE INDEX event_at ON audit.event USING brin (at);

-- No UPDATE, DELETE or TRUNCATE, by whomever: the owner too. ALWAYS, because session_replication_role would silence an
-- ordinary trigger. The owner and a superuser may disable triggers; no login role may, and against those two only a copy
-- of the log's head kept elsewhere helps.
-- +goose StatementBegin
CREATE FUNCTION audit.refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.event
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
ALTER TABLE audit.event ENABLE ALWAYS TRIGGER append_only;

-- The second lock on the same door: with the trigger off, an UPDATE or DELETE by the owner finds no row.
ALTER TABLE audit.event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY append ON audit.event FOR INSERT TO CURRENT_USER WITH CHECK (true);
CREATE POLICY look ON audit.event FOR SELECT TO CURRENT_USER, mais_audit USING (true);

-- A receipt means a durable entry, yet any session may SET synchronous_commit = off and lose commits that it was told of.
-- This runs at commit, after whatever the session did, and puts it right for this transaction. It guards against a
-- misconfiguration, not against hostile SQL.
-- +goose StatementBegin
CREATE FUNCTION audit.durable() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'on', true);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER durable AFTER INSERT ON audit.event DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION audit.durable();
ALTER TABLE audit.event ENABLE ALWAYS TRIGGER durable;

-- The only way in. Takes an array of events (package ledger writes them) and returns one row for each, in their order: its
-- id, and the numbers of the last change of a certificate's status and of access that had committed when the entry was
-- made. Releasing what was read waits until both are known (package authz).
-- +goose StatementBegin
CREATE FUNCTION audit.append(events jsonb)
RETURNS TABLE (id bigint, status_number bigint, access_generation bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
-- +goose StatementEnd
REVOKE ALL ON FUNCTION audit.refuse(), audit.durable(), audit.append(jsonb) FROM PUBLIC;

GRANT USAGE ON SCHEMA audit TO mais_read_restricted, mais_read_full, mais_write_health, mais_write_justice,
    mais_write_community, mais_creds, mais_register, mais_audit, mais_ca, mais_migrate;
GRANT EXECUTE ON FUNCTION audit.append(jsonb) TO mais_read_restricted, mais_read_full, mais_write_health,
    mais_write_justice, mais_write_community, mais_creds, mais_register, mais_audit, mais_ca, mais_migrate;
GRANT SELECT ON audit.event TO mais_audit;
