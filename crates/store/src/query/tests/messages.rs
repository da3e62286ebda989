//! What the user reads where a query is wrong, with the place.

use crate::query::parse;

/// Query, text at the place, message, hint.
const GOLDEN: &[[&str; 4]] = &[
    [
        "actoin:GetObject",
        "actoin",
        "there is no field actoin",
        "did you mean action?",
    ],
    [
        "service:s3 eventName:x",
        "eventName",
        "there is no field eventName",
        "did you mean action?",
    ],
    [
        "arn:aws:s3:::b",
        "arn",
        "there is no field arn",
        "to search the bytes for it write \"arn:aws:s3:::b\"",
    ],
    [
        "zebra:1",
        "zebra",
        "there is no field zebra",
        "to search the bytes for it write \"zebra:1\"",
    ],
    [
        "action:a AND",
        "AND",
        "nothing stands after AND",
        "write a term after it, or leave it out",
    ],
    [
        "OR action:a",
        "OR",
        "nothing stands before OR",
        "write a term before it, or quote it to search for the word",
    ],
    [
        "action:a OR OR action:b",
        "OR",
        "nothing stands before OR",
        "write a term before it, or quote it to search for the word",
    ],
    [
        "NOT",
        "NOT",
        "nothing stands after NOT",
        "write a term after it, or leave it out",
    ],
    [
        "action:a NOT",
        "NOT",
        "nothing stands after NOT",
        "write a term after it, or leave it out",
    ],
    [
        "(action:a",
        "(",
        "'(' is never closed",
        "write ')' where the group ends",
    ],
    [
        "action:a)",
        ")",
        "')' closes nothing",
        "leave it out, or quote a text that has it",
    ],
    [
        "()",
        ")",
        "the parentheses are empty",
        "write a term between them, or leave them out",
    ],
    [
        "action:()",
        ")",
        "the parentheses are empty",
        "write a term between them, or leave them out",
    ],
    [
        "action:",
        "",
        "no value stands after action:",
        "write a value after the colon, or action:* for any",
    ],
    [
        "action: OR action:b",
        "",
        "no value stands after action:",
        "write a value after the colon, or action:* for any",
    ],
    [
        "service: NOT s3",
        "",
        "no value stands after service:",
        "write NOT before the field: NOT service:value",
    ],
    [
        "- action:a",
        "-",
        "nothing stands after -",
        "write the term right after it, or quote it to search for the sign",
    ],
    [
        "+action:a",
        "+",
        "'+' is no operator here",
        "leave it out, as all terms are required already, or quote a text that begins with it",
    ],
    [
        "action:a or action:b",
        "or",
        "or in small letters is no operator",
        "write OR to join, or \"or\" to search for the word",
    ],
    [
        "not action:a",
        "not",
        "not in small letters is no operator",
        "write NOT to join, or \"not\" to search for the word",
    ],
    [
        "\"never closed",
        "\"",
        "the quote \" is never closed",
        "write \" where the text ends, and \\\" for one inside it",
    ],
    [
        "agent:'x",
        "'",
        "the quote ' is never closed",
        "write ' where the text ends, and \\' for one inside it",
    ],
    [
        "agent:\"a\"b",
        "b",
        "a quote closes in the middle of a word",
        "write a blank after it, or \\\" for a quote inside the text",
    ],
    [
        "agent:a\"b",
        "\"",
        "\" stands inside a word",
        "put the whole value into quotes, or write a blank before it",
    ],
    [
        "agent:f(x)",
        "(",
        "( stands inside a word",
        "put the whole value into quotes, or write a blank before it",
    ],
    [
        "[1 TO 2]",
        "[",
        "a range stands without a field",
        "write the field before it, as in time:[2026-11-01 TO 2026-11-03] or bytes:>1000",
    ],
    [
        ">5",
        ">",
        "a range stands without a field",
        "write the field before it, as in time:[2026-11-01 TO 2026-11-03] or bytes:>1000",
    ],
    [
        "time:[2026-11-01 2026-11-03]",
        "[2026-11-01 ",
        "TO is missing in the range",
        "write [from TO to], with * where an end is open",
    ],
    [
        "time:[2026-11-01 TO 2026-11-03",
        "[2026-11-01 TO 2026-11-03",
        "the range is never closed",
        "write [from TO to], with * where an end is open",
    ],
    [
        "time:[TO 2026-11-03]",
        "[TO ",
        "TO is missing in the range",
        "write [from TO to], with * where an end is open",
    ],
    [
        "time:[2026-11-03 TO 2026-11-01]",
        "2026-11-03 TO 2026-11-01",
        "the range ends before it begins",
        "write the smaller value first",
    ],
    [
        "time:[2026-* TO *]",
        "2026-*",
        "a wild card stands in a range",
        "write a whole value, or * alone for an open end",
    ],
    [
        "time:>",
        ">",
        "no value stands after >",
        "write a number, a time or an address after it",
    ],
    [
        "time:>*",
        "*",
        "> needs a value",
        "write field:* for any value",
    ],
    [
        "time:yesterday",
        "yesterday",
        "\"yesterday\" is no time for time",
        "write 2026-11-01 for a day, 2026-11-01T10 for an hour, or 2026-11-01T10:22:05Z",
    ],
    [
        "time:2026-11-*",
        "2026-11-*",
        "wild cards do not work on time",
        "write 2026-11-01 for a day, 2026-11-01T10 for an hour, or 2026-11-01T10:22:05Z",
    ],
    [
        "time:2026-02-30",
        "2026-02-30",
        "\"2026-02-30\" is no time for time",
        "write 2026-11-01 for a day, 2026-11-01T10 for an hour, or 2026-11-01T10:22:05Z",
    ],
    [
        "ingested:none",
        "none",
        "\"none\" is no time for ingested",
        "write 2026-11-01 for a day, 2026-11-01T10 for an hour, or 2026-11-01T10:22:05Z",
    ],
    [
        "bytes:many",
        "many",
        "\"many\" is no number for bytes",
        "it takes a whole number or a range of them, without unit or sign",
    ],
    [
        "bytes:1k",
        "1k",
        "\"1k\" is no number for bytes",
        "it takes a whole number or a range of them, without unit or sign",
    ],
    [
        "bytes:1*",
        "1*",
        "wild cards do not work on bytes",
        "write a range, as in bytes:[1 TO 9] or bytes:>9",
    ],
    [
        "bytes:99999999999999999999",
        "99999999999999999999",
        "\"99999999999999999999\" is no number for bytes",
        "it takes a whole number or a range of them, without unit or sign",
    ],
    [
        "bytes:[5 TO 1]",
        "5 TO 1",
        "the range ends before it begins",
        "write the smaller value first",
    ],
    [
        "protocol:tpc",
        "tpc",
        "\"tpc\" is no protocol",
        "write its IANA number from 0 to 255, or one of icmp, igmp, ipv4, tcp, udp, ipv6, gre, esp, ah, icmp6, ospf, sctp",
    ],
    [
        "protocol:300",
        "300",
        "\"300\" is no protocol",
        "write its IANA number from 0 to 255, or one of icmp, igmp, ipv4, tcp, udp, ipv6, gre, esp, ah, icmp6, ospf, sctp",
    ],
    [
        "outcome:sucess",
        "sucess",
        "outcome is never \"sucess\"",
        "did you mean success? It is one of success, failure, denied, unknown",
    ],
    [
        "outcome:xyzzyx",
        "xyzzyx",
        "outcome is never \"xyzzyx\"",
        "it is one of success, failure, denied, unknown",
    ],
    [
        "kind:*z",
        "*z",
        "kind is never \"*z\"",
        "it is one of event, flow, resource",
    ],
    [
        "action:[a TO b]",
        "action:[a TO b]",
        "action has no order, so it has no ranges",
        "it takes text, with * and ? as wild cards; ranges are for times, numbers and addresses",
    ],
    [
        "action:>5",
        "action:>5",
        "action has no order, so it has no ranges",
        "it takes text, with * and ? as wild cards; ranges are for times, numbers and addresses",
    ],
    [
        "id:>x",
        "id:>x",
        "id has no order, so it has no ranges",
        "it takes a whole event id; ranges are for times, numbers and addresses",
    ],
    [
        "id:abc",
        "abc",
        "\"abc\" is no event id",
        "an id has 16 hex digits, member ordinals and an offset, as in 3f2a90c4d5e6f708.0.1832; the source's own ids are in event_id",
    ],
    [
        "id:3f2a90c4d5e6f708.0.*",
        "3f2a90c4d5e6f708.0.*",
        "wild cards do not work on id",
        "it takes a whole event id",
    ],
    [
        "src.ip:10.0.0.0/33",
        "10.0.0.0/33",
        "\"10.0.0.0/33\" is no network",
        "src.ip takes an address, a network as in 10.0.0.0/8, or a range of addresses",
    ],
    [
        "src.ip:300.1.1.1",
        "300.1.1.1",
        "\"300.1.1.1\" is no address",
        "src.ip takes an address, a network as in 10.0.0.0/8, or a range of addresses",
    ],
    [
        "src.ip:2001:db8::1::2",
        "2001:db8::1::2",
        "\"2001:db8::1::2\" is no address",
        "src.ip takes an address, a network as in 10.0.0.0/8, or a range of addresses",
    ],
    [
        "src.ip:[10.0.0.1 TO *]",
        "src.ip:[10.0.0.1 TO *]",
        "a range of addresses needs both ends, both included",
        "write [192.0.2.1 TO 192.0.2.9], or a network as in 192.0.2.0/24",
    ],
    [
        "src.ip:[10.0.0.1 TO ::1]",
        "src.ip:[10.0.0.1 TO ::1]",
        "the ends are IPv4 and IPv6",
        "write two ranges and join them with OR",
    ],
    [
        "src.ip:[a TO b]",
        "a",
        "\"a\" is no address",
        "src.ip takes an address, a network as in 10.0.0.0/8, or a range of addresses",
    ],
    [
        "src.ip:>10.0.0.1",
        "src.ip:>10.0.0.1",
        "a range of addresses needs both ends, both included",
        "write [192.0.2.1 TO 192.0.2.9], or a network as in 192.0.2.0/24",
    ],
    [
        "action: IN [a, b]",
        ",",
        "a comma ends a value of the list",
        "separate the values of a list with blanks; quote a value that has a comma",
    ],
    [
        "action: IN [a",
        "IN [a",
        "the list is never closed",
        "write IN [a b c]",
    ],
    [
        "action: IN []",
        "IN [",
        "the list is empty",
        "write IN [a b c]",
    ],
    [
        "AKIA*",
        "AKIA*",
        "wild cards do not work in a search of the bytes",
        "leave them out, as the text is found anywhere, or quote them, or name a field before them",
    ],
    [
        "\"\"",
        "\"\"",
        "there is nothing to search for",
        "write the text between the quotes",
    ],
    [
        "actoin:x outcom:y",
        "actoin",
        "there is no field actoin",
        "did you mean action?",
    ],
    [
        "a\nagent:x é:1 tiem:2026",
        "tiem",
        "there is no field tiem",
        "did you mean time?",
    ],
    [
        "mark:evil",
        "evil",
        "mark is never \"evil\"",
        "it is one of bad, suspicious, good",
    ],
    [
        "tag:c2 mark:suspicous",
        "suspicous",
        "mark is never \"suspicous\"",
        "did you mean suspicious? It is one of bad, suspicious, good",
    ],
    [
        "starred:yes",
        "yes",
        "starred is never \"yes\"",
        "it is one of true, false",
    ],
    [
        "tag:[a TO b]",
        "tag:[a TO b]",
        "tag has no order, so it has no ranges",
        "it takes text, with * and ? as wild cards; ranges are for times, numbers and addresses",
    ],
    [
        "tags:c2",
        "tags",
        "there is no field tags",
        "did you mean tag?",
    ],
];

#[test]
fn messages_say_where_and_what_would_be_right() {
    for [query, place, message, hint] in GOLDEN {
        let problem = &parse(query).expect_err(query)[0];
        let found = &query[problem.position..problem.position + problem.length];
        assert_eq!(
            [found, &problem.message, &problem.hint],
            [*place, *message, *hint],
            "{query}"
        );
    }
}

#[test]
fn every_wrong_term_is_told() {
    let problems = parse("actoin:x outcome:y OR (bytes:z)").unwrap_err();
    let places: Vec<usize> = problems.iter().map(|problem| problem.position).collect();
    assert_eq!(places, [0, 17, 29]);
}
