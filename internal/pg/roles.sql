-- The roles of MAIS. Run it as a superuser, connected to the database that MAIS shall use; running it again is harmless
-- and sets the passwords anew. It holds verifiers (RFC 5802, 7677), not passwords.
BEGIN;
DO $do$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['mais_owner'{{range .}}, '{{.Role}}'{{end}}] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I', name);
        END IF;
    END LOOP;
END
$do$;

-- The owner of everything. Nobody logs in as it.
ALTER ROLE mais_owner NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT PASSWORD NULL;

-- One role to log in for each kind of access. None can become another.
{{- range .}}
ALTER ROLE {{.Role}} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT
    PASSWORD '{{.Verifier}}';
{{- end}}

-- Except that migrations are made by the owner.
GRANT mais_owner TO mais_migrate;

-- Nobody else gets in, and nobody makes anything here but the owner.
DO $do$
DECLARE
    db name := pg_catalog.current_database();
BEGIN
    EXECUTE pg_catalog.format('ALTER DATABASE %I OWNER TO mais_owner', db);
    EXECUTE pg_catalog.format('REVOKE ALL ON DATABASE %I FROM PUBLIC', db);
    EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO {{range $i, $r := .}}{{if $i}}, {{end}}{{$r.Role}}{{end}}', db);
END
$do$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
COMMIT;
