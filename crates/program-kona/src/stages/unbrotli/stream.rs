//! A stream and its meta-blocks (RFC 7932, section 9).
//!
//! op-node's decoder gets the input in parts. It hands out what it has when it needs the next part, so
//! where the output goes on, or an error is found, one looks whether what was read for that goes past
//! the part ([`Stream::pause`]).

use super::{
    Event, FIRST_PART, PART, Stop,
    bits::Bits,
    code::Tables,
    command::Command,
    metablock::{Given, Literals, MetaBlock},
    ring::Output,
    words,
};

/// Literals whose bits are in the buffer for sure once it was filled.
const BATCH: usize = 3;

/// A stream that is being decompressed.
pub(super) struct Stream<'a> {
    bits: Bits<'a>,
    /// How many bytes there are, and how many with this part.
    len: usize,
    part: usize,
    tables: Tables,
    pub(super) output: Output,
    /// The last distances, the last one first.
    distances: [usize; 4],
}

impl<'a> Stream<'a> {
    /// Reads the header; `None` if that is wrong.
    pub(super) fn new(stream: &'a [u8], limit: usize) -> Option<Self> {
        let mut bits = Bits::new(stream);
        let window = 1 << window_bits(&mut bits)?;
        Some(Self {
            bits,
            len: stream.len(),
            part: stream.len().min(FIRST_PART - 1),
            tables: Tables::default(),
            output: Output::new(window, limit),
            distances: [4, 11, 15, 16],
        })
    }

    /// Decompresses to the end, where there must be no more input.
    pub(super) fn run(&mut self) -> Result<(), Stop> {
        let end = self.meta_blocks();
        // Before the error, the decoder may have had to ask for more.
        self.pause()?;
        end?;
        let total = self.output.bytes.len();
        if self.bits.bytes() < self.part {
            self.output.pause(Event::Excess(total))?;
            return Err(Stop);
        }
        self.output.pause(Event::Part(total))?;
        if self.part == self.len {
            Ok(())
        } else {
            Err(Stop)
        }
    }

    fn meta_blocks(&mut self) -> Result<(), Stop> {
        let mut is_last = false;
        while !is_last {
            is_last = self.bits.flag();
            if is_last && self.bits.flag() {
                break;
            }
            match self.bits.read(2) {
                3 => self.metadata()?,
                nibbles => {
                    let len = self.number(nibbles + 4, 4, 4)?;
                    if !is_last && self.bits.flag() {
                        self.stored(len)?;
                    } else {
                        self.compressed(len)?;
                    }
                }
            }
        }
        self.align()
    }

    /// A number that is given less one in so many digits of `width` bits. If it has more than the
    /// `least`, the last of them must not be zero.
    fn number(&mut self, digits: u32, width: u32, least: u32) -> Result<usize, Stop> {
        let mut number = 0;
        let mut last = 0;
        for digit in 0..digits {
            last = self.bits.read(width) as usize;
            number |= last << (digit * width);
        }
        if digits > least && last == 0 {
            return Err(Stop);
        }
        Ok(number + 1)
    }

    fn align(&mut self) -> Result<(), Stop> {
        if self.bits.align() { Ok(()) } else { Err(Stop) }
    }

    fn metadata(&mut self) -> Result<(), Stop> {
        if self.bits.flag() {
            return Err(Stop);
        }
        let len = match self.bits.read(2) {
            0 => 0,
            bytes => self.number(bytes, 8, 1)?,
        };
        self.align()?;
        self.bits.jump(self.bits.bytes() + len);
        self.pause()
    }

    /// A meta-block that holds its output itself.
    fn stored(&mut self, len: usize) -> Result<(), Stop> {
        self.align()?;
        self.output.begin(len, true);
        self.pause()?;
        let mut left = len;
        while left > 0 {
            let here = self.part - self.bits.bytes();
            if here == 0 {
                self.next_part()?;
                continue;
            }
            let count = left.min(self.output.room()).min(here);
            let bytes = self.bits.bytes_up_to(count);
            self.output.bytes.extend_from_slice(bytes);
            left -= count;
            self.output.advance(count)?;
        }
        Ok(())
    }

    fn compressed(&mut self, len: usize) -> Result<(), Stop> {
        self.tables.clear();
        let mut block = MetaBlock::read(&mut self.bits, &mut self.tables)?;
        self.output.begin(len, false);
        let mut left = len;
        while left > 0 {
            let code = block.command(&mut self.bits, &self.tables);
            self.bits.refill();
            let command = Command::of(self.tables.symbol(code, &mut self.bits));
            let more = self.bits.take(u32::from(command.insert_bits));
            let insert = usize::from(command.insert) + more as usize;
            self.bits.refill();
            let more = self.bits.take(u32::from(command.copy_bits));
            let copy = usize::from(command.copy) + more as usize;
            // Of a command that puts out too much op-node hands out nothing, nor of what is before it
            // in the ring.
            left = left.checked_sub(insert).ok_or(Stop)?;
            self.literals(&mut block.literals, insert)?;
            if left == 0 {
                break;
            }
            let given = command.context.map_or(Given::Short(0), |context| {
                block.distances.read(&mut self.bits, &self.tables, context)
            });
            let distance = self.distance(given)?;
            self.pause()?;
            left = self.copy(given, distance, copy, left)?;
        }
        Ok(())
    }

    /// Copies from the output or the dictionary; what is left of the meta-block.
    fn copy(
        &mut self,
        given: Given,
        distance: usize,
        len: usize,
        left: usize,
    ) -> Result<usize, Stop> {
        let reach = self.output.reach();
        if distance <= reach {
            let left = left.checked_sub(len).ok_or(Stop)?;
            if !matches!(given, Given::Short(0)) {
                let [first, second, third, _] = self.distances;
                self.distances = [distance, first, second, third];
            }
            self.output.copy(distance, len)?;
            return Ok(left);
        }
        let start = self.output.bytes.len();
        words::append(&mut self.output.bytes, len, distance - reach - 1)?;
        let count = self.output.bytes.len() - start;
        let left = left.checked_sub(count).ok_or(Stop)?;
        self.output.advance(count)?;
        Ok(left)
    }

    /// RFC 7932, section 4.
    fn distance(&self, given: Given) -> Result<usize, Stop> {
        let [first, second, third, fourth] = self.distances;
        let code = match given {
            Given::Long(distance) => return Ok(distance),
            Given::Short(0) => return Ok(first),
            Given::Short(1) => return Ok(second),
            Given::Short(2) => return Ok(third),
            Given::Short(3) => return Ok(fourth),
            Given::Short(code) => code - 4,
        };
        let from = if code < 6 { first } else { second };
        let by = code % 6 / 2 + 1;
        let distance = if code % 2 == 0 {
            from.saturating_sub(by)
        } else {
            from + by
        };
        if distance == 0 {
            Err(Stop)
        } else {
            Ok(distance)
        }
    }

    fn literals(&mut self, literals: &mut Literals, count: usize) -> Result<(), Stop> {
        let mut left = count;
        while left > 0 {
            if literals.blocks.left == 0 {
                literals.switch(&mut self.bits, &self.tables);
            }
            let run = left.min(literals.blocks.left).min(self.output.room());
            self.literals_of_block(literals, run)?;
            left -= run;
            literals.blocks.left -= run;
            self.output.advance(run)?;
        }
        Ok(())
    }

    fn literals_of_block(&mut self, literals: &Literals, count: usize) -> Result<(), Stop> {
        let mut left = count;
        if let Some(code) = literals.only {
            while left > 0 {
                self.bits.refill();
                if left >= BATCH && self.bits.is_all_before(self.part) {
                    let batch: [u8; BATCH] =
                        core::array::from_fn(|_| self.tables.symbol(code, &mut self.bits) as u8);
                    self.output.bytes.extend_from_slice(&batch);
                    left -= BATCH;
                } else {
                    let literal = self.tables.symbol(code, &mut self.bits) as u8;
                    self.pause()?;
                    self.output.bytes.push(literal);
                    left -= 1;
                }
            }
            return Ok(());
        }
        let (mut before, mut last) = match self.output.bytes.as_slice() {
            [.., before, last] => (*before, *last),
            [last] => (0, *last),
            [] => (0, 0),
        };
        while left > 0 {
            self.bits.refill();
            let count = if self.bits.is_all_before(self.part) {
                left.min(BATCH)
            } else {
                1
            };
            for _ in 0..count {
                let context = literals.mode.context(before, last);
                let code = literals.by_context.get(context).copied();
                let code = code.unwrap_or_default();
                let literal = self.tables.symbol(code, &mut self.bits) as u8;
                self.pause()?;
                self.output.bytes.push(literal);
                (before, last) = (last, literal);
            }
            left -= count;
        }
        Ok(())
    }

    /// Where what was read goes past the part, there was a pause for the next one. An error after the
    /// last.
    #[inline]
    fn pause(&mut self) -> Result<(), Stop> {
        if self.bits.is_all_before(self.part) {
            return Ok(());
        }
        while self.bits.is_past(self.part) {
            self.next_part()?;
        }
        Ok(())
    }

    #[cold]
    fn next_part(&mut self) -> Result<(), Stop> {
        self.output.pause(Event::Part(self.output.bytes.len()))?;
        if self.part == self.len {
            return Err(Stop);
        }
        self.part = self.len.min(self.part + PART);
        Ok(())
    }
}

/// The window's size as a power of two. The "large windows" that some decoders know are none of the
/// RFC's.
fn window_bits(bits: &mut Bits<'_>) -> Option<u32> {
    if !bits.flag() {
        return Some(16);
    }
    match bits.read(3) {
        0 => match bits.read(3) {
            0 => Some(17),
            1 => None,
            more => Some(8 + more),
        },
        more => Some(17 + more),
    }
}
