//! `cargo run -p endgame-ortho-statetest --example statetest -- DIR [FORK] [FILTER]`

use std::{env, path::Path, process::ExitCode};

use endgame_ortho_statetest::{Options, fork_named, run};

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let Some(directory) = arguments.next() else {
        eprintln!("usage: statetest DIR [FORK] [FILTER]");
        return ExitCode::FAILURE;
    };
    let options = Options {
        fork: arguments.next().and_then(|name| fork_named(&name)),
        filter: arguments.next(),
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
    };
    match run(Path::new(&directory), &options, |failure| {
        println!("{failure}");
    }) {
        Ok(summary) => {
            println!("{} passed, {} failed", summary.passed, summary.failed);
            if summary.failed == 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
