-- Erasing somebody also takes the signatures of their cards: with a signature
-- and the public key a guessed name could be tested.

DROP TRIGGER card_signed_once;
CREATE TRIGGER card_signed_once BEFORE UPDATE OF signature ON card
    WHEN old.signature IS NOT NULL
    AND NOT (new.signature IS NULL AND new.payload IS NULL) BEGIN
	SELECT RAISE(ABORT, 'a card is signed once');
END;

DROP INDEX card_unsigned;
CREATE INDEX card_unsigned ON card (serial)
	WHERE signature IS NULL AND payload IS NOT NULL;
