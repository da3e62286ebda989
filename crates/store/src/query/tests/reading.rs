//! The forms that values take.

use proptest::prelude::*;
use vestige_model::Field;

use crate::query::expr::{Expr, Value};
use crate::query::{DEPTH, parse};

/// Field and spelling of a query of one term.
fn text(query: &str) -> (Field, String) {
    match parse(query).map(|query| query.expr) {
        Ok(Expr::Field(field, values)) => match values.as_slice() {
            [Value::Text(pattern)] => (field, pattern.spelling().to_owned()),
            other => panic!("{query}: {other:?}"),
        },
        other => panic!("{query}: {other:?}"),
    }
}

#[test]
fn values_need_quotes_only_where_they_have_blanks() {
    for (query, field, spelling) in [
        (
            "actor.id:arn:aws:iam::123456789012:user/mira",
            Field::ActorId,
            "arn:aws:iam::123456789012:user/mira",
        ),
        (
            "actor.id:arn:aws:sts::*:assumed-role/*/x",
            Field::ActorId,
            "arn:aws:sts::*:assumed-role/*/x",
        ),
        ("src.ip:2001:DB8:0::1", Field::SrcIp, "2001:db8::1"),
        ("src.ip:::1", Field::SrcIp, "::1"),
        ("src.ip:2001:db8:*", Field::SrcIp, "2001:db8:*"),
        (
            "src.ip:EC2.amazonaws.com",
            Field::SrcIp,
            "EC2.amazonaws.com",
        ),
        (
            "time_raw:2026-11-01T10:22:05+02:00",
            Field::TimeRaw,
            "2026-11-01T10:22:05+02:00",
        ),
        (
            "resource.name:/aws/lambda/x",
            Field::ResourceName,
            "/aws/lambda/x",
        ),
        ("resource.name:/a/", Field::ResourceName, "/a/"),
        ("actor.name:CORP\\mira", Field::ActorName, "CORP\\\\mira"),
        (
            "actor.name:\"CORP\\mira\"",
            Field::ActorName,
            "CORP\\\\mira",
        ),
        ("action: GetObject", Field::Action, "GetObject"),
        ("ACTION:GetObject", Field::Action, "GetObject"),
        ("agent:\"aws cli/2.*\"", Field::Agent, "aws cli/2.\\*"),
        ("agent:'it \"is\"'", Field::Agent, "it \"is\""),
        ("agent:\"a \\\"b\\\" c\"", Field::Agent, "a \"b\" c"),
        ("agent:a\\ b", Field::Agent, "a b"),
        ("agent:a\\*b*", Field::Agent, "a\\*b*"),
        ("agent:\"\"", Field::Agent, ""),
        ("agent:Mozilla/5.0^2~1", Field::Agent, "Mozilla/5.0^2~1"),
        ("agent:O'Brien", Field::Agent, "O'Brien"),
        ("agent:-x", Field::Agent, "-x"),
        ("agent:{a", Field::Agent, ""),
        ("evidence:1", Field::Evidence, "EV-0001"),
        ("evidence:ev-12", Field::Evidence, "EV-0012"),
        ("evidence:EV-00*", Field::Evidence, "EV-00*"),
        ("region:IN", Field::Region, "IN"),
    ] {
        if spelling.is_empty() && query.contains('{') {
            assert!(parse(query).is_err(), "{query}");
            continue;
        }
        assert_eq!(text(query), (field, spelling.to_owned()), "{query}");
    }
}

#[test]
fn lists_and_ranges_are_read() {
    let field = |query: &str| match parse(query).map(|query| query.expr) {
        Ok(Expr::Field(_, values)) => values,
        other => panic!("{query}: {other:?}"),
    };
    assert_eq!(field("action: IN [a \"b c\" d*]").len(), 3);
    assert_eq!(field("action:IN[a]").len(), 1);
    assert_eq!(field("outcome:*e*").len(), 3);
    for (query, low, high) in [
        ("bytes:[1 TO 5]", 1, 5),
        ("bytes:{1 TO 5}", 2, 4),
        ("bytes:[1 TO 5}", 1, 4),
        ("bytes:>5", 6, u64::MAX),
        ("bytes:>= 5", 5, u64::MAX),
        ("bytes:<5", 0, 4),
        ("bytes:<=5", 0, 5),
        ("bytes:[* TO 5]", 0, 5),
        ("bytes:(>5)", 6, u64::MAX),
        ("protocol:TCP", 6, 6),
        ("protocol:17", 17, 17),
        ("bytes:<0", 1, 0),
    ] {
        assert_eq!(field(query), [Value::Number(low, high)], "{query}");
    }
    let stretch = |query: &str| match field(query).as_slice() {
        [Value::Time(stretch)] => *stretch,
        other => panic!("{query}: {other:?}"),
    };
    assert_eq!(
        stretch("time:2026-11-01"),
        stretch("time:[2026-11-01T00 TO 2026-11-01T23]")
    );
    assert_eq!(
        stretch("time:2026-11"),
        stretch("time:[2026-11-01 TO \"2026-11-30\"]")
    );
    assert_eq!(stretch("time:>2026-11-01"), stretch("time:>=2026-11-02"));
    assert_eq!(stretch("time:<2026-11-02"), stretch("time:<=2026-11-01"));
    assert_eq!(
        stretch("time:2026-11-01T10:22:05+02:00"),
        stretch("time:\"2026-11-01 08:22:05Z\"")
    );
    assert_eq!(field("time:none"), [Value::Absent]);
    assert_eq!(field("time:[* TO *]"), [Value::Present]);
    assert_eq!(field("agent:*"), [Value::Present]);
    assert_eq!(parse("kind:*").unwrap().expr, Expr::All);
}

#[test]
fn bare_words_and_phrases_are_for_the_bytes() {
    let query = parse("AKIA1 \"two words\" OR NOT 2001:db8::1 'AKIA1' \"a*\" CORP\\x").unwrap();
    assert_eq!(
        query.phrases(),
        ["AKIA1", "two words", "2001:db8::1", "a*", "CORP\\x"]
    );
}

#[test]
fn the_scope_of_a_query_has_no_phrases() {
    for (query, scope) in [
        ("action:a \"x\"", "action:a"),
        ("action:a OR \"x\"", ""),
        ("NOT \"x\"", ""),
        ("action:a NOT \"x\"", "action:a"),
        ("NOT (action:a OR \"x\")", "NOT action:a"),
        ("NOT (action:a \"x\")", ""),
        ("(action:a \"x\") OR action:b", "action:a OR action:b"),
        ("NOT (action:a OR NOT \"x\")", "NOT action:a"),
    ] {
        assert_eq!(
            parse(query).unwrap().scope(),
            parse(scope).unwrap(),
            "{query}"
        );
    }
}

#[test]
fn depth_is_bounded_and_the_bound_can_be_reached() {
    let nested = |open: &str, depth| format!("{}action:a{}", open.repeat(depth), ")".repeat(depth));
    assert!(parse(&nested("(", DEPTH)).is_ok());
    assert!(parse(&nested("NOT (", DEPTH)).is_ok());
    assert!(parse(&nested("action:(", DEPTH)).is_ok());
    for open in ["(", "NOT (", "-(", "action:("] {
        let problems = parse(&nested(open, 10_000)).unwrap_err();
        assert_eq!(
            problems[0].message,
            "parentheses are nested more than 50 deep"
        );
    }
    assert!(parse("NOT ".repeat(10_001).replace("NOT ", "NOT  ").trim_end()).is_err());
    assert!(parse(&format!("{}action:a", "NOT ".repeat(10_000))).is_ok());
}

#[test]
fn long_queries_are_read_in_reasonable_time() {
    let started = std::time::Instant::now();
    let many = "action:a OR ".repeat(2_000) + "action:b";
    assert!(parse(&many).is_ok());
    let list = format!("src.ip: IN [{}]", "192.0.2.1 ".repeat(50_000));
    assert!(parse(&list).is_ok());
    assert!(parse(&"x ".repeat(4_001)).is_err());
    assert!(parse(&"x".repeat(2 << 20)).is_err());
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn no_text_panics_or_loses_its_place(text in ".{0,40}") {
        check(&text)?;
    }

    #[test]
    fn no_mix_of_the_languages_own_signs_panics(text in "(action:|time:|bytes:|src.ip:|[a-c]|[\\[\\]{}()\"'\\\\*?<>=:+!^~/-]| |IN|TO|OR|NOT |AND|1|é){0,16}") {
        check(&text)?;
    }

    #[test]
    fn a_quoted_value_is_exactly_that(value in "[^\\\\\"]{1,30}") {
        let query = parse(&format!("agent:\"{value}\"")).unwrap();
        let expected = Value::Text(crate::query::pattern::Pattern::literal(&value));
        prop_assert_eq!(query.expr, Expr::Field(Field::Agent, vec![expected]));
    }
}

fn check(text: &str) -> Result<(), TestCaseError> {
    if let Err(problems) = parse(text) {
        prop_assert!(!problems.is_empty());
        for problem in problems {
            let end = problem.position + problem.length;
            prop_assert!(text.get(problem.position..end).is_some(), "{:?}", problem);
            prop_assert!(!problem.message.is_empty() && !problem.hint.is_empty());
            let _ = problem.pointing(text);
        }
    }
    Ok(())
}
