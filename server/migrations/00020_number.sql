-- Somebody is found by the number that a prison or the police know them by, in any case of its letters, without reading everybody.

-- +goose Up
CREATE INDEX person_prison_number ON record.person (upper(prison_number));
CREATE INDEX person_pnc_number ON record.person (upper(pnc_number));
