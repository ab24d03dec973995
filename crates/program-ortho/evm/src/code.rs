//! Code that is ready to run.

use alloc::{boxed::Box, vec, vec::Vec};

use endgame_ortho_primitives::{Address, meter};

use crate::opcode;

/// Zeros after the code, so that the longest push can be read at its last byte.
const PADDING: usize = 33;

/// What code that delegates begins with (EIP-7702).
const DELEGATION: [u8; 3] = [0xef, 0x01, 0x00];

/// Code with its jump destinations found.
#[derive(Clone, Debug, Default)]
pub struct Code {
    padded: Vec<u8>,
    length: usize,
    /// One bit a byte of code.
    jump_destinations: Box<[u64]>,
}

impl Code {
    /// Reads `code` once for its jump destinations.
    pub fn new(mut code: Vec<u8>) -> Self {
        let length = code.len();
        meter::work(length);
        let mut jump_destinations = vec![0; length.div_ceil(64)].into_boxed_slice();
        let mut pc = 0;
        while let Some(&op) = code.get(pc) {
            if op == opcode::JUMPDEST
                && let Some(bits) = jump_destinations.get_mut(pc / 64)
            {
                *bits |= 1 << (pc % 64);
            }
            pc += 1;
            if let opcode::PUSH1..=opcode::PUSH32 = op {
                pc += usize::from(op - opcode::PUSH1) + 1;
            }
        }
        code.resize(length + PADDING, 0);
        Self {
            padded: code,
            length,
            jump_destinations,
        }
    }

    /// The code itself.
    pub fn bytes(&self) -> &[u8] {
        self.padded.get(..self.length).unwrap_or_default()
    }

    /// The code, then zeros.
    #[inline]
    pub(crate) fn padded(&self) -> &[u8] {
        &self.padded
    }

    /// How many bytes the code has.
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether there is no code.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Whether a jump to `pc` is valid.
    #[inline]
    pub(crate) fn is_jump_destination(&self, pc: usize) -> bool {
        self.jump_destinations
            .get(pc / 64)
            .is_some_and(|bits| bits >> (pc % 64) & 1 == 1)
    }

    /// Whose code this one delegates to (EIP-7702).
    pub(crate) fn delegate(&self) -> Option<Address> {
        delegate(self.bytes())
    }
}

/// Whose code `code` delegates to.
pub(crate) fn delegate(code: &[u8]) -> Option<Address> {
    code.strip_prefix(&DELEGATION).and_then(Address::from_slice)
}

/// Code that delegates to `address`.
pub(crate) fn delegation_to(address: Address) -> Vec<u8> {
    [&DELEGATION[..], &address.0].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_of_a_push_is_no_jump_destination() {
        let code = Code::new(vec![opcode::PUSH1, opcode::JUMPDEST, opcode::JUMPDEST]);
        assert!(!code.is_jump_destination(1));
        assert!(code.is_jump_destination(2));
        assert!(!code.is_jump_destination(usize::MAX));
        assert_eq!(Code::new(vec![opcode::PUSH32]).padded().len(), 34);
    }

    #[test]
    fn delegation_is_23_bytes() {
        let address = Address([7; 20]);
        let code = delegation_to(address);
        assert_eq!(delegate(&code), Some(address));
        assert_eq!(delegate(&code[..22]), None);
    }
}
