//! Made-up transactions on both EVMs.

use endgame_ortho_differential::{Case, compare, entropy};

#[test]
fn made_up_transactions_agree_with_the_peer() {
    let mut ran = 0;
    for seed in 0..20_000 {
        let case = Case::from_bytes(&entropy(seed, 2048));
        match compare(&case) {
            Ok(valid) => ran += u64::from(valid),
            Err(difference) => panic!("seed {seed} {:?}: {difference}", case.fork),
        }
    }
    // A generator whose transactions are all refused would prove nothing.
    assert!(ran > 10_000, "{ran} ran");
}
