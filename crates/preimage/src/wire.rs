//! The preimage protocol over byte streams (specs `fault-proof/index.md`, "Pre-image
//! communication" and "Hinting").
//!
//! A program (or VM) writes a 32-byte key and reads a big-endian u64 length and the value; a hint
//! is a big-endian u32 length and the text, acknowledged by one byte. By convention the program
//! has hints on fds 3 (read) and 4 (write) and preimages on 5 (read) and 6 (write).

use std::{
    io::{self, Read, Write},
    string::ToString,
    sync::{Mutex, PoisonError},
    vec::Vec,
};

use crate::{OracleError, PreimageKey, PreimageOracle};

/// The most bytes that a peer may announce for one value or hint: 1 GiB.
///
/// Larger than anything L1 can hold, small enough that a lying length cannot exhaust memory.
pub const MAX_MESSAGE: u64 = 1 << 30;

/// The client's end: asks a server over a pair of streams for hints and one for preimages.
#[derive(Debug)]
pub struct PipeOracle<R, W> {
    hints: Mutex<(R, W)>,
    preimages: Mutex<(R, W)>,
}

impl<R: Read, W: Write> PipeOracle<R, W> {
    /// A client over `hints` and `preimages`, each a stream to read from and one to write to.
    pub const fn new(hints: (R, W), preimages: (R, W)) -> Self {
        Self {
            hints: Mutex::new(hints),
            preimages: Mutex::new(preimages),
        }
    }
}

fn channel(error: &io::Error) -> OracleError {
    OracleError::Channel(error.to_string())
}

/// Reads `len` bytes without trusting `len` for the allocation.
fn read_exact_len(reader: &mut impl Read, len: u64) -> io::Result<Vec<u8>> {
    if len > MAX_MESSAGE {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "announced length over 1 GiB",
        ));
    }
    let mut value = Vec::new();
    reader.take(len).read_to_end(&mut value)?;
    if value.len() as u64 == len {
        Ok(value)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

impl<R: Read, W: Write> PreimageOracle for PipeOracle<R, W> {
    fn hint(&self, hint: &[u8]) -> Result<(), OracleError> {
        let mut guard = self.hints.lock().unwrap_or_else(PoisonError::into_inner);
        let (reader, writer) = &mut *guard;
        let len = u32::try_from(hint.len())
            .map_err(|_| OracleError::Channel("hint over 4 GiB".to_string()))?;
        let mut message = Vec::with_capacity(4 + hint.len());
        message.extend_from_slice(&len.to_be_bytes());
        message.extend_from_slice(hint);
        writer
            .write_all(&message)
            .and_then(|()| writer.flush())
            .map_err(|e| channel(&e))?;
        reader.read_exact(&mut [0]).map_err(|e| channel(&e))
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        let mut guard = self
            .preimages
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (reader, writer) = &mut *guard;
        writer
            .write_all(key.as_bytes())
            .and_then(|()| writer.flush())
            .map_err(|e| channel(&e))?;
        let mut len = [0; 8];
        reader.read_exact(&mut len).map_err(|e| channel(&e))?;
        read_exact_len(reader, u64::from_be_bytes(len)).map_err(|e| channel(&e))
    }
}

/// Serves preimage requests until the client closes its end.
///
/// An oracle error ends the service: the protocol has no way to refuse, and a closed channel is
/// what a waiting program can tell from an answer.
pub fn serve_preimages(
    oracle: &impl PreimageOracle,
    reader: &mut impl Read,
    writer: &mut impl Write,
) -> Result<(), OracleError> {
    let mut key = [0; 32];
    while read_or_eof(reader, &mut key).map_err(|e| channel(&e))? {
        let value = oracle.get(PreimageKey::from_raw(key))?;
        let mut message = Vec::with_capacity(8 + value.len());
        message.extend_from_slice(&(value.len() as u64).to_be_bytes());
        message.extend_from_slice(&value);
        writer
            .write_all(&message)
            .and_then(|()| writer.flush())
            .map_err(|e| channel(&e))?;
    }
    Ok(())
}

/// Serves hints until the client closes its end. Each is acknowledged after it was handled.
pub fn serve_hints(
    oracle: &impl PreimageOracle,
    reader: &mut impl Read,
    writer: &mut impl Write,
) -> Result<(), OracleError> {
    let mut len = [0; 4];
    while read_or_eof(reader, &mut len).map_err(|e| channel(&e))? {
        let hint =
            read_exact_len(reader, u64::from(u32::from_be_bytes(len))).map_err(|e| channel(&e))?;
        oracle.hint(&hint)?;
        writer
            .write_all(&[0])
            .and_then(|()| writer.flush())
            .map_err(|e| channel(&e))?;
    }
    Ok(())
}

/// Fills `buf`; false if the stream ended before its first byte.
fn read_or_eof(reader: &mut impl Read, buf: &mut [u8]) -> io::Result<bool> {
    let Some((head, tail)) = buf.split_first_mut() else {
        return Ok(true);
    };
    match reader.read_exact(core::slice::from_mut(head)) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
        other => other?,
    }
    reader.read_exact(tail)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LocalIndex;
    use std::{io::Cursor, thread, vec};

    /// Serves every key with its own bytes and takes any hint but "bad".
    struct Echo;

    impl PreimageOracle for Echo {
        fn hint(&self, hint: &[u8]) -> Result<(), OracleError> {
            if hint == b"bad" {
                Err(OracleError::Server("bad".to_string()))
            } else {
                Ok(())
            }
        }

        fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
            Ok(key.as_bytes().to_vec())
        }
    }

    #[test]
    fn client_and_server_understand_each_other() {
        let (hint_r, hint_w) = io::pipe().unwrap();
        let (ack_r, ack_w) = io::pipe().unwrap();
        let (key_r, key_w) = io::pipe().unwrap();
        let (value_r, value_w) = io::pipe().unwrap();
        let hints = thread::spawn(move || {
            let (mut r, mut w) = (hint_r, ack_w);
            serve_hints(&Echo, &mut r, &mut w)
        });
        let preimages = thread::spawn(move || {
            let (mut r, mut w) = (key_r, value_w);
            serve_preimages(&Echo, &mut r, &mut w)
        });
        let client = PipeOracle::new((ack_r, hint_w), (value_r, key_w));
        client.hint(b"fine").unwrap();
        let key = PreimageKey::local(LocalIndex::L1Head);
        assert_eq!(client.get(key).unwrap(), key.as_bytes());
        assert!(matches!(client.hint(b"bad"), Err(OracleError::Channel(_))));
        drop(client);
        assert!(hints.join().unwrap().is_err());
        assert_eq!(preimages.join().unwrap(), Ok(()));
    }

    #[test]
    fn lying_length_does_not_allocate() {
        let mut reader = Cursor::new(vec![1, 2, 3]);
        assert!(read_exact_len(&mut reader, u64::MAX).is_err());
        let mut reader = Cursor::new(vec![1, 2, 3]);
        assert!(read_exact_len(&mut reader, 4).is_err());
    }
}
