//! What an attacker who may write batches does to an honest batcher's batches.

use alloy_primitives::B256;

use super::world::World;
use crate::{
    batch::{Batch, Element},
    keys,
    span::Span,
    transactions,
};

impl World<'_, '_> {
    pub(super) fn flip(&mut self, bytes: &mut [u8]) {
        if !bytes.is_empty() {
            let at = self.choices.below(bytes.len());
            bytes[at] ^= 1 << self.choices.below(8);
        }
    }

    fn near(&mut self, number: u64) -> u64 {
        let step = self.choices.pick(&[1, 1, 2, 3, 5, 50]);
        if self.choices.rarely(2) {
            number.wrapping_add(step)
        } else {
            number.wrapping_sub(step)
        }
    }

    pub(super) fn attack_elements(&mut self, elements: &mut Vec<Element>) {
        if self.evil(4) && !elements.is_empty() {
            let at = self.choices.below(elements.len());
            let mut element = elements[at].clone();
            self.attack_element(&mut element);
            elements[at] = element;
        }
        if self.evil(12) && !elements.is_empty() {
            let at = self.choices.below(elements.len());
            if self.choices.rarely(2) {
                elements.remove(at);
            } else {
                elements.insert(at, elements[at].clone());
            }
            self.note(format!("gap or repetition at element {at}"));
        }
    }

    fn attack_element(&mut self, element: &mut Element) {
        let what = self.choices.below(8);
        match what {
            0 => element.parent_hash = B256::from(self.choices.array()),
            1 => element.epoch_number = self.near(element.epoch_number),
            2 => element.epoch_hash = B256::from(self.choices.array()),
            3 => element.timestamp = self.near(element.timestamp),
            4 => {
                // Another epoch that exists.
                let block = &self.l1.blocks[self.choices.below(self.l1.blocks.len())];
                element.epoch_number = block.header.number;
                element.epoch_hash = block.hash;
            }
            5 if !element.transactions.is_empty() => element.transactions.clear(),
            _ => {
                let user = keys::users()[0].address;
                let nonce = self.sequencer.nonce(user);
                let transaction = if self.choices.rarely(4) {
                    transactions::on_l2(self.choices, &keys::users()[0], 2, nonce)
                } else {
                    transactions::invalid(self.choices, nonce)
                };
                let at = self.choices.below(element.transactions.len() + 1);
                element.transactions.insert(at, transaction);
            }
        }
        self.note(format!(
            "element attacked by {what}: time {}",
            element.timestamp
        ));
    }

    pub(super) fn attack_batches(&mut self, batches: &mut Vec<Batch>) {
        for batch in batches.iter_mut() {
            if let Batch::Span(span) = batch
                && self.evil(5)
            {
                self.attack_span(span);
            }
        }
        if batches.len() > 1 && self.evil(6) {
            let (one, two) = (
                self.choices.below(batches.len()),
                self.choices.below(batches.len()),
            );
            self.note(format!("batches {one} and {two} swapped"));
            batches.swap(one, two);
        }
        if self.evil(10) && !batches.is_empty() {
            let at = self.choices.below(batches.len());
            if self.choices.rarely(2) {
                batches.remove(at);
            } else {
                batches.push(batches[at].clone());
            }
            self.note(format!("batch {at} dropped or repeated"));
        }
    }

    fn attack_span(&mut self, span: &mut Span) {
        let what = self.choices.below(16);
        let large = [u64::MAX, 1 << 63, 1 << 32, 10_000_001, 10_000_000, 1000, 0];
        match what {
            0 => span.relative_timestamp = self.near(span.relative_timestamp),
            1 => span.origin_number = self.near(span.origin_number),
            2 => self.flip(&mut span.parent_check),
            3 => self.flip(&mut span.origin_check),
            4 => span.block_count = self.near(span.block_count),
            5 => span.block_count = self.choices.pick(&large),
            6 => flip_bit(&mut span.origin_bits, self.choices.below(256)),
            7 => {
                let at = self.choices.below(span.transaction_counts.len());
                if let Some(count) = span.transaction_counts.get_mut(at) {
                    *count =
                        count.wrapping_add(self.choices.pick(&[1, u64::MAX, 1 << 40, 1 << 63]));
                }
            }
            8 => flip_bit(&mut span.creation_bits, self.choices.below(256)),
            9 => flip_bit(&mut span.parity_bits, self.choices.below(256)),
            10 => flip_bit(&mut span.protected_bits, self.choices.below(256)),
            11 => span.padding = self.choices.pick(&[1, 2, 8, 9, 10]),
            12 => {
                span.relative_timestamp = self.choices.pick(&large);
            }
            13 => span.origin_number = self.choices.pick(&large),
            14 => {
                let at = self.choices.below(span.data.len());
                if let Some(mut data) = span.data.get(at).cloned() {
                    match self.choices.below(3) {
                        0 => data.truncate(self.choices.below(data.len() + 1)),
                        1 => data.push(0),
                        _ => self.flip(&mut data),
                    }
                    span.data[at] = data;
                }
            }
            _ => {
                let at = self.choices.below(span.nonces.len());
                if let Some(nonce) = span.nonces.get_mut(at) {
                    *nonce = nonce.wrapping_sub(1);
                }
            }
        }
        self.note(format!(
            "span attacked by {what}: {} blocks",
            span.block_count
        ));
    }

    /// Batches that the batcher has no reason to write.
    pub(super) fn hostile_batches(&mut self) -> Vec<Batch> {
        let what = self.choices.below(4);
        let head = self.sequencer.nodes.len() - 1;
        match what {
            // A span that begins in the past, and goes on or doesn't; with another content, maybe.
            0 | 1 if head > 0 => {
                let first = self.choices.between(1, self.safe.clamp(1, head));
                let last = self.choices.between(first, head.min(first + 12));
                let mut elements: Vec<_> = (first..=last).map(|n| self.element(n)).collect();
                if self.choices.rarely(2) {
                    let at = self.choices.below(elements.len());
                    let mut element = elements[at].clone();
                    self.attack_element(&mut element);
                    elements[at] = element;
                }
                let starts_epoch = self.starts_epoch(first);
                let genesis = self.parameters.l2_genesis_time;
                self.note(format!("span of {first} to {last}"));
                vec![Batch::Span(Box::new(Span::new(
                    &elements,
                    starts_epoch,
                    genesis,
                )))]
            }
            2 if head > 0 => {
                let number = self.choices.between(1, head);
                self.note(format!("batch of {number} again"));
                vec![Batch::Singular(self.element(number))]
            }
            _ => {
                let length = self.choices.pick(&[0, 1, 2, 40, 200]);
                let mut raw = self.choices.bytes(length);
                if let Some(version) = raw.first_mut() {
                    *version = self.choices.pick(&[0, 1, 2]);
                }
                self.note("batch of random bytes");
                vec![Batch::Raw(raw)]
            }
        }
    }
}

fn flip_bit(bits: &mut [bool], at: usize) {
    let count = bits.len().max(1);
    if let Some(bit) = bits.get_mut(at % count) {
        *bit = !*bit;
    }
}
