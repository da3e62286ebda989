//! What is recorded: the events of a chain and what each needs to say.

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// A recorded event; its name is the entry's `event`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Event { $($(#[$doc])* $name,)* }

        impl Event {
            /// Every event, in the order of the documentation.
            pub const ALL: &[Event] = &[$(Event::$name),*];

            /// The name as it stands in an entry.
            pub const fn name(self) -> &'static str {
                match self { $(Event::$name => $text),* }
            }
        }
    };
}

events! {
    /// The first entry of a case; its details carry a random salt.
    CaseCreated = "case.created",
    /// A case was opened (litigation level).
    CaseOpened = "case.opened",
    /// A case was closed.
    CaseClosed = "case.closed",
    /// A fact of the case changed, from the old value to the new.
    CaseMetadataChanged = "case.metadata_changed",
    /// Another custody level holds from here.
    CaseCustodyLevelChanged = "case.custody_level_changed",
    /// Nothing may be disposed of from here.
    CaseLegalHoldSet = "case.legal_hold_set",
    /// The legal hold ended.
    CaseLegalHoldReleased = "case.legal_hold_released",
    /// A person entered the case; with a key where he may sign.
    ActorAdded = "actor.added",
    /// A person's role changed.
    ActorRoleChanged = "actor.role_changed",
    /// Work began (litigation level).
    SessionStarted = "session.started",
    /// Work ended (litigation level).
    SessionEnded = "session.ended",
    /// A wrong passphrase or its like.
    SessionFailed = "session.failed",
    /// Evidence came into the case.
    EvidenceReceived = "evidence.received",
    /// A batch of members was read into rows.
    EvidenceImported = "evidence.imported",
    /// Evidence was not taken, and why.
    EvidenceRejected = "evidence.rejected",
    /// Originals were hashed again and are unchanged.
    EvidenceVerified = "evidence.verified",
    /// Originals were hashed again and differ.
    EvidenceVerifyFailed = "evidence.verify_failed",
    /// Something was made from evidence.
    EvidenceDerived = "evidence.derived",
    /// Evidence went to someone else.
    EvidenceTransferred = "evidence.transferred",
    /// Evidence was given back.
    EvidenceReturned = "evidence.returned",
    /// Rows were made again by other rules.
    EvidenceReparsed = "evidence.reparsed",
    /// Rows were hidden; bytes and entries stay.
    EvidenceWithdrawn = "evidence.withdrawn",
    /// Evidence lies elsewhere from here.
    EvidenceRelocated = "evidence.relocated",
    /// Evidence was destroyed.
    EvidenceDisposed = "evidence.disposed",
    /// Evidence was read (litigation level).
    EvidenceAccessed = "evidence.accessed",
    /// A provider's integrity proof was checked.
    ProofChecked = "proof.checked",
    /// An analysis ran.
    AnalysisRun = "analysis.run",
    /// A query was kept.
    QuerySaved = "query.saved",
    /// A finding was made.
    FindingCreated = "finding.created",
    /// A finding was changed.
    FindingChanged = "finding.changed",
    /// A finding was dismissed.
    FindingDismissed = "finding.dismissed",
    /// An event was tagged, starred or commented.
    TimelineAnnotated = "timeline.annotated",
    /// The severity was assessed.
    SeverityAssessed = "severity.assessed",
    /// The classification changed.
    ClassificationChanged = "classification.changed",
    /// Material was marked as privileged.
    PrivilegeMarked = "privilege.marked",
    /// A mark of privilege was taken back.
    PrivilegeUnmarked = "privilege.unmarked",
    /// Something was blacked out.
    RedactionApplied = "redaction.applied",
    /// A redaction was approved.
    RedactionApproved = "redaction.approved",
    /// A redaction was taken back.
    RedactionReversed = "redaction.reversed",
    /// A fact that starts a deadline.
    ClockFactSet = "clock.fact_set",
    /// A notification was made.
    NotificationRecorded = "notification.recorded",
    /// A report was written out.
    ReportExported = "report.exported",
    /// A report was made.
    ReportGenerated = "report.generated",
    /// A report was signed.
    ReportSigned = "report.signed",
    /// A package was written.
    PackageExported = "package.exported",
    /// A package was verified.
    PackageVerified = "package.verified",
    /// A certification was drafted.
    CertificateGenerated = "certificate.generated",
    /// The entry before a signed note, which covers it.
    CheckpointSigned = "checkpoint.signed",
    /// A time-stamp token over a note arrived.
    CheckpointAnchored = "checkpoint.anchored",
    /// An examiner's key was made or first used in this case.
    KeyCreated = "key.created",
    /// One key follows another.
    KeyRotated = "key.rotated",
    /// A key is no longer to be trusted.
    KeyRevoked = "key.revoked",
    /// The chain was verified.
    ChainVerified = "chain.verified",
    /// The chain did not verify.
    ChainVerifyFailed = "chain.verify_failed",
    /// The case file was brought to a newer version.
    DbMigrated = "db.migrated",
    /// The case was restored from a backup.
    DbRestored = "db.restored",
    /// A backup was made.
    DbBackedUp = "db.backed_up",
    /// The host clock jumped.
    ClockStep = "clock.step",
    /// Another version of the application.
    AppUpdated = "app.updated",
    /// Another version of a rule set.
    RulesetUpdated = "ruleset.updated",
    /// A setting changed.
    SettingsChanged = "settings.changed",
}

/// Which part of an event an entry records. What takes longer than a second is recorded before and
/// after, so that a crash leaves a trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// All of it; the name has no suffix.
    #[default]
    Whole,
    /// Its beginning: `.started`.
    Started,
    /// Its end, with the outcome: `.finished`.
    Finished,
}

impl Phase {
    /// What the event's name is followed by.
    pub const fn suffix(self) -> &'static str {
        match self {
            Phase::Whole => "",
            Phase::Started => ".started",
            Phase::Finished => ".finished",
        }
    }
}

impl Event {
    /// The event and phase of a name, none where it is not one of ours.
    pub fn parse(name: &str) -> Option<(Event, Phase)> {
        let find = |name: &str| {
            Event::ALL
                .iter()
                .copied()
                .find(|event| event.name() == name)
        };
        if let Some(event) = find(name) {
            return Some((event, Phase::Whole));
        }
        [Phase::Started, Phase::Finished]
            .into_iter()
            .find_map(|phase| find(name.strip_suffix(phase.suffix())?).map(|event| (event, phase)))
    }

    /// The part of the name before the dot.
    pub fn group(self) -> &'static str {
        self.name().split('.').next().unwrap_or_default()
    }

    /// Members that `details` must have.
    pub fn needed_details(self) -> &'static [&'static str] {
        use Event::*;
        match self {
            CaseCreated => &["salt"],
            CaseMetadataChanged | CaseCustodyLevelChanged => &["new", "old"],
            AppUpdated | RulesetUpdated | SettingsChanged | DbMigrated => &["new", "old"],
            ActorAdded => &["name"],
            EvidenceImported => &["rows", "rows_sha256"],
            EvidenceDisposed => &["approver", "method"],
            ProofChecked => &["key_file_sha256", "method", "provider", "results"],
            AnalysisRun => &["params", "rule_set_sha256"],
            PrivilegeMarked | PrivilegeUnmarked | RedactionApplied | RedactionApproved
            | RedactionReversed | ClockFactSet | NotificationRecorded => &["basis", "decided_by"],
            CheckpointSigned => &["size", "vkey"],
            CheckpointAnchored => &[
                "gen_time",
                "root",
                "size",
                "token_sha256",
                "tsa_cert_sha256",
            ],
            KeyCreated | KeyRevoked => &["vkey"],
            KeyRotated => &["new_vkey", "old_vkey"],
            DbRestored => &["backup_head", "backup_sha256", "last_head"],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_again_with_its_phase() {
        for event in Event::ALL {
            for phase in [Phase::Whole, Phase::Started, Phase::Finished] {
                let name = format!("{}{}", event.name(), phase.suffix());
                assert_eq!(Event::parse(&name), Some((*event, phase)));
            }
            let mut sorted = event.needed_details().to_vec();
            sorted.sort_unstable();
            assert_eq!(sorted, event.needed_details());
        }
        assert_eq!(Event::parse("case.invented"), None);
        assert_eq!(
            Event::parse("session.started"),
            Some((Event::SessionStarted, Phase::Whole))
        );
        assert_eq!(
            Event::parse("session.started.started").unwrap().1,
            Phase::Started
        );
    }

    #[test]
    fn names_are_distinct() {
        let names: std::collections::BTreeSet<_> =
            Event::ALL.iter().map(|event| event.name()).collect();
        assert_eq!(names.len(), Event::ALL.len());
    }
}
