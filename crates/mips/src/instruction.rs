//! The fields of an instruction.

/// An encoded instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction(pub u32);

impl Instruction {
    /// The top six bits.
    pub const fn opcode(self) -> u32 {
        self.0 >> 26
    }

    /// The low six bits, which tell register-type instructions apart.
    pub const fn function(self) -> u32 {
        self.0 & 0x3f
    }

    /// First source register.
    pub const fn rs(self) -> usize {
        (self.0 >> 21 & 31) as usize
    }

    /// Second source register, or target of immediate-type instructions.
    pub const fn rt(self) -> usize {
        (self.0 >> 16 & 31) as usize
    }

    /// Target of register-type instructions.
    pub const fn rd(self) -> usize {
        (self.0 >> 11 & 31) as usize
    }

    /// Shift amount.
    pub const fn shift(self) -> u32 {
        self.0 >> 6 & 31
    }

    /// The immediate, sign-extended.
    pub const fn signed(self) -> u64 {
        self.0 as i16 as u64
    }

    /// The immediate, zero-extended.
    pub const fn unsigned(self) -> u64 {
        (self.0 & 0xffff) as u64
    }

    /// Where a branch at `pc` goes.
    pub const fn branch_target(self, pc: u64) -> u64 {
        pc.wrapping_add(4).wrapping_add(self.signed() << 2)
    }

    /// Where a jump goes whose delay slot is at `slot`: into the same 256 MiB.
    pub const fn jump_target(self, slot: u64) -> u64 {
        slot & !0x0fff_ffff | (self.0 as u64 & 0x03ff_ffff) << 2
    }
}
