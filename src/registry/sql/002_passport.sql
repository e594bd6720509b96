-- People, their cards, what happened to them, and the figures. Days are numbers
-- of days since 1970-01-01, times are seconds since then (base/date.h).
-- Enumerations are the values of the C header named beside them and are never
-- renumbered. A sealed column holds what the sealer made of a text (sealer.h):
-- unreadable without the signer, and for good once the holder's key is gone.
-- Rows are never deleted; what must go is overwritten by NULL or random bytes.

-- Somebody who is counted once, wherever the cards come from. hash is the keyed
-- hash of the NHS number where one is known, else of organisation and local
-- reference, else 32 random bytes. Erasing, and merging into another person,
-- replace hash and salt by random bytes. salt keeps what events say about this
-- row (event.person_hash) from being recomputed once it is gone.
CREATE TABLE person (
	id   INTEGER PRIMARY KEY CHECK (id > 0),
	hash BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
	salt BLOB    NOT NULL CHECK (length(salt) = 16)
) STRICT;

-- A person as one organisation knows them (holder.h).
CREATE TABLE holder (
	id        INTEGER PRIMARY KEY CHECK (id > 0),
	person    INTEGER NOT NULL REFERENCES person (id),
	org       TEXT    NOT NULL REFERENCES enrolment (ods),
	ref_index BLOB    UNIQUE CHECK (length(ref_index) = 32), -- org and reference
	key       BLOB    CHECK (length(key) = 72),              -- wrapped
	salt      BLOB    CHECK (length(salt) = 16), -- keys event.payload_hash
	name      BLOB    CHECK (length(name) BETWEEN 41 AND 1064),
	born      BLOB    CHECK (length(born) BETWEEN 41 AND 1064),
	ref       BLOB    CHECK (length(ref)  BETWEEN 41 AND 1064),
	nhs       BLOB    CHECK (length(nhs)  BETWEEN 41 AND 1064),
	erased    INTEGER NOT NULL CHECK (erased IN (0, 1)),
	-- Erased means that nothing personal and no way back is left.
	CHECK ((key IS NULL) = erased),
	CHECK ((salt IS NULL) = erased),
	CHECK ((name IS NULL) = erased),
	CHECK (NOT erased OR (born IS NULL AND ref IS NULL AND nhs IS NULL
	       AND ref_index IS NULL)),
	CHECK ((ref IS NULL) = (ref_index IS NULL))
) STRICT;

CREATE INDEX holder_person ON holder (person);
CREATE INDEX holder_org ON holder (org);

-- A card, from the moment its number is reserved (card.h). serial and status
-- index are never used again. The interval in which it counts is from the day
-- of iat up to the day of exp, cut at the day of ended (ledger.h).
CREATE TABLE card (
	serial       INTEGER PRIMARY KEY CHECK (serial BETWEEN 1 AND 1099511627775),
	holder       INTEGER NOT NULL REFERENCES holder (id),
	org          TEXT    NOT NULL REFERENCES enrolment (ods),
	setting      INTEGER NOT NULL CHECK (setting BETWEEN 0 AND 4),
	kid          BLOB    NOT NULL REFERENCES signing_key (kid),
	class        INTEGER NOT NULL CHECK (class IN (0, 1)),
	kind         INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
	status_index INTEGER NOT NULL UNIQUE
	             CHECK (status_index BETWEEN 0 AND 4294967295),
	iat          INTEGER NOT NULL,           -- time
	exp          INTEGER NOT NULL,           -- time: the first second after it
	replaces     INTEGER UNIQUE REFERENCES card (serial),
	payload      BLOB    CHECK (length(payload) BETWEEN 41 AND 1064), -- sealed
	signature    BLOB    CHECK (length(signature) = 64), -- NULL until signed
	ended        INTEGER,                    -- time; NULL: not ended early
	end_reason   INTEGER CHECK (end_reason BETWEEN 0 AND 8),
	CHECK (exp > iat),
	CHECK (ended >= iat),
	CHECK ((kind = 0) = (replaces IS NULL)),
	CHECK ((ended IS NULL) = (end_reason IS NULL))
) STRICT;

CREATE INDEX card_holder ON card (holder);
CREATE INDEX card_kid ON card (kid);
CREATE INDEX card_org ON card (org);
CREATE INDEX card_ended ON card (status_index) WHERE ended IS NOT NULL;
CREATE INDEX card_unsigned ON card (serial) WHERE signature IS NULL;

-- The status lists (status_pool.h): index = n << 17 | position. used counts the
-- cards in the list, so that issuing need not.
CREATE TABLE status_list (
	n    INTEGER PRIMARY KEY CHECK (n BETWEEN 0 AND 32767),
	made INTEGER NOT NULL,                   -- time
	used INTEGER NOT NULL CHECK (used BETWEEN 0 AND 98304)
) STRICT;

-- Indices whose bit is set though no card ever has them.
CREATE TABLE status_decoy (
	idx INTEGER PRIMARY KEY CHECK (idx BETWEEN 0 AND 4294967295)
) STRICT;

-- What was last published: the trust list (-1) or status list number object.
CREATE TABLE publication (
	object INTEGER PRIMARY KEY CHECK (object BETWEEN -1 AND 32767),
	seq    INTEGER NOT NULL CHECK (seq > 0), -- of the trust list; else a count
	iat    INTEGER NOT NULL,                 -- time
	exp    INTEGER NOT NULL,                 -- time
	sha256 BLOB    NOT NULL CHECK (length(sha256) = 32),
	at     INTEGER NOT NULL,                 -- time
	CHECK (exp > iat)
) STRICT;

-- Everything that ever happened (event.h), each event chained to the one before
-- by its hash. The *_hash columns cover whole rows as they were after the event:
-- a row that does not equal what its newest event says was changed by somebody
-- else. Nothing here identifies a person once the person's row is overwritten.
CREATE TABLE event (
	seq          INTEGER PRIMARY KEY CHECK (seq > 0),
	at           INTEGER NOT NULL,           -- time
	kind         INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 99),
	org          TEXT,
	serial       INTEGER REFERENCES card (serial),
	holder       INTEGER REFERENCES holder (id),
	person       INTEGER REFERENCES person (id),
	kid          BLOB    CHECK (length(kid) = 8),
	other        INTEGER,                    -- what it is: the table in event.c
	card_kind    INTEGER,
	class        INTEGER,
	setting      INTEGER,
	start_day    INTEGER,
	end_day      INTEGER,
	reason       INTEGER,
	payload_hash BLOB    CHECK (length(payload_hash) = 32),
	card_hash    BLOB    CHECK (length(card_hash) = 32),
	holder_hash  BLOB    CHECK (length(holder_hash) = 32),
	person_hash  BLOB    CHECK (length(person_hash) = 32),
	other_hash   BLOB    CHECK (length(other_hash) = 32),
	hash         BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX event_serial ON event (serial, seq) WHERE serial IS NOT NULL;
CREATE INDEX event_holder ON event (holder, seq) WHERE holder IS NOT NULL;
CREATE INDEX event_person ON event (person, seq) WHERE person IS NOT NULL;
CREATE INDEX event_other ON event (kind, other, seq) WHERE other IS NOT NULL;
CREATE INDEX event_kid ON event (kid, seq) WHERE kid IS NOT NULL;
CREATE INDEX event_enrol ON event (org, seq) WHERE kind = 8;

-- The figures (ledger.h): what changes on a day. A stock on day D is the sum of
-- delta up to and including D.
CREATE TABLE ledger (
	measure INTEGER NOT NULL CHECK (measure BETWEEN 0 AND 6),
	org     TEXT    NOT NULL REFERENCES enrolment (ods),
	setting INTEGER NOT NULL CHECK (setting BETWEEN 0 AND 4),
	class   INTEGER NOT NULL CHECK (class IN (0, 1)),
	day     INTEGER NOT NULL,
	delta   INTEGER NOT NULL,
	PRIMARY KEY (measure, org, setting, class, day)
) STRICT, WITHOUT ROWID;

-- Promises that no statement of ours may break by mistake.
CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN
	SELECT RAISE(ABORT, 'an event is never changed');
END;
CREATE TRIGGER event_kept BEFORE DELETE ON event BEGIN
	SELECT RAISE(ABORT, 'an event is never dropped');
END;
CREATE TRIGGER card_kept BEFORE DELETE ON card BEGIN
	SELECT RAISE(ABORT, 'a card is never dropped');
END;
CREATE TRIGGER card_stays BEFORE UPDATE OF serial, holder, org, setting, kid,
    class, kind, status_index, iat, exp, replaces ON card BEGIN
	SELECT RAISE(ABORT, 'a card is never changed');
END;
CREATE TRIGGER card_signed_once BEFORE UPDATE OF signature ON card
    WHEN old.signature IS NOT NULL BEGIN
	SELECT RAISE(ABORT, 'a card is signed once');
END;
CREATE TRIGGER card_ended_once BEFORE UPDATE OF ended, end_reason ON card
    WHEN old.ended IS NOT NULL BEGIN
	SELECT RAISE(ABORT, 'the end of a card is final');
END;
CREATE TRIGGER holder_kept BEFORE DELETE ON holder BEGIN
	SELECT RAISE(ABORT, 'a holder is never dropped');
END;
CREATE TRIGGER person_kept BEFORE DELETE ON person BEGIN
	SELECT RAISE(ABORT, 'a person is never dropped');
END;
CREATE TRIGGER decoy_kept BEFORE DELETE ON status_decoy BEGIN
	SELECT RAISE(ABORT, 'a decoy stays for ever');
END;
