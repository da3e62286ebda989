//! CloudTrail of a large organisation: many callers, addresses and resources, few API names.

use serde_json::{Value, json};

use super::Content;
use crate::cloudtrail::{Call, Caller, Event, Place, Role, Session, file as log_file};
use crate::draw::Draw;
use crate::moment;

const ACCOUNTS: [&str; 6] = [
    "111122223333",
    "222233334444",
    "333344445555",
    "444455556666",
    "555566667777",
    "666677778888",
];
const REGIONS: [&str; 20] = [
    "us-east-1",
    "eu-west-1",
    "us-west-2",
    "eu-central-1",
    "us-east-2",
    "ap-southeast-1",
    "ap-northeast-1",
    "eu-west-2",
    "ap-south-1",
    "ca-central-1",
    "eu-west-3",
    "ap-southeast-2",
    "sa-east-1",
    "eu-north-1",
    "ap-northeast-2",
    "us-west-1",
    "ap-northeast-3",
    "eu-south-1",
    "me-south-1",
    "af-south-1",
];
const AGENTS: [&str; 12] = [
    "aws-cli/2.27.41 md/awscrt#0.26.1 ua/2.1 os/linux#6.8.0-1029-aws md/arch#x86_64 lang/python#3.13.3",
    "APN/1.0 HashiCorp/1.0 Terraform/1.12.2 (+https://www.terraform.io) terraform-provider-aws/6.2.0",
    "Boto3/1.38.46 md/Botocore#1.38.46 ua/2.1 os/linux#5.10.238-231.953.amzn2.x86_64 lang/python#3.12.11",
    "aws-sdk-go-v2/1.36.5 ua/2.1 os/linux lang/go#1.24.4 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.227.0",
    "aws-sdk-java/2.31.70 md/io#sync md/http#Apache ua/2.1 os/Linux#5.10 lang/java#21.0.7 md/vendor#Amazon",
    "aws-sdk-js/3.835.0 ua/2.1 os/linux#5.10.237 lang/js md/nodejs#22.16.0 api/dynamodb#3.835.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36",
    "[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.750 Linux/5.10.236 OpenJDK_64-Bit_Server_VM/25.452]",
    "aws-sdk-rust/1.3.7 ua/2.1 api/s3/1.94.0 os/linux lang/rust/1.87.0",
    "Coral/Netty4",
    "AWS Internal",
    "amazon-ssm-agent/3.3.2299.0 aws-sdk-go/1.55.7 (go1.23.9; linux; amd64)",
];
/// Records a second, over the whole of it.
const RATE: u64 = 12;

/// Whether role sessions have names of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// Some thousands of names.
    Shared,
    /// Nearly as many names as records.
    Distinct,
}

/// File number `n` with `records` records.
pub(super) fn file(n: u64, records: u64, of: u64, names: Names) -> Content {
    let mut draw = Draw::part("cloudtrail evidence", n);
    let place = Place::new(
        ACCOUNTS[(n % 6) as usize],
        REGIONS[draw.ranked(20) as usize],
    );
    let start = began(of) + (n * 10_000 / RATE) as i64;
    let made: Vec<String> = (0..records)
        .map(|_| {
            let time = start + draw.below(10_000 / RATE) as i64;
            event(&place, time, names, &mut draw).json
        })
        .collect();
    let raw = log_file(made.iter().map(String::as_str));
    Content {
        path: path(&place, start, n),
        raw,
        level: 6,
    }
}

/// File number `n` of those that hold one record each.
pub(super) fn small(n: u64, of: u64) -> Content {
    let mut draw = Draw::part("small evidence", n);
    let place = Place::new(
        ACCOUNTS[(n % 6) as usize],
        REGIONS[draw.ranked(20) as usize],
    );
    let start = began(of) + (n / RATE) as i64;
    let event = bare(&place, start, &mut draw);
    Content {
        path: path(&place, start, n),
        raw: log_file([event.json.as_str()]),
        level: 6,
    }
}

/// The evidence ends with June 2026, whatever its size.
fn began(records: u64) -> i64 {
    moment::at("2026-07-01T00:00:00Z") - (records / RATE) as i64
}

fn path(place: &Place, start: i64, n: u64) -> String {
    let Place { account, region } = place;
    format!(
        "AWSLogs/{account}/CloudTrail/{region}/{}/{account}_CloudTrail_{region}_{}_{n:016}.json.gz",
        moment::folder(start),
        moment::to_minute(start)
    )
}

fn event(place: &Place, time: i64, names: Names, draw: &mut Draw) -> Event {
    let caller = caller(place, time, names, draw);
    let call = if caller.is_service() {
        service_call(place, draw)
    } else {
        call(place, draw)
    };
    let call = match call {
        call if draw.one_in(14) => refused(call, &caller, draw),
        call => call,
    };
    call.made(place, time, &caller, draw)
}

fn bare(place: &Place, time: i64, draw: &mut Draw) -> Event {
    let role = Role::new(&place.account, "lambda-basic");
    let session = Session::new(&format!("fn-{}", draw.ranked(50)), time - 60);
    let caller = Caller::session(&role, &session, &address(draw), AGENTS[3]);
    Call::read("sts", "GetCallerIdentity").made(place, time, &caller, draw)
}

fn caller(place: &Place, time: i64, names: Names, draw: &mut Draw) -> Caller {
    let (from, agent) = (
        address(draw),
        AGENTS[draw.ranked(AGENTS.len() as u64) as usize],
    );
    match draw.below(100) {
        0..10 if names == Names::Shared => Caller::service(&format!(
            "{}.amazonaws.com",
            draw.pick(&[
                "autoscaling",
                "lambda",
                "ec2",
                "config",
                "cloudtrail",
                "ecs-tasks",
                "rds"
            ])
        )),
        10..25 if names == Names::Shared => {
            let user = format!("user.{}", draw.ranked(6_000));
            let key = format!("AKIA{}", Draw::new(&user).key(16));
            Caller::user(&place.account, &user, &key, &from, agent)
        }
        _ => {
            let role = Role::new(
                &place.account,
                &format!("application-role-{}", draw.ranked(900)),
            );
            let name = match names {
                Names::Shared => format!("i-0{:016x}", draw.ranked(4_000) * 0x1000_0001),
                Names::Distinct => format!("{}@session-{}", draw.uuid(), draw.below(1 << 40)),
            };
            let created = time - draw.between(60, 3_600);
            Caller::session(
                &role,
                &Session::new(&name, created - created % 3_600),
                &from,
                agent,
            )
        }
    }
}

/// One of about 60,000 addresses.
fn address(draw: &mut Draw) -> String {
    let mixed = draw.ranked(60_000).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let first = 11 + (mixed >> 56) % 110;
    format!(
        "{first}.{}.{}.{}",
        mixed >> 48 & 255,
        mixed >> 40 & 255,
        mixed >> 32 & 255
    )
}

fn service_call(place: &Place, draw: &mut Draw) -> Call {
    let role = format!("service-role-{}", draw.ranked(400));
    let arn = format!("arn:aws:iam::{}:role/{role}", place.account);
    Call::read("sts", "AssumeRole")
        .request(json!({"roleArn": arn, "roleSessionName": draw.hex(32), "durationSeconds": 3600}))
        .response(json!({"credentials": {
            "accessKeyId": format!("ASIA{}", draw.key(16)),
            "sessionToken": format!("IQoJb3JpZ2luX2VjE{}", draw.key(200)),
            "expiration": "Jun 30, 2026, 11:59:59 PM"
        }}))
        .resources(&place.account, &[("AWS::IAM::Role", &arn)])
}

fn call(place: &Place, draw: &mut Draw) -> Call {
    match draw.below(100) {
        0..26 => object(place, draw, "GetObject"),
        26..34 => object(place, draw, "PutObject"),
        34..44 => key(place, draw, "Decrypt"),
        44..50 => key(place, draw, "GenerateDataKey"),
        50..74 => describe(draw),
        74..82 => launch(place, draw),
        82..90 => stream(draw),
        90..96 => item(place, draw),
        _ => parameter(place, draw),
    }
}

fn object(place: &Place, draw: &mut Draw, action: &str) -> Call {
    let bucket = format!("data-lake-{}-{}", place.region, draw.ranked(40));
    let (day, part) = (draw.below(180), draw.below(100_000));
    let object = format!("warehouse/events/day={day:03}/part-{part:05}-c000.snappy.parquet");
    let bytes = 1_000 + draw.ranked(40_000_000);
    let (arn, all) = (
        format!("arn:aws:s3:::{bucket}/{object}"),
        format!("arn:aws:s3:::{bucket}"),
    );
    let call = match action {
        "GetObject" => Call::read("s3", action).moved(0, bytes, draw),
        _ => Call::write("s3", action).moved(bytes, 0, draw),
    };
    call.request(json!({
        "bucketName": bucket, "Host": format!("{bucket}.s3.{}.amazonaws.com", place.region),
        "key": object
    }))
    .resources(
        &place.account,
        &[("AWS::S3::Object", &arn), ("AWS::S3::Bucket", &all)],
    )
}

fn key(place: &Place, draw: &mut Draw, action: &str) -> Call {
    let id = Draw::part(&place.account, draw.ranked(60)).uuid();
    let arn = format!("arn:aws:kms:{}:{}:key/{id}", place.region, place.account);
    let table = format!("orders-{}", draw.ranked(120));
    Call::read("kms", action)
        .request(json!({
            "keyId": arn, "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
            "encryptionContext": {
                "aws:dynamodb:tableName": table, "aws:dynamodb:subscriberId": place.account,
                "aws:lambda:FunctionArn": format!(
                    "arn:aws:lambda:{}:{}:function:ingest-{table}", place.region, place.account)
            }
        }))
        .resources(&place.account, &[("AWS::KMS::Key", &arn)])
}

fn describe(draw: &mut Draw) -> Call {
    let (service, action) = *draw.pick(&[
        ("ec2", "DescribeInstances"),
        ("ec2", "DescribeVolumes"),
        ("ec2", "DescribeTags"),
        ("ec2", "DescribeNetworkInterfaces"),
        ("autoscaling", "DescribeAutoScalingGroups"),
        ("elasticloadbalancing", "DescribeTargetHealth"),
        ("rds", "DescribeDBInstances"),
        ("monitoring", "GetMetricData"),
        ("iam", "GetRole"),
        ("sts", "GetCallerIdentity"),
    ]);
    let ids: Vec<Value> = (0..1 + draw.ranked(14))
        .map(|_| json!({"instanceId": format!("i-0{:016x}", draw.ranked(30_000) * 0x1000_0001)}))
        .collect();
    Call::read(service, action).request(json!({
        "maxResults": 1000, "instancesSet": {"items": ids},
        "filterSet": {"items": [
            {"name": "tag:environment", "valueSet": {"items": [{"value": "production"}]}},
            {"name": "instance-state-name", "valueSet": {"items": [{"value": "running"}]}}
        ]}
    }))
}

fn launch(place: &Place, draw: &mut Draw) -> Call {
    let instance = format!("i-0{}", draw.hex(16));
    let subnet = format!("subnet-0{:016x}", draw.ranked(300) * 0x1000_0001);
    let group = format!("sg-0{:016x}", draw.ranked(200) * 0x1000_0001);
    let tags = json!([
        {"key": "Name", "value": format!("worker-{}", draw.ranked(500))},
        {"key": "environment", "value": "production"}, {"key": "owner", "value": "platform"},
        {"key": "aws:autoscaling:groupName", "value": format!("workers-{}", draw.ranked(60))}
    ]);
    Call::write("ec2", "RunInstances")
        .request(json!({
            "instancesSet": {"items": [{"imageId": "ami-0abcdef1234567890", "minCount": 1, "maxCount": 1}]},
            "instanceType": "m7i.large", "subnetId": subnet, "clientToken": draw.uuid(),
            "groupSet": {"items": [{"groupId": group}]},
            "tagSpecificationSet": {"items": [{"resourceType": "instance", "tags": tags}]}
        }))
        .response(json!({
            "requestId": draw.uuid(), "reservationId": format!("r-0{}", draw.hex(16)),
            "ownerId": place.account, "groupSet": {},
            "instancesSet": {"items": [{
                "instanceId": instance, "imageId": "ami-0abcdef1234567890",
                "instanceState": {"code": 0, "name": "pending"}, "instanceType": "m7i.large",
                "placement": {"availabilityZone": format!("{}a", place.region), "tenancy": "default"},
                "subnetId": subnet, "privateIpAddress": format!("10.20.{}.{}", draw.below(250), draw.below(250)),
                "monitoring": {"state": "disabled"}, "architecture": "x86_64",
                "rootDeviceType": "ebs", "rootDeviceName": "/dev/xvda", "tagSet": {"items": tags}
            }]}
        }))
}

fn stream(draw: &mut Draw) -> Call {
    let group = format!("/aws/lambda/ingest-orders-{}", draw.ranked(300));
    let stream = format!(
        "2026/06/{:02}/[$LATEST]{}",
        1 + draw.below(30),
        draw.hex(32)
    );
    Call::write("logs", "CreateLogStream")
        .request(json!({"logGroupName": group, "logStreamName": stream}))
}

fn item(place: &Place, draw: &mut Draw) -> Call {
    let table = format!("orders-{}", draw.ranked(120));
    let arn = format!(
        "arn:aws:dynamodb:{}:{}:table/{table}",
        place.region, place.account
    );
    Call::read("dynamodb", "DescribeTable")
        .request(json!({"tableName": table}))
        .resources(&place.account, &[("AWS::DynamoDB::Table", &arn)])
}

fn parameter(place: &Place, draw: &mut Draw) -> Call {
    let name = format!("production/service-{}/database", draw.ranked(500));
    let arn = format!(
        "arn:aws:secretsmanager:{}:{}:secret:{name}",
        place.region, place.account
    );
    Call::read("secretsmanager", "GetSecretValue")
        .request(json!({"secretId": arn, "versionStage": "AWSCURRENT"}))
        .resources(&place.account, &[("AWS::SecretsManager::Secret", &arn)])
}

fn refused(call: Call, caller: &Caller, draw: &mut Draw) -> Call {
    let code = *draw.pick(&[
        "AccessDenied",
        "Client.UnauthorizedOperation",
        "ThrottlingException",
    ]);
    let message = format!(
        "User: {} is not authorized to perform this operation because no identity-based policy \
         allows it",
        caller.actor
    );
    call.refused(code, &message)
}
