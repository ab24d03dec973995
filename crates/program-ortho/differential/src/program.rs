//! Made-up programs.

use endgame_ortho_primitives::Address;

use crate::{bytes::Choices, case::address};

/// Code as it grows.
struct Program<'c, 'b> {
    choices: &'c mut Choices<'b>,
    code: Vec<u8>,
}

/// Binary and ternary instructions that only compute.
const COMPUTING: [(u8, usize); 27] = [
    (0x01, 2),
    (0x02, 2),
    (0x03, 2),
    (0x04, 2),
    (0x05, 2),
    (0x06, 2),
    (0x07, 2),
    (0x08, 3),
    (0x09, 3),
    (0x0a, 2),
    (0x0b, 2),
    (0x10, 2),
    (0x11, 2),
    (0x12, 2),
    (0x13, 2),
    (0x14, 2),
    (0x15, 1),
    (0x16, 2),
    (0x17, 2),
    (0x18, 2),
    (0x19, 1),
    (0x1a, 2),
    (0x1b, 2),
    (0x1c, 2),
    (0x1d, 2),
    (0x1e, 1),
    (0x35, 1),
];
/// Instructions that push something about the frame, the transaction or the block.
const ENVIRONMENT: [u8; 20] = [
    0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
    0x4a, 0x58, 0x59, 0x5a,
];
/// Instructions on an address.
const ON_ADDRESS: [u8; 4] = [0x31, 0x3b, 0x3f, 0x40];

/// A program of so many statements at most.
pub(crate) fn program(choices: &mut Choices<'_>, statements: usize) -> Vec<u8> {
    let mut program = Program {
        choices,
        code: Vec::new(),
    };
    let count = program.choices.below(statements) + 1;
    for _ in 0..count {
        if program.choices.is_empty() {
            break;
        }
        program.statement();
    }
    program.code
}

impl Program<'_, '_> {
    fn op(&mut self, op: u8) {
        self.code.push(op);
    }

    fn push(&mut self, bytes: &[u8]) {
        let length = bytes.len().min(32);
        self.op(0x5f + length as u8);
        self.code.extend(bytes.iter().take(length));
    }

    fn push_number(&mut self, number: u64) {
        let bytes = number.to_be_bytes();
        let zeros = number.leading_zeros() as usize / 8;
        self.push(bytes.get(zeros..).unwrap_or_default());
    }

    /// A word: small, huge, or any.
    fn push_word(&mut self) {
        match self.choices.below(8) {
            0..3 => {
                let number = self.choices.number(1);
                self.push_number(number);
            }
            3 => self.push(&[0xff; 32]),
            4 => {
                let mut bytes = [0; 32];
                bytes[0] = 0x80;
                self.push(&bytes);
            }
            5 => {
                let length = self.choices.below(33);
                let bytes = self.choices.bytes(length);
                self.push(&bytes);
            }
            6 => {
                let op = self.choices.pick(&ENVIRONMENT, 0x30);
                self.op(op);
            }
            // Something that is on the stack already.
            _ => {
                let depth = self.choices.below(4) as u8;
                self.op(0x80 + depth);
            }
        }
    }

    /// A place in memory, or a length: mostly one that can be paid for.
    fn push_size(&mut self) {
        if self.choices.rarely(40) {
            let huge = [1 << 16, 1 << 24, u64::from(u32::MAX), u64::MAX];
            let number = self.choices.pick(&huge, 0);
            self.push_number(number);
        } else {
            let number = self.choices.number(1);
            self.push_number(number);
        }
    }

    fn push_address(&mut self) {
        let address: Address = address(self.choices);
        let zeros = address.0.iter().take_while(|byte| **byte == 0).count();
        self.push(address.0.get(zeros..).unwrap_or_default());
    }

    fn statement(&mut self) {
        match self.choices.below(24) {
            0..3 => self.push_word(),
            3..6 => {
                let (op, operands) = self.choices.pick(&COMPUTING, (0x01, 2));
                (0..operands).for_each(|_| self.push_word());
                self.op(op);
            }
            6 => {
                self.push_word();
                self.push_size();
                let op = self.choices.pick(&[0x52, 0x53], 0x52);
                self.op(op);
            }
            7 => {
                self.push_size();
                self.op(0x51);
            }
            8..10 => {
                // Few slots, so that they meet again.
                self.push_word();
                let slot = self.choices.number(1) % 4;
                self.push_number(slot);
                let op = self.choices.pick(&[0x55, 0x55, 0x5d], 0x55);
                self.op(op);
            }
            10..12 => {
                let slot = self.choices.number(1) % 4;
                self.push_number(slot);
                let op = self.choices.pick(&[0x54, 0x5c], 0x54);
                self.op(op);
            }
            12..15 => self.call(),
            15 => self.create(),
            16 => {
                let topics = self.choices.below(5);
                (0..topics).for_each(|_| self.push_word());
                self.push_size();
                self.push_size();
                self.op(0xa0 + topics as u8);
            }
            17 => {
                self.push_address();
                let op = self.choices.pick(&ON_ADDRESS, 0x31);
                self.op(op);
            }
            18 => self.copy(),
            19 => self.branch(),
            20 => {
                let depth = self.choices.below(16) as u8;
                let op = self.choices.pick(&[0x80, 0x90], 0x80);
                self.op(op + depth);
            }
            21 => {
                let op = self.choices.byte();
                self.op(op);
            }
            22 => self.op(0x50),
            _ => self.end(),
        }
    }

    fn copy(&mut self) {
        let op = self
            .choices
            .pick(&[0x37, 0x39, 0x3e, 0x5e, 0x20, 0x3c], 0x37);
        self.push_size();
        self.push_size();
        if op != 0x20 {
            self.push_size();
        }
        if op == 0x3c {
            self.push_address();
        }
        self.op(op);
    }

    fn call(&mut self) {
        let op = self.choices.pick(&[0xf1, 0xf2, 0xf4, 0xfa], 0xf1);
        (0..4).for_each(|_| self.push_size());
        if op < 0xf4 {
            let value = if self.choices.rarely(3) {
                self.choices.number(1)
            } else {
                0
            };
            self.push_number(value);
        }
        self.push_address();
        if self.choices.rarely(4) {
            let gas = self.choices.number(2);
            self.push_number(gas);
        } else {
            self.op(0x5a);
        }
        self.op(op);
    }

    /// Init code from a word in memory, or the program's own code.
    fn create(&mut self) {
        let op = self.choices.pick(&[0xf0, 0xf5], 0xf0);
        let length = if self.choices.rarely(3) {
            let length = self.choices.number(1);
            self.push_number(length);
            self.push_number(0);
            self.push_number(0);
            self.op(0x39);
            length
        } else {
            let inits: [&[u8]; 5] = [
                // Returns 3 zeros; returns its own word; stores and returns nothing; 0xef; reverts.
                &[0x60, 3, 0x5f, 0xf3],
                &[0x5f, 0x35, 0x5f, 0x52, 0x60, 32, 0x5f, 0xf3],
                &[0x60, 1, 0x5f, 0x55],
                &[0x60, 0xef, 0x5f, 0x53, 0x60, 1, 0x5f, 0xf3],
                &[0x60, 5, 0x5f, 0xfd],
            ];
            let mut word = self.choices.pick(&inits, &[]).to_vec();
            let length = word.len() as u64;
            word.resize(32, 0);
            self.push(&word);
            self.push_number(0);
            self.op(0x52);
            length
        };
        if op == 0xf5 {
            let salt = self.choices.number(1) % 3;
            self.push_number(salt);
        }
        self.push_number(length);
        self.push_number(0);
        let value = u64::from(self.choices.rarely(4));
        self.push_number(value);
        self.op(op);
    }

    /// Jumps over some statements if a condition holds, or back as long as gas lasts.
    fn branch(&mut self) {
        if self.choices.rarely(8) {
            let here = self.code.len() as u64;
            self.op(0x5b);
            self.statement_or_two();
            self.push_number(here);
            self.op(0x56);
            return;
        }
        self.push_word();
        // The target is known after what is skipped: a push of two bytes is filled in then.
        let at = self.code.len() + 1;
        self.push(&[0xff, 0xff]);
        self.op(0x57);
        self.statement_or_two();
        let target = (self.code.len() as u16).to_be_bytes();
        for (to, byte) in self.code.iter_mut().skip(at).zip(target) {
            *to = byte;
        }
        self.op(0x5b);
    }

    /// Statements inside a branch: never a branch themselves, so that nothing here recurses.
    fn statement_or_two(&mut self) {
        for _ in 0..=self.choices.below(2) {
            match self.choices.below(3) {
                0 => self.push_word(),
                1 => self.call(),
                _ => self.copy(),
            }
        }
    }

    fn end(&mut self) {
        match self.choices.below(6) {
            0 => self.op(0x00),
            1 => {
                self.push_address();
                self.op(0xff);
            }
            kind => {
                self.push_size();
                self.push_size();
                self.op(if kind < 4 { 0xf3 } else { 0xfd });
            }
        }
    }
}
