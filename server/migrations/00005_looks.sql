-- Two questions that are asked of the ledger all day: who opened this record, and whose records did this user open lately.
-- The indexes hold the entries of opened records alone, and each of those has one person, so that no other entry pays for
-- them. The second goes by time and not by number, because its question does. A query must repeat the condition word for
-- word (package ledger) for PostgreSQL to take them.

-- +goose Up
CREATE INDEX event_opened_person ON audit.event ((persons[1]), id)
    WHERE act IN ('record.show', 'record.print') AND outcome = 'allowed';
CREATE INDEX event_opened_user ON audit.event (user_id, at)
    WHERE act IN ('record.show', 'record.print') AND outcome = 'allowed';
