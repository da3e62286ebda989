//! Calls of everyday work, with the parameters that these services record.

use serde_json::json;

use super::company::{EDGE, HOME, MACHINES, Machine, PRODUCTION, PRODUCTION_VPC, TELEMETRY};
use crate::cloudtrail::{Call, Place};
use crate::draw::Draw;

/// An S3 object read or written, a data event.
pub fn object(action: &str, bucket: &str, key: &str, bytes: u64, draw: &mut Draw) -> Call {
    let arn = format!("arn:aws:s3:::{bucket}/{key}");
    let all = format!("arn:aws:s3:::{bucket}");
    let call = match action {
        "GetObject" => Call::read("s3", action).moved(0, bytes, draw),
        _ => Call::write("s3", action).moved(bytes, 0, draw),
    };
    call.request(json!({
        "bucketName": bucket, "Host": format!("{bucket}.s3.{HOME}.amazonaws.com"), "key": key
    }))
    .resources(
        PRODUCTION,
        &[("AWS::S3::Object", &arn), ("AWS::S3::Bucket", &all)],
    )
}

/// The key of a telemetry object.
pub fn telemetry_key(draw: &mut Draw) -> String {
    let (robot, month, day) = (draw.below(420), 1 + draw.below(8), 1 + draw.below(28));
    format!(
        "robots/ar-{robot:04}/2026/{month:02}/{day:02}/telemetry-{:02}.parquet",
        draw.below(24)
    )
}

/// A role assumed for a service or a session.
pub fn assume(role: &str, session: &str, key: &str, draw: &mut Draw) -> Call {
    let (account, name) = (role.split(':').nth(4), role.rsplit('/').next());
    let (account, name) = (account.unwrap_or_default(), name.unwrap_or_default());
    let id = crate::cloudtrail::Role::new(account, name).id;
    Call::read("sts", "AssumeRole")
        .request(json!({"roleArn": role, "roleSessionName": session, "durationSeconds": 3600}))
        .response(json!({
            "credentials": {
                "accessKeyId": key, "sessionToken": token(draw),
                "expiration": "Sep 17, 2026, 1:00:00 AM"
            },
            "assumedRoleUser": {
                "assumedRoleId": format!("{id}:{session}"),
                "arn": format!("arn:aws:sts::{account}:assumed-role/{name}/{session}")
            }
        }))
        .resources(account, &[("AWS::IAM::Role", role)])
}

/// The token of a session. Its end differs, as little as suffices.
pub fn token(draw: &mut Draw) -> String {
    let fixed = Draw::new("the long part of session tokens").key(160);
    format!("IQoJb3JpZ2luX2VjE{fixed}{}", draw.key(8))
}

/// A look at machines, networks or settings.
pub fn describe(draw: &mut Draw) -> Call {
    let machine = Machine(draw.below(MACHINES));
    match draw.below(8) {
        0 | 1 => Call::read("ec2", "DescribeInstances").request(json!({
            "instancesSet": {"items": [{"instanceId": machine.instance()}]}, "filterSet": {}
        })),
        2 => Call::read("ec2", "DescribeVolumes").request(json!({
            "volumeSet": {}, "filterSet": {"items": [{
                "name": "attachment.instance-id",
                "valueSet": {"items": [{"value": machine.instance()}]}
            }]}
        })),
        3 => Call::read("ec2", "DescribeSecurityGroups").request(json!({
            "securityGroupSet": {}, "securityGroupIdSet": {},
            "filterSet": {"items": [{
                "name": "vpc-id", "valueSet": {"items": [{"value": PRODUCTION_VPC}]}
            }]}
        })),
        4 => Call::read("elasticloadbalancing", "DescribeTargetHealth").request(json!({
            "targetGroupArn": format!(
                "arn:aws:elasticloadbalancing:{HOME}:{PRODUCTION}:targetgroup/web/6d0ecf831eec9f09")
        })),
        5 => Call::read("rds", "DescribeDBInstances")
            .request(json!({"dBInstanceIdentifier": "telemetry-index"})),
        6 => Call::read("logs", "FilterLogEvents").request(json!({
            "logGroupName": "/aurelia/telemetry-gateway", "limit": 100,
            "startTime": 1_788_998_400_000_u64
        })),
        _ => Call::read("monitoring", "GetMetricData").request(json!({
            "maxDatapoints": 500, "metricDataQueries": "HIDDEN_DUE_TO_SECURITY_REASONS"
        })),
    }
}

/// A key of KMS used on the way.
pub fn decrypt(place: &Place, what: &str, draw: &mut Draw) -> Call {
    let id = Draw::part("kms key", draw.below(3)).uuid();
    let arn = format!("arn:aws:kms:{}:{}:key/{id}", place.region, place.account);
    Call::read("kms", "Decrypt")
        .request(json!({
            "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
            "encryptionContext": {"aws:s3:arn": format!("arn:aws:s3:::{what}")}
        }))
        .resources(&place.account, &[("AWS::KMS::Key", &arn)])
}

/// A secret read.
pub fn secret(name: &str) -> Call {
    let arn = format!("arn:aws:secretsmanager:{HOME}:{PRODUCTION}:secret:{name}");
    Call::read("secretsmanager", "GetSecretValue")
        .request(json!({"secretId": arn, "versionStage": "AWSCURRENT"}))
        .resources(PRODUCTION, &[("AWS::SecretsManager::Secret", &arn)])
}

/// What a data engineer does.
pub fn engineering(draw: &mut Draw) -> Call {
    match draw.below(8) {
        0 | 1 => {
            let (key, bytes) = (telemetry_key(draw), 200_000 + draw.below(3_000_000));
            object("GetObject", TELEMETRY, &key, bytes, draw)
        }
        2 => Call::write("athena", "StartQueryExecution")
            .request(json!({
                "queryString": "HIDDEN_DUE_TO_SECURITY_REASONS", "clientRequestToken": draw.uuid(),
                "queryExecutionContext": {"database": "telemetry"}, "workGroup": "engineering"
            }))
            .response(json!({"queryExecutionId": draw.uuid()})),
        3 => Call::read("glue", "GetTable")
            .request(json!({"databaseName": "telemetry", "name": "robot_events"})),
        4 => Call::read("s3", "ListBuckets").request(json!({"Host": "s3.amazonaws.com"})),
        5 => Call::read("sts", "GetCallerIdentity"),
        _ => describe(draw),
    }
}

/// What an analyst does.
pub fn analysis(draw: &mut Draw) -> Call {
    match draw.below(5) {
        0 | 1 => Call::read("athena", "GetQueryResults")
            .request(json!({"queryExecutionId": draw.uuid(), "maxResults": 1000})),
        2 => Call::read("athena", "ListWorkGroups").request(json!({"maxResults": 50})),
        3 => {
            let key = format!("results/{}.csv", draw.uuid());
            let bytes = 2_000 + draw.below(400_000);
            object("GetObject", "aurelia-analytics-results", &key, bytes, draw)
        }
        _ => Call::read("monitoring", "DescribeAlarms")
            .request(json!({"maxRecords": 100, "stateValue": "ALARM"})),
    }
}

/// What a developer does.
pub fn development(draw: &mut Draw) -> Call {
    match draw.below(7) {
        0 => Call::read("ecs", "DescribeServices")
            .request(json!({"cluster": "aurelia", "services": ["web", "telemetry-gateway"]})),
        1 => Call::read("lambda", "GetFunction20150331v2")
            .request(json!({"functionName": "ingest-telemetry"})),
        2 => Call::read("logs", "StartLiveTail").request(json!({
            "logGroupIdentifiers": [format!("arn:aws:logs:{HOME}:{PRODUCTION}:log-group:/aurelia/web")]
        })),
        3 => Call::read("ecr", "DescribeImages").request(json!({"repositoryName": "aurelia/web"})),
        4 => Call::read("cloudformation", "DescribeStacks").request(json!({"stackName": "web"})),
        _ => describe(draw),
    }
}

/// What an administrator does.
pub fn administration(draw: &mut Draw) -> Call {
    match draw.below(8) {
        0 => Call::read("iam", "ListRoles").request(json!({"maxItems": 200})),
        1 => Call::read("iam", "GetRolePolicy")
            .request(json!({"roleName": "ci-deploy", "policyName": "deploy"})),
        2 => Call::read("cloudtrail", "GetTrailStatus").request(json!({"name": "aurelia-eu-west-1"})),
        3 => Call::read("ec2", "DescribeFlowLogs").request(json!({"DescribeFlowLogsRequest": ""})),
        4 => Call::write("ec2", "CreateTags").request(json!({
            "resourcesSet": {"items": [{"resourceId": Machine(draw.below(MACHINES)).instance()}]},
            "tagSet": {"items": [{"key": "patched", "value": "2026-09"}]}
        })).response(json!({"requestId": draw.uuid(), "_return": true})),
        5 => Call::read("organizations", "ListAccounts"),
        _ => describe(draw),
    }
}

/// What an auditor does.
pub fn audit(draw: &mut Draw) -> Call {
    match draw.below(4) {
        0 => Call::read("cloudtrail", "LookupEvents")
            .request(json!({"maxResults": 50, "lookupAttributes": []})),
        1 => Call::read("iam", "GenerateCredentialReport"),
        2 => Call::read("config", "DescribeComplianceByConfigRule").request(json!({})),
        _ => Call::read("iam", "ListUsers").request(json!({"maxItems": 100})),
    }
}

/// Where people's calls go: mostly to the home region.
pub fn region(draw: &mut Draw) -> &'static str {
    if draw.one_in(12) { EDGE } else { HOME }
}
