//! What AWS sees of the attack, and the first acts of the response.

use serde_json::{Value, json};

use super::calls;
use super::company::{
    self, ANALYTICS_FLOW_LOG, ANALYTICS_VPC, ATTACKER, BACKUP_USER, EDGE, GATEWAY, GATEWAY_GROUP,
    HOME, HOME_TRAIL, LOG_BUCKET, NEW_ANALYTICS_FLOW_LOG, OUTSIDER, PRODUCTION, SNAPSHOT,
    TELEMETRY, THIEF, person, production, recorded,
};
use super::life::sign_in;
use crate::cloudtrail::{Call, Caller, Event, Role, Session};
use crate::draw::Draw;
use crate::moment::at;

/// Objects that are stolen.
pub const STOLEN_OBJECTS: u64 = 12_400;
/// Bytes that are stolen.
pub const STOLEN_BYTES: u64 = 31_400_000_000;
/// Calls refused while the attacker looks around.
pub const REFUSED: u64 = 83;

const AGENT: &str = "aws-cli/2.17.32 md/awscrt#0.21.2 ua/2.0 os/linux#6.8.11-amd64 md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe";
const SYNC: &str = "rclone/v1.71.0";

/// An act of the incident that the answer key names.
pub struct Act {
    /// What it is, in a few words.
    pub what: &'static str,
    /// Whose it is.
    pub by: By,
    /// The record of it.
    pub event: Event,
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The attacker.
    Attacker,
    /// The attacker's own account elsewhere.
    Outsider,
    /// The administrator who responds.
    Responder,
}

/// The whole of it.
pub struct Attack {
    /// Acts that have a name, in the order of time.
    pub acts: Vec<Act>,
    /// Everything else: enumeration, objects taken, looks around.
    pub rest: Vec<Event>,
}

impl Attack {
    fn act(&mut self, what: &'static str, by: By, event: Event) {
        self.acts.push(Act { what, by, event });
    }
}

/// The attack and the response to it.
pub fn attack() -> Attack {
    let mut attack = Attack {
        acts: Vec::new(),
        rest: Vec::new(),
    };
    let mut draw = Draw::new("attack");
    entry(&mut attack, &mut draw);
    chain(&mut attack, &mut draw);
    blindness(&mut attack, &mut draw);
    theft(&mut attack, &mut draw);
    elsewhere(&mut attack, &mut draw);
    extortion(&mut attack, &mut draw);
    response(&mut attack, &mut draw);
    attack.acts.sort_by_key(|act| act.event.time);
    attack
}

/// The session that the phished sign-in gives.
pub fn entry_session() -> Session {
    Session::new("mira.kovac@aurelia.example", at("2026-09-15T02:52:07Z"))
}

/// The session of the pipeline's role that is reached from it.
pub fn chained_session() -> Session {
    Session::new("deploy-5521", at("2026-09-15T03:05:12Z")).source("mira.kovac@aurelia.example")
}

/// The second one, for Google Cloud.
pub fn second_session() -> Session {
    Session::new("deploy-5530", at("2026-09-15T06:11:50Z")).source("mira.kovac@aurelia.example")
}

fn entry_caller() -> Caller {
    Caller::session(
        &Role::new(PRODUCTION, "DataEngineer"),
        &entry_session(),
        ATTACKER,
        AGENT,
    )
}

fn chained_caller() -> Caller {
    Caller::session(&company::deploy_role(), &chained_session(), ATTACKER, AGENT)
}

fn thief(agent: &str) -> Caller {
    Caller::user(
        PRODUCTION,
        BACKUP_USER,
        &company::stolen_key(),
        THIEF,
        agent,
    )
}

/// The sign-in, and nine minutes of looking around that are refused.
fn entry(attack: &mut Attack, draw: &mut Draw) {
    let (mira, caller) = (person("mira.kovac"), entry_caller());
    let time = entry_session().created;
    attack.act(
        "signs in as mira.kovac into DataEngineer",
        By::Attacker,
        sign_in(mira, time, &caller, draw),
    );
    let who = Call::read("sts", "GetCallerIdentity");
    attack
        .rest
        .push(who.made(&production(HOME), time + 14, &caller, draw));
    let (first, last) = (at("2026-09-15T02:52:31Z"), at("2026-09-15T03:01:22Z"));
    for n in 0..REFUSED {
        let (service, action) = *draw.pick(&[
            ("iam", "ListUsers"),
            ("iam", "ListRoles"),
            ("iam", "GetAccountAuthorizationDetails"),
            ("iam", "ListAccessKeys"),
            ("iam", "ListAttachedUserPolicies"),
            ("kms", "ListKeys"),
            ("secretsmanager", "ListSecrets"),
            ("lambda", "ListFunctions20150331"),
            ("organizations", "ListAccounts"),
            ("rds", "DescribeDBSnapshots"),
            ("guardduty", "ListDetectors"),
            ("cloudtrail", "DescribeTrails"),
            ("eks", "ListClusters"),
            ("ssm", "DescribeInstanceInformation"),
        ]);
        let time = first + (last - first) * n as i64 / (REFUSED as i64 - 1);
        let call = refused(Call::read(service, action), &caller, service, action);
        attack
            .rest
            .push(call.made(&recorded(service, HOME), time, &caller, draw));
    }
}

fn refused(call: Call, caller: &Caller, service: &str, action: &str) -> Call {
    let message = format!(
        "User: {} is not authorized to perform: {service}:{action} because no identity-based \
         policy allows the {service}:{action} action",
        caller.actor
    );
    call.refused("AccessDenied", &message)
}

/// From the engineer's role to the pipeline's, and a key for the backup's user.
fn chain(attack: &mut Attack, draw: &mut Draw) {
    let (session, role) = (chained_session(), company::deploy_role());
    let call = calls::assume(&role.arn(), &session.name, &session.key, draw)
        .asked("sourceIdentity", "mira.kovac@aurelia.example");
    let event = call.made(&production(HOME), session.created, &entry_caller(), draw);
    attack.act(
        "assumes ci-deploy, whose trust is too wide",
        By::Attacker,
        event,
    );

    let call = Call::write("iam", "CreateAccessKey")
        .request(json!({"userName": BACKUP_USER}))
        .response(json!({"accessKey": {
            "userName": BACKUP_USER, "accessKeyId": company::stolen_key(), "status": "Active",
            "createDate": "Sep 15, 2026, 3:06:41 AM"
        }}));
    let event = call.made(
        &production(EDGE),
        at("2026-09-15T03:06:41Z"),
        &chained_caller(),
        draw,
    );
    attack.act("makes an access key for svc-backup", By::Attacker, event);

    for (second, service, action) in [
        (0, "cloudtrail", "DescribeTrails"),
        (9, "ec2", "DescribeFlowLogs"),
        (31, "ec2", "DescribeInstances"),
    ] {
        let time = at("2026-09-15T03:08:20Z") + second;
        let event =
            Call::read(service, action).made(&production(HOME), time, &chained_caller(), draw);
        attack.rest.push(event);
    }
}

/// Logging switched off and on again; the door of the gateway opened.
fn blindness(attack: &mut Attack, draw: &mut Draw) {
    let (place, caller) = (production(HOME), chained_caller());
    let call = Call::write("ec2", "DeleteFlowLogs")
        .request(json!({"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": ANALYTICS_FLOW_LOG}}}))
        .response(json!({"DeleteFlowLogsResponse": {
            "xmlns": "http://ec2.amazonaws.com/doc/2016-11-15/", "requestId": draw.uuid(), "unsuccessful": ""
        }}));
    let event = call.made(&place, at("2026-09-15T03:12:07Z"), &caller, draw);
    attack.act(
        "deletes the flow log of the analysts' VPC",
        By::Attacker,
        event,
    );

    let trail = format!("arn:aws:cloudtrail:{HOME}:{PRODUCTION}:trail/{HOME_TRAIL}");
    for (time, action, what) in [
        (STOPPED, "StopLogging", "stops the trail of eu-west-1"),
        (STARTED, "StartLogging", "starts it again after 37 minutes"),
    ] {
        let call = Call::write("cloudtrail", action).request(json!({"name": trail}));
        attack.act(
            what,
            By::Attacker,
            call.made(&place, at(time), &caller, draw),
        );
    }

    let call = group_rule("AuthorizeSecurityGroupIngress", draw);
    let event = call.made(&place, at("2026-09-15T03:58:23Z"), &caller, draw);
    attack.act(
        "opens port 22 of the gateway to the world",
        By::Attacker,
        event,
    );

    // In the log file that is deleted later: nobody who has only the evidence can know of it.
    let call = Call::write("ssm", "SendCommand")
        .request(json!({
            "documentName": "AWS-RunShellScript", "instanceIds": [GATEWAY], "interactive": false,
            "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS"
        }))
        .response(json!({"command": {"commandId": draw.uuid(), "status": "Pending"}}));
    attack
        .rest
        .push(call.made(&place, at("2026-09-15T04:03:40Z"), &caller, draw));
}

/// When the trail of the home region stops.
pub const STOPPED: &str = "2026-09-15T03:12:41Z";
/// When it starts again.
pub const STARTED: &str = "2026-09-15T03:49:41Z";

fn group_rule(action: &str, draw: &mut Draw) -> Call {
    Call::write("ec2", action)
        .request(
            json!({"groupId": GATEWAY_GROUP, "ipPermissions": {"items": [{
                "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "groups": {}, "ipv6Ranges": {},
                "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}, "prefixListIds": {}
            }]}}),
        )
        .response(json!({"requestId": draw.uuid(), "_return": true}))
}

/// 12,400 objects, and a snapshot shared with an outsider.
fn theft(attack: &mut Attack, draw: &mut Draw) {
    let (place, caller) = (production(HOME), thief(SYNC));
    let (first, last) = (at("2026-09-15T04:10:03Z"), at("2026-09-15T05:34:51Z"));
    let mut left = STOLEN_BYTES;
    for n in 0..STOLEN_OBJECTS {
        let time = first + (last - first) * n as i64 / (STOLEN_OBJECTS as i64 - 1);
        let rest = STOLEN_OBJECTS - n;
        let bytes = if rest == 1 {
            left
        } else {
            left / rest * (60 + draw.below(81)) / 100
        };
        left -= bytes;
        // In the order of the listing, as a copying program goes.
        let (robot, hour) = (n / 30, n % 30);
        let key = format!(
            "robots/ar-{robot:04}/2026/08/{:02}/telemetry-{:02}.parquet",
            1 + hour,
            (robot * 7 + hour) % 24
        );
        let call = calls::object("GetObject", TELEMETRY, &key, bytes, draw);
        attack.rest.push(call.made(&place, time, &caller, draw));
    }

    let caller = thief(AGENT);
    let call = Call::write("ec2", "ModifySnapshotAttribute")
        .request(json!({
            "snapshotId": SNAPSHOT, "attributeType": "CREATE_VOLUME_PERMISSION",
            "createVolumePermission": {"add": {"items": [{"userId": OUTSIDER}]}}
        }))
        .response(json!({"requestId": draw.uuid(), "_return": true}));
    let event = call.made(&place, at("2026-09-15T04:52:36Z"), &caller, draw);
    attack.act("shares a snapshot with 999900001111", By::Attacker, event);

    let outside =
        Caller::other_account(OUTSIDER, OUTSIDER, "ec2.amazonaws.com", "ec2.amazonaws.com");
    let call = Call::read("ec2", "SharedSnapshotCopyInitiated")
        .kind("AwsServiceEvent")
        .request(json!({
            "snapshotId": SNAPSHOT, "sourceRegion": HOME, "destinationRegion": HOME
        }));
    let event = call.made(&place, at("2026-09-15T05:03:11Z"), &outside, draw);
    attack.act(
        "the outsider's account copies the snapshot",
        By::Outsider,
        event,
    );
}

/// What AWS sees of the steps into Google Cloud and the cluster.
fn elsewhere(attack: &mut Attack, draw: &mut Draw) {
    let (session, role, place) = (second_session(), company::deploy_role(), production(HOME));
    let call = calls::assume(&role.arn(), &session.name, &session.key, draw)
        .asked("sourceIdentity", "mira.kovac@aurelia.example");
    let event = call.made(&place, session.created, &entry_caller(), draw);
    attack.act("assumes ci-deploy a second time", By::Attacker, event);

    let caller = Caller::session(
        &role,
        &session,
        "192.0.2.250",
        "Google-Security-Token-Service",
    );
    let call = Call::read("sts", "GetCallerIdentity");
    let event = call.made(&place, at("2026-09-15T06:15:04Z"), &caller, draw);
    attack.act(
        "proves the AWS role to Google's token service",
        By::Attacker,
        event,
    );

    let caller = caller.from(ATTACKER);
    let call = Call::read("eks", "DescribeCluster").request(json!({"name": "aurelia"}));
    let event = call.made(&place, at("2026-09-15T06:49:33Z"), &caller, draw);
    attack.act("asks how to reach the EKS cluster", By::Attacker, event);
}

/// Objects set to expire, versions suspended, a note left.
fn extortion(attack: &mut Attack, draw: &mut Draw) {
    let (place, caller) = (production(HOME), thief(AGENT));
    let host = format!("{TELEMETRY}.s3.{HOME}.amazonaws.com");
    let bucket = format!("arn:aws:s3:::{TELEMETRY}");
    let settings: [(&str, &str, &'static str, Value); 2] = [
        (
            "2026-09-15T08:20:14Z",
            "PutBucketLifecycle",
            "lets every object expire in a day",
            json!({
                "bucketName": TELEMETRY, "lifecycle": "", "Host": host, "LifecycleConfiguration": {
                    "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/",
                    "Rule": {"ID": "cleanup", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
                }
            }),
        ),
        (
            "2026-09-15T08:31:40Z",
            "PutBucketVersioning",
            "suspends versioning",
            json!({
                "bucketName": TELEMETRY, "versioning": "", "Host": host, "VersioningConfiguration": {
                    "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/", "Status": "Suspended"
                }
            }),
        ),
    ];
    for (time, action, what, request) in settings {
        let call = Call::write("s3", action)
            .request(request)
            .resources(PRODUCTION, &[("AWS::S3::Bucket", &bucket)]);
        attack.act(
            what,
            By::Attacker,
            call.made(&place, at(time), &caller, draw),
        );
    }
    let call = calls::object(
        "PutObject",
        TELEMETRY,
        "READ_ME_TO_RESTORE.txt",
        1_482,
        draw,
    );
    let event = call.made(&place, at("2026-09-15T08:54:33Z"), &caller, draw);
    attack.act("writes a ransom note", By::Attacker, event);
}

/// The administrator's answer. None of it is the attacker's.
fn response(attack: &mut Attack, draw: &mut Draw) {
    let tomas = person("tomas.berg");
    let caller = company::at_work(tomas, at("2026-09-15T12:35:48Z"));
    attack
        .rest
        .push(sign_in(tomas, at("2026-09-15T12:35:48Z"), &caller, draw));
    let call = Call::write("iam", "UpdateAccessKey").request(json!({
        "userName": BACKUP_USER, "accessKeyId": company::stolen_key(), "status": "Inactive"
    }));
    let event = call.made(&production(EDGE), at("2026-09-15T12:37:12Z"), &caller, draw);
    attack.act("disables the new key of svc-backup", By::Responder, event);

    let call = Call::write("ec2", "CreateFlowLogs")
        .request(json!({"CreateFlowLogsRequest": {
            "ResourceType": "VPC", "ResourceId": {"tag": 1, "content": ANALYTICS_VPC},
            "TrafficType": "ALL", "LogDestinationType": "s3", "MaxAggregationInterval": 60,
            "LogDestination": format!("arn:aws:s3:::{LOG_BUCKET}")
        }}))
        .response(json!({"CreateFlowLogsResponse": {
            "xmlns": "http://ec2.amazonaws.com/doc/2016-11-15/", "requestId": draw.uuid(),
            "unsuccessful": "", "flowLogIdSet": {"item": NEW_ANALYTICS_FLOW_LOG}
        }}));
    let event = call.made(&production(HOME), at(FLOWS_AGAIN), &caller, draw);
    attack.act("makes the flow log again", By::Responder, event);

    let call = group_rule("RevokeSecurityGroupIngress", draw);
    let event = call.made(&production(HOME), at("2026-09-15T12:46:20Z"), &caller, draw);
    attack.act("closes port 22 of the gateway", By::Responder, event);
}

/// When the deleted flow log is replaced.
pub const FLOWS_AGAIN: &str = "2026-09-15T12:41:55Z";
