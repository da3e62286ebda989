//! Aurelia Robotics: accounts, people, roles and machines. Everything here is invented; addresses
//! are of the documentation ranges, names of example domains.

use std::fmt;

use crate::cloudtrail::{Caller, Place, Role, Session};
use crate::draw::Draw;
use crate::moment;

/// The production account.
pub const PRODUCTION: &str = "111122223333";
/// The account that keeps the logs.
pub const LOG_ARCHIVE: &str = "444455556666";
/// The account of a vendor that watches production's metrics.
pub const VENDOR: &str = "777788889999";
/// The account that the stolen snapshot is shared with.
pub const OUTSIDER: &str = "999900001111";
/// The region where the work is done.
pub const HOME: &str = "eu-west-1";
/// The region of global services and of the edge.
pub const EDGE: &str = "us-east-1";

/// Midnight UTC at which the seven days begin, a Thursday.
pub const FIRST_DAY: &str = "2026-09-10T00:00:00Z";
/// How many days there are.
pub const DAYS: i64 = 7;

/// The bucket that is robbed.
pub const TELEMETRY: &str = "aurelia-telemetry-archive";
/// The instance that is taken over.
pub const GATEWAY: &str = "i-0a1b2c3d4e5f60718";
/// Its network interface.
pub const GATEWAY_INTERFACE: &str = "eni-0a1b5e7d90c2f4836";
/// Its address inside.
pub const GATEWAY_ADDRESS: &str = "10.20.3.45";
/// Its security group.
pub const GATEWAY_GROUP: &str = "sg-0b4f1e6a7c2d93850";
/// The snapshot that is shared with an outsider.
pub const SNAPSHOT: &str = "snap-0d1c2b3a495867768";
/// The VPC of production.
pub const PRODUCTION_VPC: &str = "vpc-0a11c5d2e8f90b347";
/// The VPC of the analysts, whose flow log is deleted.
pub const ANALYTICS_VPC: &str = "vpc-0c22f7b4a1d3e6859";
/// The flow log that is deleted.
pub const ANALYTICS_FLOW_LOG: &str = "fl-0c22aa41bb52cc63d";
/// The one made in its place.
pub const NEW_ANALYTICS_FLOW_LOG: &str = "fl-0c22ee85ff96aa07b";
/// The trail of the home region.
pub const HOME_TRAIL: &str = "aurelia-eu-west-1";
/// The bucket that trails and flow logs deliver to.
pub const LOG_BUCKET: &str = "aurelia-org-logs";
/// The user whom the nightly backup is.
pub const BACKUP_USER: &str = "svc-backup";

/// Where the attacker comes from after the sign-in.
pub const ATTACKER: &str = "203.0.113.77";
/// Where the stolen data goes to.
pub const THIEF: &str = "203.0.113.201";
/// What the taken instance talks to.
pub const CONTROL: &str = "192.0.2.66";
/// What all outgoing traffic of production looks like from outside.
pub const NAT: &str = "198.51.100.129";

/// The identity provider as AWS knows it.
pub const PROVIDER: &str = "arn:aws:iam::111122223333:saml-provider/aurelia-okta";

/// One who works there.
pub struct Person {
    /// Name and mail address before the `@`.
    pub name: &'static str,
    /// The role of the working day.
    pub role: &'static str,
    /// Hours that local time is ahead of UTC in September.
    pub zone: i64,
    /// The usual address.
    pub from: &'static str,
    /// What calls are made with.
    pub agent: &'static str,
}

impl Person {
    /// The mail address.
    pub fn mail(&self) -> String {
        format!("{}@aurelia.example", self.name)
    }
}

const CLI: &str = "aws-cli/2.27.41 md/awscrt#0.26.1 ua/2.1 os/macos#24.5.0 md/arch#arm64 lang/python#3.13.4 md/pyimpl#CPython cfg/retry-mode#standard md/installer#source md/prompt#off";
const CONSOLE: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36";
const FIREFOX: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0";
const BOTO: &str = "Boto3/1.40.18 md/Botocore#1.40.18 ua/2.1 os/linux#6.8.0-79-generic md/arch#x86_64 lang/python#3.12.3 md/pyimpl#CPython cfg/retry-mode#legacy";
const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.13.1 (+https://www.terraform.io) terraform-provider-aws/6.11.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.38.3 ua/2.1 os/linux lang/go#1.24.6";

/// Everybody who uses AWS.
pub const PEOPLE: [Person; 14] = [
    Person {
        name: "mira.kovac",
        role: "DataEngineer",
        zone: 2,
        from: "198.51.100.23",
        agent: BOTO,
    },
    Person {
        name: "mira.kovacs",
        role: "Analyst",
        zone: 2,
        from: "198.51.100.24",
        agent: FIREFOX,
    },
    Person {
        name: "tomas.berg",
        role: "PlatformAdmin",
        zone: 2,
        from: "198.51.100.31",
        agent: CLI,
    },
    Person {
        name: "ines.carvalho",
        role: "DataEngineer",
        zone: 2,
        from: "198.51.100.23",
        agent: CLI,
    },
    Person {
        name: "jonas.lind",
        role: "PlatformAdmin",
        zone: 2,
        from: "198.51.100.31",
        agent: TERRAFORM,
    },
    Person {
        name: "lena.fischer",
        role: "Developer",
        zone: 2,
        from: "198.51.100.25",
        agent: CONSOLE,
    },
    Person {
        name: "omar.haddad",
        role: "Developer",
        zone: 2,
        from: "198.51.100.25",
        agent: CLI,
    },
    Person {
        name: "noah.reed",
        role: "Developer",
        zone: -4,
        from: "198.51.100.44",
        agent: CONSOLE,
    },
    Person {
        name: "amara.okafor",
        role: "Analyst",
        zone: -4,
        from: "198.51.100.44",
        agent: BOTO,
    },
    Person {
        name: "diego.marin",
        role: "DataEngineer",
        zone: -4,
        from: "198.51.100.45",
        agent: BOTO,
    },
    Person {
        name: "priya.raman",
        role: "Developer",
        zone: -4,
        from: "198.51.100.46",
        agent: CLI,
    },
    Person {
        name: "yuki.tanaka",
        role: "Developer",
        zone: 9,
        from: "198.51.100.61",
        agent: CONSOLE,
    },
    Person {
        name: "wei.zhang",
        role: "Analyst",
        zone: 9,
        from: "198.51.100.61",
        agent: FIREFOX,
    },
    Person {
        name: "sara.novak",
        role: "Auditor",
        zone: 2,
        from: "198.51.100.27",
        agent: CONSOLE,
    },
];

/// The person of that name.
///
/// # Panics
/// Where nobody has it: the names are constants of this program.
pub fn person(name: &str) -> &'static Person {
    match PEOPLE.iter().find(|person| person.name == name) {
        Some(person) => person,
        None => panic!("nobody at Aurelia is called {name}"),
    }
}

/// A place in production.
pub fn production(region: &str) -> Place {
    Place::new(PRODUCTION, region)
}

/// Where a service records what is called from `region`: global services in `us-east-1`.
pub fn recorded(service: &str, region: &str) -> Place {
    match service {
        "iam" | "organizations" | "cloudfront" | "route53" => production(EDGE),
        _ => production(region),
    }
}

/// A person's role session begun at `created`.
pub fn at_work(person: &Person, created: i64) -> Caller {
    let role = Role::new(PRODUCTION, person.role);
    Caller::session(
        &role,
        &Session::new(&person.mail(), created),
        person.from,
        person.agent,
    )
}

/// The pipeline's role.
pub fn deploy_role() -> Role {
    Role::new(PRODUCTION, "ci-deploy")
}

/// The access key that the nightly backup has had for years.
pub fn backup_key() -> String {
    format!("AKIA{}", Draw::new("the key of the backup").key(16))
}

/// The access key that the attacker makes for the same user.
pub fn stolen_key() -> String {
    format!("AKIA{}", Draw::new("the key of the thief").key(16))
}

/// One of production's other machines.
#[derive(Clone, Copy)]
pub struct Machine(pub u64);

/// How many of these there are.
pub const MACHINES: u64 = 8;

impl Machine {
    /// Its instance id.
    pub fn instance(self) -> String {
        format!("i-0{}", Draw::part("instance", self.0).hex(16))
    }

    /// Its network interface.
    pub fn interface(self) -> String {
        format!("eni-0{}", Draw::part("interface", self.0).hex(16))
    }

    /// Its address inside production's VPC.
    pub fn address(self) -> String {
        format!("10.20.{}.{}", 1 + self.0 % 3, 20 + self.0 * 7)
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.instance())
    }
}

/// The seconds at which each of the seven days begins.
pub fn days() -> impl Iterator<Item = i64> {
    let first = moment::at(FIRST_DAY);
    (0..DAYS).map(move |day| first + day * 86_400)
}

/// Whether people work on the day that begins then. 1970 began on a Thursday.
pub fn working_day(day: i64) -> bool {
    !matches!((day / 86_400).rem_euclid(7), 2 | 3)
}
