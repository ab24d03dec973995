//! Images for the MIPS VM.

use endgame_conformance::{ConformanceError, Fixture, Outcome, Report, mips};

use crate::{failure, heard, made::Made};

/// Where results go: the address in t0, 1 in t1.
const SET_UP: [u32; 3] = [0x3c08_bfff, 0x3508_fff0, 0x3409_0001];
/// `sw t1, 8(t0)`: the image found what it should.
const PASSED: u32 = 0xad09_0008;
/// `sw t1, 4(t0)`: the image is at its end.
const DONE: u32 = 0xad09_0004;
/// `jr ra` and its delay slot.
const RETURN: [u32; 2] = [0x03e0_0008, 0];

fn image(words: &[u32]) -> Vec<u8> {
    let code = [&SET_UP[..], words, &RETURN].concat();
    code.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn run(images: &[(&str, &[u8])]) -> Report {
    let made = Made::new();
    for (name, image) in images {
        made.write_raw("", name, image);
    }
    let fixture = Fixture::open(&made.path).unwrap();
    heard(|on_item| mips(&fixture, None, on_item).unwrap())
}

#[test]
fn image_that_says_that_it_passed_passes() {
    let report = run(&[
        ("good.bin", &image(&[PASSED, DONE])),
        ("readme.txt", b"not an image"),
    ]);
    assert_eq!((report.passed, report.failed, report.skipped), (1, 0, 0));
    assert_eq!(report.items[0].name, "good");
    assert_eq!(report.items[0].steps, Some(7));
}

#[test]
fn image_that_does_not_say_so_fails_and_why() {
    for (words, reason) in [
        (&[DONE][..], "the image found a wrong result"),
        (&[PASSED], "the image did not come to its end"),
        (&[], "the image did not come to its end"),
        // Jumps to itself.
        (&[0x1000_ffff, 0], "not done after 1000 steps"),
    ] {
        assert_eq!(failure(&run(&[("bad.bin", &image(words))])), reason);
    }
    // No instruction at all, and one that there is not.
    assert!(failure(&run(&[("empty.bin", &[])])).contains("not done"));
    assert!(!failure(&run(&[("odd.bin", &[0xff; 4])])).is_empty());
}

#[test]
fn image_of_32_bit_system_calls_is_skipped() {
    let report = run(&[("oracle.bin", &[]), ("good.bin", &image(&[PASSED, DONE]))]);
    assert_eq!((report.passed, report.failed, report.skipped), (1, 0, 1));
    assert!(matches!(report.items[1].outcome, Outcome::Skipped(_)));
}

#[test]
fn filter_and_no_image_left() {
    let made = Made::new();
    made.write_raw("", "good.bin", &image(&[PASSED, DONE]));
    made.write_raw("", "bad.bin", &[]);
    let fixture = Fixture::open(&made.path).unwrap();
    let report = mips(&fixture, Some("good*"), |_| ()).unwrap();
    assert_eq!((report.passed, report.failed), (1, 0));
    let error = mips(&fixture, Some("none"), |_| ()).unwrap_err();
    assert!(matches!(error, ConformanceError::Empty { .. }));
}
