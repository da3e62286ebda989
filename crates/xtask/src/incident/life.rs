//! Seven days of ordinary life: people at work, machines, the pipeline, the backup, a vendor.

use serde_json::json;

use super::calls;
use super::company::{
    self, BACKUP_USER, EDGE, HOME, LOG_ARCHIVE, LOG_BUCKET, MACHINES, Machine, NAT, PEOPLE,
    PRODUCTION, PROVIDER, Person, TELEMETRY, VENDOR, days, production, recorded, working_day,
};
use crate::cloudtrail::{Call, Caller, Event, Place, Role, Session};
use crate::draw::Draw;

/// Bytes that the backup reads in a night, in few objects.
pub const BACKUP_BYTES: u64 = 46_800_000_000;
/// Objects that the backup reads in a night.
pub const BACKUP_OBJECTS: u64 = 117;
/// Hour of the night (UTC) at which the backup starts.
const BACKUP_HOUR: i64 = 1;

const HOUR: i64 = 3600;

/// All of it, in no particular order.
pub fn events() -> Vec<Event> {
    let mut out = Vec::new();
    for day in days() {
        people(day, &mut out);
        machines(day, &mut out);
        services(day, &mut out);
        edge(day, &mut out);
        backup(day, &mut out);
        pipeline(day, &mut out);
        vendor(day, &mut out);
        archive(day, &mut out);
    }
    out
}

fn people(day: i64, out: &mut Vec<Event>) {
    for person in PEOPLE.iter().filter(|_| working_day(day)) {
        let mut draw = Draw::new(&format!("work {} {day}", person.name));
        // Nobody starts before midnight UTC, not even in Tokyo: the story has seven days.
        let begin = (day + (9 - person.zone) * HOUR + draw.between(-2400, 2400)).max(day + 90);
        let caller = company::at_work(person, begin);
        out.push(sign_in(person, begin, &caller, &mut draw));
        for _ in 0..draw.between(45, 95) {
            let time = begin + draw.between(30, 8 * HOUR);
            let call = work(person, &mut draw);
            let place = recorded(call.service(), calls::region(&mut draw));
            out.push(call.made(&place, time, &caller, &mut draw));
        }
    }
}

fn work(person: &Person, draw: &mut Draw) -> Call {
    match person.role {
        "DataEngineer" => calls::engineering(draw),
        "Analyst" => calls::analysis(draw),
        "PlatformAdmin" => calls::administration(draw),
        "Auditor" => calls::audit(draw),
        _ => calls::development(draw),
    }
}

/// A person of the company comes in through the identity provider.
pub fn sign_in(person: &Person, time: i64, session: &Caller, draw: &mut Draw) -> Event {
    let role = Role::new(PRODUCTION, person.role);
    let outside = Caller::saml(PROVIDER, &person.mail(), &session.from, &session.agent);
    Call::read("sts", "AssumeRoleWithSAML")
        .request(json!({
            "sAMLAssertionID": format!("_{}", draw.hex(32)), "roleSessionName": person.mail(),
            "durationSeconds": 43_200, "roleArn": role.arn(), "principalArn": PROVIDER
        }))
        .response(json!({
            "subjectType": "unspecified", "issuer": "https://aurelia.example/saml",
            "credentials": {
                "accessKeyId": session.credential, "sessionToken": calls::token(draw),
                "expiration": "Sep 17, 2026, 1:00:00 AM"
            },
            "nameQualifier": "kBZ7lHxnQyDf0YlZ2cYlN6nRkqA=",
            "assumedRoleUser": {
                "assumedRoleId": format!("{}:{}", role.id, person.mail()),
                "arn": role.session_arn(&person.mail())
            },
            "subject": person.mail(), "audience": "https://signin.aws.amazon.com/saml"
        }))
        .resources(
            PRODUCTION,
            &[
                ("AWS::IAM::Role", &role.arn()),
                ("AWS::IAM::SAMLProvider", PROVIDER),
            ],
        )
        .made(&production(HOME), time, &outside, draw)
}

/// Instances with a role: secrets, keys, and telemetry written.
fn machines(day: i64, out: &mut Vec<Event>) {
    let role = Role::new(PRODUCTION, "telemetry-gateway");
    let place = production(HOME);
    for machine in (0..MACHINES).map(Machine) {
        let mut draw = Draw::new(&format!("machine {machine} {day}"));
        for hour in 0..24 {
            let start = day + hour * HOUR;
            let created = day + hour / 6 * 6 * HOUR + 17;
            let session = Session::new(&machine.instance(), created).on_instance();
            let caller = Caller::session(
                &role,
                &session,
                NAT,
                "aws-sdk-rust/1.3.9 ua/2.1 api/s3/1.103.0 os/linux lang/rust/1.89.0",
            );
            for _ in 0..draw.between(3, 6) {
                let time = start + draw.between(20, HOUR - 1);
                let call = match draw.below(4) {
                    0 => calls::secret("telemetry/index"),
                    1 => calls::decrypt(&place, TELEMETRY, &mut draw),
                    _ => {
                        let key = calls::telemetry_key(&mut draw);
                        let bytes = 150_000 + draw.below(2_500_000);
                        calls::object("PutObject", TELEMETRY, &key, bytes, &mut draw)
                    }
                };
                out.push(call.made(&place, time, &caller, &mut draw));
            }
        }
    }
}

/// What services of AWS do on the account's behalf.
fn services(day: i64, out: &mut Vec<Event>) {
    let mut draw = Draw::new(&format!("services {day}"));
    let place = production(HOME);
    for _ in 0..24 * 22 {
        let time = day + draw.between(0, 86_399);
        let (host, role) = *draw.pick(&[
            ("lambda.amazonaws.com", "ingest-telemetry"),
            ("ecs-tasks.amazonaws.com", "web-task"),
            (
                "config.amazonaws.com",
                "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
            ),
            (
                "autoscaling.amazonaws.com",
                "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
            ),
        ]);
        let caller = Caller::service(host);
        let arn = format!("arn:aws:iam::{PRODUCTION}:role/{role}");
        let (name, key) = (draw.hex(12), format!("ASIA{}", draw.key(16)));
        let call = match draw.below(5) {
            0 => Call::write("logs", "CreateLogStream").request(json!({
                "logGroupName": "/aws/lambda/ingest-telemetry",
                "logStreamName": format!("[$LATEST]{}", draw.hex(24))
            })),
            1 => calls::describe(&mut draw),
            _ => calls::assume(&arn, &name, &key, &mut draw),
        };
        out.push(call.made(&place, time, &caller, &mut draw));
    }
}

/// Functions at the edge.
fn edge(day: i64, out: &mut Vec<Event>) {
    let mut draw = Draw::new(&format!("edge {day}"));
    let role = Role::new(PRODUCTION, "edge-redirect");
    for _ in 0..24 * 7 {
        let time = day + draw.between(0, 86_399);
        let session = Session::new("edge-redirect", time - time % (12 * HOUR));
        let caller = Caller::session(
            &role,
            &session,
            "192.0.2.18",
            "aws-sdk-js/3.876.0 ua/2.1 os/linux#5.10 lang/js md/nodejs#22.18.0",
        );
        let call = match draw.below(3) {
            0 => Call::write("logs", "CreateLogStream").request(json!({
                "logGroupName": "/aws/lambda/us-east-1.edge-redirect",
                "logStreamName": format!("[1]{}", draw.hex(24))
            })),
            1 => {
                Call::read("cloudfront", "GetDistribution").request(json!({"id": "E2QWRUHAPOMQZL"}))
            }
            _ => Call::read("sts", "GetCallerIdentity"),
        };
        out.push(call.made(&production(EDGE), time, &caller, &mut draw));
    }
}

/// The nightly backup: more bytes than the thief takes, in far fewer objects.
fn backup(day: i64, out: &mut Vec<Event>) {
    let mut draw = Draw::new(&format!("backup {day}"));
    let start = day + BACKUP_HOUR * HOUR + 5;
    let caller = Caller::user(
        PRODUCTION,
        BACKUP_USER,
        &company::backup_key(),
        NAT,
        "aws-cli/1.42.22 md/Botocore#1.40.22 ua/2.1 os/linux#6.1.0-38-amd64 md/arch#x86_64 lang/python#3.11.2 exec-env/cron",
    );
    let place = production(HOME);
    let each = BACKUP_BYTES / BACKUP_OBJECTS;
    out.push(Call::read("sts", "GetCallerIdentity").made(&place, start, &caller, &mut draw));
    for n in 0..BACKUP_OBJECTS {
        let key = format!(
            "monthly/2026-{:02}/archive-{n:03}.tar.zst",
            1 + draw.below(8)
        );
        let call = calls::object("GetObject", TELEMETRY, &key, each, &mut draw);
        out.push(call.made(&place, start + 10 + n as i64 * 19, &caller, &mut draw));
    }
}

/// Deployments on working days.
fn pipeline(day: i64, out: &mut Vec<Event>) {
    let mut draw = Draw::new(&format!("pipeline {day}"));
    let deployments = if working_day(day) {
        draw.between(8, 13)
    } else {
        draw.between(0, 2)
    };
    for n in 0..deployments {
        let start = day + draw.between(7 * HOUR, 22 * HOUR);
        deploy(
            &format!("deploy-{}", 5400 + day / 86_400 % 100 * 15 + n),
            start,
            &mut draw,
            out,
        );
    }
}

fn deploy(name: &str, start: i64, draw: &mut Draw, out: &mut Vec<Event>) {
    let (role, place) = (company::deploy_role(), production(HOME));
    let session = Session::new(name, start);
    let agent = "aws-sdk-js/3.879.0 ua/2.1 os/linux#6.11.0-1018-azure lang/js md/nodejs#20.19.4 exec-env/configure-aws-credentials-for-github-actions";
    let from = format!("192.0.2.{}", draw.between(100, 115));
    let provider =
        format!("arn:aws:iam::{PRODUCTION}:oidc-provider/token.actions.githubusercontent.com");
    let subject = "repo:aurelia-robotics/platform:ref:refs/heads/main";
    let outside = Caller::web_identity(&provider, subject, &from, agent);
    out.push(
        calls::assume(&role.arn(), name, &session.key, draw)
            .renamed("AssumeRoleWithWebIdentity")
            .made(&place, start, &outside, draw),
    );
    let caller = Caller::session(&role, &session, &from, agent);
    let mut time = start;
    for step in 0..draw.between(14, 22) {
        time += draw.between(4, 25);
        let call = deployment_step(step, draw);
        out.push(call.made(&place, time, &caller, draw));
    }
}

fn deployment_step(step: i64, draw: &mut Draw) -> Call {
    match step {
        0 => Call::read("ecr", "GetAuthorizationToken").response(json!(null)),
        1..6 => Call::write("ecr", "UploadLayerPart").request(json!({
            "registryId": PRODUCTION, "repositoryName": "aurelia/web", "uploadId": draw.uuid(),
            "partFirstByte": 0, "partLastByte": draw.below(20_000_000)
        })),
        6 => Call::write("ecr", "PutImage").request(json!({
            "registryId": PRODUCTION, "repositoryName": "aurelia/web", "imageTag": draw.hex(12)
        })),
        7 => Call::write("ecs", "RegisterTaskDefinition").request(json!({
            "family": "web", "networkMode": "awsvpc", "cpu": "1024", "memory": "2048",
            "containerDefinitions": [{"name": "web", "essential": true, "image": format!(
                "{PRODUCTION}.dkr.ecr.{HOME}.amazonaws.com/aurelia/web:{}", draw.hex(12))}]
        })),
        8 => Call::write("ecs", "UpdateService").request(json!({
            "cluster": "aurelia", "service": "web", "forceNewDeployment": false,
            "taskDefinition": format!("web:{}", 300 + draw.below(90))
        })),
        9 => {
            let key = format!("web/{}.zip", draw.hex(12));
            calls::object(
                "PutObject",
                "aurelia-deploy-artifacts",
                &key,
                4_200_000,
                draw,
            )
        }
        _ => Call::read("ecs", "DescribeServices")
            .request(json!({"cluster": "aurelia", "services": ["web"]})),
    }
}

/// The vendor's role, assumed from another account with an external id.
fn vendor(day: i64, out: &mut Vec<Event>) {
    let mut draw = Draw::new(&format!("vendor {day}"));
    let role = Role::new(PRODUCTION, "BrightgaugeMonitor");
    let principal = format!(
        "AROA{}:brightgauge-collector",
        Draw::new("brightgauge").key(17)
    );
    let (place, agent) = (
        production(HOME),
        "Brightgauge-Collector/7.4 aws-sdk-go-v2/1.38.1",
    );
    for quarter in 0..96 {
        let start = day + quarter * 900 + draw.between(10, 40);
        let session = Session::new("brightgauge-collector", start);
        let outside = Caller::other_account(VENDOR, &principal, "198.51.100.200", agent);
        out.push(
            calls::assume(&role.arn(), &session.name, &session.key, &mut draw)
                .asked("externalId", "aurelia-7f3c9d21")
                .shared(&draw.uuid())
                .made(&place, start, &outside, &mut draw),
        );
        let caller = Caller::session(&role, &session, "198.51.100.200", agent);
        for step in 1..=2 {
            let call = Call::read("monitoring", "GetMetricData").request(json!({
                "maxDatapoints": 500, "metricDataQueries": "HIDDEN_DUE_TO_SECURITY_REASONS"
            }));
            out.push(call.made(&place, start + step * 3, &caller, &mut draw));
        }
    }
}

/// The log archive's own account.
fn archive(day: i64, out: &mut Vec<Event>) {
    let mut draw = Draw::new(&format!("archive {day}"));
    let (home, edge) = (Place::new(LOG_ARCHIVE, HOME), Place::new(LOG_ARCHIVE, EDGE));
    let arn = format!("arn:aws:s3:::{LOG_BUCKET}");
    for n in 0..48 {
        let time = day + n * 1800 + draw.between(0, 1700);
        let caller = Caller::service("cloudtrail.amazonaws.com");
        let call = Call::read("s3", "GetBucketAcl")
            .request(json!({"bucketName": LOG_BUCKET, "acl": "", "Host": format!("{LOG_BUCKET}.s3.{HOME}.amazonaws.com")}))
            .resources(LOG_ARCHIVE, &[("AWS::S3::Bucket", &arn)]);
        out.push(call.made(&home, time, &caller, &mut draw));
    }
    for _ in 0..6 {
        let time = day + draw.between(0, 86_399);
        let caller = Caller::service("config.amazonaws.com");
        out.push(calls::audit(&mut draw).made(&edge, time, &caller, &mut draw));
    }
    if working_day(day) {
        let role = Role::new(LOG_ARCHIVE, "LogReader");
        let person = company::person("sara.novak");
        let start = day + 9 * HOUR + draw.between(0, HOUR);
        let session = Session::new(&person.mail(), start);
        let caller = Caller::session(&role, &session, person.from, person.agent);
        for _ in 0..draw.between(8, 20) {
            let time = start + draw.between(5, 4 * HOUR);
            let call = Call::read("s3", "ListObjects").request(json!({
                "bucketName": LOG_BUCKET, "list-type": "2", "prefix": "AWSLogs/",
                "Host": format!("{LOG_BUCKET}.s3.{HOME}.amazonaws.com")
            }));
            out.push(call.made(&home, time, &caller, &mut draw));
        }
    }
}
