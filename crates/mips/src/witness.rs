//! What the on-chain VM sees of a state.

use alloy_primitives::{B256, keccak256};

use crate::{State, thread::stack_root};

/// Bytes of an encoded state witness.
pub const STATE_WITNESS_BYTES: usize = 188;
const EXIT_CODE_AT: usize = 97;
const EXITED_AT: usize = 98;

/// How a run stands: the first byte of a state hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum VmStatus {
    /// Exited with 0: the claim is valid.
    Valid = 0,
    /// Exited with 1: the claim is invalid.
    Invalid = 1,
    /// Exited with anything else.
    Panic = 2,
    /// Still running.
    Unfinished = 3,
}

impl VmStatus {
    const fn new(exited: bool, exit_code: u8) -> Self {
        match (exited, exit_code) {
            (false, _) => Self::Unfinished,
            (true, 0) => Self::Valid,
            (true, 1) => Self::Invalid,
            (true, _) => Self::Panic,
        }
    }
}

/// The state hash of a witness: its keccak-256 with the status as first byte.
pub fn state_hash(witness: &[u8; STATE_WITNESS_BYTES]) -> B256 {
    let mut hash = keccak256(witness);
    let [.., exit_code, exited] = witness
        .first_chunk::<{ EXITED_AT + 1 }>()
        .copied()
        .unwrap_or([0; EXITED_AT + 1]);
    hash.0[0] = VmStatus::new(exited == 1, exit_code) as u8;
    hash
}

impl State {
    /// The encoded witness: what the state hash commits to.
    pub fn witness(&self) -> [u8; STATE_WITNESS_BYTES] {
        let mut out = [0; STATE_WITNESS_BYTES];
        let mut rest = &mut out[..];
        let mut put = |bytes: &[u8]| {
            let (head, tail) = std::mem::take(&mut rest).split_at_mut(bytes.len());
            head.copy_from_slice(bytes);
            rest = tail;
        };
        put(self.memory.merkle_root().as_slice());
        put(self.preimage_key.as_bytes());
        put(&self.preimage_offset.to_be_bytes());
        put(&self.heap.to_be_bytes());
        put(&[self.reservation.kind as u8]);
        put(&self.reservation.address.to_be_bytes());
        put(&self.reservation.owner.to_be_bytes());
        put(&[self.exit_code, u8::from(self.exited)]);
        put(&self.step.to_be_bytes());
        put(&self.steps_since_switch.to_be_bytes());
        put(&[u8::from(self.traverse_right)]);
        put(stack_root(&self.left).as_slice());
        put(stack_root(&self.right).as_slice());
        put(&self.next_thread_id.to_be_bytes());
        out
    }

    /// The state hash, its first byte being the [`VmStatus`].
    pub fn state_hash(&self) -> B256 {
        state_hash(&self.witness())
    }

    /// How the run stands.
    pub const fn status(&self) -> VmStatus {
        VmStatus::new(self.exited, self.exit_code)
    }
}

const _: () = assert!(EXIT_CODE_AT == 32 + 32 + 8 + 8 + 1 + 8 + 8 && EXITED_AT == EXIT_CODE_AT + 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_is_the_first_byte_of_the_hash() {
        let mut state = State::new(0);
        assert_eq!(state.state_hash()[0], 3);
        state.exited = true;
        for (code, status) in [(0, 0), (1, 1), (2, 2), (255, 2)] {
            state.exit_code = code;
            assert_eq!(state.state_hash()[0], status);
        }
    }

    #[test]
    fn fields_stand_where_the_contract_reads_them() {
        let mut state = State::new(0);
        (state.heap, state.exit_code, state.exited) = (7, 5, true);
        (state.step, state.next_thread_id) = (9, 11);
        let witness = state.witness();
        assert_eq!(witness[79], 7);
        assert_eq!((witness[EXIT_CODE_AT], witness[EXITED_AT]), (5, 1));
        assert_eq!((witness[106], witness[187]), (9, 11));
    }
}
