//! L1 origin selection (specs `protocol/derivation.md`, batch queue, and `rollup-node.md`).

use crate::l1::L1Ref;

/// Seconds by which an L2 block may be ahead of its L1 origin (constant since Fjord).
pub const MAX_SEQUENCER_DRIFT: u64 = 1800;

/// What the next L2 block's origin is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginChoice {
    /// This block; when `empty`, no transaction of the pool may go in.
    Use {
        /// The origin.
        origin: L1Ref,
        /// The block is too far ahead of its origin to hold pool transactions.
        empty: bool,
    },
    /// The next L1 block must be seen first: an L2 block this far ahead of its origin is valid
    /// only if it is known whether the origin could have moved on.
    Wait,
}

/// Chooses the origin of the L2 block at `time`, whose parent has the origin `current`, when
/// `next` is the L1 block after that (if it is there and deep enough).
///
/// The origin moves by one L1 block at most, and never to a block younger than the L2 block.
pub fn choose_origin(current: L1Ref, next: Option<L1Ref>, time: u64) -> OriginChoice {
    if let Some(next) = next.filter(|next| next.time <= time) {
        return OriginChoice::Use {
            origin: next,
            empty: time > next.time + MAX_SEQUENCER_DRIFT,
        };
    }
    let drifted = time > current.time + MAX_SEQUENCER_DRIFT;
    if drifted && next.is_none() {
        return OriginChoice::Wait;
    }
    OriginChoice::Use {
        origin: current,
        empty: drifted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(number: u64, time: u64) -> L1Ref {
        L1Ref {
            number,
            time,
            ..L1Ref::default()
        }
    }

    #[test]
    fn origin_moves_as_soon_as_the_next_block_is_not_younger() {
        let (current, next) = (at(1, 100), at(2, 112));
        let choose = |time| choose_origin(current, Some(next), time);
        assert_eq!(
            choose(111),
            OriginChoice::Use {
                origin: current,
                empty: false
            }
        );
        assert_eq!(
            choose(112),
            OriginChoice::Use {
                origin: next,
                empty: false
            }
        );
    }

    #[test]
    fn origin_stays_while_no_next_block_is_known_and_drift_allows() {
        let current = at(1, 100);
        let last = 100 + MAX_SEQUENCER_DRIFT;
        let stay = OriginChoice::Use {
            origin: current,
            empty: false,
        };
        assert_eq!(choose_origin(current, None, last), stay);
        assert_eq!(choose_origin(current, None, last + 1), OriginChoice::Wait);
    }

    #[test]
    fn blocks_are_empty_across_a_jump_of_l1_time() {
        let (current, next) = (at(1, 100), at(2, 90_000));
        let time = 100 + MAX_SEQUENCER_DRIFT + 2;
        assert_eq!(
            choose_origin(current, Some(next), time),
            OriginChoice::Use {
                origin: current,
                empty: true
            }
        );
        assert_eq!(
            choose_origin(current, Some(next), 90_000),
            OriginChoice::Use {
                origin: next,
                empty: false
            }
        );
    }

    #[test]
    fn a_far_behind_origin_moves_on_with_empty_blocks() {
        let (current, next) = (at(1, 100), at(2, 102));
        assert_eq!(
            choose_origin(current, Some(next), 5_000),
            OriginChoice::Use {
                origin: next,
                empty: true
            }
        );
    }
}
