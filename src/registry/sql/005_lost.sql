-- What the signer's journal knows and this registry does not, after an older
-- copy of it was put back (lost.h). Rows are never dropped.

-- A card that was signed after the copy was made, or that was withdrawn before
-- it was signed: its number and place are never given again, its bit is set.
CREATE TABLE lost_card (
	serial       INTEGER PRIMARY KEY CHECK (serial BETWEEN 1 AND 1099511627775),
	status_index INTEGER NOT NULL UNIQUE
	             CHECK (status_index BETWEEN 0 AND 4294967295),
	kid          BLOB    CHECK (length(kid) = 8), -- that signed it, if any
	at           INTEGER NOT NULL            -- time: when, by the journal
) STRICT;

-- A key that was revoked, or that signed lost cards, and that is not in
-- signing_key: its tombstone stays in every trust list.
CREATE TABLE lost_key (
	kid BLOB    NOT NULL PRIMARY KEY CHECK (length(kid) = 8),
	at  INTEGER NOT NULL                     -- time: when it was found lost
) STRICT, WITHOUT ROWID;

CREATE TRIGGER lost_card_kept BEFORE DELETE ON lost_card BEGIN
	SELECT RAISE(ABORT, 'a lost card stays for ever');
END;
CREATE TRIGGER lost_card_stays BEFORE UPDATE ON lost_card BEGIN
	SELECT RAISE(ABORT, 'a lost card is never changed');
END;
CREATE TRIGGER lost_key_kept BEFORE DELETE ON lost_key BEGIN
	SELECT RAISE(ABORT, 'a lost key stays for ever');
END;
CREATE TRIGGER lost_key_stays BEFORE UPDATE ON lost_key BEGIN
	SELECT RAISE(ABORT, 'a lost key is never changed');
END;
