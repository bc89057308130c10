-- A code may be spent on a password instead of a certificate, where the holder's agency and roles allow one. Which were is
-- kept here, so that a used code is always told for: by a certificate or by this.

-- +goose Up
-- A code that somebody asked for who is signed in with a password is for a token alone: with their mail it must not set
-- another password.
ALTER TABLE ca.enrolment_order ADD COLUMN token_only boolean NOT NULL DEFAULT false;

CREATE TABLE ca.order_password (
    order_id text PRIMARY KEY REFERENCES ca.enrolment_order,
    at       timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.order_password FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.order_password FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
ALTER TABLE ca.order_password ENABLE ALWAYS TRIGGER keep, ENABLE ALWAYS TRIGGER keep_all;
GRANT SELECT, INSERT (order_id) ON ca.order_password TO mais_ca;
