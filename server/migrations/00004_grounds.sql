-- On what grounds a session looks at a record: the reason that was given for it, and emergency access while that is on. With
-- it comes the act "emergency" of the permissions, and the level of token that a role demands.

-- +goose Up

-- What a role may read of one person in an emergency, beyond what it always may. Of the items that custody staff do not see
-- these are the ones that may save a life in a cell: diagnoses, and what was prescribed. The ePEX number is not among them:
-- it names a record in another system and tells nothing that helps at night, and the least fields are the rule here too.
ALTER TABLE access.permission DROP CONSTRAINT permission_act_check;
ALTER TABLE access.permission ADD CONSTRAINT permission_act_check CHECK (act IN ('read', 'create', 'update', 'emergency'));
INSERT INTO access.permission (role, item, act) VALUES
    ('police_officer', 'mental_health_diagnosis.primary_diagnosis', 'emergency'),
    ('police_officer', 'mental_health_diagnosis.secondary_diagnosis', 'emergency'),
    ('police_officer', 'mental_health_diagnosis.treatment_non_concordance', 'emergency'),
    ('police_officer', 'release_medication.prescriptions', 'emergency'),
    ('police_officer', 'release_medication.medication_non_concordance', 'emergency');

-- How well the key of its holder's certificate must be kept; the names are those of certs.Level. One who has several roles
-- needs the highest.
ALTER TABLE access.role ADD COLUMN level text NOT NULL DEFAULT 'software' CHECK (level IN ('software', 'card', 'attested'));

-- What the page "My access" says of a role, in the words of who reads it.
UPDATE access.role SET description = d.said FROM (VALUES
    ('police_officer', 'sees the risks, needs and contacts that the dataset has for police'),
    ('clinician', 'sees the whole record'),
    ('record_clinician', 'sees the whole record, enters and changes it'),
    ('administrator', 'invites users and manages tokens and places; sees no record'),
    ('governance_officer', 'reviews emergency access and reads the audit log; sees no record')) AS d (name, said)
    WHERE role.name = d.name;

-- Why a session looks at a person's record. The person is somebody who is there, which the triggers see to and no foreign
-- key: what was written of a look outlasts the record. Rows of ended sessions ground nothing any more, and may go a day later.
CREATE TABLE access.purpose (
    session     bytea NOT NULL REFERENCES access.session,
    person      uuid NOT NULL,
    reason      text NOT NULL CHECK (reason ~ '^[a-z][a-z_]{0,39}$'),
    number      text NOT NULL DEFAULT '' CHECK (number ~ '^[A-Za-z0-9/. -]{0,40}$'),
    explanation text NOT NULL DEFAULT '' CHECK (char_length(explanation) <= 200 AND explanation !~ '[[:cntrl:]]'),
    given_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (session, person)
);
CREATE INDEX purpose_given ON access.purpose (given_at); -- for the rows that may go

-- Whoever writes: a living session gives reasons for at most 500 people, each of whom is there. The session's row is locked,
-- so that two of its reasons are counted one after the other. SECURITY DEFINER, because no role that writes here sees
-- records.
-- +goose StatementBegin
CREATE FUNCTION access.guard_purpose() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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

CREATE FUNCTION access.keep_purpose() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM access.session s WHERE s.id_hash = OLD.session AND s.ended_at < now() - interval '1 day') THEN
        RAISE EXCEPTION 'a reason is kept for a day after its session' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON access.purpose FOR EACH ROW EXECUTE FUNCTION access.guard_purpose();
CREATE TRIGGER keep BEFORE DELETE ON access.purpose FOR EACH ROW EXECUTE FUNCTION access.keep_purpose();
ALTER TABLE access.purpose ENABLE ALWAYS TRIGGER guard, ENABLE ALWAYS TRIGGER keep;

-- Emergency access of a user to one person's record: half an hour at most, in one session, then looked into by somebody else.
-- It is on while it has not ended, its time is not over and its session has not ended either.
CREATE TABLE access.emergency (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session     bytea NOT NULL REFERENCES access.session,
    user_id     uuid NOT NULL REFERENCES access.user_account,
    person      uuid NOT NULL, -- no foreign key, as above
    why         text NOT NULL CHECK (char_length(why) BETWEEN 10 AND 500 AND translate(why, E'\n', '') !~ '[[:cntrl:]]'),
    reason      text NOT NULL CHECK (reason ~ '^[a-z][a-z_]{0,39}$'), -- with number and explanation: the purpose as it was then
    number      text NOT NULL DEFAULT '' CHECK (number ~ '^[A-Za-z0-9/. -]{0,40}$'),
    explanation text NOT NULL DEFAULT '' CHECK (char_length(explanation) <= 200 AND explanation !~ '[[:cntrl:]]'),
    began_at    timestamptz NOT NULL DEFAULT now(),
    ends_at     timestamptz NOT NULL DEFAULT now() + interval '30 minutes',
    ended_at    timestamptz,
    reviewed_at timestamptz,
    reviewer    uuid REFERENCES access.user_account,
    justified   boolean,
    note        text CHECK (char_length(note) <= 1000 AND translate(note, E'\n', '') !~ '[[:cntrl:]]'),
    CHECK (ends_at = began_at + interval '30 minutes'),
    CHECK (ended_at BETWEEN began_at AND ends_at),
    CHECK (reviewer <> user_id),
    CHECK (num_nonnulls(reviewed_at, reviewer, justified, note) IN (0, 4))
);
CREATE INDEX emergency_of_session ON access.emergency (session, person);
CREATE INDEX emergency_of_user ON access.emergency (user_id, ends_at);
CREATE INDEX emergency_to_review ON access.emergency (began_at, id) WHERE reviewed_at IS NULL;
CREATE INDEX emergency_reviewed ON access.emergency (reviewed_at, id) WHERE reviewed_at IS NOT NULL;

-- Whoever writes: it begins now, for the user of a session that lives and a person who is there, and there are not two at a
-- time for one person in one session, nor more than three for one user. The rows of the user's sessions are locked, so that
-- two beginnings, or a beginning and a sign-out, come one after the other. SECURITY DEFINER as above.
-- +goose StatementBegin
CREATE FUNCTION access.begin_emergency() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
-- +goose StatementEnd

-- Two things may happen to it afterwards, each once: it is ended, which is now and before its time, and when it is over it is
-- reviewed, by somebody else who is present and whose office it is. All else stays as it was.
-- +goose StatementBegin
CREATE FUNCTION access.guard_emergency() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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

CREATE FUNCTION access.keep_emergency() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'emergency access is not forgotten: % refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER begin BEFORE INSERT ON access.emergency FOR EACH ROW EXECUTE FUNCTION access.begin_emergency();
CREATE TRIGGER guard BEFORE UPDATE ON access.emergency FOR EACH ROW EXECUTE FUNCTION access.guard_emergency();
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON access.emergency FOR EACH STATEMENT EXECUTE FUNCTION access.keep_emergency();
ALTER TABLE access.emergency ENABLE ALWAYS TRIGGER begin, ENABLE ALWAYS TRIGGER guard, ENABLE ALWAYS TRIGGER keep;
REVOKE ALL ON FUNCTION access.guard_purpose(), access.keep_purpose(), access.begin_emergency(), access.guard_emergency(),
    access.keep_emergency() FROM PUBLIC;

-- Column by column, so that one added later is nobody's until its migration says whose. The times of emergency access are
-- the database's: nobody may insert them.
GRANT SELECT (session, person, reason, number, explanation, given_at),
    INSERT (session, person, reason, number, explanation),
    UPDATE (reason, number, explanation, given_at), DELETE ON access.purpose TO mais_creds;
GRANT SELECT (id, session, user_id, person, why, reason, number, explanation, began_at, ends_at, ended_at, reviewed_at, reviewer,
        justified, note),
    INSERT (session, user_id, person, why, reason, number, explanation),
    UPDATE (ended_at, reviewed_at, reviewer, justified, note) ON access.emergency TO mais_creds;
