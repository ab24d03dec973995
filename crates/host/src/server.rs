//! The host as a process: hints and preimages over file descriptors that its parent opened.

use std::{fs::File, sync::mpsc, thread};

use endgame_preimage::{
    OracleError,
    wire::{serve_hints, serve_preimages},
};

use crate::{Host, HostError};

/// Which of the two channels ended, and how.
enum End {
    Hints(Result<(), OracleError>),
    Preimages(Result<(), OracleError>),
}

/// Serves a run over the file descriptors 3 (hints to read), 4 (to write), 5 (preimages to read) and 6
/// (to write), until the client closes 5.
///
/// What cannot be served ends the service with an error. The process should end then too: a client that
/// waits for an answer learns of it by its channels being closed.
pub fn serve_fds(host: &Host) -> Result<(), HostError> {
    let open = |fd: u8, write: bool| {
        File::options()
            .read(!write)
            .write(write)
            .open(format!("/dev/fd/{fd}"))
            .map_err(|e| HostError::io(format!("open file descriptor {fd}"), &e))
    };
    let (mut hint_in, mut hint_out) = (open(3, false)?, open(4, true)?);
    let (mut key_in, mut value_out) = (open(5, false)?, open(6, true)?);
    let (ended, end) = mpsc::channel();
    let (for_hints, hints_ended) = (host.clone(), ended.clone());
    thread::spawn(move || {
        let outcome = serve_hints(&for_hints, &mut hint_in, &mut hint_out);
        // Nobody listens once the preimages have ended.
        let _ = hints_ended.send(End::Hints(outcome));
    });
    let for_preimages = host.clone();
    thread::spawn(move || {
        let outcome = serve_preimages(&for_preimages, &mut key_in, &mut value_out);
        let _ = ended.send(End::Preimages(outcome));
    });
    for ending in end {
        match ending {
            End::Hints(Ok(())) => {}
            End::Hints(Err(error)) => return Err(HostError::Served(error)),
            End::Preimages(outcome) => return outcome.map_err(HostError::Served),
        }
    }
    Ok(())
}
