-- Whoever loses their password is told, whatever took it away.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION access.tell_of_password() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO access.errand (kind, user_id, detail) SELECT 'password', u.id, jsonb_build_object('at', now()) FROM access.user_account u
        WHERE u.id = OLD.user_id AND (u.left_at IS NULL OR u.left_at > now());
    RETURN NULL;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION access.tell_of_password() FROM PUBLIC;
CREATE TRIGGER tell AFTER DELETE ON access.password FOR EACH ROW EXECUTE FUNCTION access.tell_of_password();
ALTER TABLE access.password ENABLE ALWAYS TRIGGER tell;
