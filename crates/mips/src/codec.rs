//! State files: `.bin`, or `.bin.gz` compressed, as Cannon writes and reads them.
//!
//! A version byte; the number of pages, then each page's index and bytes in the order of the
//! indices; the other fields of the state in the order of its witness; the number of threads in
//! each stack before its threads; the pending hint with its length in 32 bits. Numbers are
//! big-endian.

use std::{
    fs,
    io::{self, BufReader, BufWriter, Read, Write},
    path::Path,
    sync::Arc,
};

use endgame_preimage::PreimageKey;
use endgame_vm::{Memory, PAGE_BYTES, Page};
use flate2::{Compression, bufread::MultiGzDecoder, write::GzEncoder};

use crate::{Reservation, ReservationKind, State, THREAD_BYTES, Thread};

/// The one state version that this VM executes: `multithreaded64-5`.
pub const STATE_VERSION: u8 = 8;

/// The most pages that a state file may hold: 4 GiB of memory.
pub(crate) const MAX_PAGES: u64 = 1 << 20;

/// The most bytes of a pending hint.
const MAX_HINT: u64 = 1 << 26;

/// Why a state file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateFileError {
    /// The file's name tells no format that this VM has.
    #[error("{0}: a state file's name ends in .bin or .bin.gz")]
    Extension(String),
    /// Reading or writing failed; a file that ends too early is an `UnexpectedEof`.
    #[error("state file: {0}")]
    Io(#[from] io::Error),
    /// The file is shorter than what it announces.
    #[error("state file is truncated")]
    Truncated,
    /// Bytes follow the state.
    #[error("state file has bytes after the state")]
    TrailingBytes,
    /// A known version that this VM does not execute.
    #[error("state version {version} ({name}) is not supported, only 8 (multithreaded64-5)")]
    UnsupportedVersion {
        /// The version byte.
        version: u8,
        /// Cannon's name for it.
        name: &'static str,
    },
    /// A version that nobody has given out.
    #[error("unknown state version {0}")]
    UnknownVersion(u8),
    /// More pages than a state may have.
    #[error("state of {0} pages: over 4 GiB of memory")]
    TooManyPages(u64),
    /// A page index of more than 52 bits, or one that is not larger than the page before.
    #[error("state file: page index {0:#x} is out of range or out of order")]
    PageIndex(u64),
    /// A pending hint that is too long.
    #[error("state file: pending hint of {0} bytes")]
    HintTooLong(u64),
    /// A flag that is neither 0 nor 1, or a reservation of an unknown kind.
    #[error("state file: {field} is {value}")]
    Flag {
        /// Which one.
        field: &'static str,
        /// What stands there.
        value: u8,
    },
    /// No thread could run next.
    #[error("state file: the active thread stack is empty")]
    NoThread,
}

/// Cannon's name for a state version.
pub const fn version_name(version: u8) -> Option<&'static str> {
    Some(match version {
        0 => "singlethreaded",
        1 => "multithreaded",
        2 => "singlethreaded-2",
        3 => "multithreaded64",
        4 => "multithreaded64-2",
        5 => "multithreaded-2",
        6 => "multithreaded64-3",
        7 => "multithreaded64-4",
        STATE_VERSION => "multithreaded64-5",
        _ => return None,
    })
}

/// Whether a path names a compressed file; an error if it names no state file.
fn is_compressed(path: &Path) -> Result<bool, StateFileError> {
    let name = path.to_string_lossy();
    if name.ends_with(".bin.gz") {
        Ok(true)
    } else if name.ends_with(".bin") {
        Ok(false)
    } else {
        Err(StateFileError::Extension(name.into_owned()))
    }
}

impl State {
    /// Reads a state file; the name tells whether it is compressed.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, StateFileError> {
        let path = path.as_ref();
        let compressed = is_compressed(path)?;
        let file = BufReader::with_capacity(1 << 16, fs::File::open(path)?);
        if compressed {
            Self::read_from(&mut BufReader::with_capacity(
                1 << 16,
                MultiGzDecoder::new(file),
            ))
        } else {
            Self::read_from(&mut { file })
        }
    }

    /// Writes a state file; the name tells whether to compress it. It appears under its name
    /// only once it is complete.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), StateFileError> {
        let path = path.as_ref();
        let compressed = is_compressed(path)?;
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let written = self.save_as(Path::new(&partial), compressed);
        let renamed = written.and_then(|()| Ok(fs::rename(&partial, path)?));
        if renamed.is_err() {
            // The first error is the one to report.
            let _ = fs::remove_file(&partial);
        }
        renamed
    }

    fn save_as(&self, path: &Path, compressed: bool) -> Result<(), StateFileError> {
        let mut file = BufWriter::with_capacity(1 << 16, fs::File::create(path)?);
        if compressed {
            let mut encoder = GzEncoder::new(&mut file, Compression::fast());
            self.write_to(&mut encoder)?;
            encoder.finish()?;
        } else {
            self.write_to(&mut file)?;
        }
        file.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()?;
        Ok(())
    }

    /// Writes the uncompressed encoding.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&[STATE_VERSION])?;
        out.write_all(&(self.memory.page_count() as u64).to_be_bytes())?;
        for (index, page) in self.memory.iter() {
            out.write_all(&index.to_be_bytes())?;
            out.write_all(&page.to_bytes())?;
        }
        out.write_all(self.preimage_key.as_bytes())?;
        out.write_all(&self.preimage_offset.to_be_bytes())?;
        out.write_all(&self.heap.to_be_bytes())?;
        out.write_all(&[self.reservation.kind as u8])?;
        out.write_all(&self.reservation.address.to_be_bytes())?;
        out.write_all(&self.reservation.owner.to_be_bytes())?;
        out.write_all(&[self.exit_code, u8::from(self.exited)])?;
        out.write_all(&self.step.to_be_bytes())?;
        out.write_all(&self.steps_since_switch.to_be_bytes())?;
        out.write_all(&[u8::from(self.traverse_right)])?;
        out.write_all(&self.next_thread_id.to_be_bytes())?;
        for stack in [&self.left, &self.right] {
            out.write_all(&(stack.len() as u64).to_be_bytes())?;
            for thread in stack {
                out.write_all(&thread.to_bytes())?;
            }
        }
        let hint_len = u32::try_from(self.last_hint.len()).map_err(io::Error::other)?;
        out.write_all(&hint_len.to_be_bytes())?;
        out.write_all(&self.last_hint)
    }

    /// Reads the uncompressed encoding, up to the end of `input`.
    pub fn read_from(input: &mut impl Read) -> Result<Self, StateFileError> {
        let mut input = Input(input);
        match input.byte()? {
            STATE_VERSION => {}
            version => {
                return Err(version_name(version)
                    .map_or(StateFileError::UnknownVersion(version), |name| {
                        StateFileError::UnsupportedVersion { version, name }
                    }));
            }
        }
        let memory = input.memory()?;
        let preimage_key = PreimageKey::from_raw(input.array()?);
        let preimage_offset = input.word()?;
        let heap = input.word()?;
        let kind = match input.byte()? {
            0 => ReservationKind::None,
            1 => ReservationKind::Word,
            2 => ReservationKind::DoubleWord,
            value => {
                return Err(StateFileError::Flag {
                    field: "reservation kind",
                    value,
                });
            }
        };
        let reservation = Reservation {
            kind,
            address: input.word()?,
            owner: input.word()?,
        };
        let state = Self {
            memory,
            preimage_key,
            preimage_offset,
            heap,
            reservation,
            exit_code: input.byte()?,
            exited: input.flag("exited")?,
            step: input.word()?,
            steps_since_switch: input.word()?,
            traverse_right: input.flag("traverse right")?,
            next_thread_id: input.word()?,
            left: input.threads()?,
            right: input.threads()?,
            last_hint: input.hint()?,
        };
        if input.0.read(&mut [0])? != 0 {
            return Err(StateFileError::TrailingBytes);
        }
        if state.thread().is_none() {
            return Err(StateFileError::NoThread);
        }
        Ok(state)
    }
}

/// Reads the fields. Lengths are never trusted for an allocation.
struct Input<'a, R>(&'a mut R);

impl<R: Read> Input<'_, R> {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), StateFileError> {
        self.0
            .read_exact(buffer)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => StateFileError::Truncated,
                _ => StateFileError::Io(error),
            })
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], StateFileError> {
        let mut array = [0; N];
        self.fill(&mut array)?;
        Ok(array)
    }

    fn byte(&mut self) -> Result<u8, StateFileError> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    fn word(&mut self) -> Result<u64, StateFileError> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    fn flag(&mut self, field: &'static str) -> Result<bool, StateFileError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            value => Err(StateFileError::Flag { field, value }),
        }
    }

    fn memory(&mut self) -> Result<Memory, StateFileError> {
        let count = self.word()?;
        if count > MAX_PAGES {
            return Err(StateFileError::TooManyPages(count));
        }
        let mut memory = Memory::new();
        let mut next = 0;
        for _ in 0..count {
            let index = self.word()?;
            if index < next || index >> 52 != 0 {
                return Err(StateFileError::PageIndex(index));
            }
            next = index + 1;
            let page = Page::from_bytes(&self.array::<PAGE_BYTES>()?);
            memory.insert_page(index, Arc::new(page));
        }
        Ok(memory)
    }

    fn threads(&mut self) -> Result<Vec<Thread>, StateFileError> {
        let count = self.word()?;
        let mut threads = Vec::new();
        for _ in 0..count {
            threads.push(self.thread()?);
        }
        Ok(threads)
    }

    fn thread(&mut self) -> Result<Thread, StateFileError> {
        let mut thread = Thread {
            id: self.word()?,
            exit_code: self.byte()?,
            exited: self.flag("thread exited")?,
            pc: self.word()?,
            next_pc: self.word()?,
            lo: self.word()?,
            hi: self.word()?,
            registers: [0; 32],
        };
        for register in &mut thread.registers {
            *register = self.word()?;
        }
        Ok(thread)
    }

    fn hint(&mut self) -> Result<Vec<u8>, StateFileError> {
        let len = u64::from(u32::from_be_bytes(self.array()?));
        if len > MAX_HINT {
            return Err(StateFileError::HintTooLong(len));
        }
        let mut hint = Vec::new();
        let read = self.0.by_ref().take(len).read_to_end(&mut hint)?;
        if read as u64 == len {
            Ok(hint)
        } else {
            Err(StateFileError::Truncated)
        }
    }
}

const _: () = assert!(THREAD_BYTES == 8 + 1 + 1 + 4 * 8 + 32 * 8);

#[cfg(test)]
mod tests {
    use super::*;
    use endgame_vm::Words as _;

    fn sample() -> State {
        let mut state = State::new(0x1000);
        state.memory.set_word(0x1000, 1);
        state.memory.set_word(0xffff_ffff_ffff_fff8, 2);
        state.preimage_key = PreimageKey::from_raw([7; 32]);
        (state.preimage_offset, state.heap, state.exit_code) = (3, 4, 5);
        state.reservation = Reservation {
            kind: ReservationKind::DoubleWord,
            address: 6,
            owner: 7,
        };
        (state.step, state.steps_since_switch, state.next_thread_id) = (8, 9, 10);
        state.right.push(Thread {
            id: 2,
            lo: 1,
            hi: 2,
            ..Thread::default()
        });
        state.last_hint = b"pend".to_vec();
        state
    }

    fn encode(state: &State) -> Vec<u8> {
        let mut bytes = Vec::new();
        state.write_to(&mut bytes).unwrap();
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<State, StateFileError> {
        State::read_from(&mut &bytes[..])
    }

    #[test]
    fn a_state_survives_the_round_trip() {
        let state = sample();
        let bytes = encode(&state);
        let read = decode(&bytes).unwrap();
        assert_eq!(read.witness(), state.witness());
        assert_eq!(read.last_hint, state.last_hint);
        assert_eq!(encode(&read), bytes);
    }

    #[test]
    fn files_are_compressed_as_their_name_says() {
        let dir = tempfile::tempdir().unwrap();
        let state = sample();
        for name in ["a.bin", "a.bin.gz"] {
            let path = dir.path().join(name);
            state.save(&path).unwrap();
            let first = fs::read(&path).unwrap()[0];
            assert_eq!(first, if name == "a.bin" { STATE_VERSION } else { 0x1f });
            assert_eq!(State::load(&path).unwrap().state_hash(), state.state_hash());
        }
        assert!(matches!(
            state.save(dir.path().join("a.json")),
            Err(StateFileError::Extension(_))
        ));
        assert!(matches!(
            State::load(dir.path().join("a.gz")),
            Err(StateFileError::Extension(_))
        ));
        assert!(matches!(
            State::load(dir.path().join("b.bin")),
            Err(StateFileError::Io(_))
        ));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    fn every_truncation_is_refused() {
        let bytes = encode(&sample());
        for len in (0..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
            assert!(
                matches!(decode(&bytes[..len]), Err(StateFileError::Truncated)),
                "{len}"
            );
        }
    }

    #[test]
    fn a_cut_gzip_stream_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.bin.gz");
        sample().save(&path).unwrap();
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        assert!(matches!(State::load(&path), Err(StateFileError::Truncated)));
    }

    #[test]
    fn an_oversized_file_is_refused() {
        let mut bytes = encode(&sample());
        bytes.push(0);
        assert!(matches!(decode(&bytes), Err(StateFileError::TrailingBytes)));
        let mut many = vec![STATE_VERSION];
        many.extend((MAX_PAGES + 1).to_be_bytes());
        assert!(
            matches!(decode(&many), Err(StateFileError::TooManyPages(n)) if n == MAX_PAGES + 1)
        );
    }

    #[test]
    fn other_versions_are_refused_by_name() {
        for (version, expected) in [
            (0, "singlethreaded"),
            (3, "multithreaded64"),
            (7, "multithreaded64-4"),
        ] {
            let error = decode(&[version]).unwrap_err();
            assert!(
                matches!(error, StateFileError::UnsupportedVersion { name, .. } if name == expected)
            );
        }
        assert!(matches!(
            decode(&[9]),
            Err(StateFileError::UnknownVersion(9))
        ));
    }

    #[test]
    fn malformed_fields_are_refused() {
        let bytes = encode(&sample());
        let memory = 1 + 8 + 2 * (8 + PAGE_BYTES);
        let with = |at: usize, value: u8| {
            let mut bytes = bytes.clone();
            bytes[at] = value;
            decode(&bytes)
        };
        assert!(matches!(with(9, 0xff), Err(StateFileError::PageIndex(_))));
        assert!(matches!(
            with(memory + 48, 3),
            Err(StateFileError::Flag { value: 3, .. })
        ));
        assert!(matches!(
            with(memory + 66, 2),
            Err(StateFileError::Flag {
                field: "exited",
                ..
            })
        ));
        let mut state = sample();
        state.left.clear();
        assert!(matches!(
            decode(&encode(&state)),
            Err(StateFileError::NoThread)
        ));
        let mut long = encode(&sample());
        let at = long.len() - 4 - 4;
        long[at] = 0xff;
        assert!(matches!(decode(&long), Err(StateFileError::HintTooLong(_))));
    }

    #[test]
    fn pages_out_of_order_are_refused() {
        let mut bytes = vec![STATE_VERSION];
        bytes.extend(2_u64.to_be_bytes());
        for index in [5_u64, 5] {
            bytes.extend(index.to_be_bytes());
            bytes.extend([0; PAGE_BYTES]);
        }
        assert!(matches!(decode(&bytes), Err(StateFileError::PageIndex(5))));
    }
}
