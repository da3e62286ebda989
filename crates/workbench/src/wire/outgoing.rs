//! What leaves the house: reports and packages, and their verification.

use super::evidence::Fact;
use super::program::Ticket;
use crate::verify::Verification;

asked! {
    /// A report to be looked at.
    ReportAsked {
        /// The question that narrows it; empty for the whole case.
        query: String,
        /// `a-3b` or `a-2u`.
        standard: String,
    }

    /// A page of a report.
    PageAsked {
        /// The report.
        laid: u64,
        /// From 0.
        page: u32,
    }

    /// A report to be saved.
    ReportSave {
        /// What it is about.
        report: ReportAsked,
        /// Where; the ending says the format, `.pdf` or `.html`.
        to: Ticket,
    }

    /// A package to be made.
    PackageMake {
        /// `expert`.
        profile: String,
        /// Who gets it.
        recipient: Option<String>,
        /// Where.
        to: Ticket,
    }

    /// A package, custody folder or case to be verified.
    PackageVerify {
        /// What.
        ticket: Ticket,
        /// Verifier keys from outside.
        keys: Vec<String>,
        /// Pins from outside.
        pins: Vec<String>,
        /// CA certificates of time-stamp authorities.
        tsa_ca: Option<Ticket>,
    }
}

told! {
    /// Something that was written to a file.
    Saved {
        /// Where.
        path: String,
        /// SHA-256.
        sha256: String,
        /// Bytes.
        bytes: u64,
        /// Rows, pages or files in it.
        parts: u64,
        /// The custody entry that records it, where one does.
        custody_seq: Option<u64>,
    }

    /// A report that was laid out.
    ReportView {
        /// Its number, to ask for pages.
        laid: u64,
        /// Pages.
        pages: u32,
        /// What is unverified, unanchored or missing.
        preflight: Vec<Preflight>,
        /// Entries in the chain it speaks of.
        size: u64,
    }

    /// Something to know before a report or package leaves the house.
    Preflight {
        /// Whether it is to be known, is not covered, or is contradicted.
        #[ts(type = "\"note\" | \"warning\" | \"fail\"")]
        status: &'static str,
        /// What, in plain words.
        text: String,
    }

    /// A page as a picture.
    PageView {
        /// SVG, shown as an image only.
        svg: String,
    }

    /// A package that was made.
    PackageMade {
        /// The file.
        saved: Saved,
        /// Verified after writing.
        verification: Verification,
    }

    /// A verification of something that was dropped or chosen.
    PackageVerdict {
        /// The name of the file.
        name: String,
        /// What it was taken for, in plain words.
        what: String,
        /// The verdict.
        verification: Verification,
        /// What the package says of itself, unverified.
        about: Vec<Fact>,
    }
}
