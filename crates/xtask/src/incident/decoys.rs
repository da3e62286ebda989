//! What looks bad and is not: a careful reader accuses none of these.

use serde_json::json;

use super::company::{self, EDGE, HOME, PRODUCTION, person, production, recorded};
use super::life::sign_in;
use crate::cloudtrail::{Call, Caller, Event, Session};
use crate::draw::Draw;
use crate::moment::at;

/// The address that the contracted tester declared.
pub const TESTER: &str = "198.51.100.180";
/// Exits of the VPN through which another Mira travels.
pub const VPN: [&str; 3] = ["192.0.2.140", "192.0.2.157", "192.0.2.171"];

/// All of it.
pub fn events() -> Vec<Event> {
    let mut out = Vec::new();
    tester(&mut out);
    traveller(&mut out);
    rotation(&mut out);
    out
}

/// A contracted tester is refused, from the address agreed on.
fn tester(out: &mut Vec<Event>) {
    let mut draw = Draw::new("tester");
    let key = format!("AKIA{}", Draw::new("the key of the tester").key(16));
    let caller = Caller::user(
        PRODUCTION,
        "contractor-harbourlight",
        &key,
        TESTER,
        "aws-cli/2.28.6 md/awscrt#0.27.4 ua/2.1 os/linux#6.12.38-kali-amd64 lang/python#3.13.5",
    );
    for day in [
        "2026-09-14T13:00:00Z",
        "2026-09-15T03:20:00Z",
        "2026-09-16T13:00:00Z",
    ] {
        for n in 0..24 {
            let (service, action) = *draw.pick(&[
                ("iam", "ListUsers"),
                ("iam", "CreateUser"),
                ("s3", "ListBuckets"),
                ("iam", "AttachUserPolicy"),
                ("sts", "GetSessionToken"),
                ("iam", "ListRoles"),
            ]);
            let message = format!(
                "User: {} is not authorized to perform: {service}:{action} with an explicit deny \
                 in an identity-based policy",
                caller.actor
            );
            let call = Call::read(service, action).refused("AccessDenied", &message);
            let time = at(day) + n * 47 + draw.between(0, 30);
            out.push(call.made(&recorded(service, HOME), time, &caller, &mut draw));
        }
    }
}

/// `mira.kovacs`, not `mira.kovac`, travels: three exits of a VPN within hours.
fn traveller(out: &mut Vec<Event>) {
    let mut draw = Draw::new("traveller");
    let mira = person("mira.kovacs");
    for (n, exit) in VPN.iter().enumerate() {
        let begin = at("2026-09-15T06:40:00Z") + n as i64 * 7_300;
        let caller = company::at_work(mira, begin).from(exit);
        out.push(sign_in(mira, begin, &caller, &mut draw));
        for _ in 0..20 {
            let time = begin + draw.between(20, 6_000);
            let call = super::calls::analysis(&mut draw);
            out.push(call.made(&production(HOME), time, &caller, &mut draw));
        }
    }
}

/// An administrator rotates a key, days before.
fn rotation(out: &mut Vec<Event>) {
    let mut draw = Draw::new("rotation");
    let tomas = person("tomas.berg");
    let begin = at("2026-09-11T08:12:00Z");
    let role = crate::cloudtrail::Role::new(PRODUCTION, tomas.role);
    let caller = Caller::session(
        &role,
        &Session::new(&tomas.mail(), begin),
        tomas.from,
        tomas.agent,
    );
    let (old, new) = (
        format!("AKIA{}", draw.key(16)),
        format!("AKIA{}", draw.key(16)),
    );
    let user = "svc-telemetry";
    let steps = [
        (0, Call::write("iam", "CreateAccessKey").request(json!({"userName": user})).response(json!({
            "accessKey": {"userName": user, "accessKeyId": new, "status": "Active", "createDate": "Sep 11, 2026, 8:12:00 AM"}
        }))),
        (1_500, Call::write("iam", "UpdateAccessKey")
            .request(json!({"userName": user, "accessKeyId": old, "status": "Inactive"}))),
        (88_000, Call::write("iam", "DeleteAccessKey")
            .request(json!({"userName": user, "accessKeyId": old}))),
    ];
    for (after, call) in steps {
        out.push(call.made(&production(EDGE), begin + after, &caller, &mut draw));
    }
}
