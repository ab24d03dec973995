//! Arithmetic and logic.

use crate::Instruction;

/// The low 32 bits, sign-extended: what every 32-bit instruction leaves in a register.
const fn sign_extend(value: u64) -> u64 {
    value as i32 as u64
}

/// Instructions with an immediate: addi(u), slti(u), andi, ori, xori, lui, daddi(u).
pub(super) const fn immediate(insn: Instruction, rs: u64) -> u64 {
    let (signed, unsigned) = (insn.signed(), insn.unsigned());
    match insn.opcode() {
        0x08 | 0x09 => sign_extend(rs.wrapping_add(signed)),
        0x0a => ((rs as i64) < signed as i64) as u64,
        0x0b => (rs < signed) as u64,
        0x0c => rs & unsigned,
        0x0d => rs | unsigned,
        0x0e => rs ^ unsigned,
        0x0f => sign_extend(signed << 16),
        _ => rs.wrapping_add(signed),
    }
}

/// Shifts, additions, logic and comparisons of opcode 0. `None` if there is no such instruction.
pub(super) const fn special(insn: Instruction, rs: u64, rt: u64) -> Option<u64> {
    let shift = insn.shift();
    Some(match insn.function() {
        0x00 => sign_extend(rt << shift),
        0x02 => sign_extend((rt as u32 >> shift) as u64),
        0x03 => (rt as i32 >> shift) as u64,
        0x04 => sign_extend(rt << (rs & 31)),
        0x06 => sign_extend((rt as u32 >> (rs & 31)) as u64),
        0x07 => (rt as i32 >> (rs & 31)) as u64,
        0x14 => rt << (rs & 63),
        0x16 => rt >> (rs & 63),
        0x17 => (rt as i64 >> (rs & 63)) as u64,
        0x20 | 0x21 => sign_extend(rs.wrapping_add(rt)),
        0x22 | 0x23 => sign_extend(rs.wrapping_sub(rt)),
        0x24 => rs & rt,
        0x25 => rs | rt,
        0x26 => rs ^ rt,
        0x27 => !(rs | rt),
        0x2a => ((rs as i64) < rt as i64) as u64,
        0x2b => (rs < rt) as u64,
        0x2c | 0x2d => rs.wrapping_add(rt),
        0x2e | 0x2f => rs.wrapping_sub(rt),
        0x38 => rt << shift,
        0x3a => rt >> shift,
        0x3b => (rt as i64 >> shift) as u64,
        0x3c => rt << (shift + 32),
        0x3e => rt >> (shift + 32),
        0x3f => (rt as i64 >> (shift + 32)) as u64,
        _ => return None,
    })
}

/// Opcode 0x1c: mul, clz, clo, dclz, dclo. `None` if there is no such instruction.
pub(super) const fn special2(insn: Instruction, rs: u64, rt: u64) -> Option<u64> {
    Some(match insn.function() {
        0x02 => sign_extend((rs as i32).wrapping_mul(rt as i32) as u64),
        0x20 => (rs as u32).leading_zeros() as u64,
        0x21 => (rs as u32).leading_ones() as u64,
        0x24 => rs.leading_zeros() as u64,
        0x25 => rs.leading_ones() as u64,
        _ => return None,
    })
}

/// HI and LO after a multiplication or division. `None` for a division by zero.
#[inline]
pub(crate) fn multiply_divide(function: u32, rs: u64, rt: u64) -> Option<(u64, u64)> {
    let split32 = |product: u64| (sign_extend(product >> 32), sign_extend(product));
    let divisor_is_zero = match function {
        0x1a | 0x1b => rt as u32 == 0,
        0x1e | 0x1f => rt == 0,
        _ => false,
    };
    if divisor_is_zero {
        return None;
    }
    Some(match function {
        0x18 => split32(i64::from(rs as i32).wrapping_mul(i64::from(rt as i32)) as u64),
        0x19 => split32(u64::from(rs as u32) * u64::from(rt as u32)),
        0x1a => {
            let (a, b) = (rs as i32, rt as i32);
            (a.wrapping_rem(b) as u64, a.wrapping_div(b) as u64)
        }
        0x1b => {
            let (a, b) = (rs as u32, rt as u32);
            (sign_extend(u64::from(a % b)), sign_extend(u64::from(a / b)))
        }
        0x1c => {
            let product = i128::from(rs as i64).wrapping_mul(i128::from(rt as i64));
            ((product >> 64) as u64, product as u64)
        }
        0x1d => {
            let product = u128::from(rs) * u128::from(rt);
            ((product >> 64) as u64, product as u64)
        }
        0x1e => {
            let (a, b) = (rs as i64, rt as i64);
            (a.wrapping_rem(b) as u64, a.wrapping_div(b) as u64)
        }
        _ => (rs % rt, rs / rt),
    })
}
