//! Operations that often follow each other, executed by one function.

use super::{
    core::{APART, Handler, VIA_S, VIA_T, pair},
    op::{Kind, Op},
};

macro_rules! second {
    ($a:ident, $b:expr, $via:expr; $($second:ident)*) => {
        match ($b, $via) {
            $(
                (Kind::$second, VIA_S) => Some(second!($a $second VIA_S)),
                (Kind::$second, VIA_T) => Some(second!($a $second VIA_T)),
                (Kind::$second, _) => Some(second!($a $second APART)),
            )*
            _ => None,
        }
    };
    ($a:ident $b:ident $via:ident) => {
        pair::<{ Kind::$a as u8 }, { Kind::$b as u8 }, $via> as Handler
    };
}

macro_rules! pairs {
    ($a:expr, $b:expr, $via:expr; $($first:ident)*) => {
        match $a {
            $(Kind::$first => second!(
                $first, $b, $via;
                Mov Li Daddu Dsubu And Or Xor Nor Sltu Sltiu Daddiu Addiu Andi Sll Dsll Dsrl
                Ld Lw Lwu Lbu Sd Sw Sb ExitBeq ExitBne Jump JumpRegister Beq Bne
            ),)*
            _ => None,
        }
    };
}

/// How the value of `a` goes to `b`.
const fn via(a: &Op, b: &Op) -> u8 {
    let plain = !matches!(
        a.kind,
        Kind::Sd | Kind::Sw | Kind::Sb | Kind::ExitBeq | Kind::ExitBne
    );
    if plain && a.writes(b.s) {
        VIA_S
    } else if plain && a.writes(b.t) {
        VIA_T
    } else {
        APART
    }
}

/// The function for `a` and `b` after it, if there is one.
fn handler(a: &Op, b: &Op) -> Option<Handler> {
    pairs!(
        a.kind, b.kind, via(a, b);
        Mov Li Daddu Dsubu And Or Xor Nor Sltu Sltiu Daddiu Addiu Andi Sll Dsll Dsrl
        Ld Lw Lwu Lbu Sd Sw Sb ExitBeq ExitBne
    )
}

/// Joins neighbours. The second one keeps its own function, for those who start there.
pub(super) fn join(ops: &mut [Op]) {
    let mut rest = ops;
    while let [a, b, ..] = rest {
        let joined = handler(a, b);
        if let Some(handler) = joined {
            a.handler = handler;
        }
        let done = if joined.is_some() { 2 } else { 1 };
        rest = rest.get_mut(done..).unwrap_or_default();
    }
}
