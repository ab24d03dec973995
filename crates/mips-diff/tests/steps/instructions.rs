//! Every instruction, and everything that is none.

use crate::tally::Tally;

/// Opcodes that the VM knows, without the groups that go by another field.
const OPCODES: [u32; 36] = [
    0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x18, 0x19,
    0x1a, 0x1b, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d,
    0x2e, 0x30, 0x37, 0x3f,
];
/// Store-conditional and the 64-bit load-linked.
const LINKED: [u32; 3] = [0x34, 0x38, 0x3c];

#[test]
fn every_opcode_agrees() {
    let mut tally = Tally::new(11);
    for opcode in 0..64 {
        let tried = tally.try_with(150, |dice| opcode << 26 | dice.roll() as u32 >> 6);
        let known = OPCODES.contains(&opcode) || LINKED.contains(&opcode);
        let group = matches!(opcode, 0 | 1 | 0x1c);
        assert!(tried.advanced > 0 || !known, "opcode {opcode:#x}");
        assert!(
            tried.invalid == 0 || !known,
            "opcode {opcode:#x} is an instruction"
        );
        assert!(
            tried.invalid > 100 || known || group,
            "opcode {opcode:#x} is none"
        );
    }
}

#[test]
fn every_function_of_special_agrees() {
    let known = [
        0x00, 0x02, 0x03, 0x04, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0f, 0x10, 0x11, 0x12,
        0x13, 0x14, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x21, 0x22,
        0x23, 0x24, 0x25, 0x26, 0x27, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x38, 0x3a, 0x3b, 0x3c,
        0x3e, 0x3f,
    ];
    let mut tally = Tally::new(12);
    for function in 0..64 {
        let tried = tally.try_with(150, |dice| {
            (dice.roll() as u32 & 0x03ff_ffff) & !0x3f | function
        });
        assert_eq!(
            tried.invalid == 0,
            known.contains(&function),
            "function {function:#x}"
        );
        let divides = matches!(function, 0x1a | 0x1b | 0x1e | 0x1f);
        assert_eq!(
            tried.division_by_zero > 0,
            divides,
            "function {function:#x}"
        );
        let jumps = matches!(function, 8 | 9);
        assert_eq!(tried.in_delay_slot > 0, jumps, "function {function:#x}");
    }
}

#[test]
fn every_kind_of_branch_on_sign_agrees() {
    let mut tally = Tally::new(13);
    for kind in 0..32 {
        let tried = tally.try_with(100, |dice| {
            1 << 26 | (dice.roll() as u32 & 0x03e0_ffff) | kind << 16
        });
        // An unknown kind is a branch that is never taken.
        assert!(
            tried.advanced > 0 && tried.in_delay_slot > 0,
            "kind {kind:#x}"
        );
        assert_eq!(tried.invalid, 0);
    }
}

#[test]
fn every_function_of_special2_agrees() {
    let mut tally = Tally::new(14);
    for function in 0..64 {
        let tried = tally.try_with(60, |dice| {
            0x1c << 26 | (dice.roll() as u32 & 0x03ff_ffc0) | function
        });
        let known = matches!(function, 0x02 | 0x20 | 0x21 | 0x24 | 0x25);
        assert_eq!(tried.invalid == 0, known, "function {function:#x}");
    }
}

#[test]
fn instructions_made_of_random_bits_agree() {
    let mut tally = Tally::new(15);
    let tried = tally.try_with(3000, |dice| dice.roll() as u32);
    assert!(tried.advanced > 1000 && tried.invalid > 300);
}

/// Where unaligned accesses start within a word is what left and right forms are about.
#[test]
fn every_alignment_of_every_access_agrees() {
    let mut tally = Tally::new(16);
    for opcode in OPCODES
        .into_iter()
        .chain(LINKED)
        .filter(|opcode| *opcode >= 0x1a)
    {
        for at in 0..8 {
            // The base register is the zero register: the address is the immediate.
            let tried = tally.try_with(12, |dice| {
                let (rt, page) = (dice.below(32) as u32, dice.below(4) as u32);
                opcode << 26 | rt << 16 | page << 12 | 0x100 | at
            });
            assert!(tried.advanced > 0, "opcode {opcode:#x} at {at}");
        }
    }
}
