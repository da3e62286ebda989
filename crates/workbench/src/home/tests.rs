use super::*;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;

fn home() -> (TempDir, Home) {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("a/home");
    private_folder(&root).unwrap();
    (folder, Home { root })
}

fn id(last: u8) -> CaseId {
    CaseId::parse(&format!("0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a{last:02x}")).unwrap()
}

fn head(size: u64) -> Head {
    Head {
        size,
        leaf: [size as u8; 32],
    }
}

#[test]
fn a_case_is_found_by_id_and_by_path_whatever_its_bytes() {
    let (_folder, home) = home();
    let odd = Path::new(OsStr::from_bytes(b"/cases/\xff\xfe"));
    home.made(&id(1), odd, head(2)).unwrap();
    home.remember(&id(2), Path::new("/cases/two"), head(5))
        .unwrap();
    let known = home.at(odd).unwrap().unwrap();
    assert_eq!(
        (known.id, known.head, known.made_here),
        (id(1), head(2), true)
    );
    assert_eq!(
        home.known(&id(2)).unwrap().unwrap().path,
        Path::new("/cases/two")
    );
    assert!(!home.known(&id(2)).unwrap().unwrap().made_here);
    assert_eq!(home.known(&id(3)).unwrap(), None);
    let rights = fs::metadata(home.root()).unwrap().permissions().mode();
    assert_eq!(rights & 0o777, 0o700);
}

#[test]
fn a_head_never_goes_back_but_by_a_restoration() {
    let (_folder, home) = home();
    let path = Path::new("/case");
    home.made(&id(1), path, head(7)).unwrap();
    home.remember(&id(1), path, head(5)).unwrap();
    assert_eq!(home.known(&id(1)).unwrap().unwrap().head, head(7));
    home.remember(&id(1), Path::new("/moved"), head(6)).unwrap();
    let known = home.known(&id(1)).unwrap().unwrap();
    assert_eq!(
        (known.head, known.path.as_path()),
        (head(7), Path::new("/moved"))
    );
    home.restored(&id(1), path, head(3)).unwrap();
    let known = home.known(&id(1)).unwrap().unwrap();
    assert_eq!((known.head, known.made_here), (head(3), true));
}

#[test]
fn a_new_case_in_the_place_of_another_is_the_one_known_there() {
    let (_folder, home) = home();
    let path = Path::new("/case");
    home.made(&id(1), path, head(7)).unwrap();
    home.made(&id(0), path, head(2)).unwrap();
    assert_eq!(home.at(path).unwrap().unwrap().id, id(0));
    home.made(&id(2), path, head(2)).unwrap();
    assert_eq!(home.at(path).unwrap().unwrap().id, id(2));
    assert_eq!(home.known(&id(1)).unwrap().unwrap().head, head(7));
}

#[test]
fn many_who_remember_at_once_lose_nothing() {
    let (_folder, home) = home();
    std::thread::scope(|scope| {
        for last in 0..16 {
            let home = &home;
            scope.spawn(move || {
                let path = PathBuf::from(format!("/case/{last}"));
                home.remember(&id(last), &path, head(1)).unwrap();
            });
        }
    });
    assert_eq!(home.all().unwrap().len(), 16);
}

#[test]
fn a_damaged_list_is_named_and_not_taken_for_an_empty_one() {
    let (_folder, home) = home();
    let list = home.root().join(CASES);
    for text in [
        "",
        "{",
        "[]",
        r#"{"version":2,"cases":{}}"#,
        r#"{"version":1,"cases":{"x":{"path":"/","size":1,"head":"00","made_here":true}}}"#,
    ] {
        fs::write(&list, text).unwrap();
        let error = home.all().unwrap_err();
        assert_eq!(error.code(), "home-damaged", "{text}");
        assert!(
            home.remember(&id(1), Path::new("/case"), head(1)).is_err() || text.contains("\"x\"")
        );
    }
}
