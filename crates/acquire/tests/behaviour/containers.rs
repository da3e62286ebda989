//! Each container, whole and damaged.

use vestige_acquire::unpack::{Limits, State};

use crate::evidence::*;

#[test]
fn plain_and_empty_files_are_their_own_member() {
    let seen = walk(b"hello");
    assert_eq!(seen.texts(), [("", "", "hello".to_owned())]);
    assert_eq!(seen.only().path, "0");
    let empty = walk(b"");
    assert_eq!(empty.texts(), [("", "", String::new())]);
    assert!(seen.is_clean() && empty.is_clean());
    assert!(walk_file(Limits::default(), b"").is_clean());
}

#[test]
fn compressed_files_are_one_member_at_any_size() {
    for (word, pack) in [
        ("gz", gz as fn(&[u8]) -> Vec<u8>),
        ("zst", zst),
        ("bz2", bz2),
    ] {
        for size in [0, 1, 1000, 65_535, 65_536, 65_537, 400_000] {
            let content = log(size);
            let packed = pack(&content);
            for seen in [
                walk_with(small(), &packed),
                walk_file(small(), &packed),
                walk(&packed),
            ] {
                let only = seen.only();
                assert_eq!((&*only.layers, &*only.path), (word, "0"));
                assert!(only.bytes == content, "{word} of {size}");
                assert_eq!(only.end.as_ref().unwrap().bytes, size as u64);
                assert!(seen.is_clean(), "{word} of {size}: {:?}", seen.warnings);
            }
            assert_eq!(walk_with(small(), &packed).only().whole, size <= 64 << 10);
        }
    }
}

#[test]
fn many_gzip_members_are_one_and_offsets_run_on() {
    // Equal members are the hard case: one's footer stands in the other too.
    let parts: [&[u8]; 7] = [b"first ", b"same ", b"same ", b"", b"", b"same ", b"last"];
    let packed: Vec<u8> = parts.iter().flat_map(|part| gz(part)).collect();
    let seen = walk(&packed);
    assert_eq!(
        seen.texts(),
        [("", "gz", "first same same same last".to_owned())]
    );
    assert!(seen.is_clean());

    let large: Vec<Vec<u8>> = (0..40).map(|at| log(20_000 + at)).collect();
    let packed: Vec<u8> = large.iter().flat_map(|part| gz(part)).collect();
    for seen in [
        walk(&packed),
        walk_with(small(), &packed),
        walk_file(small(), &packed),
    ] {
        assert!(seen.only().bytes == large.concat() && seen.is_clean());
    }
}

#[test]
fn many_zstd_frames_and_bzip2_streams_are_one_member() {
    let parts: [&[u8]; 3] = [b"one ", b"", b"two"];
    for pack in [zst as fn(&[u8]) -> Vec<u8>, bz2] {
        let packed: Vec<u8> = parts.iter().flat_map(|part| pack(part)).collect();
        let seen = walk(&packed);
        assert_eq!(seen.only().bytes, b"one two");
        assert!(seen.is_clean());
    }
    // A frame to be skipped, as parallel writers put first.
    let mut packed = vec![0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];
    packed.extend(zst(b"after"));
    assert_eq!(walk(&packed).only().bytes, b"after");
}

#[test]
fn a_planted_footer_does_not_hide_bytes() {
    // The first member's own checksum and size stand inside its data, which is stored as it is.
    let mut content = noise(300);
    numbers32(&mut content, &[0xDEAD_BEEF, 312]);
    content.extend_from_slice(&forge(&content, 0xDEAD_BEEF));
    assert_eq!(
        (libdeflater::crc32(&content), content.len()),
        (0xDEAD_BEEF, 312)
    );
    let mut packed = gz(&content);
    packed.extend(gz(b"after"));
    let seen = walk(&packed);
    assert!(seen.only().bytes == [content.as_slice(), b"after"].concat());
    assert!(seen.is_clean());
}

#[test]
fn a_tail_that_is_not_gzip_is_a_warning_with_its_offset() {
    for (pack, size) in [
        (gz as fn(&[u8]) -> Vec<u8>, 5000),
        (gz, 200_000),
        (zst, 5000),
        (bz2, 5000),
    ] {
        let content = log(size);
        let mut packed = pack(&content);
        let end = packed.len() as u64;
        packed.extend_from_slice(b"tail!");
        for seen in [walk(&packed), walk_with(small(), &packed)] {
            assert!(seen.only().bytes == content);
            assert_eq!(seen.only().state(), &State::Complete);
            let warning = seen.warned("after the end of the");
            assert_eq!((warning.offset, &*warning.excerpt), (end, "tail!"));
        }
    }
}

#[test]
fn a_truncated_file_gives_its_good_part() {
    for (pack, size) in [
        (gz as fn(&[u8]) -> Vec<u8>, 30_000),
        (gz, 300_000),
        (zst, 900_000),
        (bz2, 3_000_000),
    ] {
        let content = log(size);
        let packed = pack(&content);
        let cut = &packed[..packed.len() * 3 / 4];
        for seen in [
            walk(cut),
            walk_with(
                Limits {
                    ratio: 100_000,
                    ..small()
                },
                cut,
            ),
        ] {
            let only = seen.only();
            assert!(only.is_partial(), "{:?}", only.state());
            assert!(content.starts_with(&only.bytes));
            // bzip2 and zstd give whole blocks.
            assert!(
                only.bytes.len() > size / 3,
                "{} of {size}",
                only.bytes.len()
            );
            let warning = seen.warned("too early");
            assert_eq!(warning.offset, cut.len() as u64);
            assert!(!warning.expected.is_empty() && !warning.found.is_empty());
        }
    }
}

#[test]
fn a_damaged_middle_gives_what_came_before() {
    for pack in [gz as fn(&[u8]) -> Vec<u8>, zst, bz2] {
        let content = log(3_000_000);
        let mut packed = pack(&content);
        let middle = packed.len() / 2;
        packed[middle..middle + 64].fill(0xFF);
        let seen = walk(&packed);
        let only = seen.only();
        assert!(only.is_partial());
        let same = content
            .iter()
            .zip(&only.bytes)
            .take_while(|(a, b)| a == b)
            .count();
        assert!(same > content.len() / 4, "{same}");
    }
}

#[test]
fn a_wrong_checksum_is_told_and_the_content_kept() {
    let mut packed = gz(b"content");
    let at = packed.len() - 8;
    packed[at] ^= 1;
    let seen = walk(&packed);
    assert_eq!(seen.only().bytes, b"content");
    assert!(seen.only().is_partial());
    assert!(seen.warned("checksum").expected.starts_with("CRC-32"));
}

#[test]
fn what_only_begins_like_a_container_is_taken_as_it_is() {
    let mut ustar = noise(600);
    ustar[257..262].copy_from_slice(b"ustar");
    let cases: [(&[u8], bool); 9] = [
        (b"BZh9 is how this text begins", true),
        (b"\x1f\x8b\x08", true),
        (b"\x1f\x8b\x08\xff not gzip", true),
        (b"\x28\xb5\x2f\xfd", true),
        (b"\x28\xb5\x2f\xfd\xff\xff\xff\xff\xff\xff", true),
        (b"PK\x03\x04 no directory", true),
        (b"PK\x05\x06", true),
        (b"\x1f\x8b", false),
        (&ustar, false),
    ];
    for (bytes, warned) in cases {
        for seen in [walk(bytes), walk_file(small(), bytes)] {
            assert_eq!(seen.only().bytes, bytes);
            assert_eq!(seen.only().layers, "");
            assert_eq!(seen.only().state(), &State::Complete);
            assert_eq!(!seen.warnings.is_empty(), warned, "{bytes:?}");
        }
    }
}

#[test]
fn other_archives_are_recognised_and_rejected_with_what_to_do() {
    for (magic, word) in [
        (&b"7z\xbc\xaf\x27\x1c\0\x04"[..], "7z"),
        (b"Rar!\x1a\x07\x01\0", "rar"),
        (b"\xfd7zXZ\0\0", "xz"),
    ] {
        let seen = walk(magic);
        assert!(seen.members.is_empty());
        assert!(seen.rejected[0].1.contains(word) && seen.rejected[0].1.contains("unpack it"));
    }
}

#[test]
fn archives_give_each_file_with_its_ordinals_and_layers() {
    let files: [(&str, &[u8]); 4] = [
        ("a.json", b"A"),
        ("empty", b""),
        ("d/b.json.gz", &gz(b"B")),
        ("c.zst", &zst(b"C")),
    ];
    let expected = [
        ("a.json", "", "A"),
        ("empty", "", ""),
        ("d/b.json.gz", "!gz", "B"),
        ("c.zst", "!zst", "C"),
    ];
    let forms = [
        ("zip", zip(&files, true)),
        ("zip", zip(&files, false)),
        ("tar", tar(&files)),
        ("tar.gz", gz(&tar(&files))),
        ("tar.zst", zst(&tar(&files))),
        ("zip.bz2", bz2(&zip(&files, true))),
    ];
    for (word, packed) in forms {
        for seen in [
            walk(&packed),
            walk_with(small(), &packed),
            walk_file(small(), &packed),
        ] {
            let expected: Vec<_> = expected
                .iter()
                .map(|(name, more, text)| (*name, format!("{word}{more}"), (*text).to_owned()))
                .collect();
            let found: Vec<_> = seen
                .texts()
                .into_iter()
                .map(|(name, layers, text)| (name, layers.to_owned(), text))
                .collect();
            assert_eq!(found, expected);
            let paths: Vec<_> = seen.members.iter().map(|one| &*one.path).collect();
            assert_eq!(paths, ["0", "1", "2", "3"]);
            assert!(seen.is_clean(), "{word}: {:?}", seen.warnings);
        }
    }
}

#[test]
fn nesting_goes_three_archives_deep() {
    let inner = tar(&[("deep.json.gz", &gz(b"deep"))]);
    let two = zip(&[("inner.tar.gz", &gz(&inner))], true);
    let three = tar(&[("x", b"x"), ("two.zip", &two)]);
    let seen = walk(&three);
    assert_eq!(
        seen.texts(),
        [
            ("x", "tar", "x".to_owned()),
            (
                "two.zip!inner.tar.gz!deep.json.gz",
                "tar!zip!tar.gz!gz",
                "deep".to_owned()
            )
        ]
    );
    assert_eq!(seen.members[1].path, "1-0-0");
    assert!(seen.is_clean());
    let four = zip(&[("three.tar", &three)], false);
    let seen = walk(&four);
    assert_eq!(seen.names(), ["three.tar!x"]);
    assert_eq!(
        seen.refused("inside 3 others"),
        "three.tar!two.zip!inner.tar.gz"
    );
}

#[test]
fn large_members_of_archives_stream() {
    let large = log(300_000);
    let stored = noise(200_000);
    let files: [(&str, &[u8]); 3] = [("large", &large), ("noise", &stored), ("last", b"end")];
    let inner = tar(&[("in", &large), ("tail", b"t")]);
    for packed in [
        zip(&files, true),
        zip(&files, false),
        tar(&files),
        gz(&tar(&files)),
        gz(&zip(&files, true)),
    ] {
        for seen in [walk_with(small(), &packed), walk_file(small(), &packed)] {
            assert_eq!(seen.names(), ["large", "noise", "last"]);
            assert!(seen.members[0].bytes == large && !seen.members[0].whole);
            assert!(seen.members[1].bytes == stored);
            assert!(seen.is_clean(), "{:?}", seen.warnings);
        }
    }
    for packed in [
        zip(&[("i.tar.gz", &gz(&inner))], false),
        gz(&tar(&[(
            "i.zip",
            &zip(&[("in", &large), ("tail", b"t")], false),
        )])),
    ] {
        let seen = walk_with(small(), &packed);
        assert!(seen.members[0].bytes == large && seen.members[1].bytes == b"t");
        assert!(seen.is_clean(), "{:?} {:?}", seen.warnings, seen.rejected);
    }
}

#[test]
fn folders_links_and_devices_in_a_tar_are_no_members() {
    let mut builder = tar::Builder::new(Vec::new());
    let mut add = |kind, name: &str, link: Option<&str>| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        match link {
            Some(link) => builder.append_link(&mut header, name, link).unwrap(),
            None => builder
                .append_data(&mut header, name, std::io::empty())
                .unwrap(),
        }
    };
    add(tar::EntryType::Directory, "folder/", None);
    add(tar::EntryType::Symlink, "link", Some("/etc/passwd"));
    add(tar::EntryType::Link, "hard", Some("folder/x"));
    add(tar::EntryType::Char, "tty", None);
    add(tar::EntryType::Fifo, "pipe", None);
    add(tar::EntryType::Regular, "file", None);
    let seen = walk(&builder.into_inner().unwrap());
    assert_eq!(seen.names(), ["file"]);
    assert_eq!(seen.only().path, "5");
    assert_eq!(
        seen.warned("symbolic link").found,
        "symbolic link to /etc/passwd"
    );
    assert_eq!(seen.warnings.len(), 4);
}

#[test]
fn long_and_odd_names_of_tars_are_read() {
    let gnu = format!("{}/file", "long".repeat(40));
    let seen = walk(&tar(&[(&gnu, b"gnu")]));
    assert_eq!(seen.texts(), [(&*gnu, "tar", "gnu".to_owned())]);
    let mut builder = tar::Builder::new(Vec::new());
    builder
        .append_pax_extensions([("path", "pax/näme".as_bytes()), ("comment", b"x")])
        .unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_size(3);
    builder
        .append_data(&mut header, "short", &b"pax"[..])
        .unwrap();
    let seen = walk(&builder.into_inner().unwrap());
    assert_eq!(seen.texts(), [("pax/näme", "tar", "pax".to_owned())]);
}

#[test]
fn a_damaged_or_truncated_tar_gives_what_is_good() {
    let files: [(&str, &[u8]); 3] = [("a", &noise(5000)), ("b", b"B"), ("c", b"C")];
    let whole = tar(&files);
    let mut damaged = whole.clone();
    damaged[5632..5700].fill(b'?');
    let seen = walk(&damaged);
    assert_eq!(seen.names(), ["a", "c"]);
    let warning = seen.warned("damaged header");
    assert_eq!((warning.offset, warning.length), (5632, 1024));
    assert_eq!(seen.rejected.len(), 1);

    let seen = walk(&whole[..3000]);
    assert!(seen.only().is_partial());
    assert_eq!(seen.only().bytes, &files[0].1[..2488]);
    assert_eq!(seen.warned("entry is cut short").expected, "5000 bytes");
    seen.warned("no end mark");

    let packed = gz(&whole);
    let seen = walk(&packed[..packed.len() / 2]);
    assert!(seen.only().is_partial() && files[0].1.starts_with(&seen.only().bytes));

    let joined = [tar(&[("one", b"1")]), tar(&[("two", b"2")])].concat();
    let seen = walk(&joined);
    assert_eq!(seen.names(), ["one", "two"]);
    seen.warned("goes on after its end mark");
}

#[test]
fn zip_entries_that_cannot_be_read_say_why() {
    let mut secret = RawEntry::stored(b"secret", b"????");
    secret.flags = 1;
    let mut lzma = RawEntry::stored(b"lzma", b"????");
    (lzma.method, lzma.local_method) = (14, 14);
    let mut two = RawEntry::stored(b"two-faced", b"????");
    two.local_method = 8;
    let mut astray = RawEntry::stored(b"astray", b"????");
    astray.offset = Some(0x7FFF_0000);
    let mut broken = RawEntry::deflated(b"broken", b"????");
    broken.data = vec![0xFF; 30];
    let good = RawEntry::deflated(b"good", b"good");
    let seen = walk(&raw_zip(&[secret, lzma, two, astray, broken, good]));
    assert_eq!(seen.names(), ["good"]);
    assert_eq!(seen.only().path, "5");
    assert_eq!(seen.refused("password"), "secret");
    assert_eq!(seen.refused("method 14 (lzma)"), "lzma");
    assert_eq!(seen.refused("different methods"), "two-faced");
    assert_eq!(seen.refused("not where it should be"), "astray");
    assert_eq!(seen.refused("damaged from the first byte"), "broken");
}

#[test]
fn zip_headers_that_disagree_are_told_and_the_content_read() {
    let mut renamed = RawEntry::stored(b"report.json", b"{}");
    renamed.local_name = b"other.json".to_vec();
    let mut wrong = RawEntry::deflated(b"wrong-sum", b"content");
    wrong.crc ^= 1;
    let mut short = RawEntry::deflated(b"wrong-size", b"content");
    short.size = 3;
    let mut link = RawEntry::stored(b"link", b"/etc/passwd");
    link.mode = 0o120_777;
    let seen = walk(&raw_zip(&[renamed, wrong, short, link]));
    assert_eq!(seen.names(), ["report.json", "wrong-sum", "wrong-size"]);
    assert!(
        seen.warned("name in the entry's local header")
            .found
            .contains("other.json")
    );
    assert!(seen.members[1].is_partial() && seen.members[1].bytes == b"content");
    assert!(seen.members[2].is_partial() && seen.members[2].bytes == b"content");
    seen.warned("symbolic link");
}

#[test]
fn zip64_and_data_descriptors_are_read() {
    // The library writes descriptors to a stream that cannot seek.
    use std::io::Write as _;
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .large_file(true);
    for name in ["a", "b"] {
        writer.start_file(name, options).unwrap();
        writer.write_all(b"descriptor").unwrap();
    }
    let packed = writer.finish().unwrap().into_inner();
    let seen = walk(&packed);
    assert_eq!(seen.texts().len(), 2);
    assert!(
        seen.is_clean() && seen.members[1].bytes == b"descriptor",
        "{:?}",
        seen.warnings
    );

    // Sizes and offset of the entry and the directory only in zip64 fields.
    let mut entry = RawEntry::stored(b"wide", b"zip64");
    let local = entry.local();
    let mut extra = Vec::new();
    numbers16(&mut extra, &[1, 24]);
    numbers64(&mut extra, &[5, 5, 0]);
    entry = RawEntry {
        extra,
        size: u32::MAX,
        compressed: Some(u32::MAX),
        offset: Some(u32::MAX),
        ..entry
    };
    let central = entry.central(0);
    let mut packed = [local.clone(), central.clone()].concat();
    let end64 = packed.len() as u64;
    packed.extend_from_slice(b"PK\x06\x06");
    numbers64(&mut packed, &[44]);
    numbers16(&mut packed, &[45, 45]);
    numbers32(&mut packed, &[0, 0]);
    numbers64(
        &mut packed,
        &[1, 1, central.len() as u64, local.len() as u64],
    );
    packed.extend_from_slice(b"PK\x06\x07");
    numbers32(&mut packed, &[0]);
    numbers64(&mut packed, &[end64]);
    numbers32(&mut packed, &[1]);
    packed.extend_from_slice(&end_record(0xFFFF, u32::MAX, u32::MAX));
    let seen = walk(&packed);
    assert_eq!(seen.only().bytes, b"zip64");
    assert!(seen.is_clean(), "{:?}", seen.warnings);
}

#[test]
fn a_zip_that_is_cut_short_is_read_by_its_own_headers() {
    use std::io::Write as _;
    let files: Vec<(String, Vec<u8>)> = (0..5)
        .map(|at| (format!("f{at}"), log(3000 + at)))
        .collect();
    let borrowed: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, bytes)| (&**name, &**bytes))
        .collect();
    let options = zip::write::SimpleFileOptions::default();
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    for (name, bytes) in &borrowed {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    let described = writer.finish().unwrap().into_inner();
    for packed in [zip(&borrowed, true), zip(&borrowed, false), described] {
        let directory = memchr::memmem::find(&packed, b"PK\x01\x02").unwrap();
        // All entries are there; then only two of them and a part of the third.
        let seen = walk(&packed[..directory + 20]);
        assert_eq!(seen.names(), ["f0", "f1", "f2", "f3", "f4"]);
        assert!(seen.rejected.is_empty(), "{:?}", seen.rejected);
        assert!(
            seen.members
                .iter()
                .zip(&files)
                .all(|(one, (_, bytes))| one.bytes == *bytes && !one.is_partial())
        );
        for seen in [
            walk(&packed[..directory / 2]),
            walk_file(small(), &packed[..directory / 2]),
        ] {
            assert_eq!(seen.names(), ["f0", "f1", "f2"]);
            assert!(!seen.members[1].is_partial() && seen.members[2].is_partial());
            assert!(
                files[2].1.starts_with(&seen.members[2].bytes) && seen.members[2].bytes.len() > 500
            );
            seen.warned("no end record");
            seen.refused("after 3 entries");
        }
    }
}

#[test]
fn more_than_65535_entries_are_all_read() {
    let entries: Vec<RawEntry> = (0..66_000)
        .map(|at| RawEntry::stored(format!("{at}").as_bytes(), b"x"))
        .collect();
    let seen = walk(&raw_zip(&entries));
    assert_eq!(seen.members.len(), 66_000);
    assert_eq!(seen.members[65_999].name, "65999");
    assert_eq!(seen.warned("number of entries").expected, "464 entries");
}

#[test]
fn a_walk_ends_when_the_visitor_says_so() {
    let packed = tar(&[("a", b"1"), ("b", b"2"), ("c", b"3")]);
    let mut seen = Seen {
        stop_at: Some("b".to_owned()),
        ..Seen::default()
    };
    let mut unpacker = vestige_acquire::unpack::Unpacker::new(small(), std::env::temp_dir());
    unpacker
        .walk(vestige_acquire::unpack::Source::Bytes(&packed), &mut seen)
        .unwrap();
    assert_eq!(seen.names(), ["a", "b"]);
}

/// Four bytes that give `bytes` this CRC-32.
fn forge(bytes: &[u8], wanted: u32) -> [u8; 4] {
    let table: Vec<u32> = (0..256u32)
        .map(|byte| {
            (0..8).fold(byte, |crc, _| {
                if crc & 1 == 1 {
                    crc >> 1 ^ 0xEDB8_8320
                } else {
                    crc >> 1
                }
            })
        })
        .collect();
    let mut register = !wanted;
    for _ in 0..4 {
        let index = table
            .iter()
            .position(|entry| entry >> 24 == register >> 24)
            .unwrap();
        register = (register ^ table[index]) << 8 | index as u32;
    }
    (register ^ !libdeflater::crc32(bytes)).to_le_bytes()
}
