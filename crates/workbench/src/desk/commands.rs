//! Every command of the window, declared once: from this list come what runs them, the page's
//! types and what the window is allowed to call.

use serde_json::Value;
use ts_rs::{Config, TS, TypeVisitor};

use super::{CallHost, Desk};
use crate::custody::Anchored;
use crate::error::WorkError;
use crate::import::ImportReport;
use crate::session::Signed;
use crate::show::Proof;
use crate::verify::Verification;
use crate::wire::*;
use crate::withdraw::Withdrawn;

/// Calls a macro with every command: its name, its input, its output.
macro_rules! commands {
    ($macro:ident) => {
        $macro! {
            about(Nothing) -> About;
            started(Nothing) -> Started;
            choose(Choose) -> Option<Chosen>;
            settings(Nothing) -> Settings;
            save_settings(Settings) -> Settings;
            diagnostics(Nothing) -> Diagnostics;
            key(Nothing) -> KeyView;
            make_key(Passphrase) -> KeyView;
            unlock_key(Passphrase) -> KeyView;
            lock_key(Nothing) -> KeyView;
            cases(Nothing) -> Vec<RecentCase>;
            create_case(CaseCreate) -> CaseView;
            open_case(CaseOpen) -> Opened;
            close_case(Nothing) -> Nothing;
            case(Nothing) -> Option<CaseView>;
            forget_case(CaseOpen) -> Nothing;
            restore_case(RestoreCase) -> Opened;
            open_result(OpenResult) -> ResultView;
            rows(Rows) -> RowsView;
            find_time(FindTime) -> Position;
            histogram(HistogramAsked) -> HistogramView;
            top(TopAsked) -> Vec<TopView>;
            fields(Nothing) -> Vec<FieldView>;
            check_query(Text) -> Vec<ProblemInQuery>;
            complete(Complete) -> Vec<TopView>;
            event(EventId) -> EventView;
            prove(EventId) -> Proof;
            export(Export) -> Saved;
            note_item(NoteItem) -> ItemNotes;
            annotate(Annotate) -> Changed;
            undo_annotation(UndoAnnotation) -> Changed;
            tags(Nothing) -> Vec<TagView>;
            preview_report(ReportAsked) -> ReportView;
            report_page(PageAsked) -> PageView;
            save_report(ReportSave) -> Saved;
            plan_import(OfTicket) -> ImportPlan;
            import(Import) -> ImportReport;
            formats(Nothing) -> Vec<Fact>;
            evidence(EvidenceAsk) -> EvidencePage;
            item(ItemId) -> ItemView;
            withdraw(Withdraw) -> Withdrawn;
            backup(OfTicket) -> Saved;
            ledger(LedgerAsked) -> LedgerView;
            entry(EntryAsked) -> EntryBytes;
            verify(VerifyAsked) -> Verification;
            sign(Nothing) -> Signed;
            pin(Nothing) -> PinView;
            request_time_stamp(Nothing) -> TimeStampQuery;
            take_time_stamp(TimeStampAnswer) -> Anchored;
            make_package(PackageMake) -> PackageMade;
            verify_package(PackageVerify) -> PackageVerdict;
            cancel(Cancel) -> Nothing;
        }
    };
}

macro_rules! runner {
    ($($name:ident($input:ty) -> $output:ty;)*) => {
        /// Runs the command of this name.
        pub(super) fn run(
            desk: &Desk,
            host: &CallHost<'_>,
            command: &str,
            input: Value,
        ) -> Result<Value, Problem> {
            match command {
                $(stringify!($name) => {
                    let input: $input = serde_json::from_value(input).map_err(malformed)?;
                    let output: $output = desk.$name(host, input).map_err(Problem::from)?;
                    serde_json::to_value(output).map_err(malformed)
                })*
                other => Err(WorkError::usage("command", "one of the window", other).into()),
            }
        }

        /// The names of all commands.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];

        fn declare(all: &mut Declarations) -> String {
            let mut lines = String::new();
            $(
                all.visit::<$input>();
                all.visit::<$output>();
                lines += &format!(
                    "  {}: {{ input: {}; output: {} }};\n",
                    stringify!($name),
                    <$input as TS>::name(&all.config),
                    <$output as TS>::name(&all.config),
                );
            )*
            lines
        }
    };
}

commands!(runner);

fn malformed(error: serde_json::Error) -> Problem {
    WorkError::usage("message", "what the command takes", error.to_string()).into()
}

impl Problem {
    /// What the page is told where a command ended in a way that must not happen.
    #[must_use]
    pub fn defect() -> Problem {
        WorkError::Defect {
            doing: "the command",
        }
        .into()
    }
}

impl From<WorkError> for Problem {
    fn from(error: WorkError) -> Problem {
        let in_query = match &error {
            WorkError::Query { text, problems } => problems
                .iter()
                .map(|problem| ProblemInQuery::new(text, problem))
                .collect(),
            _ => Vec::new(),
        };
        Problem {
            code: error.code().to_owned(),
            message: error.to_string(),
            stopped: error.code() == "stopped",
            in_query,
        }
    }
}

/// Declarations of the page's types, by name.
struct Declarations {
    config: Config,
    types: std::collections::BTreeMap<String, String>,
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only a type of ours has a file of its own.
        if T::output_path().is_some() {
            let name = T::name(&self.config);
            if self.types.contains_key(&name) {
                return;
            }
            let docs = T::docs().unwrap_or_default();
            let declaration = format!("{docs}export {}\n", T::decl(&self.config));
            self.types.insert(name, declaration);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// The page's types and commands in TypeScript.
#[must_use]
pub fn bindings() -> String {
    let mut all = Declarations {
        config: Config::new().with_large_int("number"),
        types: std::collections::BTreeMap::new(),
    };
    let commands = declare(&mut all);
    all.visit::<CallProgress>();
    all.visit::<Notice>();
    all.visit::<Dropped>();
    all.visit::<Problem>();
    let types: String = all
        .types
        .values()
        .map(|declaration| format!("{declaration}\n"))
        .collect();
    format!(
        "// Made by `cargo xtask codegen`; do not edit.\n\n{types}export interface Commands {{\n{commands}}}\n\nexport interface Events {{\n  progress: CallProgress;\n  notice: Notice;\n  dropped: Dropped;\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::bindings;

    #[test]
    fn the_committed_bindings_are_those_of_the_wire_types() {
        let committed = include_str!("../../../../ui/src/platform/bindings.ts");
        assert!(
            committed == bindings(),
            "ui/src/platform/bindings.ts is stale; run `cargo xtask codegen`"
        );
    }
}
