//! The batcher: batches, channels, frames and transactions, each with its mistakes.

use alloy_primitives::Bytes;

use super::world::World;
use crate::{
    batch::{Batch, Element},
    chain::INBOX,
    channel::{self, Compressor},
    keys,
    oracle::BLOB,
    span::Span,
    transactions,
};

/// The data that a blob can hold.
const BLOB_DATA: usize = (4 * 31 + 3) * 1024 - 4;

impl World<'_, '_> {
    pub(super) fn element(&self, number: usize) -> Element {
        let node = &self.sequencer.nodes[number];
        let origin = &self.l1.blocks[node.origin];
        Element {
            parent_hash: node.header.parent_hash,
            epoch_number: origin.header.number,
            epoch_hash: origin.hash,
            timestamp: node.header.timestamp,
            transactions: node.transactions.clone(),
        }
    }

    /// Whether a block's L1 origin is not its parent's.
    pub(super) fn starts_epoch(&self, number: usize) -> bool {
        let nodes = &self.sequencer.nodes;
        nodes[number].origin != nodes[number.saturating_sub(1)].origin
    }

    /// Puts blocks that are in no channel yet into channels.
    pub(super) fn write_channels(&mut self) {
        while self.submitted + 1 < self.sequencer.nodes.len() && !self.choices.rarely(3) {
            let pending = self.sequencer.nodes.len() - 1 - self.submitted;
            let count = self.choices.between(1, pending.min(12));
            let first = self.submitted + 1;
            self.submitted += count;
            let batches = self.batches(first, count);
            self.write_channel(&batches);
        }
        if self.evil(1) {
            let batches = self.hostile_batches();
            self.write_channel(&batches);
        }
    }

    fn batches(&mut self, first: usize, count: usize) -> Vec<Batch> {
        let mut batches = Vec::new();
        let mut number = first;
        let spans = self.active("delta") && !self.choices.rarely(4) || self.evil(8);
        while number < first + count {
            let left = first + count - number;
            let length = if spans {
                self.choices.between(1, left)
            } else {
                1
            };
            let mut elements: Vec<_> = (number..number + length).map(|n| self.element(n)).collect();
            self.attack_elements(&mut elements);
            let starts_epoch = self.starts_epoch(number);
            let batch = match elements.as_slice() {
                [only] if !spans || self.choices.rarely(4) => Batch::Singular(only.clone()),
                [] => Batch::Raw(Vec::new()),
                elements => {
                    let genesis = self.parameters.l2_genesis_time;
                    Batch::Span(Box::new(Span::new(elements, starts_epoch, genesis)))
                }
            };
            batches.push(batch);
            number += length;
        }
        self.attack_batches(&mut batches);
        batches
    }

    fn write_channel(&mut self, batches: &[Batch]) {
        let mut encoded: Vec<_> = batches.iter().map(Batch::encode).collect();
        self.attack_encoded(&mut encoded);
        let mut content = channel::content(&encoded);
        self.attack_content(&mut content);
        let compressor = if self.active("fjord") && self.choices.rarely(3) || self.evil(12) {
            Compressor::Brotli {
                quality: 5,
                window_bits: 18,
            }
        } else {
            Compressor::Zlib(self.choices.pick(&[0, 1, 6, 9]))
        };
        let mut compressed = channel::compress(&content, compressor);
        self.attack_compressed(&mut compressed);
        let size = self.choices.pick(&[40, 150, 400, 4000, 4000, 4000]);
        let id = self.choices.array();
        self.frames.extend(channel::frames(
            id,
            &compressed,
            size.max(compressed.len() / 12),
        ));
        self.attack_frames();
    }

    /// The transactions of the next L1 block.
    pub(super) fn post(&mut self) -> Vec<Bytes> {
        let mut out = Vec::new();
        if !self.held.is_empty() && self.choices.rarely(3) {
            out.append(&mut self.held);
        }
        for _ in 0..self.choices.between(0, 4) {
            if self.frames.is_empty() {
                break;
            }
            let count = self.choices.between(1, 6).min(self.frames.len());
            let mut data = vec![0];
            for frame in self.frames.drain(..count) {
                data.extend(frame.encode());
            }
            self.attack_data(&mut data);
            let raw = self.batcher_transaction(data);
            if self.evil(8) {
                self.note("transaction held back");
                self.held.push(raw);
            } else {
                if self.evil(12) {
                    out.push(raw.clone());
                }
                out.push(raw);
            }
        }
        self.attack_posted(&mut out);
        out
    }

    fn batcher_transaction(&mut self, data: Vec<u8>) -> Bytes {
        let system = &self.l1.last().system;
        let batcher = keys::batchers()
            .iter()
            .position(|account| account.address == system.batcher_address);
        let mut from = batcher.unwrap_or(0);
        let mut to = Some(INBOX);
        if self.evil(10) {
            from = self.choices.below(keys::batchers().len());
            self.note(format!("transaction of batcher {from}"));
        }
        if self.evil(12) {
            to = self
                .choices
                .pick(&[None, Some(crate::chain::DEPOSIT_CONTRACT)]);
            self.note(format!("transaction to {to:?}"));
        }
        let mut kind = self.choices.pick(&[0, 1, 2, 2, 2]);
        if self.evil(10) {
            kind = 4;
            self.note("batcher data in a transaction of type 4");
        }
        let from = &keys::batchers()[from];
        let may = self.active("ecotone") && self.choices.rarely(3) || self.evil(8);
        if self.blobs && may && data.len() <= BLOB_DATA {
            let mut blob = channel::blob(&data);
            self.attack_blob(&mut blob);
            debug_assert_eq!(blob.len(), BLOB);
            if let Some(hash) = self.store.add_blob(blob) {
                let mut hashes = vec![hash];
                if self.evil(6) {
                    let mut other = vec![0; BLOB];
                    self.attack_blob(&mut other);
                    hashes.extend(self.store.add_blob(other));
                    self.note("a second blob, all zeros or nearly");
                }
                let input = if self.evil(4) {
                    data.into()
                } else {
                    Bytes::new()
                };
                return transactions::on_l1(from, to, 3, input, hashes);
            }
        }
        transactions::on_l1(from, to, kind, data.into(), Vec::new())
    }
}
