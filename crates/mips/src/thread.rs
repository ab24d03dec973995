//! One thread of the guest.

use alloy_primitives::{B256, keccak256};

/// Bytes of an encoded thread.
pub const THREAD_BYTES: usize = 298;

/// A thread: its id, whether it has exited, and its processor state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Id, unique for the whole run.
    pub id: u64,
    /// Exit code, once it has exited.
    pub exit_code: u8,
    /// Whether it has exited and waits to be dropped.
    pub exited: bool,
    /// Address of the next instruction.
    pub pc: u64,
    /// Address of the one after: differs from `pc + 4` in a delay slot.
    pub next_pc: u64,
    /// The LO register.
    pub lo: u64,
    /// The HI register.
    pub hi: u64,
    /// The general registers; the first is always zero.
    pub registers: [u64; 32],
}

impl Default for Thread {
    fn default() -> Self {
        Self {
            id: 0,
            exit_code: 0,
            exited: false,
            pc: 0,
            next_pc: 4,
            lo: 0,
            hi: 0,
            registers: [0; 32],
        }
    }
}

impl Thread {
    /// The value of general register `index`, of which five bits count.
    #[expect(clippy::indexing_slicing, reason = "masked")]
    pub const fn register(&self, index: usize) -> u64 {
        self.registers[index & 31]
    }

    /// Writes general register `index`, of which five bits count. Register 0 stays zero.
    #[expect(clippy::indexing_slicing, reason = "masked")]
    pub const fn set_register(&mut self, index: usize, value: u64) {
        if index & 31 != 0 {
            self.registers[index & 31] = value;
        }
    }

    /// Goes on to the next instruction.
    pub(crate) const fn advance(&mut self) {
        self.pc = self.next_pc;
        self.next_pc = self.next_pc.wrapping_add(4);
    }

    /// The encoding used in state files and witnesses.
    pub fn to_bytes(&self) -> [u8; THREAD_BYTES] {
        let mut out = [0; THREAD_BYTES];
        let words = [self.pc, self.next_pc, self.lo, self.hi];
        let tail = words
            .iter()
            .chain(&self.registers)
            .flat_map(|w| w.to_be_bytes());
        let all = self
            .id
            .to_be_bytes()
            .into_iter()
            .chain([self.exit_code, u8::from(self.exited)])
            .chain(tail);
        for (slot, byte) in out.iter_mut().zip(all) {
            *slot = byte;
        }
        out
    }

    /// The hash of its encoding.
    pub fn hash(&self) -> B256 {
        keccak256(self.to_bytes())
    }
}

/// The commitment to a stack of threads, bottom first: each is hashed onto those below it.
pub(crate) fn stack_root(threads: &[Thread]) -> B256 {
    let empty = keccak256([0; 64]);
    threads.iter().fold(empty, |below, thread| {
        keccak256([below.0, thread.hash().0].concat())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::b256;

    #[test]
    fn encoding_has_its_fields_where_the_contract_reads_them() {
        let mut thread = Thread {
            id: 1,
            exit_code: 2,
            exited: true,
            pc: 3,
            next_pc: 4,
            lo: 5,
            hi: 6,
            ..Thread::default()
        };
        thread.registers[31] = 7;
        let bytes = thread.to_bytes();
        assert_eq!((bytes[7], bytes[8], bytes[9]), (1, 2, 1));
        assert_eq!((bytes[17], bytes[25], bytes[33], bytes[41]), (3, 4, 5, 6));
        assert_eq!(bytes[297], 7);
    }

    #[test]
    fn empty_stack_has_the_specified_root() {
        let root = b256!("ad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5");
        assert_eq!(stack_root(&[]), root);
        assert_ne!(stack_root(&[Thread::default()]), root);
    }

    #[test]
    fn register_zero_cannot_be_written() {
        let mut thread = Thread::default();
        thread.set_register(0, 1);
        thread.set_register(1, 2);
        assert_eq!((thread.register(0), thread.register(1)), (0, 2));
    }
}
