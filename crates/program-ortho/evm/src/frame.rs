//! A call that is running.

use alloc::{boxed::Box, rc::Rc};
use core::ops::Range;

use endgame_ortho_primitives::{Address, Word};

use crate::{
    Code,
    memory::Region,
    state::{AccountId, Checkpoint},
};

/// How many words a frame's stack holds.
pub(crate) const STACK_LIMIT: usize = 1024;

/// As many words as one instruction sees: SWAP16's.
pub(crate) const WINDOW: usize = 17;

/// Room for the words of a stack, and for the window of an instruction at its end.
pub(crate) type Words = [Word; STACK_LIMIT + WINDOW];

/// What a frame leaves behind for its caller.
#[derive(Clone, Debug)]
pub(crate) enum FrameKind {
    /// Output goes to this range of the caller's memory.
    Call { output_at: Range<usize> },
    /// Output becomes the code of this account.
    Create { id: AccountId, address: Address },
}

/// One frame of the explicit call stack.
pub(crate) struct Frame {
    pub(crate) kind: FrameKind,
    pub(crate) code: Rc<Code>,
    pub(crate) pc: usize,
    pub(crate) gas: u64,
    pub(crate) words: Box<Words>,
    /// How many of the words are on the stack.
    pub(crate) height: usize,
    pub(crate) context: Context,
    pub(crate) checkpoint: Checkpoint,
}

/// What a frame's instructions see beside stack and code.
pub(crate) struct Context {
    pub(crate) memory: Region,
    /// Call data, in the arena.
    pub(crate) input: Range<usize>,
    /// Whose storage and balance these are.
    pub(crate) address: Address,
    pub(crate) id: AccountId,
    pub(crate) caller: Address,
    pub(crate) value: Word,
    pub(crate) is_static: bool,
    /// Frames below.
    pub(crate) depth: usize,
}

impl Frame {
    /// Puts a call's or creation's result on the stack. The instruction took more words than it
    /// leaves, so there is room.
    pub(crate) fn push(&mut self, word: Word) {
        if let Some(top) = self.words.get_mut(self.height) {
            *top = word;
            self.height += 1;
        }
    }
}

/// A call that an instruction asks for.
pub(crate) struct CallRequest {
    /// Whose code runs, before delegation.
    pub(crate) code_address: Address,
    /// The code, delegation followed.
    pub(crate) code: Rc<Code>,
    /// Delegated: what stands at a precompile's address is not the precompile.
    pub(crate) delegated: bool,
    /// Whose storage it runs on.
    pub(crate) address: Address,
    pub(crate) id: AccountId,
    pub(crate) caller: Address,
    /// Wei to move from this account.
    pub(crate) transfer_from: Option<AccountId>,
    /// What CALLVALUE says.
    pub(crate) value: Word,
    pub(crate) gas: u64,
    pub(crate) input: Range<usize>,
    pub(crate) output_at: Range<usize>,
    pub(crate) is_static: bool,
}

/// A creation that an instruction asks for.
pub(crate) struct CreateRequest {
    pub(crate) address: Address,
    pub(crate) id: AccountId,
    pub(crate) creator: Address,
    pub(crate) creator_id: AccountId,
    pub(crate) value: Word,
    pub(crate) gas: u64,
    pub(crate) init_code: Code,
}

/// Why the interpreter came back.
pub(crate) enum Exit {
    /// The frame succeeded; its output is in the arena.
    Return(Range<usize>),
    /// The frame reverted; its output is in the arena.
    Revert(Range<usize>),
    /// The frame waits for a call.
    Call(Box<CallRequest>),
    /// The frame waits for a creation.
    Create(Box<CreateRequest>),
}
