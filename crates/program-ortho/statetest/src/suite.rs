//! All tests of a directory.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use endgame_ortho_evm::Fork;

use crate::{Failure, StateTestError, case, fixture::Test, glob};

/// Which tests, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only this fork.
    pub fork: Option<Fork>,
    /// Only tests whose path and name fit: `*` and `?`, or a part of the name.
    pub filter: Option<String>,
    /// Threads; 0 for one.
    pub jobs: usize,
}

/// How many came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// As they should.
    pub passed: usize,
    /// Otherwise.
    pub failed: usize,
    /// Of forks that this EVM does not have: before Paris.
    pub skipped: usize,
}

/// The forks by their names in fixtures.
const FORKS: [(&str, Fork); 6] = [
    ("Paris", Fork::Paris),
    ("Merge", Fork::Paris),
    ("Shanghai", Fork::Shanghai),
    ("Cancun", Fork::Cancun),
    ("Prague", Fork::Prague),
    ("Osaka", Fork::Osaka),
];

/// The fork of this name, whatever its case.
pub fn fork_named(name: &str) -> Option<Fork> {
    FORKS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, fork)| *fork)
}

/// Runs every test in `directory` (or the one file) and reports each failure as it happens.
pub fn run(
    directory: &Path,
    options: &Options,
    report: impl FnMut(&Failure) + Send,
) -> Result<Summary, StateTestError> {
    let files = files(directory)?;
    let next = AtomicUsize::new(0);
    let report = Mutex::new(report);
    let worker = || {
        let mut summary = Summary::default();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            run_file(directory, file, options, &mut summary, &mut |failure| {
                if let Ok(mut report) = report.lock() {
                    report(failure);
                }
            })?;
        }
        Ok(summary)
    };
    let results: Vec<Result<Summary, StateTestError>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..options.jobs.max(1))
            .map(|_| scope.spawn(worker))
            .collect();
        workers
            .into_iter()
            .map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    let mut sum = Summary::default();
    for result in results {
        let result = result?;
        sum.passed += result.passed;
        sum.failed += result.failed;
        sum.skipped += result.skipped;
    }
    if sum.passed + sum.failed == 0 {
        return Err(StateTestError::Nothing(directory.to_owned()));
    }
    Ok(sum)
}

fn run_file(
    directory: &Path,
    file: &Path,
    options: &Options,
    summary: &mut Summary,
    report: &mut dyn FnMut(&Failure),
) -> Result<(), StateTestError> {
    let text = fs::read(file).map_err(|error| StateTestError::Read {
        path: file.to_owned(),
        error,
    })?;
    let place = file
        .strip_prefix(directory)
        .unwrap_or(file)
        .display()
        .to_string();
    let tests: BTreeMap<String, Test> = match serde_json::from_slice(&text) {
        Ok(tests) => tests,
        Err(error) => {
            // The others can still be run.
            summary.failed += 1;
            report(&Failure {
                case: place,
                difference: format!("not a state test: {error}"),
            });
            return Ok(());
        }
    };
    for (name, test) in &tests {
        let full_name = format!("{place}::{name}");
        let wanted = options
            .filter
            .as_ref()
            .is_none_or(|filter| glob::fits(filter, &full_name));
        if !wanted {
            continue;
        }
        for (fork_name, posts) in &test.post {
            let Some(fork) = fork_named(fork_name) else {
                summary.skipped += posts.len();
                continue;
            };
            if options.fork.is_some_and(|only| only != fork) {
                continue;
            }
            for post in posts {
                match case::run(test, fork, fork_name, post) {
                    Ok(()) => summary.passed += 1,
                    Err(difference) => {
                        summary.failed += 1;
                        let at = post.indexes;
                        report(&Failure {
                            case: format!(
                                "{full_name} {fork_name} {}/{}/{}",
                                at.data, at.gas, at.value
                            ),
                            difference,
                        });
                    }
                }
            }
        }
    }
    Ok(())
}

/// Every `.json` file below, in order.
fn files(directory: &Path) -> Result<Vec<PathBuf>, StateTestError> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(path) = open.pop() {
        let read = |error| StateTestError::Read {
            path: path.clone(),
            error,
        };
        if !fs::metadata(&path).map_err(read)?.is_dir() {
            found.push(path);
            continue;
        }
        for entry in fs::read_dir(&path).map_err(read)? {
            let inner = entry.map_err(read)?.path();
            let hidden = inner
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with('.'));
            let json = inner
                .extension()
                .is_some_and(|extension| extension == "json");
            if !hidden && (json || inner.is_dir()) {
                open.push(inner);
            }
        }
    }
    found.sort();
    Ok(found)
}
