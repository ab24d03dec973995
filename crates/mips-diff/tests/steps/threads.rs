//! Which thread runs, and steps that no thread can make.

use crate::tally::Tally;
use endgame_mips::{SCHEDULING_QUANTUM, State, Thread};
use endgame_mips_diff::{Dice, random};

/// nop
const NOP: u32 = 0;

/// A state in front of a nop, with threads and their turn at random.
fn crowd(dice: &mut Dice, catalog: &endgame_mips_diff::Catalog) -> State {
    let mut state = random::state(dice, catalog, NOP);
    state.exited = false;
    state
}

#[test]
fn a_thread_whose_time_is_up_makes_way_in_both() {
    let mut tally = Tally::new(31);
    let tried = tally.try_states(200, |dice, catalog| {
        let mut state = crowd(dice, catalog);
        state.steps_since_switch = SCHEDULING_QUANTUM + dice.below(2);
        state
    });
    assert!(tried.advanced > 150);
}

#[test]
fn a_thread_that_has_exited_is_dropped_by_both() {
    let mut tally = Tally::new(32);
    let tried = tally.try_states(300, |dice, catalog| {
        let mut state = crowd(dice, catalog);
        state.thread_mut().unwrap().exited = true;
        state
    });
    // The last thread can't be dropped.
    assert!(tried.advanced > 150 && tried.no_thread > 10);
}

#[test]
fn a_state_without_a_thread_to_run_has_no_next_in_both() {
    let mut tally = Tally::new(33);
    let tried = tally.try_states(50, |dice, catalog| {
        let mut state = crowd(dice, catalog);
        let stack = if state.traverse_right {
            &mut state.right
        } else {
            &mut state.left
        };
        stack.clear();
        state.exited = dice.one_in(2);
        state
    });
    assert_eq!((tried.advanced, tried.no_thread), (0, 50));
}

#[test]
fn a_program_that_has_exited_stays_as_it_is_in_both() {
    let mut tally = Tally::new(34);
    let tried = tally.try_states(100, |dice, catalog| {
        let mut state = crowd(dice, catalog);
        state.exited = true;
        state
    });
    assert_eq!(tried.advanced, 100);
}

#[test]
fn an_unaligned_program_counter_is_refused_by_both() {
    let mut tally = Tally::new(35);
    let tried = tally.try_states(60, |dice, catalog| {
        let mut state = crowd(dice, catalog);
        state.steps_since_switch = 0;
        let thread = state.thread_mut().unwrap();
        thread.exited = false;
        thread.pc = (thread.pc & !3) + 1 + dice.below(3);
        state
    });
    assert_eq!(tried.unaligned, 60);
}

#[test]
fn deep_stacks_of_threads_agree() {
    let mut tally = Tally::new(36);
    tally.try_states(20, |dice, catalog| {
        let mut state = crowd(dice, catalog);
        let others = (0..50).map(|id| Thread {
            id,
            pc: dice.roll(),
            ..Thread::default()
        });
        state.left.splice(0..0, others);
        state
    });
}
