//! Decompression of channels: bounded memory whatever the input, and output before a corruption.
//!
//! Both decompressors read a stream piece by piece as a caller asks for it, so a channel that
//! would become huge costs no more than what is read of it.

use alloc::{boxed::Box, vec::Vec};

mod bits;
mod brotli;
mod inflate;
mod prefix_code;
mod zlib;

use endgame_ortho_primitives::meter;

use brotli::Brotli;
use prefix_code::PrefixCode;
use zlib::Zlib;

/// How a stream ends.
///
/// Which bytes come together with its end is a matter of consensus: in the reference
/// implementation a reader that asked for just as many bytes as there are takes them if the stream
/// is complete, but fails if it turns out corrupt with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// As its format says.
    Complete,
    /// Within what its format says, or otherwise than it says.
    Corrupt,
}

/// The stream is not what its format says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Corrupt;

/// Decompresses a channel's data.
#[derive(Clone, Debug)]
pub(crate) struct Decompressor(Format);

#[derive(Clone, Debug)]
enum Format {
    Zlib(Box<Zlib>),
    Brotli(Box<Brotli>),
}

impl Decompressor {
    /// None if the first byte says neither zlib (OP specs `protocol/derivation.md`, "Channel
    /// Format") nor, where it is taken, Brotli (`protocol/fjord/derivation.md`, "Brotli Channel
    /// Compression"), or what follows says that it is not zlib after all.
    pub(crate) fn new(data: Vec<u8>, brotli: bool) -> Option<Self> {
        let format = match *data.first()? {
            version if matches!(version & 0x0f, 8 | 15) => {
                Zlib::new(data).map(Box::new).map(Format::Zlib)?
            }
            1 if brotli => Format::Brotli(Box::new(Brotli::new(data))),
            _ => return None,
        };
        Some(Self(format))
    }

    /// Appends the next bytes of the output, at most `most`. The end, if nothing follows them.
    pub(crate) fn read(&mut self, out: &mut Vec<u8>, most: usize) -> Option<End> {
        let before = out.len();
        let end = match &mut self.0 {
            Format::Zlib(zlib) => zlib.read(out, most),
            Format::Brotli(brotli) => brotli.read(out, most),
        };
        meter::work(1 + out.len() - before);
        end
    }
}
