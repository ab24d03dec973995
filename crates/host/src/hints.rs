//! The hints of a run that may still be needed, and in which order to follow them.

use std::collections::VecDeque;

use endgame_preimage::PreimageKey;

use crate::request::Request;

/// How many hints are remembered.
const CAPACITY: usize = 64;
/// How many requests that do not name the key are followed before giving up: new ones and, since a
/// provider may have answered from another state, ones followed before.
const MAX_NEW: usize = 8;
const MAX_AGAIN: usize = 3;

#[derive(Clone, Debug)]
struct Entry {
    request: Request,
    /// Fetched before.
    done: bool,
}

/// Hints in the order they came, the newest last; a repeated one counts as new.
#[derive(Debug, Default)]
pub(crate) struct HintLog {
    entries: VecDeque<Entry>,
    /// The latest witness: kept apart, for hundreds of proofs may follow it.
    witness: Option<Entry>,
}

impl HintLog {
    pub(crate) fn add(&mut self, request: Request) {
        if request.is_witness() {
            let done = self
                .witness
                .as_ref()
                .is_some_and(|known| known.done && known.request == request);
            self.witness = Some(Entry { request, done });
            return;
        }
        let position = self
            .entries
            .iter()
            .position(|known| known.request == request);
        let done = position
            .and_then(|position| self.entries.remove(position))
            .is_some_and(|known| known.done);
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry { request, done });
    }

    pub(crate) fn mark_done(&mut self, request: &Request) {
        for entry in self.entries.iter_mut().chain(&mut self.witness) {
            if entry.request == *request {
                entry.done = true;
            }
        }
    }

    /// What to fetch, one after the other, until `key` is there.
    pub(crate) fn plan(&self, key: PreimageKey) -> Vec<Request> {
        let newest_first = || {
            self.entries
                .iter()
                .rev()
                .filter(|entry| entry.request.may_yield(key))
        };
        let (named, others): (Vec<_>, Vec<_>) =
            newest_first().partition(|entry| entry.request.names(key));
        let about_state = named
            .first()
            .or(others.first())
            .is_none_or(|entry| entry.request.is_l2_state());
        let witness = self
            .witness
            .as_ref()
            .filter(|witness| about_state && witness.request.may_yield(key));
        let new_witness = witness.filter(|witness| !witness.done);
        let old_witness = witness.filter(|witness| witness.done);
        let new = others.iter().filter(|entry| !entry.done).take(MAX_NEW);
        let again = others.iter().filter(|entry| entry.done).take(MAX_AGAIN);
        new_witness
            .into_iter()
            .chain(named)
            .chain(new.copied())
            .chain(again.copied())
            .chain(old_witness)
            .map(|entry| entry.request.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::BlockId;
    use alloy_primitives::{Address, B256};

    fn proof(number: u64) -> Request {
        Request::L2Proof {
            block: BlockId::Number(number),
            address: Address::ZERO,
            slot: None,
        }
    }

    fn witness() -> Request {
        Request::L2ExecutionWitness(9)
    }

    #[test]
    fn hint_that_names_the_key_comes_before_newer_ones() {
        let mut log = HintLog::default();
        let hash = B256::repeat_byte(3);
        log.add(Request::L1Header(hash));
        log.add(Request::L1Receipts(hash));
        let plan = log.plan(PreimageKey::keccak256(hash.0));
        assert_eq!(plan, [Request::L1Header(hash), Request::L1Receipts(hash)]);
    }

    #[test]
    fn new_witness_comes_before_proofs_and_an_old_one_last() {
        let key = PreimageKey::keccak256([1; 32]);
        let mut log = HintLog::default();
        log.add(witness());
        log.add(proof(1));
        assert_eq!(log.plan(key), [witness(), proof(1)]);
        log.mark_done(&witness());
        assert_eq!(log.plan(key), [proof(1), witness()]);
        log.add(witness());
        assert_eq!(log.plan(key), [proof(1), witness()], "known already");
    }

    #[test]
    fn followed_hints_come_after_new_ones() {
        let key = PreimageKey::keccak256([1; 32]);
        let mut log = HintLog::default();
        log.add(proof(1));
        log.add(proof(2));
        log.mark_done(&proof(2));
        assert_eq!(log.plan(key), [proof(1), proof(2)]);
    }

    #[test]
    fn plan_is_bounded() {
        let mut log = HintLog::default();
        for number in 0..200 {
            log.add(proof(number));
        }
        assert!(log.entries.len() <= CAPACITY);
        let plan = log.plan(PreimageKey::keccak256([1; 32]));
        assert_eq!(plan.len(), MAX_NEW);
        assert_eq!(plan[0], proof(199));
    }

    #[test]
    fn l1_preimages_do_not_ask_l2() {
        let mut log = HintLog::default();
        log.add(witness());
        let list = Request::L1Receipts(B256::ZERO);
        log.add(list.clone());
        assert_eq!(log.plan(PreimageKey::keccak256([1; 32])), [list]);
    }
}
