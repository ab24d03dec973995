//! Every system call, and numbers that are none.

use crate::tally::{Tally, Tried};
use endgame_mips::syscall as sys;
use endgame_mips_diff::random;

fn try_call(tally: &mut Tally, number: u64, times: u32) -> Tried {
    tally.try_states(times, |dice, catalog| {
        random::system_call(dice, catalog, number)
    })
}

#[test]
fn every_system_call_agrees() {
    let mut tally = Tally::new(21);
    for number in [
        sys::OPEN,
        sys::MMAP,
        sys::BRK,
        sys::SCHED_YIELD,
        sys::NANOSLEEP,
        sys::GETPID,
        sys::CLONE,
        sys::EXIT,
        sys::FCNTL,
        sys::GETTID,
        sys::FUTEX,
        sys::EXIT_GROUP,
        sys::CLOCK_GETTIME,
        sys::EVENTFD2,
        sys::GETRANDOM,
    ] {
        let tried = try_call(&mut tally, number, 200);
        assert!(tried.advanced > 150, "call {number}: {tried:?}");
        assert_eq!(tried.unknown_call, 0, "call {number}");
    }
}

#[test]
fn reads_and_writes_agree() {
    let mut tally = Tally::new(22);
    let reads = try_call(&mut tally, sys::READ, 1200);
    assert!(reads.advanced > 600 && reads.past_the_end > 20 && reads.not_found > 10);
    let writes = try_call(&mut tally, sys::WRITE, 600);
    assert!(writes.advanced > 500);
}

#[test]
fn calls_that_do_nothing_agree() {
    let mut tally = Tally::new(23);
    for number in sys::IGNORED {
        let tried = try_call(&mut tally, number, 20);
        assert!(
            tried.advanced > 10 && tried.unknown_call == 0,
            "call {number}"
        );
    }
}

#[test]
fn unknown_calls_are_refused_by_both() {
    let mut tally = Tally::new(24);
    // All numbers of the table that the VM's calls are taken from, and some that are not in it.
    let known = [
        sys::READ,
        sys::WRITE,
        sys::OPEN,
        sys::MMAP,
        sys::BRK,
        sys::SCHED_YIELD,
        sys::NANOSLEEP,
        sys::GETPID,
        sys::CLONE,
        sys::EXIT,
        sys::FCNTL,
        sys::GETTID,
        sys::FUTEX,
        sys::EXIT_GROUP,
        sys::CLOCK_GETTIME,
        sys::EVENTFD2,
        sys::GETRANDOM,
    ];
    for number in (4990..5350).chain([0, 4003, 6000, 5000 + (1 << 32), u64::MAX]) {
        let tried = try_call(&mut tally, number, 4);
        let is_call = known.contains(&number) || sys::IGNORED.contains(&number);
        assert_eq!(
            tried.advanced > 0 && tried.unknown_call == 0,
            is_call,
            "call {number}"
        );
    }
}
