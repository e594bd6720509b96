-- The figures once more, coarser, so that a figure costs a few rows a year and
-- not a row a day (rollup.h). Both tables are sums of ledger: audit recomputes
-- them, and rollup.c, called by ledger.c, is the only place that writes them.
-- scale 0 is a year, 1 a month, 2 a day; start is the first day of it. A stock
-- or flow up to day D is the sum of the years before that of D, of the months
-- before that of D in its year, and of the days up to D in its month.

CREATE TABLE ledger_org (
	org         TEXT    NOT NULL REFERENCES enrolment (ods),
	scale       INTEGER NOT NULL CHECK (scale BETWEEN 0 AND 2),
	start       INTEGER NOT NULL,
	setting     INTEGER NOT NULL CHECK (setting BETWEEN 0 AND 4),
	holders     INTEGER NOT NULL,
	cards       INTEGER NOT NULL,
	first       INTEGER NOT NULL,
	renewal     INTEGER NOT NULL,
	replacement INTEGER NOT NULL,
	withdrawn   INTEGER NOT NULL,
	superseded  INTEGER NOT NULL,
	PRIMARY KEY (org, scale, start, setting)
) STRICT, WITHOUT ROWID;

-- The same for all organisations of one sub-ICB together; '' is unknown.
CREATE TABLE ledger_area (
	scale       INTEGER NOT NULL CHECK (scale BETWEEN 0 AND 2),
	start       INTEGER NOT NULL,
	region      TEXT    NOT NULL,
	icb         TEXT    NOT NULL,
	sub_icb     TEXT    NOT NULL,
	setting     INTEGER NOT NULL CHECK (setting BETWEEN 0 AND 4),
	holders     INTEGER NOT NULL,
	cards       INTEGER NOT NULL,
	first       INTEGER NOT NULL,
	renewal     INTEGER NOT NULL,
	replacement INTEGER NOT NULL,
	withdrawn   INTEGER NOT NULL,
	superseded  INTEGER NOT NULL,
	PRIMARY KEY (scale, start, region, icb, sub_icb, setting)
) STRICT, WITHOUT ROWID;

-- Under which areas ledger_area counts an organisation: those it belongs to
-- now. since is the first day of it: for a figure of an earlier day it is taken
-- out of them, by ledger_org, and put where it was on that day.
CREATE TABLE ledger_place (
	org     TEXT    NOT NULL PRIMARY KEY REFERENCES enrolment (ods),
	region  TEXT    NOT NULL,
	icb     TEXT    NOT NULL,
	sub_icb TEXT    NOT NULL,
	since   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX ledger_place_since ON ledger_place (since);
CREATE INDEX org_area_pcn ON org_area (pcn) WHERE pcn IS NOT NULL;
CREATE INDEX org_area_sub_icb ON org_area (sub_icb) WHERE sub_icb IS NOT NULL;
CREATE INDEX org_area_icb ON org_area (icb) WHERE icb IS NOT NULL;
CREATE INDEX org_area_region ON org_area (region) WHERE region IS NOT NULL;

-- From here on a sum that came back to nothing is no row.
DELETE FROM ledger WHERE delta = 0;

-- What there is already. No place is known yet: the largest since there is
-- says so, until the next import, or the next card of that organisation.
INSERT INTO ledger_org
	SELECT org, scale, CASE scale
	       WHEN 0 THEN unixepoch(day * 86400, 'unixepoch', 'start of year')
	                   / 86400
	       WHEN 1 THEN unixepoch(day * 86400, 'unixepoch', 'start of month')
	                   / 86400
	       ELSE day END AS begin, setting,
	       total(delta) FILTER (WHERE measure = 0),
	       total(delta) FILTER (WHERE measure = 1),
	       total(delta) FILTER (WHERE measure = 2),
	       total(delta) FILTER (WHERE measure = 3),
	       total(delta) FILTER (WHERE measure = 4),
	       total(delta) FILTER (WHERE measure = 5),
	       total(delta) FILTER (WHERE measure = 6)
	FROM ledger, (SELECT 0 AS scale UNION ALL SELECT 1 UNION ALL SELECT 2)
	GROUP BY org, scale, begin, setting;
DELETE FROM ledger_org WHERE holders = 0 AND cards = 0 AND first = 0
	AND renewal = 0 AND replacement = 0 AND withdrawn = 0 AND superseded = 0;
INSERT INTO ledger_place
	SELECT DISTINCT org, '', '', '', 9223372036854775807 FROM ledger_org;
INSERT INTO ledger_area
	SELECT scale, start, '', '', '', setting, sum(holders), sum(cards),
	       sum(first), sum(renewal), sum(replacement), sum(withdrawn),
	       sum(superseded)
	FROM ledger_org GROUP BY scale, start, setting;
DELETE FROM ledger_area WHERE holders = 0 AND cards = 0 AND first = 0
	AND renewal = 0 AND replacement = 0 AND withdrawn = 0 AND superseded = 0;
