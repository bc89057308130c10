-- How the service is used: who registered, who looks, what was of use. An administrator reads no record and no entry of the
-- audit; what is here are numbers by day, counted from the ledger, and answers to one question after a look. Nobody can tell
-- from them whose record was looked at.

-- +goose Up
-- What each user did on a day, as London reckons days. user_id has no foreign key, like the ledger's.
CREATE TABLE access.use_day (
    day      date NOT NULL,
    user_id  uuid NOT NULL,
    agency   text NOT NULL CHECK (agency <> ''), -- its name when it was used
    sign_ins integer NOT NULL,
    searches integer NOT NULL,
    looks    integer NOT NULL, -- records opened or printed
    PRIMARY KEY (day, user_id, agency)
);
CREATE INDEX use_day_of_user ON access.use_day (user_id) WHERE looks > 0;

-- When the days were counted last.
CREATE TABLE access.use_counted (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), -- one row
    at  timestamptz NOT NULL
);
INSERT INTO access.use_counted (at) VALUES ('-infinity');

-- "Was this of use?" look tells two answers to one look apart and says nothing else: it is a digest over a session and a
-- person, whose session's name is known to the ledger alone. words are for governance officers, and kept half a year.
CREATE TABLE access.use_answer (
    look    bytea PRIMARY KEY CHECK (length(look) = 32),
    day     date NOT NULL DEFAULT (now() AT TIME ZONE 'Europe/London')::date,
    user_id uuid NOT NULL REFERENCES access.user_account,
    agency  uuid NOT NULL REFERENCES access.agency,
    roles   text[] NOT NULL,
    answer  text NOT NULL CHECK (answer IN ('yes', 'partly', 'no', 'not-found')),
    words   text CHECK (words <> '' AND length(words) <= 200)
);
CREATE INDEX use_answer_by_day ON access.use_answer (day);

-- Counts the days from the last one that was counted but one, anew: an entry that was made while a day was counted is in the
-- next count. Two at once would count twice, so the second leaves it to the first.
-- +goose StatementBegin
CREATE FUNCTION access.count_use() RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    since date;
    began timestamptz := clock_timestamp();
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('access.count_use', 0)) THEN
        RETURN (SELECT at FROM access.use_counted);
    END IF;
    SELECT CASE WHEN isfinite(at) THEN (at AT TIME ZONE 'Europe/London')::date - 1 ELSE '2000-01-01' END INTO since FROM access.use_counted;
    DELETE FROM access.use_day WHERE day >= since;
    INSERT INTO access.use_day (day, user_id, agency, sign_ins, searches, looks)
    SELECT (at AT TIME ZONE 'Europe/London')::date, user_id, agency,
        count(*) FILTER (WHERE act = 'session.start'),
        count(*) FILTER (WHERE act = 'record.search'),
        count(*) FILTER (WHERE act IN ('record.show', 'record.print'))
    FROM audit.event
    WHERE at >= since::timestamp AT TIME ZONE 'Europe/London' AND outcome = 'allowed' AND user_id IS NOT NULL AND agency <> ''
        AND act IN ('session.start', 'record.search', 'record.show', 'record.print')
    GROUP BY 1, 2, 3;
    UPDATE access.use_counted SET at = began;
    UPDATE access.use_answer SET words = NULL WHERE words IS NOT NULL AND day < (now() AT TIME ZONE 'Europe/London')::date - 182;
    RETURN began;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION access.count_use() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.count_use() TO mais_register;
GRANT SELECT ON access.use_day, access.use_counted, access.use_answer TO mais_register;
GRANT INSERT (look, user_id, agency, roles, answer, words) ON access.use_answer TO mais_register;

SELECT access.count_use();
