//! Who calls: the forms of `userIdentity`.

use serde_json::{Value, json};

use crate::draw::Draw;
use crate::moment;

/// Somebody or something that calls an API from somewhere.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The record's `userIdentity`.
    pub identity: Value,
    /// Who it is: an ARN, or the name of an AWS service.
    pub actor: String,
    /// The role session's name.
    pub session: Option<String>,
    /// The access key id.
    pub credential: Option<String>,
    /// `sourceIPAddress`.
    pub from: String,
    /// `userAgent`.
    pub agent: String,
}

/// An IAM role.
#[derive(Clone, Debug)]
pub struct Role {
    /// The account that has it.
    pub account: String,
    /// Its name.
    pub name: String,
    /// Its unique id, `AROA...`.
    pub id: String,
}

/// One session of a role.
#[derive(Clone, Debug)]
pub struct Session {
    /// `roleSessionName`.
    pub name: String,
    /// The access key id, `ASIA...`.
    pub key: String,
    /// When it was made.
    pub created: i64,
    /// Who first asked, kept along a chain of roles.
    pub source: Option<String>,
    /// Whether its credentials come from the metadata service of an instance.
    pub instance: bool,
}

impl Role {
    /// A role with an id of its own.
    pub fn new(account: &str, name: &str) -> Role {
        let id = format!(
            "AROA{}",
            Draw::new(&format!("role {account} {name}")).key(17)
        );
        Role {
            account: account.to_owned(),
            name: name.to_owned(),
            id,
        }
    }

    /// The role's ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.name)
    }

    /// The ARN of a session of it.
    pub fn session_arn(&self, session: &str) -> String {
        format!(
            "arn:aws:sts::{}:assumed-role/{}/{session}",
            self.account, self.name
        )
    }
}

impl Session {
    /// A session made at `created`, with a key of its own.
    pub fn new(name: &str, created: i64) -> Session {
        let key = format!(
            "ASIA{}",
            Draw::new(&format!("session {name} {created}")).key(16)
        );
        Session {
            name: name.to_owned(),
            key,
            created,
            source: None,
            instance: false,
        }
    }

    /// The same with a source identity.
    #[must_use]
    pub fn source(mut self, who: &str) -> Session {
        self.source = Some(who.to_owned());
        self
    }

    /// The same on an instance.
    #[must_use]
    pub fn on_instance(mut self) -> Session {
        self.instance = true;
        self
    }
}

impl Caller {
    /// A role's session.
    pub fn session(role: &Role, session: &Session, from: &str, agent: &str) -> Caller {
        let mut context = json!({
            "sessionIssuer": {
                "type": "Role", "principalId": role.id, "arn": role.arn(),
                "accountId": role.account, "userName": role.name
            },
            "webIdFederationData": {},
            "attributes": {
                "creationDate": moment::rfc3339(session.created), "mfaAuthenticated": "false"
            }
        });
        if let Some(source) = &session.source {
            context["sourceIdentity"] = json!(source);
        }
        if session.instance {
            context["ec2RoleDelivery"] = json!("2.0");
        }
        let arn = role.session_arn(&session.name);
        let identity = json!({
            "type": "AssumedRole",
            "principalId": format!("{}:{}", role.id, session.name),
            "arn": arn, "accountId": role.account, "accessKeyId": session.key,
            "sessionContext": context
        });
        Caller {
            identity,
            actor: arn,
            session: Some(session.name.clone()),
            credential: Some(session.key.clone()),
            from: from.to_owned(),
            agent: agent.to_owned(),
        }
    }

    /// An IAM user with a key.
    pub fn user(account: &str, name: &str, key: &str, from: &str, agent: &str) -> Caller {
        let arn = format!("arn:aws:iam::{account}:user/{name}");
        let id = format!("AIDA{}", Draw::new(&arn).key(17));
        let identity = json!({
            "type": "IAMUser", "principalId": id, "arn": arn, "accountId": account,
            "accessKeyId": key, "userName": name
        });
        Caller {
            identity,
            actor: arn,
            session: None,
            credential: Some(key.to_owned()),
            from: from.to_owned(),
            agent: agent.to_owned(),
        }
    }

    /// A service of AWS acting for the account.
    pub fn service(host: &str) -> Caller {
        Caller {
            identity: json!({"type": "AWSService", "invokedBy": host}),
            actor: host.to_owned(),
            session: None,
            credential: None,
            from: host.to_owned(),
            agent: host.to_owned(),
        }
    }

    /// Somebody whom an identity provider vouches for, before there is a session.
    pub fn saml(provider: &str, name: &str, from: &str, agent: &str) -> Caller {
        let identity = json!({
            "type": "SAMLUser", "principalId": format!("{provider}:{name}"), "userName": name,
            "identityProvider": provider
        });
        Caller {
            identity,
            actor: name.to_owned(),
            session: None,
            credential: None,
            from: from.to_owned(),
            agent: agent.to_owned(),
        }
    }

    /// A workload that a web identity provider vouches for.
    pub fn web_identity(provider: &str, subject: &str, from: &str, agent: &str) -> Caller {
        let identity = json!({
            "type": "WebIdentityUser",
            "principalId": format!("{provider}:sts.amazonaws.com:{subject}"),
            "userName": subject, "identityProvider": provider
        });
        Caller {
            identity,
            actor: subject.to_owned(),
            session: None,
            credential: None,
            from: from.to_owned(),
            agent: agent.to_owned(),
        }
    }

    /// A principal of another account, as the resource's owner sees it.
    pub fn other_account(account: &str, principal: &str, from: &str, agent: &str) -> Caller {
        let identity = json!({
            "type": "AWSAccount", "principalId": principal, "accountId": account
        });
        Caller {
            identity,
            actor: principal.to_owned(),
            session: None,
            credential: None,
            from: from.to_owned(),
            agent: agent.to_owned(),
        }
    }

    /// The same from elsewhere.
    #[must_use]
    pub fn from(mut self, address: &str) -> Caller {
        address.clone_into(&mut self.from);
        self
    }

    /// Whether it is a service of AWS.
    pub fn is_service(&self) -> bool {
        self.from.ends_with(".amazonaws.com")
    }
}
