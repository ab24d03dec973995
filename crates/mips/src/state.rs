//! The state of the VM.

use endgame_preimage::PreimageKey;
use endgame_vm::Memory;

use crate::{HEAP_START, Thread};

/// What width a load-linked reservation has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum ReservationKind {
    /// There is no reservation.
    #[default]
    None = 0,
    /// Made by `ll`.
    Word = 1,
    /// Made by `lld`.
    DoubleWord = 2,
}

/// The reservation that load-linked makes and store-conditional needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reservation {
    /// Whether there is one, and its width.
    pub kind: ReservationKind,
    /// The address as the instruction computed it, not aligned.
    pub address: u64,
    /// The id of the thread that holds it.
    pub owner: u64,
}

/// Everything the VM's next step depends on, except the preimages.
///
/// Generic over the memory: a snapshot has a [`Memory`], an engine may keep its own kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State<M = Memory> {
    /// The memory.
    pub memory: M,
    /// The key that the guest wrote last, or a part of it.
    pub preimage_key: PreimageKey,
    /// Where the guest goes on reading the preimage, length prefix included.
    pub preimage_offset: u64,
    /// Where the next anonymous mapping goes.
    pub heap: u64,
    /// The load-linked reservation.
    pub reservation: Reservation,
    /// The exit code, once exited.
    pub exit_code: u8,
    /// Whether the run has ended. Steps after that change nothing.
    pub exited: bool,
    /// Steps executed.
    pub step: u64,
    /// Steps since the active thread last changed.
    pub steps_since_switch: u64,
    /// Which stack is active: the right one if true.
    pub traverse_right: bool,
    /// The left thread stack, top last.
    pub left: Vec<Thread>,
    /// The right thread stack, top last.
    pub right: Vec<Thread>,
    /// The id of the next new thread.
    pub next_thread_id: u64,
    /// Hint bytes that the guest has written and that make no whole hint yet. Not part of what
    /// the state hash commits to.
    pub last_hint: Vec<u8>,
}

impl Default for State {
    fn default() -> Self {
        Self::new(0)
    }
}

impl State {
    /// A fresh state with one thread that starts at `pc`, and empty memory.
    pub fn new(pc: u64) -> Self {
        let thread = Thread {
            pc,
            next_pc: pc.wrapping_add(4),
            ..Thread::default()
        };
        Self {
            memory: Memory::new(),
            preimage_key: PreimageKey::from_raw([0; 32]),
            preimage_offset: 0,
            heap: HEAP_START,
            reservation: Reservation::default(),
            exit_code: 0,
            exited: false,
            step: 0,
            steps_since_switch: 0,
            traverse_right: false,
            left: vec![thread],
            right: Vec::new(),
            next_thread_id: 1,
            last_hint: Vec::new(),
        }
    }
}

impl<M> State<M> {
    /// The stack whose top thread runs.
    pub const fn active_stack(&self) -> &Vec<Thread> {
        if self.traverse_right {
            &self.right
        } else {
            &self.left
        }
    }

    /// The thread that runs, unless the state is malformed.
    pub fn thread(&self) -> Option<&Thread> {
        self.active_stack().last()
    }

    /// The thread that runs, for writing.
    pub fn thread_mut(&mut self) -> Option<&mut Thread> {
        if self.traverse_right {
            self.right.last_mut()
        } else {
            self.left.last_mut()
        }
    }

    /// Threads in both stacks.
    pub const fn thread_count(&self) -> usize {
        self.left.len() + self.right.len()
    }

    /// The same state on another memory.
    pub fn with_memory<N>(&self, memory: N) -> State<N> {
        State {
            memory,
            preimage_key: self.preimage_key,
            preimage_offset: self.preimage_offset,
            heap: self.heap,
            reservation: self.reservation,
            exit_code: self.exit_code,
            exited: self.exited,
            step: self.step,
            steps_since_switch: self.steps_since_switch,
            traverse_right: self.traverse_right,
            left: self.left.clone(),
            right: self.right.clone(),
            next_thread_id: self.next_thread_id,
            last_hint: self.last_hint.clone(),
        }
    }

    /// Takes over everything of `other` but its memory.
    pub(crate) fn assign<N>(&mut self, other: &State<N>) {
        State {
            memory: (),
            preimage_key: self.preimage_key,
            preimage_offset: self.preimage_offset,
            heap: self.heap,
            reservation: self.reservation,
            exit_code: self.exit_code,
            exited: self.exited,
            step: self.step,
            steps_since_switch: self.steps_since_switch,
            traverse_right: self.traverse_right,
            left: self.left,
            right: self.right,
            next_thread_id: self.next_thread_id,
            last_hint: self.last_hint,
        } = other.with_memory(());
    }
}
