//! What a fault proof program spends its time on, without its inputs: a guest that measures a VM.
//!
//! It makes no system call but those that get memory, print the result and exit, so that it runs
//! under a plain emulator as well.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::{vec, vec::Vec};
use core::fmt::Write;

use alloy_rlp::{Decodable, Encodable};
use endgame_guest_platform::{entry, stdout};
use ruint::aliases::U256;

/// Mixes a value into the checksum.
const fn mix(sum: u64, value: u64) -> u64 {
    (sum ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
}

/// Permutations of keccak-f[1600].
fn keccak(rounds: usize) -> u64 {
    let mut state = [0; 25];
    keccak::Keccak::new().with_f1600(|permute| {
        for round in 0..rounds {
            state[round % 17] ^= round as u64;
            permute(&mut state);
        }
    });
    state.iter().fold(0, |sum, lane| mix(sum, *lane))
}

/// Products, quotients and remainders of 256-bit numbers, as the EVM makes them.
fn wide_arithmetic(rounds: u64) -> u64 {
    let mut a = U256::from_limbs([3, 5, 7, 0x1234_5678_9abc_def0]);
    let modulus = U256::from_limbs([u64::MAX - 58, u64::MAX, u64::MAX, u64::MAX >> 1]);
    let mut sum = 0;
    for round in 0..rounds {
        let b = a.wrapping_add(U256::from(round)) | U256::from(1);
        a = a.mul_mod(b, modulus).wrapping_mul(b) ^ (a >> 3);
        let (quotient, rest) = a.div_rem(b >> 64_usize | U256::from(1));
        a = a.wrapping_add(quotient).wrapping_sub(rest);
        sum = mix(sum, a.as_limbs()[0]);
    }
    sum
}

/// Reads and writes all over a table.
fn table(entries: usize, rounds: usize) -> u64 {
    let mut table: Vec<u64> = vec![0; entries];
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..rounds {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let index = random as usize % entries;
        table[index] = table[index].wrapping_add(random);
    }
    table.iter().fold(0, |sum, value| mix(sum, *value))
}

/// Encodes and decodes lists of byte strings.
fn rlp(rounds: usize) -> u64 {
    let mut sum = 0;
    let mut items: Vec<Vec<u8>> = (0..17).map(|i| vec![i as u8; 2 * i]).collect();
    let mut out = Vec::new();
    for round in 0..rounds {
        out.clear();
        let bytes: Vec<alloy_rlp::Bytes> = items.iter().map(|item| item.clone().into()).collect();
        bytes.encode(&mut out);
        let mut input = &out[..];
        let Ok(decoded) = Vec::<alloy_rlp::Bytes>::decode(&mut input) else {
            return 0;
        };
        for (item, bytes) in items.iter_mut().zip(&decoded) {
            item.clear();
            item.extend_from_slice(bytes);
        }
        let changed = &mut items[round % 17];
        if let Some(byte) = changed.first_mut() {
            *byte = byte.wrapping_add(1);
        }
        sum = mix(sum, out.len() as u64 + u64::from(out[round % out.len()]));
    }
    sum
}

/// A loop of a small stack machine.
fn bytecode(rounds: u64) -> u64 {
    const PUSH: u8 = 0;
    const ADD: u8 = 1;
    const MUL: u8 = 2;
    const DUP: u8 = 3;
    const SWAP: u8 = 4;
    const JUMP_IF: u8 = 5;
    const XOR: u8 = 6;
    // counter sum; the sum takes in the counter times three, until the counter is zero
    let code = core::hint::black_box([
        SWAP, DUP, PUSH, 3, MUL, PUSH, 1, ADD, SWAP, DUP, PUSH, 0xff, ADD, SWAP, XOR, XOR, ADD,
        JUMP_IF, 0,
    ]);
    let mut stack = Vec::with_capacity(16);
    stack.extend([0x5eed, rounds]);
    let mut steps = rounds;
    let mut pc = 0;
    while let Some(instruction) = code.get(pc) {
        pc += 1;
        match *instruction {
            PUSH => {
                stack.push(u64::from(code[pc]));
                pc += 1;
            }
            DUP => stack.extend(stack.last().copied()),
            SWAP => {
                let top = stack.len();
                if top > 1 {
                    stack.swap(top - 1, top - 2);
                }
            }
            JUMP_IF => {
                steps -= 1;
                if steps == 0 {
                    break;
                }
                pc = usize::from(code[pc]);
                stack.push(steps);
            }
            operation => {
                let (Some(a), Some(b)) = (stack.pop(), stack.pop()) else {
                    break;
                };
                stack.push(match operation {
                    ADD => a.wrapping_add(b),
                    MUL => a.wrapping_mul(b),
                    _ => a ^ b,
                });
            }
        }
    }
    stack.iter().fold(0, |sum, value| mix(sum, *value))
}

fn main() -> u8 {
    let sums = [
        keccak(12_000),
        wide_arithmetic(60_000),
        table(1 << 19, 3_000_000),
        rlp(8_000),
        bytecode(500_000),
    ];
    let written = writeln!(stdout(), "{sums:016x?}");
    u8::from(written.is_err())
}

entry!(main);
