//! Loads and stores. Memory is accessed by aligned words of 64 bits; an address that is not a
//! multiple of the access's width is rounded down to one.

use endgame_vm::Words;

use super::{Step, execute::access};
use crate::{Instruction, Reservation, ReservationKind, State, VmError};

/// How far left of the word's low end the `bytes` wide part at `address` stands, in bits.
const fn position(address: u64, bytes: u64) -> u64 {
    (8 - bytes - (address & 7 & !(bytes - 1))) * 8
}

/// The low `bytes` bytes set.
const fn mask(bytes: u64) -> u64 {
    u64::MAX >> (64 - bytes * 8)
}

/// The part of `word` at `address`, zero-extended.
const fn select(address: u64, word: u64, bytes: u64) -> u64 {
    word >> position(address, bytes) & mask(bytes)
}

/// `word` with its part at `address` replaced.
const fn update(address: u64, word: u64, bytes: u64, value: u64) -> u64 {
    let at = position(address, bytes);
    word & !(mask(bytes) << at) | (value & mask(bytes)) << at
}

/// What a load of `opcode` puts into its register, which held `rt` and is merged with by the
/// left and right forms. `None` if there is no such load.
#[inline]
pub(crate) const fn load(opcode: u32, address: u64, word: u64, rt: u64) -> Option<u64> {
    let half = select(address, word, 4) as u32;
    let bits = (address & 3) as u32 * 8;
    let long_bits = (address & 7) as u32 * 8;
    Some(match opcode {
        // ldl, ldr
        0x1a => word << long_bits | rt & !(u64::MAX << long_bits),
        0x1b => {
            let keep = if long_bits == 56 {
                0
            } else {
                u64::MAX << (long_bits + 8)
            };
            word >> (56 - long_bits) | rt & keep
        }
        // lb, lh
        0x20 => select(address, word, 1) as i8 as u64,
        0x21 => select(address, word, 2) as i16 as u64,
        // lwl: the result is always sign-extended
        0x22 => (rt as u32 & !(u32::MAX << bits) | half << bits) as i32 as u64,
        // lw
        0x23 => half as i32 as u64,
        // lbu, lhu
        0x24 => select(address, word, 1),
        0x25 => select(address, word, 2),
        // lwr: sign-extended only if it loads the sign, else the upper half stays
        0x26 => {
            let low = rt as u32 & !(u32::MAX >> (24 - bits)) | half >> (24 - bits);
            if bits == 24 {
                low as i32 as u64
            } else {
                rt & !0xffff_ffff | low as u64
            }
        }
        // lwu, ld
        0x27 => half as u64,
        0x37 => word,
        _ => return None,
    })
}

/// What a store of `opcode` makes of the word in memory. `None` if there is no such store.
#[inline]
pub(crate) const fn store(opcode: u32, address: u64, word: u64, rt: u64) -> Option<u64> {
    let half = select(address, word, 4) as u32;
    let bits = (address & 3) as u32 * 8;
    let long_bits = (address & 7) as u32 * 8;
    Some(match opcode {
        // sb, sh
        0x28 => update(address, word, 1, rt),
        0x29 => update(address, word, 2, rt),
        // swl
        0x2a => {
            let merged = half & !(u32::MAX >> bits) | rt as u32 >> bits;
            update(address, word, 4, merged as u64)
        }
        // sw
        0x2b => update(address, word, 4, rt),
        // sdl, sdr
        0x2c => rt >> long_bits | word & !(u64::MAX >> long_bits),
        0x2d => rt << (56 - long_bits) | word & !(u64::MAX << (56 - long_bits)),
        // swr
        0x2e => {
            let merged = half & !(u32::MAX << (24 - bits)) | (rt as u32) << (24 - bits);
            update(address, word, 4, merged as u64)
        }
        // sd
        0x3f => rt,
        _ => return None,
    })
}

/// ll, lld, sc, scd: the pieces of atomic read-modify-write.
pub(super) fn linked<M: Words>(state: &mut State<M>, insn: Instruction) -> Result<Step, VmError> {
    let thread = if state.traverse_right {
        state.right.last_mut()
    } else {
        state.left.last_mut()
    };
    let thread = thread.ok_or(VmError::NoThread)?;
    let address = thread.register(insn.rs()).wrapping_add(insn.signed());
    let (kind, bytes) = match insn.opcode() {
        0x30 | 0x38 => (ReservationKind::Word, 4),
        _ => (ReservationKind::DoubleWord, 8),
    };
    let reservation = Reservation {
        kind,
        address,
        owner: thread.id,
    };
    if matches!(insn.opcode(), 0x30 | 0x34) {
        state.reservation = reservation;
        let value = select(address, state.memory.word(address), bytes);
        let value = if bytes == 4 {
            value as i32 as u64
        } else {
            value
        };
        thread.set_register(insn.rt(), value);
        thread.advance();
        return Ok(access(address));
    }
    let succeeds = state.reservation == reservation;
    if succeeds {
        state.reservation = Reservation::default();
        let word = state.memory.word(address);
        let value = update(address, word, bytes, thread.register(insn.rt()));
        state.memory.set_word(address, value);
    }
    thread.set_register(insn.rt(), u64::from(succeeds));
    thread.advance();
    Ok(if succeeds {
        access(address)
    } else {
        Step::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: u64 = 0x8081_8283_8485_8687;

    #[test]
    fn parts_stand_in_big_endian_order_and_round_down() {
        assert_eq!(load(0x24, 0, WORD, 0), Some(0x80));
        assert_eq!(load(0x24, 7, WORD, 0), Some(0x87));
        assert_eq!(load(0x20, 7, WORD, 0), Some(0xffff_ffff_ffff_ff87));
        assert_eq!(load(0x25, 3, WORD, 0), Some(0x8283));
        assert_eq!(load(0x27, 7, WORD, 0), Some(0x8485_8687));
        assert_eq!(store(0x28, 1, WORD, 0xfff), Some(0x80ff_8283_8485_8687));
        assert_eq!(store(0x2b, 6, WORD, 1), Some(0x8081_8283_0000_0001));
    }

    #[test]
    fn left_and_right_forms_merge() {
        let rt = 0x1112_1314_1516_1718;
        assert_eq!(load(0x1a, 0, WORD, rt), Some(WORD));
        assert_eq!(load(0x1a, 3, WORD, rt), Some(0x8384_8586_8716_1718));
        assert_eq!(load(0x1b, 7, WORD, rt), Some(WORD));
        assert_eq!(load(0x1b, 0, WORD, rt), Some(0x1112_1314_1516_1780));
        assert_eq!(load(0x22, 1, WORD, rt), Some(0xffff_ffff_8182_8318));
        assert_eq!(load(0x26, 1, WORD, rt), Some(0x1112_1314_1516_8081));
        assert_eq!(load(0x26, 3, WORD, rt), Some(0xffff_ffff_8081_8283));
        assert_eq!(store(0x2c, 3, WORD, rt), Some(0x8081_8211_1213_1415));
        assert_eq!(store(0x2d, 3, WORD, rt), Some(0x1516_1718_8485_8687));
        assert_eq!(store(0x2a, 5, WORD, rt), Some(0x8081_8283_8415_1617));
        assert_eq!(store(0x2e, 1, WORD, rt), Some(0x1718_8283_8485_8687));
    }
}
