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

/// Checks that work grows with `size`, not with its square: at twice the size it is at most twice as
/// much. `granted` tenths come on top, for what grows a little faster: 1 for a table that grows, 3
/// for a tree's depth. `name` is what a failure tells.
///
/// # Panics
///
/// Where work grows faster, or there is none to speak of.
#[cfg(feature = "meter")]
pub fn assert_linear(name: &str, size: u64, granted: u64, work: impl Fn(u64) -> u64) {
    let (once, twice) = (work(size), work(2 * size));
    assert!(once > size, "{name}: {once} is no work");
    assert!(
        twice * 10 <= once * (20 + granted),
        "{name}: {once} for {size}, {twice} for {}",
        2 * size
    );
}
