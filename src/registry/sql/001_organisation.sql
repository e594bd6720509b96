-- Organisations, the areas they belong to, and who among them issues.
-- Days are numbers of days since 1970-01-01, times are seconds since then
-- (base/date.h). Enumerations are the values of the C header named beside them.

-- One row an organisation of the imported ODS files, as the newest import has
-- it (org.h). Rows are never dropped: a card may outlive its practice.
CREATE TABLE organisation (
	ods       TEXT    NOT NULL PRIMARY KEY
	          CHECK (length(ods) BETWEEN 3 AND 10),
	name      TEXT    NOT NULL
	          CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 100),
	kind      INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
	status    INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3),
	service   INTEGER NOT NULL,              -- ODS prescribing setting, -1 none
	opened    INTEGER NOT NULL,              -- day
	closed    INTEGER,                       -- day; NULL: not closed
	address1  TEXT    NOT NULL CHECK (length(address1) <= 100),
	address2  TEXT    NOT NULL CHECK (length(address2) <= 100),
	address3  TEXT    NOT NULL CHECK (length(address3) <= 100),
	address4  TEXT    NOT NULL CHECK (length(address4) <= 100),
	address5  TEXT    NOT NULL CHECK (length(address5) <= 100),
	postcode  TEXT    NOT NULL CHECK (length(postcode) <= 10),
	phone     TEXT    NOT NULL CHECK (length(phone) <= 30)
) STRICT, WITHOUT ROWID;

-- Where an organisation belonged from a day on. source 1, the practice map at
-- its extract date, goes before source 0, the columns of the organisation
-- file from the day it joined its commissioner. NULL is "unknown". A newer
-- edition adds a row and leaves the old one, so a figure for an earlier day
-- stays what it was. No reference to organisation: the map may come first.
CREATE TABLE org_area (
	ods        TEXT    NOT NULL,
	source     INTEGER NOT NULL CHECK (source IN (0, 1)),
	valid_from INTEGER NOT NULL,             -- day
	pcn        TEXT,
	sub_icb    TEXT,
	icb        TEXT,
	region     TEXT,
	PRIMARY KEY (ods, source, valid_from)
) STRICT, WITHOUT ROWID;

-- Names of areas, of the newest edition that had one.
CREATE TABLE area (
	code     TEXT    NOT NULL PRIMARY KEY
	         CHECK (length(code) BETWEEN 3 AND 10),
	level    INTEGER NOT NULL CHECK (level BETWEEN 0 AND 3),
	name     TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
	named_on INTEGER NOT NULL                -- day of that edition
) STRICT, WITHOUT ROWID;

-- Organisations that issue passports (enrol.h).
CREATE TABLE enrolment (
	ods      TEXT    NOT NULL PRIMARY KEY REFERENCES organisation (ods),
	setting  INTEGER NOT NULL CHECK (setting BETWEEN 0 AND 4),
	phone    TEXT    NOT NULL CHECK (length(phone) <= 30),    -- '': as imported
	address  TEXT    NOT NULL CHECK (length(address) <= 600), -- '': as imported
	enrolled INTEGER NOT NULL,               -- day
	state    INTEGER NOT NULL CHECK (state IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Signing keys (key.h). The registry knows no secret: sealed is opaque here,
-- and NULL once the private key was destroyed or when it is kept elsewhere.
CREATE TABLE signing_key (
	kid        BLOB    NOT NULL PRIMARY KEY CHECK (length(kid) = 8),
	public     BLOB    NOT NULL UNIQUE CHECK (length(public) = 32),
	purpose    INTEGER NOT NULL CHECK (purpose BETWEEN 0 AND 2),
	ods        TEXT    REFERENCES enrolment (ods),
	not_before INTEGER NOT NULL,             -- time
	not_after  INTEGER NOT NULL,             -- time
	state      INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
	revoked_at INTEGER,                      -- time
	reason     TEXT    NOT NULL CHECK (length(reason) <= 200),
	sealed     BLOB    CHECK (length(sealed) <= 256),
	CHECK (not_before < not_after),
	CHECK ((purpose = 0) = (ods IS NOT NULL)),
	CHECK ((state = 2) = (revoked_at IS NOT NULL)),
	CHECK (state = 0 OR sealed IS NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX signing_key_owner ON signing_key (purpose, ods, not_before);
