//! Decompression bombs are stopped on every path, and only bombs.

use vestige_acquire::unpack::{Limits, State};

use crate::evidence::*;

fn zeros() -> Vec<u8> {
    vec![0; 4 << 20]
}

#[test]
fn a_ratio_over_the_limit_is_rejected_on_every_path() {
    let zeros = zeros();
    let limits = small();
    let whole = Limits {
        whole: 8 << 20,
        ..limits
    };
    let packed: [(&str, Vec<u8>); 8] = [
        ("gz", gz(&zeros)),
        ("zst", zst(&zeros)),
        ("bz2", bz2(&zeros)),
        ("zip", zip(&[("z", &zeros)], true)),
        ("tar.gz", gz(&tar(&[("z", &zeros)]))),
        ("tar.zst", zst(&tar(&[("z", &zeros)]))),
        ("gz in tar", tar(&[("z.gz", &gz(&zeros))])),
        ("zip.gz", gz(&zip(&[("z", &zeros)], false))),
    ];
    for (word, packed) in packed {
        for limits in [limits, whole] {
            for seen in [walk_with(limits, &packed), walk_file(limits, &packed)] {
                let mut reasons: Vec<String> =
                    seen.rejected.iter().map(|(_, why)| why.clone()).collect();
                reasons.extend(seen.members.iter().filter_map(|one| match one.state() {
                    State::Rejected(reason) => Some(reason.clone()),
                    _ => None,
                }));
                assert!(!reasons.is_empty(), "{word}: {seen:?}");
                assert!(
                    reasons.iter().all(|why| why.contains("--allow-ratio")),
                    "{word}: {reasons:?}"
                );
                assert!(
                    seen.members.iter().all(|one| one.bytes.len() < 2 << 20),
                    "{word}"
                );
            }
        }
        let allowed = walk_with(
            Limits {
                allow_ratio: true,
                ..limits
            },
            &packed,
        );
        assert!(allowed.is_clean(), "{word}: {:?}", allowed.warnings);
        assert!(allowed.only().bytes == zeros, "{word}");
    }
}

#[test]
fn what_stays_under_the_floor_or_the_ratio_is_no_bomb() {
    let small_zeros = vec![0; 1 << 20];
    assert!(walk_with(small(), &gz(&small_zeros)).is_clean());
    let text = log(4 << 20);
    assert!(walk_with(small(), &gz(&text)).is_clean());
}

#[test]
fn many_small_bombs_share_one_allowance() {
    let zeros = vec![0; 400 << 10];
    let names: Vec<String> = (0..50).map(|at| at.to_string()).collect();
    let bomb = gz(&zeros);
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (&**name, &*bomb)).collect();
    let seen = walk_with(small(), &tar(&files));
    assert_eq!(seen.members.len() + seen.rejected.len(), 50);
    let rejected = seen
        .members
        .iter()
        .filter(|one| matches!(one.state(), State::Rejected(_)))
        .count();
    assert_eq!(seen.members.len() - rejected, 2);
}

#[test]
fn ratios_of_nested_layers_multiply() {
    // 100:1 in each layer is allowed, 10,000:1 in all is not.
    let mut text = log(40_000);
    text.extend(vec![b' '; 4 << 20]);
    let once = gz(&text);
    let padded = [once.clone(), vec![0; once.len() * 99]].concat();
    let inner = tar(&[("a.gz", &once), ("pad", &padded)]);
    let seen = walk_with(
        Limits {
            ratio: 150,
            ..small()
        },
        &gz(&inner),
    );
    assert!(
        !seen.rejected.is_empty()
            || seen
                .members
                .iter()
                .any(|one| matches!(one.state(), State::Rejected(_)))
    );
}

#[test]
fn a_file_that_decompresses_to_itself_ends() {
    // No real quine is needed: what is told is the depth.
    let mut packed = b"core".to_vec();
    for _ in 0..40 {
        packed = gz(&packed);
    }
    let seen = walk(&packed);
    assert!(seen.members.is_empty());
    seen.refused("compressed more than 4 times over");
}

#[test]
fn overlapping_entries_are_refused() {
    // As Fifield's bomb: every entry but the last quotes the local headers of those after it.
    let kernel = RawEntry::deflated(b"k", &vec![0; 300_000]);
    let mut body = kernel.local();
    let mut quoted: Vec<(u16, Vec<u8>)> = Vec::new();
    for number in 0..200u16 {
        let mut entry = RawEntry::deflated(b"q", b"");
        entry.name = format!("q{number}").into_bytes();
        entry.local_name = entry.name.clone();
        // A stored block that holds the next header, then the next entry's own data.
        let mut data = vec![0];
        let length = body.len().min(0xFFFF) as u16;
        numbers16(&mut data, &[length, !length]);
        data.extend_from_slice(&body);
        entry.data = data;
        entry.size = 300_000 + u32::from(length);
        body = entry.local();
        quoted.push((number, body.clone()));
    }
    let total = body.len();
    let mut directory = Vec::new();
    for (number, local) in quoted.iter().rev() {
        let name = format!("q{number}").into_bytes();
        let data = local[30 + name.len()..].to_vec();
        let entry = RawEntry {
            data,
            method: 8,
            ..RawEntry::stored(&name, b"")
        };
        directory.extend(entry.central((total - local.len()) as u32));
    }
    directory.extend(kernel.central((total - kernel.local().len()) as u32));
    let mut bomb = body;
    bomb.extend_from_slice(&directory);
    bomb.extend(end_record(201, directory.len() as u32, total as u32));
    let seen = walk(&bomb);
    assert_eq!(
        seen.rejected
            .iter()
            .filter(|(_, why)| why.contains("overlaps another entry"))
            .count(),
        200
    );
    assert!(seen.members.len() <= 1);
}

#[test]
fn entries_that_share_their_data_or_lie_in_the_directory_are_refused() {
    let one = RawEntry::stored(b"one", b"shared");
    let mut two = RawEntry::stored(b"one", b"shared");
    two.offset = Some(0);
    let mut greedy = RawEntry::stored(b"greedy", b"x");
    greedy.compressed = Some(400);
    let seen = walk(&raw_zip(&[one, two, greedy]));
    assert_eq!(seen.names(), ["one"]);
    assert_eq!(seen.rejected.len(), 2);
}

#[test]
fn declared_sizes_are_not_believed() {
    // A tar whose long name, pax header and entry claim 8 GiB each.
    for kind in [
        tar::EntryType::GNULongName,
        tar::EntryType::XHeader,
        tar::EntryType::Regular,
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(8 << 30);
        header.set_path("liar").unwrap();
        header.set_cksum();
        let mut packed = header.as_bytes().to_vec();
        packed.extend_from_slice(&log(3000));
        for seen in [
            walk(&packed),
            walk(&gz(&packed)),
            walk_file(small(), &packed),
        ] {
            assert!(!seen.warnings.is_empty());
            assert!(seen.members.iter().all(|one| one.is_partial()));
        }
    }
    // A zip whose entry claims 4 GiB, and one whose directory does.
    let mut entry = RawEntry::deflated(b"liar", b"small");
    entry.size = u32::MAX - 1;
    let seen = walk(&raw_zip(&[entry]));
    assert_eq!(seen.only().bytes, b"small");
    assert!(seen.only().is_partial());
    let mut packed = raw_zip(&[RawEntry::stored(b"a", b"a")]);
    let at = packed.len() - 10;
    packed[at..at + 4].copy_from_slice(&(u32::MAX - 5).to_le_bytes());
    let seen = walk(&packed);
    assert_eq!(seen.only().bytes, b"a");
    seen.warned("directory lies outside");
    // Sizes and offsets near the end of what 64 bits count.
    for (size, compressed, offset) in [
        (5, u64::MAX, 0),
        (u64::MAX - 1, u64::MAX - 9, 0),
        (5, 5, u64::MAX),
    ] {
        let mut entry = RawEntry::stored(b"liar", b"small");
        numbers16(&mut entry.extra, &[1, 24]);
        numbers64(&mut entry.extra, &[size, compressed, offset]);
        entry.size = u32::MAX;
        entry.compressed = Some(u32::MAX);
        entry.offset = Some(u32::MAX);
        let seen = walk(&raw_zip(&[entry, RawEntry::stored(b"good", b"good")]));
        assert!(
            seen.names().contains(&"good") || seen.names() == ["liar"],
            "{seen:?}"
        );
        assert!(!seen.is_clean());
    }
}

#[test]
fn a_zstd_frame_with_a_huge_window_is_not_given_its_memory() {
    // Frame header: no checksum, window of 2^41 bytes; then a raw block.
    let packed = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xF8, 0x09, 0x00, 0x00, b'x'];
    let seen = walk(&packed);
    assert_eq!(seen.only().bytes, packed);
    seen.warned("zstd data cannot be decompressed");
}
