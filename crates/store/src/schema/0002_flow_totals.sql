-- Version 2 of the case file: totals of flows a source and a destination, beside those a pair.
-- These tables and flow_pair have secondary indexes by bytes.

CREATE TABLE flow_source(
  src_ip  INTEGER PRIMARY KEY,              -- 0: absent
  flows   INTEGER NOT NULL,
  bytes   INTEGER NOT NULL,
  packets INTEGER NOT NULL,
  first   INTEGER,
  last    INTEGER
) STRICT;

CREATE TABLE flow_destination(
  dst_ip  INTEGER PRIMARY KEY,              -- 0: absent
  flows   INTEGER NOT NULL,
  bytes   INTEGER NOT NULL,
  packets INTEGER NOT NULL,
  first   INTEGER,
  last    INTEGER
) STRICT;

-- What the case holds already. Sums stop growing at 9e18 and are made of two parts, as sum() fails
-- beyond 64 bits.
INSERT INTO flow_source SELECT src_ip, sum(flows),
  CASE WHEN sum(bytes>>31)>4190951585 THEN 9000000000000000000
    ELSE min(sum(bytes>>31)*2147483648+sum(bytes&2147483647),9000000000000000000) END,
  CASE WHEN sum(packets>>31)>4190951585 THEN 9000000000000000000
    ELSE min(sum(packets>>31)*2147483648+sum(packets&2147483647),9000000000000000000) END,
  min(first), max(last) FROM flow_pair GROUP BY src_ip;

INSERT INTO flow_destination SELECT dst_ip, sum(flows),
  CASE WHEN sum(bytes>>31)>4190951585 THEN 9000000000000000000
    ELSE min(sum(bytes>>31)*2147483648+sum(bytes&2147483647),9000000000000000000) END,
  CASE WHEN sum(packets>>31)>4190951585 THEN 9000000000000000000
    ELSE min(sum(packets>>31)*2147483648+sum(packets&2147483647),9000000000000000000) END,
  min(first), max(last) FROM flow_pair GROUP BY dst_ip;
