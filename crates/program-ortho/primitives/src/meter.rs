//! Counting work, so that tests can see how it grows with the input.
//!
//! Only with the feature `meter`, which nothing but tests asks for: without it nothing is counted and
//! [`work`] compiles to nothing.

#[cfg(feature = "meter")]
extern crate std;

#[cfg(feature = "meter")]
std::thread_local! {
    static WORK: core::cell::Cell<u64> = const { core::cell::Cell::new(0) };
}

/// Counts work: one for a step, for a byte that is moved, read or hashed, for a place in a table
/// that is looked through.
#[inline]
pub fn work(amount: usize) {
    #[cfg(feature = "meter")]
    WORK.with(|work| work.set(work.get().wrapping_add(amount as u64)));
    #[cfg(not(feature = "meter"))]
    let _ = amount;
}

/// The work that `run` makes on this thread.
#[cfg(feature = "meter")]
pub fn measure(run: impl FnOnce()) -> u64 {
    let before = WORK.get();
    run();
    WORK.get().wrapping_sub(before)
}
