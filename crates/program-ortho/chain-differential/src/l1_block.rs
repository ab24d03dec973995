//! The predeploy `L1Block`, as far as fees read its storage.

use alloy_primitives::{Address, address};

/// Where it is.
pub(crate) const L1_BLOCK: Address = address!("4200000000000000000000000000000000000015");

const DEPOSITOR: Address = address!("deaddeaddeaddeaddeaddeaddeaddeaddead0001");

const CALLER: u8 = 0x33;
const CALLDATALOAD: u8 = 0x35;
const CALLDATASIZE: u8 = 0x36;
const EQ: u8 = 0x14;
const OR: u8 = 0x17;
const SHL: u8 = 0x1b;
const SHR: u8 = 0x1c;
const STOP: u8 = 0x00;
const SSTORE: u8 = 0x55;
const JUMPI: u8 = 0x57;
const JUMPDEST: u8 = 0x5b;
const PUSH1: u8 = 0x60;
const PUSH2: u8 = 0x61;
const PUSH20: u8 = 0x73;

/// Calldata from `offset` on, without the low `shift` bits.
const fn load(offset: u8, shift: u8) -> [u8; 6] {
    [PUSH1, offset, CALLDATALOAD, PUSH1, shift, SHR]
}

/// Keeps a part of the calldata in a slot.
fn keep(offset: u8, shift: u8, slot: u8) -> Vec<u8> {
    [&load(offset, shift)[..], &[PUSH1, slot, SSTORE]].concat()
}

/// Jumps past a `STOP` that follows if the top of the stack is not zero.
fn unless_stopped(code: &mut Vec<u8>) {
    let past = code.len() as u8 + 4;
    code.extend([PUSH1, past, JUMPI, STOP, JUMPDEST]);
}

/// Code that keeps what the L1 attributes transaction says where the contract keeps it, for every
/// layout of it (OP specs `protocol/l1-attributes.md`, and those of Ecotone, Isthmus and Jovian):
/// what a layout does not have is read as zero past its end.
pub(crate) fn code() -> Vec<u8> {
    let mut code = [&[CALLER, PUSH20], DEPOSITOR.as_slice(), &[EQ]].concat();
    unless_stopped(&mut code);
    // Sequence number and scalars, number and time, base fee, blob base fee, hash, batcher.
    let packed = [
        (4, 128, 3),
        (20, 128, 0),
        (36, 0, 1),
        (68, 0, 7),
        (100, 0, 2),
        (132, 0, 4),
    ];
    let mut since_ecotone: Vec<u8> = packed
        .into_iter()
        .flat_map(|(offset, shift, slot)| keep(offset, shift, slot))
        .collect();
    // Jovian's scalar before the operator fee's scalar and constant.
    since_ecotone.extend(load(176, 240));
    since_ecotone.extend([PUSH1, 96, SHL]);
    since_ecotone.extend(load(164, 160));
    since_ecotone.extend([OR, PUSH1, 8, SSTORE, STOP]);
    // Bedrock's layout is the one of 260 bytes.
    code.extend([CALLDATASIZE, PUSH2, 1, 4, EQ]);
    let bedrock = code.len() + 3 + since_ecotone.len();
    code.extend([PUSH1, bedrock as u8, JUMPI]);
    code.extend(since_ecotone);
    code.push(JUMPDEST);
    // Base fee, overhead, scalar.
    for (offset, slot) in [(68, 1), (196, 5), (228, 6)] {
        code.extend(keep(offset, 0, slot));
    }
    code
}
