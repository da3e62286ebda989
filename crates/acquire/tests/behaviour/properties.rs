//! What holds for any evidence.

use std::io::{self, Read};

use proptest::prelude::*;
use vestige_acquire::scan::Needles;
use vestige_acquire::unpack::Limits;

use crate::evidence::*;

/// A tree of archives: what it holds, and how it is packed.
#[derive(Clone, Debug)]
enum Tree {
    File(Vec<u8>),
    Archive(bool, Vec<Tree>),
    Packed(u8, Box<Tree>),
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..600),
        (0usize..200_000).prop_map(log),
    ];
    // Plain content must not begin like a container by chance.
    let leaf = leaf.prop_map(|mut bytes| {
        bytes.insert(0, b'{');
        Tree::File(bytes)
    });
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            (
                any::<bool>(),
                proptest::collection::vec(inner.clone(), 0..4)
            )
                .prop_map(|(zip, inner)| Tree::Archive(zip, inner)),
            (0u8..3, inner).prop_map(|(how, inner)| Tree::Packed(how, Box::new(inner))),
        ]
    })
}

impl Tree {
    fn depth(&self) -> (usize, usize) {
        match self {
            Tree::File(_) => (0, 0),
            Tree::Packed(_, inner) => (inner.depth().0, inner.depth().1 + 1),
            Tree::Archive(_, inner) => {
                let deepest = inner.iter().map(Tree::depth);
                deepest.fold((1, 0), |(a, b), (c, d)| (a.max(c + 1), b.max(d)))
            }
        }
    }

    fn pack(&self) -> Vec<u8> {
        match self {
            Tree::File(bytes) => bytes.clone(),
            Tree::Packed(how, inner) => [gz, zst, bz2][usize::from(*how)](&inner.pack()),
            Tree::Archive(is_zip, inner) => {
                let packed: Vec<(String, Vec<u8>)> = inner
                    .iter()
                    .enumerate()
                    .map(|(at, one)| (format!("f{at}"), one.pack()))
                    .collect();
                let files: Vec<(&str, &[u8])> = packed
                    .iter()
                    .map(|(name, bytes)| (&**name, &**bytes))
                    .collect();
                // A tar of nothing is a file of zeros.
                if *is_zip || files.is_empty() {
                    zip(&files, true)
                } else {
                    tar(&files)
                }
            }
        }
    }

    fn files(&self, path: &mut Vec<usize>, out: &mut Vec<(String, Vec<u8>)>) {
        match self {
            Tree::File(bytes) => {
                let path: Vec<String> = path.iter().map(usize::to_string).collect();
                out.push((
                    if path.is_empty() {
                        "0".to_owned()
                    } else {
                        path.join("-")
                    },
                    bytes.clone(),
                ));
            }
            Tree::Packed(_, inner) => inner.files(path, out),
            Tree::Archive(_, inner) => {
                for (at, one) in inner.iter().enumerate() {
                    path.push(at);
                    one.files(path, out);
                    path.pop();
                }
            }
        }
    }
}

/// Gives at most a few bytes at a time.
struct Dribble<'a>(&'a [u8], usize);

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(buffer.len());
        self.0.read(&mut buffer[..count])
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_file_of_nested_archives_is_found_once(tree in tree()) {
        let (archives, codecs) = tree.depth();
        prop_assume!(archives <= 3 && codecs <= 4);
        let packed = tree.pack();
        let mut expected = Vec::new();
        tree.files(&mut Vec::new(), &mut expected);
        let limits = Limits { allow_ratio: true, ..small() };
        for seen in [walk_with(limits, &packed), walk_file(limits, &packed)] {
            let found: Vec<_> = seen.members.iter().map(|one| (one.path.clone(), one.bytes.clone())).collect();
            prop_assert!(found == expected, "{:?} {:?}", seen.names(), seen.rejected);
            prop_assert!(seen.is_clean(), "{:?}", seen.warnings);
        }
    }

    #[test]
    fn damaged_archives_never_panic_and_always_account(
        tree in tree(), flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut packed = tree.pack();
        prop_assume!(!packed.is_empty());
        for (at, byte) in flips {
            let at = at.index(packed.len());
            packed[at] = byte;
        }
        packed.truncate(cut.index(packed.len()) + 1);
        let whole = walk_with(small(), &packed);
        let file = walk_file(small(), &packed);
        let told = |seen: &Seen| seen.members.len() + seen.rejected.len() + seen.warnings.len();
        let archive = packed.starts_with(b"PK") || packed.len() > 512;
        prop_assert!(archive || told(&whole) > 0);
        prop_assert_eq!(whole.names(), file.names());
        prop_assert!(whole.members.iter().zip(&file.members).all(|(a, b)| a.bytes == b.bytes));
        prop_assert!(whole.members.iter().all(|one| one.end.is_some()));
    }

    #[test]
    fn any_split_of_reads_finds_the_same(
        text in "[ab\"\\\\x]{0,200}", phrase in "[ab\"\\\\]{1,4}", step in 1usize..50, pad in 0usize..3,
    ) {
        let needles = Needles::new(&[&phrase]).unwrap();
        let mut bytes = vec![b'.'; pad * 1_048_500];
        bytes.extend_from_slice(text.as_bytes());
        let (mut whole, mut split) = (Vec::new(), Vec::new());
        needles.scan(&bytes, &mut |_, at| whole.push(at));
        let step = if pad == 0 { step } else { step * 10_007 };
        needles.scan_stream(&mut Dribble(&bytes, step), &mut |_, at| split.push(at)).unwrap();
        whole.sort_unstable();
        split.sort_unstable();
        prop_assert_eq!(&whole, &split);
        let mut plain: Vec<u64> = bytes.windows(phrase.len()).enumerate()
            .filter(|(_, window)| window.eq_ignore_ascii_case(phrase.as_bytes()))
            .map(|(at, _)| at as u64).collect();
        plain.retain(|at| !whole.contains(at));
        prop_assert!(plain.is_empty(), "missed {:?}", plain);
        whole.dedup();
        prop_assert_eq!(whole.len(), split.len(), "told twice");
    }
}
