-- What the database knows of the journals of what was taken away, which lie outside it: how far
-- each had come, so that a database that was restored from an older backup is noticed; and the
-- quarantine of what was issued before, for when a journal is lost with it. See ca/journal.go.

-- +goose Up
-- The key that signs journals, the same on every node.
CREATE TABLE ca.journal_key (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    public   bytea NOT NULL, -- SubjectPublicKeyInfo
    added_at timestamptz NOT NULL DEFAULT now()
);

-- Which PostgreSQL it was that the nodes last took this database for whole in. A restored one
-- says another, to a node that remembers none itself.
CREATE TABLE ca.journal_place (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    system   text NOT NULL,   -- pg_control_system(), and the oids of database and journal_head
    timeline bigint NOT NULL
);

-- How far each journal has come. Every run of a process that takes something away has one.
CREATE TABLE ca.journal_head (
    journal     text PRIMARY KEY CHECK (journal ~ '^[0-9a-f]{16}$'),
    node        text NOT NULL,               -- the host that writes it, for people
    -- Everything up to this entry is in this database, or came to nothing.
    number      bigint NOT NULL DEFAULT 0 CHECK (number >= 0),
    hash        bytea NOT NULL DEFAULT '' CHECK (octet_length(hash) IN (0, 32)),
    at          timestamptz NOT NULL DEFAULT clock_timestamp(), -- when number was raised
    -- The highest entry that anybody remembers. While it is above number, nobody is served.
    seen_number bigint NOT NULL DEFAULT 0 CHECK (seen_number >= 0),
    seen_by     text,
    -- Entries up to this one were declared lost.
    lost_number bigint NOT NULL DEFAULT 0 CHECK (lost_number >= 0),
    lost_at     timestamptz,
    lost_by     text
);

-- What the entries took away, written in the transaction that did it.
CREATE TABLE ca.journal_entry (
    journal  text NOT NULL CHECK (journal ~ '^[0-9a-f]{16}$'), -- its head may go up later
    number   bigint NOT NULL CHECK (number > 0),
    kind     text NOT NULL,
    hash     bytea NOT NULL CHECK (octet_length(hash) = 32), -- which nobody can say before the entry is written
    issuer   text,
    serial   text,
    order_id text,
    UNIQUE NULLS NOT DISTINCT (journal, number, hash, issuer, serial, order_id)
);
CREATE INDEX journal_entry_certificate ON ca.journal_entry (issuer, serial) WHERE serial IS NOT NULL;

-- Everything issued before it is on hold, since nobody knows what was taken away.
CREATE TABLE ca.quarantine (
    id          bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    made_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    made_by     text NOT NULL CHECK (made_by <> ''),
    finished_at timestamptz -- all is on hold; before that nobody is served
);

CREATE TABLE ca.quarantined (
    quarantine bigint NOT NULL REFERENCES ca.quarantine,
    issuer     text NOT NULL,
    serial     text NOT NULL,
    PRIMARY KEY (issuer, serial, quarantine),
    FOREIGN KEY (issuer, serial) REFERENCES ca.certificate
);
CREATE INDEX quarantined_quarantine ON ca.quarantined (quarantine);

-- Two different administrators, and what is in it can be released.
CREATE TABLE ca.quarantine_approval (
    quarantine    bigint NOT NULL REFERENCES ca.quarantine,
    administrator text NOT NULL CHECK (administrator ~ '^urn:mais:user:[0-9a-f-]{36}$'),
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (quarantine, administrator)
);

-- +goose StatementBegin
CREATE FUNCTION ca.guard_journal_head() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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

CREATE FUNCTION ca.guard_quarantine() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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

CREATE FUNCTION ca.guard_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ca.quarantine q WHERE q.id = NEW.quarantine AND q.finished_at IS NOT NULL) THEN
        RAISE EXCEPTION 'quarantine %: it is approved when all is on hold', NEW.quarantine USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE FUNCTION ca.guard_quarantined() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM ca.quarantined d WHERE d.issuer = NEW.issuer AND d.serial = NEW.serial
        AND (SELECT count(*) FROM ca.quarantine_approval a WHERE a.quarantine = d.quarantine) < 2)
    THEN
        RAISE EXCEPTION 'certificate %/%: it is in quarantine until two administrators have approved', NEW.issuer, NEW.serial
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quarantined';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION ca.guard_quarantined() FROM PUBLIC;

CREATE TRIGGER quarantine BEFORE UPDATE ON ca.certificate FOR EACH ROW
    WHEN (OLD.status = 'held' AND NEW.status = 'active') EXECUTE FUNCTION ca.guard_quarantined();
CREATE TRIGGER guard BEFORE UPDATE ON ca.journal_head FOR EACH ROW EXECUTE FUNCTION ca.guard_journal_head();
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON ca.quarantine FOR EACH ROW EXECUTE FUNCTION ca.guard_quarantine();
CREATE TRIGGER guard BEFORE INSERT ON ca.quarantine_approval FOR EACH ROW EXECUTE FUNCTION ca.guard_approval();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.journal_key FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep BEFORE DELETE ON ca.journal_place FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep BEFORE DELETE ON ca.journal_head FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.journal_entry FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep BEFORE DELETE ON ca.quarantine FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.quarantined FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.quarantine_approval FOR EACH ROW EXECUTE FUNCTION ca.refuse();

-- What is no certificate and no code is taken away by others' transactions: what they may say is that it has an entry. A replay
-- believes it only with the entry's own hash. No head is theirs to make.
-- +goose StatementBegin
CREATE FUNCTION ca.enter_withdrawal(of_journal text, entry bigint, entry_hash bytea) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO ca.journal_entry (journal, number, kind, hash) VALUES (of_journal, entry, 'withdraw', entry_hash) ON CONFLICT DO NOTHING;
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION ca.enter_withdrawal(text, bigint, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ca.enter_withdrawal(text, bigint, bytea) TO mais_ca;

-- None of it is emptied, and the rules hold in every session, whatever its session_replication_role.
-- +goose StatementBegin
DO $$
DECLARE
    name text;
    t record;
BEGIN
    FOREACH name IN ARRAY ARRAY['journal_key', 'journal_place', 'journal_head', 'journal_entry', 'quarantine', 'quarantined', 'quarantine_approval'] LOOP
        EXECUTE format('CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.%I FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse()', name);
    END LOOP;
    FOR t IN SELECT g.tgname, g.tgrelid::regclass AS on_table FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
        WHERE c.relnamespace = 'ca'::regnamespace AND NOT g.tgisinternal AND g.tgenabled <> 'A'
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.on_table, t.tgname);
    END LOOP;
END
$$;
-- +goose StatementEnd

GRANT SELECT, INSERT ON ca.journal_key, ca.journal_place, ca.journal_head, ca.journal_entry, ca.quarantine, ca.quarantined, ca.quarantine_approval TO mais_ca;
GRANT UPDATE (system, timeline) ON ca.journal_place TO mais_ca;
GRANT UPDATE (number, hash, at, seen_number, seen_by, lost_number, lost_at, lost_by) ON ca.journal_head TO mais_ca;
GRANT UPDATE (finished_at) ON ca.quarantine TO mais_ca;
