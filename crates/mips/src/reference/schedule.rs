//! Which thread runs. The threads stand in two stacks; the top of the active one runs. A thread
//! that yields goes to the other stack, and when the active stack is empty the other becomes it.

use crate::{State, Thread, VmError};

fn pop<M>(state: &mut State<M>) -> Option<Thread> {
    let stack = if state.traverse_right {
        &mut state.right
    } else {
        &mut state.left
    };
    stack.pop()
}

fn turn_if_empty<M>(state: &mut State<M>) {
    if state.active_stack().is_empty() {
        state.traverse_right = !state.traverse_right;
    }
    state.steps_since_switch = 0;
}

/// Moves the running thread to the other stack.
pub(super) fn preempt<M>(state: &mut State<M>) {
    if let Some(thread) = pop(state) {
        let other = if state.traverse_right {
            &mut state.left
        } else {
            &mut state.right
        };
        other.push(thread);
    }
    turn_if_empty(state);
}

/// Drops the running thread, which has exited.
pub(super) fn drop_thread<M>(state: &mut State<M>) -> Result<(), VmError> {
    pop(state);
    turn_if_empty(state);
    state.thread().map(|_| ()).ok_or(VmError::NoThread)
}

/// Puts a new thread on top: it runs next.
pub(super) fn push<M>(state: &mut State<M>, thread: Thread) {
    let stack = if state.traverse_right {
        &mut state.right
    } else {
        &mut state.left
    };
    stack.push(thread);
    state.steps_since_switch = 0;
}
