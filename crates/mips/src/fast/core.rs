//! Execution of a block's operations.
//!
//! An operation's function executes it and calls the next one's as its last act, which compiles
//! to a jump; were it not, the depth is bounded by the block's length. What an operation's
//! function cannot do it leaves to [`slow`], so that it has no frame of its own.

use super::{
    op::{HI, Kind, LO, Op},
    window::View,
};
use crate::{
    Reservation, ReservationKind,
    reference::{alu, memory},
};

/// Executes an operation and those of its block after it; returns one of the outcomes below.
pub(super) type Handler = fn(&mut Core<'_>, &Op, &[Op]) -> u32;

/// The block's branch is not taken.
pub(super) const NOT_TAKEN: u32 = 0;
/// The block's branch is taken.
pub(super) const TAKEN: u32 = 1;
/// The block goes on at [`Core::target`].
pub(super) const REGISTER: u32 = 2;
/// With the number of instructions executed added: the next one is for the reference.
pub(super) const LEFT: u32 = 0x100;
/// With the number of instructions executed added: the block was left for [`Core::target`].
pub(super) const EXIT: u32 = 0x200;

/// The running thread's registers and the memory.
pub(super) struct Core<'m> {
    /// General registers, HI, LO and what [`op`](super::op) has beside them; as many as a number
    /// of eight bits can name, which spares a check.
    pub(super) r: [u64; 256],
    /// Where a jump to a register or an exit goes.
    pub(super) target: u64,
    pub(super) memory: View<'m>,
    pub(super) reservation: Reservation,
    pub(super) thread: u64,
}

/// What comes after an operation.
enum Then {
    /// The one behind it. This one wrote the value to its register, if it writes one.
    Next(u64),
    /// The same one, done by [`slow`].
    Slow,
    /// Nothing: the block ends so.
    End(u32),
}

/// Executes an operation of kind `KIND`, then those after it.
pub(super) fn single<const KIND: u8>(core: &mut Core<'_>, op: &Op, rest: &[Op]) -> u32 {
    match core.act(const { Kind::of(KIND) }, op) {
        Then::Next(_) => next(core, rest),
        Then::Slow => slow(core, op, rest),
        Then::End(outcome) => outcome,
    }
}

/// The second of two operations does not need the value of the first.
pub(super) const APART: u8 = 0;
/// The second of two operations has the register that the first writes as its `s`.
pub(super) const VIA_S: u8 = 1;
/// The same with `t`.
pub(super) const VIA_T: u8 = 2;

/// Executes two operations, then those after them. `VIA` tells how the first one's value goes to
/// the second without a way through the register file, which takes longer than most operations.
pub(super) fn pair<const A: u8, const B: u8, const VIA: u8>(
    core: &mut Core<'_>,
    op: &Op,
    rest: &[Op],
) -> u32 {
    let value = match core.act(const { Kind::of(A) }, op) {
        Then::Next(value) => value,
        Then::Slow => return slow(core, op, rest),
        Then::End(outcome) => return outcome,
    };
    let [op, rest @ ..] = rest else {
        return NOT_TAKEN;
    };
    let s = if VIA == VIA_S { value } else { core.get(op.s) };
    let t = if VIA == VIA_T { value } else { core.get(op.t) };
    match core.act_on(const { Kind::of(B) }, op, s, t) {
        Then::Next(_) => next(core, rest),
        Then::Slow => slow(core, op, rest),
        Then::End(outcome) => outcome,
    }
}

#[inline(always)]
fn next(core: &mut Core<'_>, ops: &[Op]) -> u32 {
    match ops {
        [op, rest @ ..] => (op.handler)(core, op, rest),
        [] => NOT_TAKEN,
    }
}

/// Executes an operation in the way that knows every case, then those after it.
#[cold]
#[inline(never)]
fn slow(core: &mut Core<'_>, op: &Op, rest: &[Op]) -> u32 {
    if core.execute_slowly(op) {
        next(core, rest)
    } else {
        LEFT + u32::from(op.at)
    }
}

const fn sign_extend(value: u64) -> u64 {
    value as i32 as u64
}

impl Core<'_> {
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "any u8 will do")]
    pub(super) const fn get(&self, register: u8) -> u64 {
        self.r[register as usize]
    }

    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "any u8 will do")]
    pub(super) const fn set(&mut self, register: u8, value: u64) {
        self.r[register as usize] = value;
    }

    #[inline(always)]
    fn act(&mut self, kind: Kind, op: &Op) -> Then {
        self.act_on(kind, op, self.get(op.s), self.get(op.t))
    }

    /// Executes an operation whose registers hold `s` and `t`.
    #[inline(always)]
    fn act_on(&mut self, kind: Kind, op: &Op, s: u64, t: u64) -> Then {
        if kind.is_branch() {
            Then::End(self.branch_on(kind, s, t))
        } else if kind.is_exit() {
            if is_taken(kind, s, t) {
                self.target = op.i;
                Then::End(EXIT + u32::from(op.at))
            } else {
                Then::Next(0)
            }
        } else {
            self.execute(kind, op, s, t).map_or(Then::Slow, Then::Next)
        }
    }

    /// Whether a branch is taken.
    pub(super) const fn is_taken(&self, op: &Op) -> bool {
        is_taken(op.kind, self.get(op.s), self.get(op.t))
    }

    /// Decides a block's last operation.
    pub(super) const fn branch(&mut self, op: &Op) -> u32 {
        self.branch_on(op.kind, self.get(op.s), self.get(op.t))
    }

    #[inline(always)]
    const fn branch_on(&mut self, kind: Kind, s: u64, t: u64) -> u32 {
        if matches!(kind, Kind::JumpRegister) {
            self.target = s;
            REGISTER
        } else if is_taken(kind, s, t) {
            TAKEN
        } else {
            NOT_TAKEN
        }
    }

    /// Executes an operation and returns the value that it wrote to its register, if it writes
    /// one; unless it needs [`slow`]: `None` then.
    #[inline(always)]
    fn execute(&mut self, kind: Kind, op: &Op, s: u64, t: u64) -> Option<u64> {
        let i = op.i;
        let address = s.wrapping_add(i);
        macro_rules! load {
            ($load:ident, $as:ty) => {
                self.memory.$load(address)? as $as as u64
            };
        }
        macro_rules! merge_load {
            () => {
                merged_load(kind, address, self.memory.load8(address)?, t)
            };
        }
        let value = match kind {
            Kind::Mov => s,
            Kind::Li => i,
            Kind::Daddu => s.wrapping_add(t),
            Kind::Dsubu => s.wrapping_sub(t),
            Kind::Addu => sign_extend(s.wrapping_add(t)),
            Kind::Subu => sign_extend(s.wrapping_sub(t)),
            Kind::And => s & t,
            Kind::Or => s | t,
            Kind::Xor => s ^ t,
            Kind::Nor => !(s | t),
            Kind::Slt => u64::from((s as i64) < t as i64),
            Kind::Sltu => u64::from(s < t),
            Kind::Daddiu => s.wrapping_add(i),
            Kind::Addiu => sign_extend(s.wrapping_add(i)),
            Kind::Andi => s & i,
            Kind::Ori => s | i,
            Kind::Xori => s ^ i,
            Kind::Slti => u64::from((s as i64) < i as i64),
            Kind::Sltiu => u64::from(s < i),
            Kind::Sll => sign_extend(t << (i & 31)),
            Kind::Srl => sign_extend(u64::from(t as u32 >> (i & 31))),
            Kind::Sra => (t as i32 >> (i & 31)) as u64,
            Kind::Dsll => t << (i & 63),
            Kind::Dsrl => t >> (i & 63),
            Kind::Dsra => (t as i64 >> (i & 63)) as u64,
            Kind::Sllv => sign_extend(t << (s & 31)),
            Kind::Srlv => sign_extend(u64::from(t as u32 >> (s & 31))),
            Kind::Srav => (t as i32 >> (s & 31)) as u64,
            Kind::Dsllv => t << (s & 63),
            Kind::Dsrlv => t >> (s & 63),
            Kind::Dsrav => (t as i64 >> (s & 63)) as u64,
            Kind::Mul => (s as i32).wrapping_mul(t as i32) as u64,
            Kind::Clz => u64::from((s as u32).leading_zeros()),
            Kind::Clo => u64::from((s as u32).leading_ones()),
            Kind::Dclz => u64::from(s.leading_zeros()),
            Kind::Dclo => u64::from(s.leading_ones()),
            Kind::Movz if t == 0 => s,
            Kind::Movn if t != 0 => s,
            Kind::Mult
            | Kind::Multu
            | Kind::Dmult
            | Kind::Dmultu
            | Kind::Div
            | Kind::Divu
            | Kind::Ddiv
            | Kind::Ddivu => return self.wide(kind, s, t).then_some(0),
            Kind::Ld => load!(load8, u64),
            Kind::Lw => load!(load4, i32),
            Kind::Lwu => load!(load4, u32),
            Kind::Lh => load!(load2, i16),
            Kind::Lhu => load!(load2, u16),
            Kind::Lb => load!(load1, i8),
            Kind::Lbu => load!(load1, u8),
            Kind::Ldl | Kind::Ldr | Kind::Lwl | Kind::Lwr => merge_load!(),
            Kind::Sd => return self.memory.store8(address, t).then_some(0),
            Kind::Sw => return self.memory.store4(address, t as u32).then_some(0),
            Kind::Sh => return self.memory.store2(address, t as u16).then_some(0),
            Kind::Sb => return self.memory.store1(address, t as u8).then_some(0),
            Kind::Sdl | Kind::Sdr | Kind::Swl | Kind::Swr => {
                let word = self.memory.load8(address)?;
                let word = merged_store(kind, address, word, t);
                return self.memory.store8(address, word).then_some(0);
            }
            Kind::Ll | Kind::Lld | Kind::Sc | Kind::Scd => return None,
            // A move whose condition does not hold; branches are decided elsewhere.
            _ => return Some(0),
        };
        self.set(op.d, value);
        Some(value)
    }

    /// A multiplication or division; false if it would divide by zero.
    #[inline(always)]
    fn wide(&mut self, kind: Kind, s: u64, t: u64) -> bool {
        let function = match kind {
            Kind::Mult => 0x18,
            Kind::Multu => 0x19,
            Kind::Div => 0x1a,
            Kind::Divu => 0x1b,
            Kind::Dmult => 0x1c,
            Kind::Dmultu => 0x1d,
            Kind::Ddiv => 0x1e,
            _ => 0x1f,
        };
        let Some((hi, lo)) = alu::multiply_divide(function, s, t) else {
            return false;
        };
        self.set(HI, hi);
        self.set(LO, lo);
        true
    }

    /// Executes an operation that needs a closer look. False, and nothing happened, if the
    /// reference must do it.
    fn execute_slowly(&mut self, op: &Op) -> bool {
        let kind = op.kind;
        let t = self.get(op.t);
        let address = self.get(op.s).wrapping_add(op.i);
        match kind {
            Kind::Ld
            | Kind::Lw
            | Kind::Lwu
            | Kind::Lh
            | Kind::Lhu
            | Kind::Lb
            | Kind::Lbu
            | Kind::Ldl
            | Kind::Ldr
            | Kind::Lwl
            | Kind::Lwr => {
                let word = self.memory.load_slowly(address);
                self.set(op.d, merged_load(kind, address, word, t));
                true
            }
            Kind::Sd
            | Kind::Sw
            | Kind::Sh
            | Kind::Sb
            | Kind::Sdl
            | Kind::Sdr
            | Kind::Swl
            | Kind::Swr => {
                if self.memory.is_decoded(address) {
                    return false;
                }
                let word = self.memory.load_slowly(address);
                let value = merged_store(kind, address, word, t);
                self.memory.store_slowly(address, value);
                if self.reservation.address & !7 == address & !7 {
                    self.reservation = Reservation::default();
                }
                if self.reservation.address >> 12 != address >> 12 {
                    self.memory.unmark_special(address);
                }
                true
            }
            Kind::Ll | Kind::Lld => {
                let word = self.memory.load_slowly(address);
                self.memory.mark_special(address);
                self.reservation = self.linked(kind, address);
                let load = if kind == Kind::Ll { Kind::Lw } else { Kind::Ld };
                self.set(op.d, merged_load(load, address, word, t));
                true
            }
            Kind::Sc | Kind::Scd => {
                if self.memory.is_decoded(address) {
                    return false;
                }
                let succeeds = self.reservation == self.linked(kind, address);
                if succeeds {
                    let word = self.memory.load_slowly(address);
                    let value = merged_store(kind, address, word, t);
                    self.memory.store_slowly(address, value);
                    self.reservation = Reservation::default();
                }
                self.set(op.d, u64::from(succeeds));
                true
            }
            _ => false,
        }
    }

    /// The reservation that a linked access of the running thread makes or needs.
    const fn linked(&self, kind: Kind, address: u64) -> Reservation {
        Reservation {
            kind: match kind {
                Kind::Ll | Kind::Sc => ReservationKind::Word,
                _ => ReservationKind::DoubleWord,
            },
            address,
            owner: self.thread,
        }
    }
}

/// Whether a branch on `s` and `t` is taken.
#[inline(always)]
const fn is_taken(kind: Kind, s: u64, t: u64) -> bool {
    match kind {
        Kind::Beq | Kind::ExitBeq => s == t,
        Kind::Bne | Kind::ExitBne => s != t,
        Kind::Blez | Kind::ExitBlez => s as i64 <= 0,
        Kind::Bgtz | Kind::ExitBgtz => s as i64 > 0,
        Kind::Bltz | Kind::ExitBltz => (s as i64) < 0,
        Kind::Bgez | Kind::ExitBgez => s as i64 >= 0,
        _ => true,
    }
}

/// What a load leaves in its register, which held `t`.
#[inline(always)]
fn merged_load(kind: Kind, address: u64, word: u64, t: u64) -> u64 {
    memory::load(kind.opcode(), address, word, t).unwrap_or(t)
}

/// What a store makes of the word in memory.
#[inline(always)]
fn merged_store(kind: Kind, address: u64, word: u64, t: u64) -> u64 {
    memory::store(kind.opcode(), address, word, t).unwrap_or(word)
}
