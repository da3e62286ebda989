//! Every command of the window, declared once. The desktop shell makes its handlers from this
//! list, `xtask codegen` the page's types.

/// Calls `$macro!` with every command: its name, its input, its output. A command called `long`
/// tells its progress and can be cancelled; all of them run off the main thread.
#[macro_export]
macro_rules! commands {
    ($macro:path) => {
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
            plan_import(OfTicket) -> ImportPlan;
            import(Import) -> ImportReport;
            formats(Nothing) -> Vec<Fact>;
            evidence(Nothing) -> ImportReport;
            item(ItemId) -> ItemView;
            note_item(NoteItem) -> ItemNotes;
            withdraw(Withdraw) -> Withdrawn;
            backup(OfTicket) -> Saved;
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
            annotate(Annotate) -> Changed;
            undo_annotation(UndoAnnotation) -> Changed;
            tags(Nothing) -> Vec<TagView>;
            export(Export) -> Saved;
            ledger(LedgerAsked) -> LedgerView;
            entry(EntryAsked) -> EntryBytes;
            verify(VerifyAsked) -> Verification;
            sign(Nothing) -> Signed;
            pin(Nothing) -> PinView;
            request_time_stamp(Nothing) -> TimeStampQuery;
            take_time_stamp(TimeStampAnswer) -> Anchored;
            preview_report(ReportAsked) -> ReportView;
            report_page(PageAsked) -> PageView;
            save_report(ReportSave) -> Saved;
            make_package(PackageMake) -> PackageMade;
            verify_package(PackageVerify) -> PackageVerdict;
            cancel(Cancel) -> Nothing;
        }
    };
}
