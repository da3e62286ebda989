//! page tests
