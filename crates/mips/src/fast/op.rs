//! Decoded instructions.

use super::core::Handler;
use crate::Instruction;

/// The register that HI is kept in.
pub(super) const HI: u8 = 32;
/// The register that LO is kept in.
pub(super) const LO: u8 = 33;
/// Takes what is written to register 0.
const SINK: u8 = 34;
/// Keep a branch's operands when its link or its delay slot overwrites them.
pub(super) const LATCHES: [u8; 2] = [35, 36];

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// What an operation does. `d`, `s`, `t` are its registers, `i` its immediate.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Kind { $($(#[$doc])* $name),* }

        impl Kind {
            /// The kind with this number.
            #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
            pub(super) const fn of(number: u8) -> Self {
                const ALL: &[Kind] = &[$(Kind::$name),*];
                ALL[number as usize]
            }

            /// The function that executes this kind.
            pub(super) const fn handler(self) -> Handler {
                match self {
                    $(Self::$name => super::core::single::<{ Self::$name as u8 }>),*
                }
            }
        }
    };
}

kinds! {
    /// d = s
    Mov,
    /// d = i
    Li,
    Daddu, Dsubu, Addu, Subu, And, Or, Xor, Nor, Slt, Sltu,
    Daddiu, Addiu, Andi, Ori, Xori, Slti, Sltiu,
    /// Shifts of t by i.
    Sll, Srl, Sra, Dsll, Dsrl, Dsra,
    /// Shifts of t by s.
    Sllv, Srlv, Srav, Dsllv, Dsrlv, Dsrav,
    /// HI and LO from s and t.
    Mult, Multu, Dmult, Dmultu, Div, Divu, Ddiv, Ddivu,
    Movz, Movn, Mul, Clz, Clo, Dclz, Dclo,
    /// Loads into d from s + i.
    Ld, Lw, Lwu, Lh, Lhu, Lb, Lbu,
    /// Loads that merge with d.
    Ldl, Ldr, Lwl, Lwr,
    /// Stores of t to s + i.
    Sd, Sw, Sh, Sb, Sdl, Sdr, Swl, Swr,
    /// Load-linked into d, store-conditional of t with the outcome in d.
    Ll, Lld, Sc, Scd,
    /// Branches in the middle of a block, which leave it for i if they are taken.
    ExitBeq, ExitBne, ExitBlez, ExitBgtz, ExitBltz, ExitBgez,
    /// Always goes on at the target.
    Jump,
    /// Goes on at s.
    JumpRegister,
    Beq, Bne, Blez, Bgtz, Bltz, Bgez,
}

impl Kind {
    /// Whether it ends a block.
    pub(super) const fn is_branch(self) -> bool {
        self as u8 >= Self::Jump as u8
    }

    /// Whether it is a branch in the middle of a block.
    pub(super) const fn is_exit(self) -> bool {
        self as u8 >= Self::ExitBeq as u8 && !self.is_branch()
    }

    /// The same branch for the middle of a block, if it depends on a condition.
    pub(super) const fn as_exit(self) -> Option<Self> {
        Some(match self {
            Self::Beq => Self::ExitBeq,
            Self::Bne => Self::ExitBne,
            Self::Blez => Self::ExitBlez,
            Self::Bgtz => Self::ExitBgtz,
            Self::Bltz => Self::ExitBltz,
            Self::Bgez => Self::ExitBgez,
            _ => return None,
        })
    }

    /// The opcode of a load or store.
    pub(super) const fn opcode(self) -> u32 {
        match self {
            Self::Ldl => 0x1a,
            Self::Ldr => 0x1b,
            Self::Lb => 0x20,
            Self::Lh => 0x21,
            Self::Lwl => 0x22,
            Self::Lw => 0x23,
            Self::Lbu => 0x24,
            Self::Lhu => 0x25,
            Self::Lwr => 0x26,
            Self::Lwu => 0x27,
            Self::Sb => 0x28,
            Self::Sh => 0x29,
            Self::Swl => 0x2a,
            Self::Sw | Self::Sc => 0x2b,
            Self::Sdl => 0x2c,
            Self::Sdr => 0x2d,
            Self::Swr => 0x2e,
            Self::Ld => 0x37,
            Self::Sd | Self::Scd => 0x3f,
            _ => 0,
        }
    }
}

/// An operation: an instruction, or a part of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Op {
    pub(super) handler: Handler,
    pub(super) i: u64,
    pub(super) d: u8,
    pub(super) s: u8,
    pub(super) t: u8,
    pub(super) kind: Kind,
    /// How many instructions of the block come before it; for a branch in the middle, how many
    /// are done when it is left.
    pub(super) at: u8,
}

impl Op {
    pub(super) const fn new(kind: Kind, d: usize, s: usize, t: usize, i: u64) -> Self {
        Self {
            handler: kind.handler(),
            i,
            d: if d == 0 { SINK } else { d as u8 },
            s: s as u8,
            t: t as u8,
            kind,
            at: 0,
        }
    }

    /// Whether it writes register `index`, HI and LO left aside.
    pub(super) const fn writes(&self, index: u8) -> bool {
        self.d == index && index != 0
    }
}

/// An instruction, decoded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Decoded {
    /// An operation, and for the few that have it a second part.
    Plain(Option<Op>, Option<Op>),
    /// A branch or jump.
    Branch {
        op: Op,
        /// Where it goes if it is taken, unless a register says that.
        target: u64,
        /// The register that gets the address after the delay slot, if not 0.
        link: usize,
    },
    /// Nothing for a block: a system call, or an error.
    Rare,
}

/// Decodes the instruction at `pc`.
pub(super) fn decode(insn: Instruction, pc: u64) -> Decoded {
    let (rs, rt) = (insn.rs(), insn.rt());
    let signed = insn.signed();
    let branch = |kind, link| Decoded::Branch {
        op: Op::new(kind, 0, rs, rt, 0),
        target: insn.branch_target(pc),
        link,
    };
    let jump = |link| Decoded::Branch {
        op: Op::new(Kind::Jump, 0, 0, 0, 0),
        target: insn.jump_target(pc.wrapping_add(4)),
        link,
    };
    let immediate = |kind| plain(Op::new(kind, rt, rs, 0, signed));
    let logic = |kind| plain(Op::new(kind, rt, rs, 0, insn.unsigned()));
    let memory = |kind| Decoded::Plain(Some(Op::new(kind, rt, rs, rt, signed)), None);
    let store = |kind| Decoded::Plain(Some(Op::new(kind, 0, rs, rt, signed)), None);
    match insn.opcode() {
        0x00 => special(insn),
        0x01 => match rt {
            0x00 => branch(Kind::Bltz, 0),
            0x01 => branch(Kind::Bgez, 0),
            0x10 => branch(Kind::Bltz, 31),
            0x11 => branch(Kind::Bgez, 31),
            // A branch that is never taken.
            _ => Decoded::Branch {
                op: Op::new(Kind::Jump, 0, 0, 0, 0),
                target: pc.wrapping_add(8),
                link: 0,
            },
        },
        0x02 => jump(0),
        0x03 => jump(31),
        0x04 if rs == rt => branch(Kind::Jump, 0),
        0x04 => branch(Kind::Beq, 0),
        0x05 => branch(Kind::Bne, 0),
        0x06 => branch(Kind::Blez, 0),
        0x07 => branch(Kind::Bgtz, 0),
        0x08 | 0x09 => immediate(Kind::Addiu),
        0x0a => immediate(Kind::Slti),
        0x0b => immediate(Kind::Sltiu),
        0x0c => logic(Kind::Andi),
        0x0d => logic(Kind::Ori),
        0x0e => logic(Kind::Xori),
        0x0f => plain(Op::new(Kind::Li, rt, 0, 0, (signed << 16) as i32 as u64)),
        0x18 | 0x19 => immediate(Kind::Daddiu),
        0x1a => memory(Kind::Ldl),
        0x1b => memory(Kind::Ldr),
        0x1c => special2(insn),
        0x20 => memory(Kind::Lb),
        0x21 => memory(Kind::Lh),
        0x22 => memory(Kind::Lwl),
        0x23 => memory(Kind::Lw),
        0x24 => memory(Kind::Lbu),
        0x25 => memory(Kind::Lhu),
        0x26 => memory(Kind::Lwr),
        0x27 => memory(Kind::Lwu),
        0x28 => store(Kind::Sb),
        0x29 => store(Kind::Sh),
        0x2a => store(Kind::Swl),
        0x2b => store(Kind::Sw),
        0x2c => store(Kind::Sdl),
        0x2d => store(Kind::Sdr),
        0x2e => store(Kind::Swr),
        0x30 => memory(Kind::Ll),
        0x34 => memory(Kind::Lld),
        0x37 => memory(Kind::Ld),
        0x38 => memory(Kind::Sc),
        0x3c => memory(Kind::Scd),
        0x3f => store(Kind::Sd),
        _ => Decoded::Rare,
    }
}

/// An operation without effect but on `d`.
fn plain(mut op: Op) -> Decoded {
    if op.d == SINK {
        return Decoded::Plain(None, None);
    }
    match op.kind {
        Kind::Or | Kind::Daddu | Kind::Xor if op.t == 0 => op.kind = Kind::Mov,
        Kind::Or | Kind::Daddu | Kind::Xor if op.s == 0 => {
            op.kind = Kind::Mov;
            op.s = op.t;
        }
        Kind::Daddiu | Kind::Addiu | Kind::Ori | Kind::Xori if op.s == 0 => op.kind = Kind::Li,
        _ => {}
    }
    op.handler = op.kind.handler();
    Decoded::Plain(Some(op), None)
}

/// Opcode 0.
fn special(insn: Instruction) -> Decoded {
    let (rs, rt, rd) = (insn.rs(), insn.rt(), insn.rd());
    let (hi, lo) = (usize::from(HI), usize::from(LO));
    let three = |kind| plain(Op::new(kind, rd, rs, rt, 0));
    let shift = |kind| plain(Op::new(kind, rd, 0, rt, u64::from(insn.shift())));
    let shift32 = |kind| plain(Op::new(kind, rd, 0, rt, u64::from(insn.shift() + 32)));
    let clear = (rd != 0).then(|| Op::new(Kind::Li, rd, 0, 0, 0));
    let wide = |kind| Decoded::Plain(Some(Op::new(kind, 0, rs, rt, 0)), clear);
    let jump = |link| Decoded::Branch {
        op: Op::new(Kind::JumpRegister, 0, rs, 0, 0),
        target: 0,
        link,
    };
    match insn.function() {
        0x00 => shift(Kind::Sll),
        0x02 => shift(Kind::Srl),
        0x03 => shift(Kind::Sra),
        0x04 => three(Kind::Sllv),
        0x06 => three(Kind::Srlv),
        0x07 => three(Kind::Srav),
        0x08 => jump(0),
        0x09 => jump(rd),
        0x0a => three(Kind::Movz),
        0x0b => three(Kind::Movn),
        0x0f => plain(Op::new(Kind::Mov, rd, rs, 0, 0)),
        0x10 => plain(Op::new(Kind::Mov, rd, hi, 0, 0)),
        0x11 => Decoded::Plain(Some(Op::new(Kind::Mov, hi, rs, 0, 0)), clear),
        0x12 => plain(Op::new(Kind::Mov, rd, lo, 0, 0)),
        0x13 => Decoded::Plain(Some(Op::new(Kind::Mov, lo, rs, 0, 0)), clear),
        0x14 => three(Kind::Dsllv),
        0x16 => three(Kind::Dsrlv),
        0x17 => three(Kind::Dsrav),
        0x18 => wide(Kind::Mult),
        0x19 => wide(Kind::Multu),
        0x1a => wide(Kind::Div),
        0x1b => wide(Kind::Divu),
        0x1c => wide(Kind::Dmult),
        0x1d => wide(Kind::Dmultu),
        0x1e => wide(Kind::Ddiv),
        0x1f => wide(Kind::Ddivu),
        0x20 | 0x21 => three(Kind::Addu),
        0x22 | 0x23 => three(Kind::Subu),
        0x24 => three(Kind::And),
        0x25 => three(Kind::Or),
        0x26 => three(Kind::Xor),
        0x27 => three(Kind::Nor),
        0x2a => three(Kind::Slt),
        0x2b => three(Kind::Sltu),
        0x2c | 0x2d => three(Kind::Daddu),
        0x2e | 0x2f => three(Kind::Dsubu),
        0x38 => shift(Kind::Dsll),
        0x3a => shift(Kind::Dsrl),
        0x3b => shift(Kind::Dsra),
        0x3c => shift32(Kind::Dsll),
        0x3e => shift32(Kind::Dsrl),
        0x3f => shift32(Kind::Dsra),
        _ => Decoded::Rare,
    }
}

/// Opcode 0x1c.
fn special2(insn: Instruction) -> Decoded {
    let three = |kind| plain(Op::new(kind, insn.rd(), insn.rs(), insn.rt(), 0));
    match insn.function() {
        0x02 => three(Kind::Mul),
        0x20 => three(Kind::Clz),
        0x21 => three(Kind::Clo),
        0x24 => three(Kind::Dclz),
        0x25 => three(Kind::Dclo),
        _ => Decoded::Rare,
    }
}
