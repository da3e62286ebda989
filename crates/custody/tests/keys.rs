//! How further keys come to be trusted, judged by both verifiers, which must agree.

mod support;

use Verdict::{Failed as F, Verified as V, VerifiedWithWarnings as W};
use support::*;
use vestige_custody::{Entry, Event, Verdict};

fn added(seed: u8) -> Entry {
    entry(Event::ActorAdded)
        .detail("name", "B. Examiner")
        .detail("vkey", vkey(seed).to_string())
}

fn rotated(old: u8, new: u8) -> Entry {
    entry(Event::KeyRotated)
        .detail("old_vkey", vkey(old).to_string())
        .detail("new_vkey", vkey(new).to_string())
}

fn work() -> Entry {
    entry(Event::TimelineAnnotated).detail("comment", "x")
}

/// A case of the examiner with key 1, who is the only one trusted from outside.
fn case_of_one() -> Package {
    let mut package = Package::new();
    package.append(&created()).append(&work()).sign(&[&key(1)]);
    package
}

fn verdict(package: &mut Package) -> Verdict {
    package.pin().verdict()
}

#[test]
fn a_second_examiner_signs_once_a_trusted_note_covers_his_entry() {
    let mut package = case_of_one();
    package
        .append(&added(2))
        .sign(&[&key(1)])
        .append(&work())
        .sign(&[&key(2)]);
    assert_eq!(verdict(&mut package), V);
    assert_eq!(package.report().trusted, [vkey(1), vkey(2)]);
}

#[test]
fn who_lets_himself_in_is_not_trusted() {
    let mut package = case_of_one();
    package.append(&added(2)).sign(&[&key(2)]);
    assert_eq!(verdict(&mut package), F);
    package.sign(&[&key(1), &key(2)]);
    assert_eq!(package.verdict(), V);
}

#[test]
fn an_entry_that_no_note_covers_lets_nobody_in() {
    let mut package = case_of_one();
    package.append(&added(2));
    assert_eq!(verdict(&mut package), W);
    assert_eq!(package.report().trusted, [vkey(1)]);
}

#[test]
fn the_third_examiner_is_let_in_by_the_second() {
    let mut package = case_of_one();
    package
        .append(&added(2))
        .sign(&[&key(1)])
        .append(&added(3))
        .sign(&[&key(2)])
        .append(&work())
        .sign(&[&key(3)]);
    assert_eq!(verdict(&mut package), V);
}

#[test]
fn a_wrong_signature_of_a_key_that_the_note_lets_in_rejects_it() {
    let mut package = case_of_one();
    package.append(&added(2)).sign(&[&key(1), &key(2)]);
    let text = String::from_utf8(package.notes[&note_name(3)].clone()).unwrap();
    let line = text.lines().last().unwrap();
    let wrong = format!(
        "{}AAAA{}",
        &line[..line.len() - 12],
        &line[line.len() - 8..]
    );
    package.edit_note(3, line, &wrong);
    assert_eq!(verdict(&mut package), F);
}

#[test]
fn a_key_that_follows_another_is_confirmed_by_both() {
    let mut package = case_of_one();
    package
        .append(&rotated(1, 2))
        .sign(&[&key(1), &key(2)])
        .append(&work())
        .sign(&[&key(2)]);
    assert_eq!(verdict(&mut package), V);
    assert_eq!(package.report().trusted, [vkey(2)]);
}

#[test]
fn the_old_key_signs_nothing_after_the_note_that_both_signed() {
    let mut package = case_of_one();
    package
        .append(&rotated(1, 2))
        .sign(&[&key(1), &key(2)])
        .append(&work())
        .sign(&[&key(1)]);
    assert_eq!(verdict(&mut package), F);
    package.sign(&[&key(1), &key(2)]);
    assert_eq!(package.verdict(), V);
}

#[test]
fn a_change_of_keys_that_only_one_signed_is_not_confirmed() {
    let mut package = case_of_one();
    package.append(&rotated(1, 2)).sign(&[&key(1)]);
    assert_eq!(verdict(&mut package), W);
    // A later note signed by both confirms it after all.
    package.append(&work()).sign(&[&key(1), &key(2)]);
    assert_eq!(verdict(&mut package), V);
    let mut package = case_of_one();
    package.append(&rotated(1, 2)).sign(&[&key(2)]);
    assert_eq!(verdict(&mut package), F);
}

#[test]
fn a_stranger_cannot_take_over_for_a_key_that_is_not_his() {
    let mut package = case_of_one();
    package.append(&rotated(3, 4)).sign(&[&key(3), &key(4)]);
    assert_eq!(verdict(&mut package), F);
    package.sign(&[&key(1), &key(3), &key(4)]);
    assert_eq!(package.verdict(), W);
    assert_eq!(package.report().trusted, [vkey(1)]);
}

#[test]
fn a_revoked_key_signs_nothing_more() {
    let mut package = case_of_one();
    let revoked = entry(Event::KeyRevoked).detail("vkey", vkey(2).to_string());
    package
        .append(&added(2))
        .sign(&[&key(1)])
        .append(&revoked)
        .sign(&[&key(1)]);
    assert_eq!(verdict(&mut package), V);
    assert_eq!(package.report().trusted, [vkey(1)]);
    package.append(&work()).sign(&[&key(2)]);
    assert_eq!(verdict(&mut package), F);
}

#[test]
fn a_key_that_cannot_be_read_is_told() {
    let mut package = case_of_one();
    let unreadable = entry(Event::ActorAdded)
        .detail("name", "C")
        .detail("vkey", "no key");
    package.append(&unreadable).sign(&[&key(1)]);
    assert_eq!(verdict(&mut package), W);
    let mut package = case_of_one();
    package
        .append(&entry(Event::ActorAdded).detail("name", "a visitor"))
        .sign(&[&key(1)]);
    assert_eq!(verdict(&mut package), V);
}

#[test]
fn keys_in_the_package_do_not_add_to_keys_from_outside() {
    let mut package = case_of_one();
    package.append(&work()).sign(&[&key(9)]);
    package.package_keys.push(vkey(9));
    assert_eq!(verdict(&mut package), F);
}

#[test]
fn a_chain_of_another_case_is_refused() {
    let mut package = case_of_one();
    package.edit_note(2, "2a01\n2\n", "2a02\n2\n");
    assert_eq!(package.verdict(), F);
}
