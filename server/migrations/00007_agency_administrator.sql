-- An agency's own administrator: for its people, its places and their tokens, and for nobody else's.

-- +goose Up
INSERT INTO access.role (name, description) VALUES
    ('agency_administrator', 'invites, changes and ends the people of their own agency, its sites and networks, and holds, releases and revokes their tokens; touches nobody who has an office, and sees no record');
