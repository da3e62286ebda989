use super::*;
use crate::hash::hex;
use proptest::prelude::*;

const KEY: &str = include_str!("../../../../fixtures/custody-vectors/trusted.vkey");
const NOTE: &[u8] =
    include_bytes!("../../../../fixtures/custody-vectors/checkpoints/00000006.note");

fn checkpoint() -> Checkpoint {
    Checkpoint {
        origin: "vestige/case/0c0b9d1e".into(),
        size: 3,
        root: [9; 32],
    }
}

fn key(seed: u8) -> ExaminerKey {
    ExaminerKey::from_seed(&[seed; 32])
}

fn vkey(seed: u8) -> Vkey {
    Vkey::new(&checkpoint().origin, key(seed).public()).unwrap()
}

#[test]
fn the_note_of_the_vectors_is_read_verified_and_written_again() {
    let note = Note::parse(NOTE).unwrap();
    let vkey = Vkey::parse(KEY.trim_end()).unwrap();
    assert_eq!(note.signed_by(&vkey), Some(true));
    assert_eq!(note.to_bytes(), NOTE);
    let checkpoint = note.checkpoint().unwrap();
    assert_eq!(checkpoint.size, 6);
    assert_eq!(
        hex(&checkpoint.root),
        "e90c673604a22cbb70e7f40d6f2dfc2b19df89b871126dc83f3a08f90dbe9766"
    );
    // Ed25519 is deterministic and the vectors' seed is 00..1f.
    let seed = std::array::from_fn(|at| at as u8);
    let signed = Note::sign(&checkpoint, &[&ExaminerKey::from_seed(&seed)]).unwrap();
    assert_eq!(signed.to_bytes(), NOTE);
}

#[test]
fn the_published_example_of_signed_notes_verifies() {
    let vkey =
        Vkey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let note = Note::parse(text.as_bytes()).unwrap();
    assert_eq!(note.signed_by(&vkey), Some(true));
    assert!(note.checkpoint().is_err());
}

#[test]
fn unknown_signers_are_ignored_and_a_wrong_signature_is_told() {
    let note = Note::sign(&checkpoint(), &[&key(1), &key(2)]).unwrap();
    let read = Note::parse(&note.to_bytes()).unwrap();
    assert_eq!(read.signed_by(&vkey(1)), Some(true));
    assert_eq!(read.signed_by(&vkey(2)), Some(true));
    assert_eq!(read.signed_by(&vkey(3)), None);
    let moved = String::from_utf8(note.to_bytes())
        .unwrap()
        .replace("\n3\n", "\n4\n");
    let moved = Note::parse(moved.as_bytes()).unwrap();
    assert_eq!(moved.signed_by(&vkey(1)), Some(false));
}

#[test]
fn a_right_signature_does_not_hide_a_wrong_one_of_the_same_key() {
    let right =
        String::from_utf8(Note::sign(&checkpoint(), &[&key(1)]).unwrap().to_bytes()).unwrap();
    let mut other = checkpoint();
    other.size = 4;
    let wrong = Note::sign(&other, &[&key(1)]).unwrap().to_bytes();
    let line = String::from_utf8(wrong)
        .unwrap()
        .lines()
        .last()
        .unwrap()
        .to_owned();
    let both = Note::parse(format!("{right}{line}\n").as_bytes()).unwrap();
    assert_eq!(both.signed_by(&vkey(1)), Some(false));
}

#[test]
fn what_is_no_note_is_refused() {
    let good =
        String::from_utf8(Note::sign(&checkpoint(), &[&key(1)]).unwrap().to_bytes()).unwrap();
    let bad = [
        String::new(),
        "\n\n".into(),
        good.trim_end().into(),
        good.replace('\u{2014}', "-"),
        good.replace("\n\n", "\n"),
        good.replace('3', "3\r"),
        format!("{good}\n"),
        format!("{good}\u{2014} name AAAA\n"),
        format!("{good}\u{2014} a+b AAAAAAAA\n"),
        "x".repeat(LARGEST + 1),
    ];
    for text in bad {
        assert!(Note::parse(text.as_bytes()).is_err(), "{text:?}");
    }
    assert!(Note::parse(b"\xff\n\n").is_err());
    for text in [
        "",
        "\n1\n",
        "a\n01\nAAAA\n",
        "a\n-1\n",
        "a\n+1\n",
        "a\n1\nAAAA\n",
        "a\n\n\n",
    ] {
        assert!(Checkpoint::parse(text).is_err(), "{text:?}");
    }
    let extended = format!("{}more\n", checkpoint().text());
    assert_eq!(Checkpoint::parse(&extended), Ok(checkpoint()));
}

proptest! {
    #[test]
    fn no_altered_byte_leaves_the_signature_whole(at: prop::sample::Index, flip in 1u8..) {
        let mut bytes = NOTE.to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let vkey = Vkey::parse(KEY.trim_end()).unwrap();
        let holds = Note::parse(&bytes).is_ok_and(|note| note.signed_by(&vkey) == Some(true));
        prop_assert!(!holds);
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, text: String) {
        let _ = Note::parse(&bytes);
        let _ = Note::parse(text.as_bytes());
        let _ = Checkpoint::parse(&text);
        let _ = Vkey::parse(&text);
    }
}
