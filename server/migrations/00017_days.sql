-- What the audit of a day that is over comes to, counted once.

-- +goose Up

-- Days are London's. A day's entries are all there once every transaction has ended that might still commit one of them:
-- horizon is the number of a transaction that came when the day had been over for an hour.
CREATE TABLE audit.midnight (
    day     date PRIMARY KEY,
    horizon xid8 NOT NULL
);
CREATE TABLE audit.day (
    day     date PRIMARY KEY,
    looks   bigint NOT NULL,
    lookers bigint NOT NULL
);
CREATE TABLE audit.day_hour (
    day   date NOT NULL REFERENCES audit.day,
    hour  integer NOT NULL,
    looks bigint NOT NULL,
    PRIMARY KEY (day, hour)
);
CREATE TABLE audit.day_agency (
    day    date NOT NULL REFERENCES audit.day,
    agency text NOT NULL,
    looks  bigint NOT NULL,
    users  uuid[] NOT NULL, -- who looked, each once
    PRIMARY KEY (day, agency)
);
CREATE TABLE audit.day_unmet (
    day     date NOT NULL REFERENCES audit.day,
    outcome text NOT NULL,
    why     text NOT NULL, -- the word that the reason begins with
    entries bigint NOT NULL,
    PRIMARY KEY (day, outcome, why)
);
GRANT SELECT ON audit.day, audit.day_hour, audit.day_agency, audit.day_unmet TO mais_audit;

-- As with the ledger itself: nothing that was counted is changed, by whomever.
-- +goose StatementBegin
DO $$
DECLARE
    counted regclass;
BEGIN
    FOREACH counted IN ARRAY '{audit.midnight, audit.day, audit.day_hour, audit.day_agency, audit.day_unmet}'::regclass[] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse()', counted);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', counted);
    END LOOP;
END
$$;

CREATE FUNCTION audit.close_day(which date) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    begins CONSTANT timestamptz := which::timestamp AT TIME ZONE 'Europe/London';
    ends CONSTANT timestamptz := (which + 1)::timestamp AT TIME ZONE 'Europe/London';
BEGIN
    INSERT INTO audit.day SELECT which, count(*), count(DISTINCT user_id) FROM audit.event
        WHERE act IN ('record.show', 'record.print') AND outcome = 'allowed' AND at >= begins AND at < ends;
    INSERT INTO audit.day_hour SELECT which, extract(hour FROM at AT TIME ZONE 'Europe/London')::integer AS hour, count(*) FROM audit.event
        WHERE act IN ('record.show', 'record.print') AND outcome = 'allowed' AND at >= begins AND at < ends GROUP BY hour;
    INSERT INTO audit.day_agency SELECT which, coalesce(agency, ''), count(*), coalesce(array_agg(DISTINCT user_id) FILTER (WHERE user_id IS NOT NULL), '{}') FROM audit.event
        WHERE act IN ('record.show', 'record.print') AND outcome = 'allowed' AND at >= begins AND at < ends GROUP BY coalesce(agency, '');
    INSERT INTO audit.day_unmet SELECT which, outcome, coalesce(split_part(reason, ':', 1), '') AS why, count(*) FROM audit.event
        WHERE outcome <> 'allowed' AND at >= begins AND at < ends GROUP BY outcome, why;
END
$$;

-- Counts the next days that are over, at most so many, and says how many it counted. It takes no facts from its caller, so
-- that a login role can make it count, and nothing else. The first call after a day notes the horizon, and whichever finds
-- that nothing older is at work counts. A horizon of the future is from before a restore: nothing of then is at work here.
CREATE FUNCTION audit.close_days(most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    next date;
    last date;
    n integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7219064217) THEN
        RETURN 0; -- another node counts
    END IF;
    INSERT INTO audit.midnight VALUES (((now() - interval '1 hour') AT TIME ZONE 'Europe/London')::date - 1, pg_current_xact_id())
        ON CONFLICT DO NOTHING;
    SELECT max(m.day) INTO last FROM audit.midnight m
        WHERE m.horizon <= pg_snapshot_xmin(pg_current_snapshot()) OR m.horizon > pg_current_xact_id();
    SELECT coalesce((SELECT max(d.day) + 1 FROM audit.day d), (SELECT (min(e.at) AT TIME ZONE 'Europe/London')::date FROM audit.event e)) INTO next;
    WHILE next <= last AND n < most LOOP
        PERFORM audit.close_day(next);
        next := next + 1;
        n := n + 1;
    END LOOP;
    RETURN n;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION audit.close_day(date), audit.close_days(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.close_days(integer) TO mais_audit;
