-- Schema access: who may come in, from where, and what their roles permit.
--
-- Every change of it raises access.generation by one, in the same transaction and by trigger, so that a change typed
-- into psql counts as well. A reader that knows the number it decided under can tell whether its decision still stands.

-- +goose Up
CREATE SCHEMA access;
REVOKE ALL ON SCHEMA access FROM PUBLIC;

CREATE TABLE access.agency (
    id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE CHECK (name <> '' AND length(name) <= 200),
    kind text NOT NULL CHECK (kind <> '' AND length(kind) <= 40)
);

-- A site is a place or a system of an agency.
CREATE TABLE access.site (
    id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    agency uuid NOT NULL REFERENCES access.agency,
    name   text NOT NULL CHECK (name <> '' AND length(name) <= 200),
    UNIQUE (agency, name)
);

-- A prefix of length 0 recognises everybody, and one of mapped IPv4 addresses recognises nobody, because addresses are
-- unmapped before they are compared: both are mistakes. Several sites may share a prefix (a shared gateway).
CREATE TABLE access.subnet (
    site uuid NOT NULL REFERENCES access.site,
    cidr cidr NOT NULL CHECK (masklen(cidr) > 0) CHECK (family(cidr) = 4 OR NOT cidr <<= '::ffff:0:0/96'),
    PRIMARY KEY (site, cidr)
);

CREATE TABLE access.user_account (
    id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email   text NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '_%@%_' AND length(email) <= 254),
    name    text NOT NULL CHECK (name <> '' AND length(name) <= 200),
    agency  uuid NOT NULL REFERENCES access.agency,
    left_at timestamptz -- set when the person leaves the agency; such a user is nobody from then on
);

-- Where a user works: sign-in is from a subnet of one of these sites.
CREATE TABLE access.user_site (
    user_id uuid NOT NULL REFERENCES access.user_account,
    site    uuid NOT NULL REFERENCES access.site,
    PRIMARY KEY (user_id, site)
);

CREATE TABLE access.role (
    name        text PRIMARY KEY CHECK (name ~ '^[a-z][a-z_]{0,62}$'),
    description text NOT NULL
);

-- A role may do an act to an item; item is "section.item" of the data dictionary. What has no row is denied.
CREATE TABLE access.permission (
    role text NOT NULL REFERENCES access.role,
    item text NOT NULL CHECK (item ~ '^[a-z_]{1,63}\.[a-z_]{1,63}$'),
    act  text NOT NULL CHECK (act IN ('read', 'create', 'update')),
    PRIMARY KEY (role, item, act)
);

CREATE TABLE access.user_role (
    user_id uuid NOT NULL REFERENCES access.user_account,
    role    text NOT NULL REFERENCES access.role,
    PRIMARY KEY (user_id, role)
);

-- A session belongs to a certificate, a listener and a site. Only the SHA-256 of its id is kept.
CREATE TABLE access.session (
    id_hash    bytea PRIMARY KEY CHECK (length(id_hash) = 32),
    user_id    uuid NOT NULL REFERENCES access.user_account,
    issuer     text NOT NULL,
    serial     text NOT NULL CHECK (serial ~ '^[0-9a-f]{1,40}$'),
    listener   text NOT NULL,
    site       uuid NOT NULL REFERENCES access.site,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now(),
    ended_at   timestamptz,
    end_reason text,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX session_of_certificate ON access.session (issuer, serial) WHERE ended_at IS NULL;
CREATE INDEX session_of_user ON access.session (user_id) WHERE ended_at IS NULL;

-- Whoever writes: an ended session stays as it ended, and none becomes younger than it was seen to be.
-- +goose StatementBegin
CREATE FUNCTION access.guard_session() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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
-- +goose StatementEnd
REVOKE ALL ON FUNCTION access.guard_session() FROM PUBLIC;
CREATE TRIGGER guard BEFORE UPDATE ON access.session FOR EACH ROW EXECUTE FUNCTION access.guard_session();
ALTER TABLE access.session ENABLE ALWAYS TRIGGER guard;

CREATE TABLE access.generation (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one), -- one row
    number bigint NOT NULL
);
INSERT INTO access.generation (number) VALUES (1);

-- The row lock lasts until commit, so numbers follow the order of the commits without a gap. The trigger runs before the
-- statement: whoever changes access takes this lock first, and two changes cannot deadlock over it.
-- +goose StatementBegin
CREATE FUNCTION access.bump() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n bigint;
BEGIN
    UPDATE access.generation SET number = number + 1 RETURNING number INTO STRICT n;
    PERFORM pg_notify('mais_access', n::text);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION access.bump() FROM PUBLIC;

-- On every table but session (sessions say nothing of what is permitted) and generation itself. ALWAYS: a restore or a
-- replication worker counts too.
-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['agency', 'site', 'subnet', 'user_account', 'user_site', 'role', 'permission', 'user_role'] LOOP
        EXECUTE format('CREATE TRIGGER bump BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON access.%I
            FOR EACH STATEMENT EXECUTE FUNCTION access.bump()', name);
        EXECUTE format('ALTER TABLE access.%I ENABLE ALWAYS TRIGGER bump', name);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- Two login roles see this schema. mais_creds answers each request: it reads all and keeps sessions, so that no fault in
-- the code that faces callers gives anyone a role, a site or a subnet. mais_register sets up agencies, sites, users and
-- their roles, which is what init, the demo and invitations do; it can take a subnet, a site or a role away and mark a
-- user as gone. Neither touches role and permission: no fault in either widens what a role may see.
GRANT USAGE ON SCHEMA access TO mais_creds, mais_register;
GRANT SELECT ON ALL TABLES IN SCHEMA access TO mais_creds;
GRANT INSERT (id_hash, user_id, issuer, serial, listener, site), UPDATE (seen_at, ended_at, end_reason) ON access.session
    TO mais_creds;
GRANT SELECT, INSERT ON access.agency, access.site TO mais_register;
GRANT SELECT, INSERT (id, email, name, agency), UPDATE (left_at) ON access.user_account TO mais_register;
GRANT SELECT, INSERT, DELETE ON access.subnet, access.user_site, access.user_role TO mais_register;

-- The five built-in roles. Only the first three reach records: who administers access reads none, and who reads the audit
-- log reads none.
INSERT INTO access.role (name, description) VALUES
    ('police_officer', 'reads every restricted item'),
    ('clinician', 'reads every item'),
    ('record_clinician', 'reads, creates and updates every item'),
    ('administrator', 'invites users and manages tokens and places; reads no record'),
    ('governance_officer', 'reads the audit log; reads no record');

-- Equal to the dictionary's golden matrix; a test of authz compares them cell by cell.
WITH item (key, audience) AS (VALUES
    ('service_user_details.first_name', 'restricted'),
    ('service_user_details.surname', 'restricted'),
    ('service_user_details.aliases', 'restricted'),
    ('service_user_details.date_of_birth', 'restricted'),
    ('service_user_details.date_of_release', 'restricted'),
    ('service_user_details.epex_number', 'full'),
    ('service_user_details.interpreter_needed', 'restricted'),
    ('service_user_details.language_spoken', 'restricted'),
    ('service_user_details.last_known_address', 'restricted'),
    ('service_user_details.directed_address', 'restricted'),
    ('service_user_details.preferred_contact', 'restricted'),
    ('service_user_details.preferred_contact_as_appropriate_adult', 'restricted'),
    ('service_user_details.main_health_professional', 'restricted'),
    ('physical_health.epilepsy', 'restricted'),
    ('physical_health.diabetes', 'restricted'),
    ('physical_health.asthma', 'restricted'),
    ('physical_health.brain_injuries', 'restricted'),
    ('physical_health.heart_problems', 'restricted'),
    ('mental_health_summary.appropriate_adult_required', 'restricted'),
    ('mental_health_summary.significant_other_as_appropriate_adult', 'restricted'),
    ('mental_health_summary.significant_other_contact', 'restricted'),
    ('mental_health_summary.professional_as_appropriate_adult', 'restricted'),
    ('mental_health_summary.professional_contact', 'restricted'),
    ('mental_health_summary.learning_difficulties', 'restricted'),
    ('mental_health_summary.mental_disorder', 'restricted'),
    ('mental_health_summary.previous_mental_health_problems', 'restricted'),
    ('mental_health_summary.self_harm', 'restricted'),
    ('mental_health_summary.significant_dates_self_harm', 'restricted'),
    ('mental_health_summary.problematic_drug_use', 'restricted'),
    ('mental_health_diagnosis.primary_diagnosis', 'full'),
    ('mental_health_diagnosis.secondary_diagnosis', 'full'),
    ('mental_health_diagnosis.treatment_non_concordance', 'full'),
    ('substance_misuse.substance_misuse', 'restricted'),
    ('substance_misuse.substances', 'restricted'),
    ('substance_misuse.drug_withdrawal', 'restricted'),
    ('substance_misuse.drug_withdrawal_from', 'restricted'),
    ('substance_misuse.alcohol_misuse', 'restricted'),
    ('substance_misuse.alcohol_withdrawal', 'restricted'),
    ('release_medication.prescriptions', 'full'),
    ('release_medication.medication_non_concordance', 'full'),
    ('suicide_and_self_harm.self_harm_history', 'restricted'),
    ('suicide_and_self_harm.last_self_harm', 'restricted'),
    ('suicide_and_self_harm.suicide_attempts', 'restricted'),
    ('suicide_and_self_harm.last_attempt_before_release', 'restricted'),
    ('suicide_and_self_harm.self_harm_hospital_treatment', 'restricted'),
    ('risk_factors.triggers_and_warning_signs', 'restricted'),
    ('risk_factors.significant_dates', 'restricted'),
    ('violence_to_others.mappa', 'restricted'),
    ('violence_to_others.mappa_category', 'restricted'),
    ('violence_to_others.mappa_level', 'restricted'),
    ('violence_to_others.hramm', 'restricted'),
    ('violence_to_others.visor', 'restricted'),
    ('violence_to_others.violence', 'restricted'),
    ('violence_to_others.violence_towards', 'restricted'),
    ('violence_to_others.serious_violence', 'restricted'),
    ('violence_to_others.serious_violence_kinds', 'restricted'),
    ('violence_to_others.discriminatory_attitudes', 'restricted'),
    ('violence_to_others.discriminatory_towards', 'restricted'),
    ('agencies_involved.kind', 'restricted'),
    ('agencies_involved.name', 'restricted'),
    ('agencies_involved.address', 'restricted'),
    ('agencies_involved.telephone', 'restricted'),
    ('agencies_involved.out_of_hours', 'restricted'))
INSERT INTO access.permission (role, item, act)
    SELECT 'police_officer', key, 'read' FROM item WHERE audience = 'restricted'
    UNION ALL SELECT 'clinician', key, 'read' FROM item
    UNION ALL SELECT 'record_clinician', key, act FROM item, (VALUES ('read'), ('create'), ('update')) AS a (act);
