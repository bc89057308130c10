-- An agency's own administrator: for the tokens of its people and places, and for nobody else's.

-- +goose Up
INSERT INTO access.role (name, description) VALUES
    ('agency_administrator', 'holds, releases and revokes the tokens of their own agency’s people and places, but for administrators’, and sends them new codes; sees no record');
