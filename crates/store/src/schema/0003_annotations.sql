-- Version 3 of the case file: what examiners note of events and of evidence items. Nothing of it is
-- read from evidence; every change has its custody entry, from which it can be made again.

-- One row a change: what the custody entry `seq` states. A comment's text stands here once, however
-- many events it is about. `undone_seq` is the entry that took the change back.
CREATE TABLE annotation_change(
  seq        INTEGER PRIMARY KEY,
  what       TEXT NOT NULL CHECK(what IN ('star','mark','tag','untag','comment')),
  value      TEXT NOT NULL,
  undone_seq INTEGER
) STRICT;

-- The events each change is about. `flow`: 0 a row of `event`, 1 a row of `flow`.
CREATE TABLE annotation_event(
  flow INTEGER NOT NULL CHECK(flow IN (0,1)),
  row  INTEGER NOT NULL,
  seq  INTEGER NOT NULL,
  PRIMARY KEY(flow,row,seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX annotation_event_seq ON annotation_event(seq);

-- What the changes come to, one row an event that has anything. `mark`: 1 bad, 2 suspicious, 3 good.
-- `seq`: the custody entry of the last change, or of the last that was taken back.
CREATE TABLE annotated(
  flow    INTEGER NOT NULL CHECK(flow IN (0,1)),
  row     INTEGER NOT NULL,
  starred INTEGER NOT NULL CHECK(starred IN (0,1)),
  mark    INTEGER CHECK(mark IN (1,2,3)),
  seq     INTEGER NOT NULL,
  PRIMARY KEY(flow,row)
) STRICT, WITHOUT ROWID;

CREATE TABLE annotation_tag(
  tag  TEXT NOT NULL,
  flow INTEGER NOT NULL CHECK(flow IN (0,1)),
  row  INTEGER NOT NULL,
  PRIMARY KEY(tag,flow,row)
) STRICT, WITHOUT ROWID;
CREATE INDEX annotation_tag_event ON annotation_tag(flow,row);

-- Legal notes of an evidence item, and the custody entry that last changed them.
CREATE TABLE item_note(
  evidence     INTEGER PRIMARY KEY,
  jurisdiction TEXT,
  hold         INTEGER NOT NULL CHECK(hold IN (0,1)),
  note         TEXT,
  seq          INTEGER NOT NULL
) STRICT;
