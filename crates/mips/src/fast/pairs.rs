//! Operations that often follow each other, executed by one function.

use super::{
    core::{Handler, pair},
    op::{Kind, Op},
};

macro_rules! second {
    ($a:ident, $b:expr; $($second:ident)*) => {
        match $b {
            $(Kind::$second => {
                Some(pair::<{ Kind::$a as u8 }, { Kind::$second as u8 }> as Handler)
            })*
            _ => None,
        }
    };
}

macro_rules! pairs {
    ($a:expr, $b:expr; $($first:ident)*) => {
        match $a {
            $(Kind::$first => second!(
                $first, $b;
                Mov Li Daddu Dsubu And Or Xor Nor Sltu Daddiu Addiu Andi Sll Dsll Dsrl
                Ld Lw Lwu Lbu Sd Sw Sb ExitBeq ExitBne Jump JumpRegister Beq Bne
            ),)*
            _ => None,
        }
    };
}

/// The function for an operation of kind `a` and one of kind `b` after it, if there is one.
fn handler(a: Kind, b: Kind) -> Option<Handler> {
    pairs!(
        a, b;
        Mov Li Daddu Dsubu And Or Xor Nor Sltu Daddiu Addiu Andi Sll Dsll Dsrl
        Ld Lw Lwu Lbu Sd Sw Sb ExitBeq ExitBne
    )
}

/// Joins neighbours. The second one keeps its own function, for those who start there.
pub(super) fn join(ops: &mut [Op]) {
    let mut rest = ops;
    while let [a, b, ..] = rest {
        let joined = handler(a.kind, b.kind);
        if let Some(handler) = joined {
            a.handler = handler;
        }
        let done = if joined.is_some() { 2 } else { 1 };
        rest = rest.get_mut(done..).unwrap_or_default();
    }
}
