//! What sort of act an API call is, from its name.

use vestige_model::Activity;

use Activity::{Create, Delete, Login, Logout, Read, Update};

/// Calls whose verb misleads.
fn named(name: &str) -> Option<Activity> {
    Some(match name {
        "Authenticate"
        | "CheckMfa"
        | "ConsoleLogin"
        | "CredentialChallenge"
        | "CredentialVerification"
        | "Federate"
        | "GetFederationToken"
        | "GetRoleCredentials"
        | "GetSessionToken"
        | "GetSigninToken"
        | "RenewRole"
        | "SwitchRole"
        | "UserAuthentication" => Login,
        "ExitRole" | "Logout" | "ConsoleLogout" => Logout,
        "PutObject" | "UploadPart" | "UploadPartCopy" | "CompleteMultipartUpload" => Create,
        "ScheduleKeyDeletion" => Delete,
        _ if name.starts_with("AssumeRole") => Login,
        _ => return None,
    })
}

/// Verbs, by the words that names begin with.
const VERBS: &[(&str, Activity)] = &[
    ("Get", Read),
    ("List", Read),
    ("Describe", Read),
    ("Head", Read),
    ("Lookup", Read),
    ("Search", Read),
    ("BatchGet", Read),
    ("BatchDescribe", Read),
    ("Query", Read),
    ("Scan", Read),
    ("Select", Read),
    ("View", Read),
    ("Download", Read),
    ("Discover", Read),
    ("Simulate", Read),
    ("Test", Read),
    ("Validate", Read),
    ("Verify", Read),
    ("Decrypt", Read),
    ("Create", Create),
    ("BatchCreate", Create),
    ("Run", Create),
    ("Launch", Create),
    ("Allocate", Create),
    ("Copy", Create),
    ("Import", Create),
    ("Register", Create),
    ("Request", Create),
    ("Provision", Create),
    ("Generate", Create),
    ("Upload", Create),
    ("Publish", Create),
    ("Issue", Create),
    ("Delete", Delete),
    ("BatchDelete", Delete),
    ("Remove", Delete),
    ("Terminate", Delete),
    ("Deregister", Delete),
    ("Release", Delete),
    ("Purge", Delete),
    ("Put", Update),
    ("Update", Update),
    ("Modify", Update),
    ("Set", Update),
    ("Add", Update),
    ("Attach", Update),
    ("Detach", Update),
    ("Associate", Update),
    ("Disassociate", Update),
    ("Authorize", Update),
    ("Revoke", Update),
    ("Enable", Update),
    ("Disable", Update),
    ("Start", Update),
    ("Stop", Update),
    ("Reboot", Update),
    ("Reset", Update),
    ("Restore", Update),
    ("Replace", Update),
    ("Tag", Update),
    ("Untag", Update),
    ("Change", Update),
    ("Deactivate", Update),
    ("Cancel", Update),
    ("Accept", Update),
    ("Invite", Update),
    ("Send", Update),
    ("Leave", Update),
    ("Move", Update),
    ("Share", Update),
];

/// The sort of act of a call: by its name where that is known, else reading where the record says
/// `readOnly`, else by its verb.
pub fn activity(name: &str, read_only: Option<bool>) -> Activity {
    if let Some(activity) = named(name) {
        return activity;
    }
    if read_only == Some(true) {
        return Read;
    }
    match VERBS.iter().find(|(verb, _)| begins_with_word(name, verb)) {
        Some((_, Read)) if read_only == Some(false) => Update,
        Some((_, activity)) => *activity,
        None if read_only == Some(false) => Update,
        None => Activity::Other,
    }
}

fn begins_with_word(name: &str, word: &str) -> bool {
    name.strip_prefix(word)
        .is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_whole_words() {
        assert_eq!(activity("GetObject", None), Read);
        assert_eq!(activity("Getaway", None), Activity::Other);
        assert_eq!(activity("PutObject", Some(false)), Create);
        assert_eq!(activity("PutBucketPolicy", Some(false)), Update);
        assert_eq!(activity("AssumeRoleWithSAML", Some(true)), Login);
        assert_eq!(activity("GenerateDataKey", Some(true)), Read);
        assert_eq!(activity("TerminateInstances", None), Delete);
        assert_eq!(activity("SettlePayment", Some(false)), Update);
    }
}
