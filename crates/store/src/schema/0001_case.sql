-- Version 1 of the case file. Append-only: once released, this text is never changed; a change is
-- a new file with the next number. Its SHA-256 is recorded in `migration` and checked at opening.

CREATE TABLE migration(
  version INTEGER PRIMARY KEY,
  name    TEXT NOT NULL,
  sha256  BLOB NOT NULL CHECK(length(sha256)=32)
) STRICT;

-- The custody chain: the exact canonical bytes, never re-serialised. No UNIQUE besides the key:
-- INSERT OR REPLACE on another unique column would delete a row past the delete trigger.
CREATE TABLE custody_entry(
  seq  INTEGER PRIMARY KEY CHECK(seq>=0),
  leaf BLOB NOT NULL CHECK(length(leaf)=32),
  prev BLOB CHECK((seq=0)=(prev IS NULL) AND (prev IS NULL OR length(prev)=32)),
  body BLOB NOT NULL
) STRICT;
CREATE TRIGGER ce_ins BEFORE INSERT ON custody_entry BEGIN
  SELECT CASE WHEN NEW.seq IS NOT (SELECT coalesce(max(seq)+1,0) FROM custody_entry) THEN RAISE(ABORT,'custody: seq') END;
  SELECT CASE WHEN NEW.prev IS NOT (SELECT leaf FROM custody_entry ORDER BY seq DESC LIMIT 1) THEN RAISE(ABORT,'custody: prev') END;
END;
CREATE TRIGGER ce_upd BEFORE UPDATE ON custody_entry BEGIN SELECT RAISE(ABORT,'custody: append-only'); END;
CREATE TRIGGER ce_del BEFORE DELETE ON custody_entry BEGIN SELECT RAISE(ABORT,'custody: append-only'); END;

-- Signed heads and what an authority said of them. `request` is the last RFC 3161 query made.
CREATE TABLE checkpoint(
  size    INTEGER PRIMARY KEY CHECK(size>0),
  note    BLOB NOT NULL,
  request BLOB,
  token   BLOB
) STRICT;

-- Facts of the case as `case.created` and `case.metadata_changed` entries state them.
CREATE TABLE case_fact(
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE examiner(
  vkey         TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  role         TEXT NOT NULL,
  organisation TEXT NOT NULL,
  added_seq    INTEGER NOT NULL,
  retired_seq  INTEGER
) STRICT;

CREATE TABLE acquisition(
  id      INTEGER PRIMARY KEY,
  started INTEGER NOT NULL,            -- UTC ns
  reason  TEXT NOT NULL
) STRICT;

-- One file as received. Ids follow sorted path order within an acquisition.
CREATE TABLE evidence(
  id                 INTEGER PRIMARY KEY,   -- shown as EV-0001
  acquisition        INTEGER NOT NULL REFERENCES acquisition,
  name               TEXT NOT NULL,         -- path below the folder that was named, '/' between parts
  path               TEXT NOT NULL,         -- where it was found, as given
  sha256             BLOB CHECK(length(sha256)=32),  -- null: could not be read
  bytes              INTEGER NOT NULL,
  bytes_decompressed INTEGER NOT NULL,
  in_place           INTEGER NOT NULL CHECK(in_place IN (0,1)),
  state              TEXT NOT NULL CHECK(state IN ('received','imported','partial','rejected','duplicate')),
  reason             TEXT,                  -- why it is rejected or partial
  duplicate_of       INTEGER REFERENCES evidence,
  received_seq       INTEGER NOT NULL,      -- custody entry that received it
  withdrawn_seq      INTEGER,               -- custody entry that withdrew it
  CHECK(sha256 IS NOT NULL OR state='rejected')
) STRICT;
CREATE INDEX evidence_sha256 ON evidence(sha256);

-- One innermost member: a file that is no archive, or an entry of one. Its rows have contiguous
-- ids in the order of their offsets.
CREATE TABLE member(
  id           INTEGER PRIMARY KEY,
  evidence     INTEGER NOT NULL REFERENCES evidence,
  path         TEXT NOT NULL,               -- ordinals as in event ids
  name         TEXT NOT NULL,               -- names of the entries on the way, joined with '!'
  layers       TEXT NOT NULL,               -- how it was wrapped: 'gz', 'zip', 'tar.gz!gz' ...
  bytes        INTEGER NOT NULL,            -- decompressed
  format       TEXT,                        -- null where not recognised
  envelope     TEXT,
  recognised   TEXT NOT NULL,               -- why it was taken for this format, or why for none
  context      BLOB,                        -- what its records need from elsewhere in the member
  content      BLOB,                        -- BLAKE3 of the decompressed bytes, for formats without ids
  seekable     INTEGER NOT NULL,            -- 1: a side copy lies in index/
  state        TEXT NOT NULL CHECK(state IN ('imported','partial','rejected','duplicate')),
  reason       TEXT,                        -- why it is partial or rejected, or what it repeats
  found        INTEGER NOT NULL,
  stored       INTEGER NOT NULL,
  duplicate    INTEGER NOT NULL,
  rejected     INTEGER NOT NULL,
  ignored      INTEGER NOT NULL,
  events       INTEGER NOT NULL,
  warnings     INTEGER NOT NULL,
  first        INTEGER,                     -- UTC ns
  last         INTEGER,
  event_from   INTEGER, event_to INTEGER,   -- rows in `event`, both inclusive; null where none
  flow_from    INTEGER, flow_to  INTEGER,   -- rows in `flow`
  seq          INTEGER NOT NULL             -- custody entry of its import
) STRICT;
CREATE INDEX member_evidence ON member(evidence);
CREATE INDEX member_content ON member(content) WHERE content IS NOT NULL;

CREATE TABLE warning(
  id       INTEGER PRIMARY KEY,
  evidence INTEGER NOT NULL REFERENCES evidence DEFERRABLE INITIALLY DEFERRED,
  member   INTEGER REFERENCES member DEFERRABLE INITIALLY DEFERRED,  -- null: about the file or its container
  offset   INTEGER NOT NULL,
  length   INTEGER NOT NULL,
  reason   TEXT NOT NULL,
  expected TEXT NOT NULL,
  found    TEXT NOT NULL,
  excerpt  TEXT NOT NULL
) STRICT;
CREATE INDEX warning_evidence ON warning(evidence);

-- The dictionary: every repeated text once. `kind` is a term::Kind; `namespace` keeps entities of
-- two clouds apart (255: shared by all). `key` is 6 bits of kind, 37 bits of a keyed hash of the
-- text without case, then 20 bits of a hash of all three exactly; equal keys are told apart by value.
-- Its index is a secondary one. `count` is the
-- number of visible rows that have it, an address as anything but destination; `count_dst` of those
-- that have an address as destination.
CREATE TABLE term(
  id        INTEGER PRIMARY KEY,
  key       INTEGER NOT NULL,
  kind      INTEGER NOT NULL,
  namespace INTEGER NOT NULL,
  value     TEXT NOT NULL,
  count     INTEGER NOT NULL,
  count_dst INTEGER NOT NULL,
  first     INTEGER,                        -- UTC ns over the rows counted
  last      INTEGER
) STRICT;

-- Rows of kind `event` and `resource`, and flows that say more than `flow` has columns for. `hidden`: 0 visible, bit 1 duplicate, bit 2 withdrawn. Integers named like
-- fields are term ids, except the numbers of model::event (kind, cloud, activity, outcome).
CREATE TABLE event(
  id            INTEGER PRIMARY KEY,
  hidden        INTEGER NOT NULL,
  kind          INTEGER NOT NULL,
  time          INTEGER,                    -- UTC ns
  type          INTEGER NOT NULL,
  action        INTEGER,
  actor_id      INTEGER,
  src_ip        INTEGER,
  outcome       INTEGER,
  service       INTEGER,
  account       INTEGER,
  region        INTEGER,
  actor_name    INTEGER,
  actor_type    INTEGER,
  session       INTEGER,
  credential    INTEGER,
  agent         INTEGER,
  activity      INTEGER,
  error_code    INTEGER,
  error_message INTEGER,
  resource_type INTEGER,                    -- first resource; all of them in event_resource where there are several
  resource_id   INTEGER,
  resource_name INTEGER,
  resources     INTEGER,                    -- number of resources where there are several
  cloud         INTEGER NOT NULL,
  organization  INTEGER,
  dst_ip        INTEGER,
  src_port      INTEGER,
  dst_port      INTEGER,
  bytes         INTEGER,
  packets       INTEGER,
  protocol      INTEGER,
  direction     INTEGER,
  end_time      INTEGER,
  time_flags    INTEGER NOT NULL,
  time_raw      TEXT,
  quality       INTEGER NOT NULL,
  conflict      INTEGER,                    -- 1: another row has the same id and differs
  event_key     INTEGER,                    -- keyed 63-bit hash of type family, account and event_id
  content       BLOB,                       -- 128-bit hash of what the record says, where others have its id
  event_id      ANY,                        -- BLOB(16) for a canonical UUID, else TEXT
  request_id    ANY,
  member        INTEGER NOT NULL,
  offset        INTEGER NOT NULL,
  length        INTEGER NOT NULL,
  sub           INTEGER,
  decode        INTEGER NOT NULL
) STRICT;

CREATE TABLE event_resource(
  event INTEGER NOT NULL,
  n     INTEGER NOT NULL,                   -- from 0
  type  INTEGER,
  id    INTEGER,
  name  INTEGER,
  PRIMARY KEY(event,n)
) STRICT, WITHOUT ROWID;

-- Rows of kind `flow`, narrow because there are many.
CREATE TABLE flow(
  id            INTEGER PRIMARY KEY,
  hidden        INTEGER NOT NULL,
  time          INTEGER,
  end_time      INTEGER,
  type          INTEGER NOT NULL,
  src_ip        INTEGER,
  dst_ip        INTEGER,
  src_port      INTEGER,
  dst_port      INTEGER,
  protocol      INTEGER,
  packets       INTEGER,
  bytes         INTEGER,
  action        INTEGER,
  activity      INTEGER,
  outcome       INTEGER,
  account       INTEGER,
  region        INTEGER,
  service       INTEGER,
  direction     INTEGER,
  resource_type INTEGER,
  resource_id   INTEGER,
  resource_name INTEGER,
  cloud         INTEGER NOT NULL,
  time_flags    INTEGER NOT NULL,
  time_raw      TEXT,
  quality       INTEGER NOT NULL,
  member        INTEGER NOT NULL,
  offset        INTEGER NOT NULL,
  length        INTEGER NOT NULL,
  sub           INTEGER,
  decode        INTEGER NOT NULL
) STRICT;

-- Which row stands for a duplicate, and the custody entry that found it so.
CREATE TABLE duplicate(
  event    INTEGER PRIMARY KEY,
  survivor INTEGER NOT NULL,
  seq      INTEGER NOT NULL
) STRICT;

-- Which member stands for one whose records it repeats, and the custody entry that found it so. Only
-- members of formats without ids are compared as a whole; all rows of the duplicate are hidden.
CREATE TABLE duplicate_member(
  member   INTEGER PRIMARY KEY,
  survivor INTEGER NOT NULL,
  seq      INTEGER NOT NULL
) STRICT;

-- Roll-ups over visible rows, kept by import, duplicates and withdrawal.
CREATE TABLE minute(
  minute INTEGER NOT NULL,                  -- UTC minutes since 1970
  type   INTEGER NOT NULL,
  count  INTEGER NOT NULL,
  PRIMARY KEY(minute,type)
) STRICT, WITHOUT ROWID;

CREATE TABLE flow_pair(
  src_ip  INTEGER NOT NULL,                 -- 0: absent
  dst_ip  INTEGER NOT NULL,
  flows   INTEGER NOT NULL,
  bytes   INTEGER NOT NULL,
  packets INTEGER NOT NULL,
  first   INTEGER,
  last    INTEGER,
  PRIMARY KEY(src_ip,dst_ip)
) STRICT, WITHOUT ROWID;

CREATE TABLE flow_hour(
  hour    INTEGER NOT NULL,                 -- UTC hours since 1970, -1: undated
  src_ip  INTEGER NOT NULL,
  dst_ip  INTEGER NOT NULL,
  flows   INTEGER NOT NULL,
  bytes   INTEGER NOT NULL,
  packets INTEGER NOT NULL,
  first   INTEGER,
  last    INTEGER,
  PRIMARY KEY(hour,src_ip,dst_ip)
) STRICT, WITHOUT ROWID;

-- Work that an interrupted command left to be done; opening for writing does it.
CREATE TABLE pending(
  task TEXT PRIMARY KEY
) STRICT;
