use super::*;
#[test]
fn x() {
    let note = include_bytes!("../../../../fixtures/custody-vectors/checkpoints/00000006.note");
    let tsr = include_bytes!("../../../../fixtures/custody-vectors/checkpoints/00000006.note.tsr");
    let ca = Anchors::from_pem(include_bytes!(
        "../../../../fixtures/custody-vectors/tsa-test-ca.crt"
    ))
    .unwrap();
    let stamp = check(tsr, note, None, &ca).unwrap();
    assert_eq!(format!("{stamp:?}"), "");
}
