//! The host: a child process that serves preimages over four file descriptors.

use std::{
    ffi::OsString,
    io::{self, PipeReader, PipeWriter},
    process::{Child, Command, ExitStatus},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use command_fds::{CommandFdExt as _, FdMapping};
use endgame_preimage::{OracleError, PreimageKey, PreimageOracle, wire::PipeOracle};

use crate::{CannonError, log};

/// How long a host may take to exit once its client is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running host, or none: then there are no preimages and hints go nowhere.
pub(crate) struct Host {
    process: Option<(Child, PipeOracle<PipeReader, PipeWriter>)>,
    requests: AtomicU64,
    bytes: AtomicU64,
}

impl Host {
    /// Starts the host that `command` names, if it names any.
    pub(crate) fn start(command: &[OsString]) -> Result<Self, CannonError> {
        let process = match command.split_first() {
            Some((program, arguments)) if !program.is_empty() => {
                let started = spawn(program, arguments);
                Some(started.map_err(|error| CannonError::Host {
                    command: program.to_string_lossy().into_owned(),
                    error,
                })?)
            }
            _ => None,
        };
        Ok(Self {
            process,
            requests: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        })
    }

    /// How many preimages it was asked for, and how many bytes they have together.
    pub(crate) fn served(&self) -> (u64, u64) {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (load(&self.requests), load(&self.bytes))
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        let (child, _) = self.process.as_mut()?;
        // Its pipes close a moment before it can be waited for.
        let deadline = Instant::now() + Duration::from_secs(1);
        loop {
            let status = child.try_wait().ok()?;
            if status.is_some() || Instant::now() > deadline {
                return status;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Closes its pipes, upon which it exits, and waits for that.
    pub(crate) fn close(self) {
        let Some((mut child, pipes)) = self.process else {
            return;
        };
        drop(pipes);
        let deadline = Instant::now() + PATIENCE;
        loop {
            match child.try_wait() {
                Ok(Some(status)) if status.success() => return,
                Ok(Some(status)) => {
                    let message = "failed to close pre-image server";
                    log::info("vm", message, &[("err", &status)]);
                    return;
                }
                Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(5)),
                _ => break,
            }
        }
        let message = "Preimage server would not exit cleanly, terminating";
        log::info("vm", message, &[]);
        // Whether it was gone already makes no difference.
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn spawn(
    program: &OsString,
    arguments: &[OsString],
) -> io::Result<(Child, PipeOracle<PipeReader, PipeWriter>)> {
    let (hint_reader, hint_writer) = io::pipe()?;
    let (ack_reader, ack_writer) = io::pipe()?;
    let (key_reader, key_writer) = io::pipe()?;
    let (value_reader, value_writer) = io::pipe()?;
    let fds = [
        hint_reader.into(),
        ack_writer.into(),
        key_reader.into(),
        value_writer.into(),
    ];
    let mappings = (3..).zip(fds).map(|(child_fd, parent_fd)| FdMapping {
        parent_fd,
        child_fd,
    });
    let mut command = Command::new(program);
    // Discourages programs from using colour in logs.
    command.args(arguments).env("NO_COLOR", "1");
    command
        .fd_mappings(mappings.collect())
        .map_err(io::Error::other)?;
    let child = command.spawn()?;
    // Dropping the command closes this process's copies of the host's ends.
    let oracle = PipeOracle::new((ack_reader, hint_writer), (value_reader, key_writer));
    Ok((child, oracle))
}

impl PreimageOracle for Host {
    fn hint(&self, hint: &[u8]) -> Result<(), OracleError> {
        match &self.process {
            Some((_, pipes)) => pipes.hint(hint),
            None => Ok(()),
        }
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        let Some((_, pipes)) = &self.process else {
            let reason = "no pre-image retriever available";
            return Err(OracleError::Channel(reason.to_owned()));
        };
        let value = pipes.get(key)?;
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(value.len() as u64, Ordering::Relaxed);
        Ok(value)
    }
}
