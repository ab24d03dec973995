//! The suites on data that is made here, right and wrong.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod batches;
mod blocks;
mod evm;
mod made;
mod mips;
mod runs;

use std::{fs::File, path::Path};

use endgame_conformance::{ConformanceError, Fixture, Item, Outcome, Report};

/// Why the only item of a report failed.
fn failure(report: &Report) -> &str {
    assert_eq!((report.items.len(), report.failed), (1, 1), "{report:?}");
    match &report.items[0].outcome {
        Outcome::Failed(reason) => reason,
        other => panic!("{other:?}"),
    }
}

/// Who runs a suite hears of each item, in the order of the report.
fn heard(run: impl FnOnce(&mut dyn FnMut(&Item)) -> Report) -> Report {
    let mut items = Vec::new();
    let report = run(&mut |item: &Item| items.push(item.clone()));
    assert_eq!(report.items, items);
    assert_eq!(report.is_ok(), report.failed == 0);
    report
}

/// An archive of the directory, beside it.
fn archived(directory: &Path) -> std::path::PathBuf {
    let archive = directory.with_extension("tar.zst");
    let file = zstd::Encoder::new(File::create(&archive).unwrap(), 1).unwrap();
    let mut tar = tar::Builder::new(file);
    tar.append_dir_all("data", directory).unwrap();
    tar.into_inner().unwrap().finish().unwrap();
    archive
}

#[test]
fn missing_directory_is_an_error_that_names_it() {
    let error = Fixture::open(Path::new("no/such/data")).unwrap_err();
    assert!(matches!(error, ConformanceError::Read { .. }));
    assert!(error.to_string().contains("no/such/data"), "{error}");
}
