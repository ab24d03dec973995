//! Brotli (RFC 7932).

mod codes;
mod context;
mod dictionary;
mod input;
mod meta_block;
mod output;
mod transform;

use alloc::{boxed::Box, vec::Vec};

use super::{Corrupt, End};
use input::Input;
use meta_block::{Coding, Content, Distance, header};
use output::Output;

/// Decompresses a stream piece by piece.
///
/// What was decompressed before a corruption counts only as far as the reference implementation
/// hands it out before it finds the corruption. It does so where its window is full, and where a
/// part of the input ends.
#[derive(Clone, Debug)]
pub(super) struct Brotli {
    input: Input,
    output: Output,
    /// The last distances, the last one first.
    distances: [usize; 4],
    step: Step,
    /// Whether this is the last meta-block.
    last: bool,
    /// Bytes that are left of the meta-block.
    left: usize,
    coding: Option<Box<Coding>>,
    /// A word that a command inserts.
    word: Vec<u8>,
    event: Option<Event>,
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
enum Step {
    Window,
    MetaBlock,
    Stored,
    Command,
    Literals { left: usize, copy: Copy },
    Copy(Copy),
    CopyBytes { left: usize, distance: usize },
    Word { from: usize },
}

/// The second half of a command.
#[derive(Clone, Copy, Debug)]
struct Copy {
    length: usize,
    /// Whether it is from the last distance.
    again: bool,
}

/// Why decompression pauses.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// There is no room for more.
    Full,
    /// The stream is complete.
    Complete,
    /// And all of it was handed out.
    Ended,
    /// The stream is corrupt here: what was not handed out before is lost.
    Corrupt,
}

impl Brotli {
    /// Decompresses a channel's data after the version byte.
    pub(super) fn new(data: Vec<u8>) -> Self {
        Self {
            input: Input::new(data, 1),
            output: Output::new(1),
            distances: [4, 11, 15, 16],
            step: Step::Window,
            last: false,
            left: 0,
            coding: None,
            word: Vec::new(),
            event: None,
        }
    }

    /// Appends bytes of the output, at most `most`. The end, if nothing follows them.
    pub(super) fn read(&mut self, out: &mut Vec<u8>, most: usize) -> Option<End> {
        let end = out.len() + most;
        let start = out.len();
        loop {
            let room = end - out.len();
            if self.output.read_part(out, room).is_some() {
                if out.len() > start {
                    return None;
                }
                continue;
            }
            match self.event {
                None => self.event = Some(self.decompress()),
                Some(Event::Full) => {
                    let all = self.output.read(out, room);
                    if self.output.is_window() {
                        if !all {
                            return None;
                        }
                        self.output.wrap();
                    }
                    self.event = None;
                }
                Some(Event::Complete) => {
                    if self.output.read(out, room) {
                        if self.input.is_within_part() {
                            self.event = Some(Event::Corrupt);
                            continue;
                        }
                        self.event = Some(Event::Ended);
                    }
                    return None;
                }
                Some(Event::Ended) if !self.input.has_next_part() => return Some(End::Complete),
                Some(Event::Ended | Event::Corrupt) => return Some(End::Corrupt),
            }
        }
    }

    fn decompress(&mut self) -> Event {
        let event = loop {
            match self.step() {
                Ok(None) => {}
                Ok(Some(event)) => break event,
                Err(Corrupt) => break Event::Corrupt,
            }
        };
        self.note_end_of_part();
        event
    }

    fn note_end_of_part(&mut self) {
        if self.input.part_ended() {
            self.output.part_ended();
        }
    }

    fn step(&mut self) -> Result<Option<Event>, Corrupt> {
        match self.step {
            Step::Window => {
                self.output = Output::new(window(&mut self.input)?);
                self.step = Step::MetaBlock;
                Ok(None)
            }
            Step::MetaBlock => self.meta_block(),
            Step::Stored => self.stored(),
            Step::Command => self.command(),
            Step::Literals { left, copy } => self.literals(left, copy),
            Step::Copy(copy) => self.copy(copy),
            Step::CopyBytes { left, distance } => {
                self.note_end_of_part();
                let copied = self.output.copy(left, distance);
                let left = left - copied;
                Ok(self.after_copy(left == 0, Step::CopyBytes { left, distance }))
            }
            Step::Word { from } => {
                self.note_end_of_part();
                let rest = self.word.get(from..).unwrap_or_default();
                let from = from + self.output.write(rest);
                Ok(self.after_copy(from == self.word.len(), Step::Word { from }))
            }
        }
    }

    fn meta_block(&mut self) -> Result<Option<Event>, Corrupt> {
        if self.last {
            self.input.align()?;
            return Ok(Some(Event::Complete));
        }
        let (last, content) = header(&mut self.input)?;
        self.last = last;
        match content {
            Content::Nothing => {}
            Content::Stored(length) => {
                self.left = length;
                self.output.grow(length);
                self.step = Step::Stored;
            }
            Content::Commands(length) => {
                self.left = length;
                self.coding = Some(Box::new(Coding::read(&mut self.input)?));
                self.output.grow(length);
                self.step = Step::Command;
            }
        }
        Ok(None)
    }

    fn stored(&mut self) -> Result<Option<Event>, Corrupt> {
        if self.left == 0 {
            self.step = Step::MetaBlock;
            return Ok(None);
        }
        let bytes = self.input.bytes(self.left.min(self.output.room()))?;
        self.note_end_of_part();
        self.left -= bytes.len();
        self.output.write(self.input.get(bytes));
        let is_full = self.output.is_window() && self.output.room() == 0;
        Ok(is_full.then_some(Event::Full))
    }

    fn command(&mut self) -> Result<Option<Event>, Corrupt> {
        let coding = self.coding.as_mut().ok_or(Corrupt)?;
        let command = coding.command(&mut self.input)?;
        if command.literals > self.left {
            return Err(Corrupt);
        }
        self.left -= command.literals;
        let copy = Copy {
            length: command.copy,
            again: command.is_last_distance,
        };
        let left = command.literals;
        self.step = if left == 0 {
            Step::Copy(copy)
        } else {
            Step::Literals { left, copy }
        };
        Ok(None)
    }

    fn literals(&mut self, mut left: usize, copy: Copy) -> Result<Option<Event>, Corrupt> {
        let coding = self.coding.as_mut().ok_or(Corrupt)?;
        let (mut last, mut before_last) = (self.output.back(1), self.output.back(2));
        while left > 0 {
            let literal = coding.literal(&mut self.input, last, before_last)?;
            if self.input.part_ended() {
                self.output.part_ended();
            }
            self.output.put(literal);
            (last, before_last) = (literal, last);
            left -= 1;
            if self.output.room() == 0 {
                self.step = Step::Literals { left, copy };
                return Ok(Some(Event::Full));
            }
        }
        // The last command of a meta-block may end with its literals.
        self.step = if self.left == 0 {
            Step::MetaBlock
        } else {
            Step::Copy(copy)
        };
        Ok(None)
    }

    /// Finds out what is copied: bytes of the output, or a word (4, 8).
    fn copy(&mut self, copy: Copy) -> Result<Option<Event>, Corrupt> {
        let [last, second, ..] = self.distances;
        let coding = self.coding.as_mut().ok_or(Corrupt)?;
        let (distance, is_last) = if copy.again {
            (last, true)
        } else {
            match coding.distance(&mut self.input, copy.length)? {
                Distance::Bytes(distance) => (distance, false),
                Distance::Recent(code) => (self.recent(code, last, second)?, code == 0),
            }
        };
        let max_distance = self.output.max_distance();
        if let Some(address) = distance.checked_sub(max_distance + 1) {
            let bits = dictionary::index_bits(copy.length).ok_or(Corrupt)?;
            let word = dictionary::word(copy.length, address & ((1 << bits) - 1));
            self.word.clear();
            transform::transform(address >> bits, word.ok_or(Corrupt)?, &mut self.word)
                .ok_or(Corrupt)?;
            self.left = self.left.checked_sub(self.word.len()).ok_or(Corrupt)?;
            self.step = Step::Word { from: 0 };
            return Ok(None);
        }
        if !is_last {
            self.distances.rotate_right(1);
            self.distances[0] = distance;
        }
        self.left = self.left.checked_sub(copy.length).ok_or(Corrupt)?;
        self.step = Step::CopyBytes {
            left: copy.length,
            distance,
        };
        Ok(None)
    }

    fn recent(&self, code: u16, last: usize, second: usize) -> Result<usize, Corrupt> {
        let distance = match code {
            0..4 => self.distances.get(usize::from(code)).copied(),
            4..16 => {
                let base = if code < 10 { last } else { second };
                let change = usize::from((code - 4) % 6 / 2 + 1);
                if code.is_multiple_of(2) {
                    base.checked_sub(change)
                } else {
                    Some(base + change)
                }
            }
            _ => None,
        };
        distance.filter(|distance| *distance > 0).ok_or(Corrupt)
    }

    /// Goes on after a copy, or later where it stopped.
    fn after_copy(&mut self, is_done: bool, rest: Step) -> Option<Event> {
        self.step = match (is_done, self.left) {
            (false, _) => rest,
            (true, 0) => Step::MetaBlock,
            (true, _) => Step::Command,
        };
        (self.output.room() == 0).then_some(Event::Full)
    }
}

/// The size of the window (9.1).
fn window(input: &mut Input) -> Result<usize, Corrupt> {
    if !input.flag()? {
        return Ok(1 << 16);
    }
    let more = input.take(3)?;
    if more > 0 {
        return Ok(1 << (17 + more));
    }
    match input.take(3)? {
        0 => Ok(1 << 17),
        1 => Err(Corrupt),
        more => Ok(1 << (8 + more)),
    }
}
