//! The report: facts in, PDF/A or HTML out.
