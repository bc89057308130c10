-- Which key is on which card, who vouched for it, and what was made of the card since. All of it
-- is only ever added to; how a card stands is read from the certificates on it.

-- +goose Up
-- A card by the name that it keeps: its maker and its serial, where the maker vouched for them;
-- else what a witness saw, serial-… or guid-…. What a client merely says makes no card.
CREATE TABLE ca.card (
    id       text PRIMARY KEY CHECK (id ~ '^([0-9a-z]{1,32}-[1-9][0-9]{0,9}|guid-[0-9a-f]{32})$'),
    maker    text NOT NULL DEFAULT '', -- the common name of the maker's root; '' where a witness saw it
    added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((maker = '') = (id ~ '^(guid|serial)-'))
);

-- That somebody who is not the holder saw a key being made on a card: good once, for a while.
CREATE TABLE ca.witness (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    spki_sha256 bytea NOT NULL CHECK (octet_length(spki_sha256) = 32),
    identity    text NOT NULL,  -- whose the key is to be
    card_serial bigint CHECK (card_serial BETWEEN 1 AND 4294967295),
    guid        text CHECK (guid ~ '^[0-9a-f]{32}$'),
    slot        smallint NOT NULL CHECK (slot = 154), -- 9A: no other slot is for signing in, and 9E wants no PIN
    witness     text NOT NULL CHECK (witness ~ '^urn:mais:user:[0-9a-f-]{36}$'),
    at          timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL CHECK (expires_at > at AND expires_at <= at + interval '1 hour'),
    CHECK (num_nonnulls(card_serial, guid) > 0),
    CHECK (witness <> identity)
);
CREATE INDEX witness_key ON ca.witness (spki_sha256);

-- The card of a certificate's key. What the card's maker said of the key stands together. With a
-- witness alone, serial and GUID are what was seen; with neither they are the client's word, and
-- the use is of no card, unless the same key was vouched for on one before.
CREATE TABLE ca.card_use (
    n           bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    issuer      text NOT NULL,
    serial      text NOT NULL,
    card        text REFERENCES ca.card,
    card_serial bigint CHECK (card_serial BETWEEN 1 AND 4294967295),
    guid        text CHECK (guid ~ '^[0-9a-f]{32}$'),
    slot        smallint NOT NULL CHECK (slot BETWEEN 0 AND 255),
    key_type    text NOT NULL,
    firmware    text CHECK (firmware ~ '^[0-9]{1,3}(\.[0-9]{1,3}){2}$'),
    pin         smallint CHECK (pin BETWEEN 1 AND 255),
    touch       smallint CHECK (touch BETWEEN 1 AND 255),
    form        smallint CHECK (form BETWEEN 0 AND 255),
    attestation bytea[],        -- DER: the statement, the card's own certificate
    witness     uuid UNIQUE REFERENCES ca.witness,
    vouched     boolean NOT NULL GENERATED ALWAYS AS (attestation IS NOT NULL OR witness IS NOT NULL) STORED, -- by maker or witness
    former      bigint REFERENCES ca.card_use, -- the card's last vouched use before, where it was somebody else's
    at          timestamptz NOT NULL,
    UNIQUE (issuer, serial),
    FOREIGN KEY (issuer, serial) REFERENCES ca.certificate,
    CHECK (num_nonnulls(firmware, pin, touch, form, attestation) IN (0, 5)),
    CHECK (card IS NOT NULL OR NOT vouched),
    CHECK (vouched OR former IS NULL)
);
CREATE INDEX card_use_card ON ca.card_use (card, n) WHERE card IS NOT NULL;
CREATE INDEX card_use_last ON ca.card_use (card, n) WHERE vouched;
CREATE INDEX card_use_serial ON ca.card_use (card_serial, n) WHERE vouched;
CREATE INDEX card_use_former ON ca.card_use (at) WHERE former IS NOT NULL;

-- That a renewal came out at a lower level than the certificate that it renews: its holder and
-- those who administer them are told.
CREATE TABLE ca.level_lowered (
    issuer text NOT NULL,
    serial text NOT NULL,       -- of the new one
    before text NOT NULL CHECK (before IN ('card', 'attested')),
    at     timestamptz NOT NULL,
    PRIMARY KEY (issuer, serial),
    FOREIGN KEY (issuer, serial) REFERENCES ca.certificate
);
CREATE INDEX level_lowered_at ON ca.level_lowered (at);

-- That a card was given back and is blank, as of the last key that was certified on it.
CREATE TABLE ca.card_return (
    card      text NOT NULL REFERENCES ca.card,
    after_use bigint NOT NULL REFERENCES ca.card_use,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    by        text NOT NULL CHECK (by <> ''),
    PRIMARY KEY (card, after_use)
);

-- +goose StatementBegin
-- A level above software has its reason beside it, whoever writes; and one above that of the
-- certificate that is renewed has a witness: whoever has copied a token must not make it a better one.
CREATE FUNCTION ca.guard_level() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ca.card_use u WHERE u.issuer = NEW.issuer AND u.serial = NEW.serial
        AND CASE NEW.level WHEN 'attested' THEN u.attestation IS NOT NULL ELSE u.vouched END)
    THEN
        RAISE EXCEPTION 'certificate %/%: nothing vouches for its level %', NEW.issuer, NEW.serial, NEW.level
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM ca.certificate o WHERE o.issuer = NEW.replaces_issuer AND o.serial = NEW.replaces_serial
            AND o.level <> NEW.level AND o.level <> 'attested')
        AND NOT EXISTS (SELECT FROM ca.card_use u WHERE u.issuer = NEW.issuer AND u.serial = NEW.serial AND u.witness IS NOT NULL)
    THEN
        RAISE EXCEPTION 'certificate %/%: a renewal raises its level to %', NEW.issuer, NEW.serial, NEW.level
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

-- A witness speaks for the key and the holder that they named, and not later than they may.
CREATE FUNCTION ca.guard_witnessed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ca.witness w JOIN ca.certificate c ON c.spki_sha256 = w.spki_sha256 AND c.identity = w.identity
        WHERE w.id = NEW.witness AND c.issuer = NEW.issuer AND c.serial = NEW.serial AND NEW.at < w.expires_at)
    THEN
        RAISE EXCEPTION 'certificate %/%: its witness saw another key, or too long ago', NEW.issuer, NEW.serial
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

-- What was not made use of may be forgotten a day later; what was is kept by its reference.
CREATE FUNCTION ca.sweep_witness() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.expires_at > clock_timestamp() - interval '1 day' THEN
        RAISE EXCEPTION 'witness %: it is kept', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION ca.guard_level(), ca.guard_witnessed(), ca.sweep_witness() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER level AFTER INSERT ON ca.certificate DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.level IN ('card', 'attested')) EXECUTE FUNCTION ca.guard_level();
CREATE TRIGGER witnessed BEFORE INSERT ON ca.card_use FOR EACH ROW WHEN (NEW.witness IS NOT NULL) EXECUTE FUNCTION ca.guard_witnessed();
CREATE TRIGGER sweep BEFORE DELETE ON ca.witness FOR EACH ROW EXECUTE FUNCTION ca.sweep_witness();
CREATE TRIGGER keep BEFORE UPDATE ON ca.witness FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.card FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.card_use FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.level_lowered FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON ca.card_return FOR EACH ROW EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.witness FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.card FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.card_use FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.level_lowered FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON ca.card_return FOR EACH STATEMENT EXECUTE FUNCTION ca.refuse();
ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER level;
ALTER TABLE ca.witness ENABLE ALWAYS TRIGGER sweep, ENABLE ALWAYS TRIGGER keep, ENABLE ALWAYS TRIGGER keep_all;
ALTER TABLE ca.card ENABLE ALWAYS TRIGGER keep, ENABLE ALWAYS TRIGGER keep_all;
ALTER TABLE ca.card_use ENABLE ALWAYS TRIGGER witnessed, ENABLE ALWAYS TRIGGER keep, ENABLE ALWAYS TRIGGER keep_all;
ALTER TABLE ca.level_lowered ENABLE ALWAYS TRIGGER keep, ENABLE ALWAYS TRIGGER keep_all;
ALTER TABLE ca.card_return ENABLE ALWAYS TRIGGER keep, ENABLE ALWAYS TRIGGER keep_all;

GRANT SELECT, INSERT ON ca.card, ca.card_use, ca.level_lowered TO mais_ca;
GRANT SELECT, INSERT, DELETE ON ca.witness TO mais_ca;
GRANT SELECT ON ca.card_return TO mais_ca;
GRANT INSERT (card, after_use, by) ON ca.card_return TO mais_ca;
