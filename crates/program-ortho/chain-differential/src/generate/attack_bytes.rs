//! What an attacker who may write batches does to the bytes: encoded batches, channels, frames,
//! transactions and blobs.

use alloy_primitives::Bytes;

use super::world::World;
use crate::{channel::Frame, span::varint};

impl World<'_, '_> {
    pub(super) fn attack_encoded(&mut self, encoded: &mut [Vec<u8>]) {
        if !encoded.is_empty() && self.evil(10) {
            let at = self.choices.below(encoded.len());
            let mut bytes = std::mem::take(&mut encoded[at]);
            let what = self.choices.below(5);
            match what {
                0 => self.flip(&mut bytes),
                1 => bytes.truncate(self.choices.below(bytes.len() + 1)),
                2 => bytes.extend(self.choices.bytes(3)),
                3 => self.set_first(&mut bytes, &[0, 1, 2, 0x80]),
                _ => bytes = non_canonical(&bytes),
            }
            encoded[at] = bytes;
            self.note(format!("encoded batch {at} attacked by {what}"));
        }
    }

    fn set_first(&mut self, bytes: &mut [u8], to: &[u8]) {
        let to = self.choices.pick(to);
        if let Some(first) = bytes.first_mut() {
            *first = to;
        }
    }

    pub(super) fn attack_content(&mut self, content: &mut Vec<u8>) {
        if self.evil(14) {
            let what = self.choices.below(6);
            match what {
                0 => self.flip(content),
                1 => content.truncate(self.choices.below(content.len() + 1)),
                2 => content.extend(self.choices.bytes(5)),
                3 => content.extend([0xc0]),
                // A string with its length in more bytes than it needs.
                4 => content.extend([0xb8, 1, 0]),
                _ => content.extend([0xbf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
            }
            self.note(format!("channel content attacked by {what}"));
        }
    }

    pub(super) fn attack_compressed(&mut self, compressed: &mut Vec<u8>) {
        if self.evil(12) {
            let what = self.choices.below(7);
            match what {
                0 => self.flip(compressed),
                1 => compressed.truncate(self.choices.below(compressed.len() + 1)),
                2 => compressed.extend(self.choices.bytes(7)),
                3 => self.set_first(compressed, &[0, 1, 2, 0x08, 0x0f, 0x78, 0x88]),
                4 => {
                    // The checksum.
                    let end = compressed.len().saturating_sub(4);
                    self.flip(&mut compressed[end..]);
                }
                5 => {
                    let cut = self.choices.between(1, 12);
                    compressed.truncate(compressed.len().saturating_sub(cut));
                }
                _ => {
                    let again = compressed.clone();
                    compressed.extend(again);
                }
            }
            self.note(format!("compressed channel attacked by {what}"));
        }
    }

    pub(super) fn attack_frames(&mut self) {
        while !self.frames.is_empty() && self.evil(6) {
            let what = self.choices.below(12);
            let (at, to) = (
                self.choices.below(self.frames.len()),
                self.choices.below(self.frames.len()),
            );
            match what {
                0 | 1 => self.frames.swap(at, to),
                2 => drop(self.frames.remove(at)),
                3 => {
                    let frame = self.frames[at].clone();
                    self.frames.insert(to, frame);
                }
                4 => self.frames[at].number = self.choices.pick(&[0, 1, 2, u16::MAX]),
                5 => self.frames[at].last ^= self.choices.pick(&[1, 1, 1, 2, 0xff]),
                6 => self.frames[at].channel = self.frames[to].channel,
                7 => {
                    let mut data = std::mem::take(&mut self.frames[at].data);
                    self.flip(&mut data);
                    self.frames[at].data = data;
                }
                8 => self.frames[at].length_offset = self.choices.pick(&[-1, 1, 100, 1_000_000]),
                9 => {
                    let channel = self.frames[at].channel;
                    let frame = Frame {
                        channel,
                        number: self.choices.below(6) as u16,
                        data: self.choices.bytes(20),
                        last: self.choices.below(2) as u8,
                        length_offset: 0,
                    };
                    self.frames.insert(to, frame);
                }
                10 => self.frames[at].data.clear(),
                _ => {
                    // The channel's own frames backwards.
                    let channel = self.frames[at].channel;
                    let places: Vec<_> = (0..self.frames.len())
                        .filter(|place| self.frames[*place].channel == channel)
                        .collect();
                    for (one, two) in places
                        .iter()
                        .zip(places.iter().rev())
                        .take(places.len() / 2)
                    {
                        self.frames.swap(*one, *two);
                    }
                }
            }
            self.note(format!(
                "frame {at} of {} attacked by {what} {to}",
                self.frames.len()
            ));
        }
    }

    pub(super) fn attack_data(&mut self, data: &mut Vec<u8>) {
        if self.evil(10) {
            let what = self.choices.below(6);
            match what {
                0 => self.flip(data),
                1 => data.truncate(self.choices.below(data.len() + 1)),
                2 => data.extend(self.choices.bytes(4)),
                3 => self.set_first(data, &[1, 2, 0xff]),
                4 => data.clear(),
                _ => drop(data.drain(..data.len().min(1))),
            }
            self.note(format!("batcher data attacked by {what}"));
        }
    }

    pub(super) fn attack_posted(&mut self, posted: &mut Vec<Bytes>) {
        if posted.len() > 1 && self.evil(4) {
            let (one, two) = (
                self.choices.below(posted.len()),
                self.choices.below(posted.len()),
            );
            self.note(format!("transactions {one} and {two} swapped"));
            posted.swap(one, two);
        }
        if !posted.is_empty() && self.evil(10) {
            let at = self.choices.below(posted.len());
            self.note(format!("transaction {at} lost"));
            posted.remove(at);
        }
    }

    pub(super) fn attack_blob(&mut self, blob: &mut [u8]) {
        if self.evil(4) {
            let what = self.choices.below(6);
            match what {
                0 => blob[32 * self.choices.below(4096)] |= self.choices.pick(&[0x40, 0x80]),
                1 => blob[1] = 1,
                2 => blob[2..5].copy_from_slice(&self.choices.array::<3>()),
                3 => blob[131_071] = 1,
                4 => blob.fill(0),
                _ => {
                    let at = self.choices.below(blob.len());
                    blob[at] ^= 1 << self.choices.below(6);
                }
            }
            self.note(format!("blob attacked by {what}"));
        }
    }
}

/// A singular batch whose list's length is written in more bytes than it needs, a span batch with a
/// longer first number.
fn non_canonical(batch: &[u8]) -> Vec<u8> {
    match batch {
        [0, 0xf8, length, rest @ ..] => [&[0, 0xf9, 0, *length], rest].concat(),
        [0, length @ 0xc0..=0xf7, rest @ ..] => [&[0, 0xf8, length - 0xc0], rest].concat(),
        [1, first, rest @ ..] => [&[1, first | 0x80], &varint(0)[..], rest].concat(),
        other => other.to_vec(),
    }
}
