//! The identifiers in `requestParameters` and `responseElements` that name what was acted upon.

use crate::json::{Fault, Scanner, Str};

/// What an identifier is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Param {
    /// A name of a resource of this CloudFormation type, or its ARN.
    Of(&'static str),
    /// The same, but only in calls of this service.
    At(&'static str, &'static str),
    /// An id of a resource of this type, or its ARN.
    Id(&'static str),
    /// The same, but only in calls of this service.
    IdAt(&'static str, &'static str),
    /// An S3 bucket's name.
    Bucket,
    /// The key of an object in the bucket that is named beside it.
    ObjectKey,
    /// The ARN of a session that was issued.
    Session,
    /// The key id of a credential that was issued.
    Credential,
}

/// Which of the two elements is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `requestParameters`
    Request,
    /// `responseElements`
    Response,
}

/// What was found in one of the two elements.
#[derive(Clone, Debug, Default)]
pub struct Parameters<'a> {
    /// The identifiers, in the order of the record.
    pub found: Vec<(Param, Str<'a>)>,
    /// A sign-in's `"ConsoleLogin": "Failure"` and its like.
    pub failed: bool,
}

/// The most identifiers taken from one element; a call may name thousands.
const MOST: usize = 64;

/// What the object around a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    Top,
    /// An object, or list of objects, whose keys mean what they mean at the top.
    Same,
    AccessKey,
    Credentials,
    Session,
    /// The description of one resource of this type: `arn` is its own.
    Resource(&'static str),
}

impl<'a> Parameters<'a> {
    /// Reads the element at the scanner's position.
    ///
    /// # Errors
    /// Where it is not well formed.
    pub fn read(scanner: &mut Scanner<'a>, side: Side) -> Result<Parameters<'a>, Fault> {
        let mut parameters = Parameters::default();
        if scanner.next() == Some(b'{') {
            parameters.object(scanner, side, Around::Top)?;
        } else {
            scanner.skip()?;
        }
        Ok(parameters)
    }

    fn object(
        &mut self,
        scanner: &mut Scanner<'a>,
        side: Side,
        around: Around,
    ) -> Result<(), Fault> {
        scanner.object(|scanner, key| self.member(scanner, side, around, key))
    }

    fn member(
        &mut self,
        scanner: &mut Scanner<'a>,
        side: Side,
        around: Around,
        key: &[u8],
    ) -> Result<(), Fault> {
        match scanner.next() {
            Some(b'"') => {
                let value = scanner.string()?;
                self.failed |=
                    side == Side::Response && around == Around::Top && value.raw == b"Failure";
                self.take(around, key, value);
                Ok(())
            }
            Some(b'{') => match inner(around, key, side) {
                Some(inner) => self.object(scanner, side, inner),
                None => scanner.skip(),
            },
            Some(b'[') => self.list(scanner, side, around, key),
            _ => scanner.skip(),
        }
    }

    fn list(
        &mut self,
        scanner: &mut Scanner<'a>,
        side: Side,
        around: Around,
        key: &[u8],
    ) -> Result<(), Fault> {
        let of_objects = inner(around, key, side);
        if of_objects.is_none() && param(around, key).is_none() {
            return scanner.skip();
        }
        scanner.array(|scanner| match (scanner.byte(), of_objects) {
            (Some(b'{'), Some(inner)) => self.object(scanner, side, inner),
            (Some(b'"'), _) => {
                let value = scanner.string()?;
                self.take(around, key, value);
                Ok(())
            }
            _ => scanner.skip(),
        })
    }

    fn take(&mut self, around: Around, key: &[u8], value: Str<'a>) {
        if value.is_empty() || self.found.len() >= MOST {
            return;
        }
        if let Some(param) = param(around, key) {
            self.found.push((param, value));
        }
    }
}

/// What an object under `key` is, where it is looked into.
fn inner(around: Around, key: &[u8], side: Side) -> Option<Around> {
    match (around, key) {
        (Around::Top | Around::Same, b"instancesSet" | b"items" | b"Instances") => {
            Some(Around::Same)
        }
        // EC2 nests its newer calls once more: CreateFlowLogsRequest { ... }.
        (Around::Top, _) if key.ends_with(b"Request") || key.ends_with(b"Response") => {
            Some(Around::Same)
        }
        (Around::Top, b"accessKey") => Some(Around::AccessKey),
        (Around::Top, b"credentials") => Some(Around::Credentials),
        (Around::Top, b"assumedRoleUser" | b"federatedUser") => Some(Around::Session),
        (Around::Top, b"user") => Some(Around::Resource("AWS::IAM::User")),
        (Around::Top, b"role") => Some(Around::Resource("AWS::IAM::Role")),
        (Around::Top, b"group") if side == Side::Response => {
            Some(Around::Resource("AWS::IAM::Group"))
        }
        (Around::Top, b"policy") => Some(Around::Resource("AWS::IAM::ManagedPolicy")),
        (Around::Top, b"instanceProfile") => Some(Around::Resource("AWS::IAM::InstanceProfile")),
        (Around::Top, b"keyMetadata") => Some(Around::Resource("AWS::KMS::Key")),
        (Around::Top, b"loginProfile") => Some(Around::Same),
        _ => None,
    }
}

/// What the text under `key` identifies.
fn param(around: Around, key: &[u8]) -> Option<Param> {
    match (around, key) {
        (Around::Top, _) => named(key),
        (Around::Same, _) => named(key).or_else(|| {
            // Inside `...Request` keys begin with a capital.
            let lower = key
                .first()
                .filter(|first| first.is_ascii_uppercase())?
                .to_ascii_lowercase();
            let mut name = key.to_vec();
            name.splice(..1, [lower]);
            named(&name)
        }),
        (Around::AccessKey, b"accessKeyId") => Some(Param::Id("AWS::IAM::AccessKey")),
        (Around::AccessKey, b"userName") => Some(Param::Of("AWS::IAM::User")),
        (Around::Credentials, b"accessKeyId") => Some(Param::Credential),
        (Around::Session, b"arn") => Some(Param::Session),
        (Around::Resource(kind), b"arn") => Some(Param::Of(kind)),
        _ => None,
    }
}

/// Identifiers by their usual keys.
fn named(key: &[u8]) -> Option<Param> {
    use Param::{At, Id, IdAt, Of};
    Some(match key {
        b"bucketName" => Param::Bucket,
        b"key" => Param::ObjectKey,
        b"userName" => At("iam", "AWS::IAM::User"),
        b"roleName" => Of("AWS::IAM::Role"),
        b"roleArn" => Of("AWS::IAM::Role"),
        b"groupName" => At("iam", "AWS::IAM::Group"),
        b"policyArn" => Of("AWS::IAM::ManagedPolicy"),
        b"instanceProfileName" => Of("AWS::IAM::InstanceProfile"),
        b"accessKeyId" => IdAt("iam", "AWS::IAM::AccessKey"),
        b"serialNumber" => IdAt("iam", "AWS::IAM::VirtualMFADevice"),
        b"sAMLProviderArn" => Of("AWS::IAM::SAMLProvider"),
        b"instanceId" => Id("AWS::EC2::Instance"),
        b"groupId" => IdAt("ec2", "AWS::EC2::SecurityGroup"),
        b"imageId" => IdAt("ec2", "AWS::EC2::Image"),
        b"snapshotId" => IdAt("ec2", "AWS::EC2::Snapshot"),
        b"volumeId" => IdAt("ec2", "AWS::EC2::Volume"),
        b"vpcId" => IdAt("ec2", "AWS::EC2::VPC"),
        b"networkInterfaceId" => IdAt("ec2", "AWS::EC2::NetworkInterface"),
        b"keyName" => At("ec2", "AWS::EC2::KeyPair"),
        b"flowLogId" => IdAt("ec2", "AWS::EC2::FlowLog"),
        b"keyId" => IdAt("kms", "AWS::KMS::Key"),
        b"functionName" | b"functionArn" => Of("AWS::Lambda::Function"),
        b"secretId" => At("secretsmanager", "AWS::SecretsManager::Secret"),
        b"name" | b"trailName" | b"trailARN" => At("cloudtrail", "AWS::CloudTrail::Trail"),
        b"detectorId" => IdAt("guardduty", "AWS::GuardDuty::Detector"),
        b"logGroupName" => At("logs", "AWS::Logs::LogGroup"),
        b"dBInstanceIdentifier" => Of("AWS::RDS::DBInstance"),
        b"dBClusterIdentifier" => Of("AWS::RDS::DBCluster"),
        b"dBSnapshotIdentifier" => Of("AWS::RDS::DBSnapshot"),
        b"tableName" => At("dynamodb", "AWS::DynamoDB::Table"),
        b"topicArn" => Of("AWS::SNS::Topic"),
        b"queueUrl" => Id("AWS::SQS::Queue"),
        b"stackName" => Of("AWS::CloudFormation::Stack"),
        b"repositoryName" => At("ecr", "AWS::ECR::Repository"),
        b"target" => IdAt("ssm", "AWS::EC2::Instance"),
        b"configurationRecorderName" => Of("AWS::Config::ConfigurationRecorder"),
        _ => return None,
    })
}
