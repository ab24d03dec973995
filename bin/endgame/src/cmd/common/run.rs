//! Running until done, or until somebody wants it to end.

use std::{future::Future, process::ExitCode};

use anyhow::Context as _;
use tokio::{
    runtime::Builder,
    signal::unix::{SignalKind, signal},
};

/// Runs `work` on a runtime that does not wait for computations that nobody needs any more.
pub(crate) fn on_runtime(
    work: impl Future<Output = anyhow::Result<ExitCode>>,
) -> anyhow::Result<ExitCode> {
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start threads")?;
    let ended = runtime.block_on(work);
    runtime.shutdown_background();
    ended
}

/// Ends with Ctrl-C (SIGINT) or SIGTERM.
async fn interrupted() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    tokio::select! {
        heard = tokio::signal::ctrl_c() => heard.context("cannot listen for Ctrl-C"),
        _ = terminate.recv() => Ok(()),
    }
}

/// Runs `work` to its end, or gives nothing if it is interrupted before.
///
/// An agent's transactions are recorded before they are sent, so it may be stopped at any point.
pub(crate) async fn until_stopped<T>(
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<Option<T>> {
    tokio::select! {
        done = work => done.map(Some),
        stopped = interrupted() => stopped.map(|()| None),
    }
}
