-- Reviews of access: every few months somebody of each agency says of each of its people whether they still need what they
-- have, and signs it off. What is taken away because of it is a change like any other (access.change); here stands who said
-- what of whom. Neither table decides what is permitted, and so neither raises the generation.

-- +goose Up
CREATE TABLE access.review_schedule (
    agency uuid PRIMARY KEY REFERENCES access.agency,
    next   date NOT NULL -- when its next review is opened
);

CREATE TABLE access.access_review (
    id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    agency    uuid NOT NULL REFERENCES access.agency,
    opened_at timestamptz NOT NULL DEFAULT now(),
    opened_by text NOT NULL CHECK (length(opened_by) <= 200),
    due       date NOT NULL,
    signed_at timestamptz,
    signed_by uuid REFERENCES access.user_account,
    CHECK ((signed_at IS NULL) = (signed_by IS NULL))
);
CREATE UNIQUE INDEX access_review_open ON access.access_review (agency) WHERE signed_at IS NULL;
CREATE INDEX access_review_of ON access.access_review (agency, opened_at);

CREATE TABLE access.access_review_item (
    review     uuid NOT NULL REFERENCES access.access_review,
    user_id    uuid NOT NULL REFERENCES access.user_account,
    roles      text[] NOT NULL, -- as they were when it was opened
    name       text NOT NULL DEFAULT '', -- the same
    decision   text CHECK (decision IN ('keep', 'remove-roles', 'leave')),
    note       text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    decided_by uuid REFERENCES access.user_account,
    decided_at timestamptz,
    change     uuid REFERENCES access.change, -- by which it was done
    PRIMARY KEY (review, user_id),
    CHECK (decided_by <> user_id), -- nobody decides on themselves
    CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL)),
    CHECK (decision <> 'keep' OR change IS NULL)
);

-- +goose StatementBegin
-- Whether somebody holds one of these offices now.
CREATE FUNCTION access.in_office(who uuid, offices text[]) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM access.user_role r JOIN access.user_account u ON u.id = r.user_id
        WHERE r.user_id = who AND r.role = ANY (offices) AND access.present(u.id))
$$;

-- What stands in a review that was signed off stays. Who decides administers the agency, and over an office everything; what
-- took something away is not said again.
CREATE FUNCTION access.guard_review_item() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of access.access_review;
BEGIN
    SELECT * INTO STRICT of FROM access.access_review WHERE id = NEW.review FOR SHARE;
    IF of.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'the review was signed off' USING ERRCODE = 'MA004';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.decision IS NOT NULL THEN
            RAISE EXCEPTION 'a review begins undecided' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.review <> OLD.review OR NEW.user_id <> OLD.user_id OR NEW.roles <> OLD.roles OR OLD.change IS NOT NULL OR NEW.decision IS NULL THEN
        RAISE EXCEPTION 'that is not to be changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT access.in_office(NEW.decided_by, ARRAY['administrator']) AND (
        NOT access.in_office(NEW.decided_by, ARRAY['agency_administrator'])
        OR NOT EXISTS (SELECT FROM access.user_account WHERE id = NEW.decided_by AND agency = of.agency)
        OR EXISTS (SELECT FROM access.user_role h JOIN access.role r ON r.name = h.role WHERE h.user_id = NEW.user_id AND r.office)) THEN
        RAISE EXCEPTION 'whoever decides administers who is decided on' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

-- A review is signed off once, when of everybody who is still there something was said, by somebody who administers the agency
-- and is not all whom it was about.
CREATE FUNCTION access.guard_review() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'the review was signed off' USING ERRCODE = 'MA004'; -- perhaps a moment ago
    END IF;
    IF NEW.signed_at IS NULL OR NEW.agency <> OLD.agency OR NEW.opened_at <> OLD.opened_at THEN
        RAISE EXCEPTION 'a review changes only when it is signed off' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM access.access_review_item i JOIN access.user_account u ON u.id = i.user_id
        WHERE i.review = NEW.id AND i.decision IS NULL AND u.agency = NEW.agency AND (u.left_at IS NULL OR u.left_at > now())) THEN
        RAISE EXCEPTION 'not everybody was decided on' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM access.access_review_item WHERE review = NEW.id AND user_id <> NEW.signed_by) THEN
        RAISE EXCEPTION 'nobody signs off a review of themselves alone' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT access.in_office(NEW.signed_by, ARRAY['administrator']) AND (NOT access.in_office(NEW.signed_by, ARRAY['agency_administrator'])
        OR NOT EXISTS (SELECT FROM access.user_account WHERE id = NEW.signed_by AND agency = NEW.agency)) THEN
        RAISE EXCEPTION 'whoever signs administers the agency' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION access.guard_review_item(), access.guard_review() FROM PUBLIC;
REVOKE ALL ON FUNCTION access.in_office(uuid, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.in_office(uuid, text[]) TO mais_register;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON access.access_review_item FOR EACH ROW EXECUTE FUNCTION access.guard_review_item();
ALTER TABLE access.access_review_item ENABLE ALWAYS TRIGGER guard;
CREATE TRIGGER guard BEFORE UPDATE ON access.access_review FOR EACH ROW EXECUTE FUNCTION access.guard_review();
ALTER TABLE access.access_review ENABLE ALWAYS TRIGGER guard;

GRANT SELECT ON access.review_schedule, access.access_review, access.access_review_item TO mais_register;
GRANT INSERT, UPDATE (next) ON access.review_schedule TO mais_register;
GRANT INSERT (agency, opened_by, due), UPDATE (signed_at, signed_by) ON access.access_review TO mais_register;
GRANT INSERT (review, user_id, roles, name), UPDATE (decision, note, decided_by, decided_at, change) ON access.access_review_item TO mais_register;
