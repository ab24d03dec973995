//! Span batches over an L1 in memory. The sections are of the OP specs' `protocol/`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod world;

use endgame_ortho_derive::{BlockId, L2Block, Rollup};
use endgame_ortho_execute::{Fork, Forks};
use world::{Chain, L1_TIME, START, Single, legacy, span, whole_channel};

fn first_l1(chain: &Chain) -> BlockId {
    chain.0.borrow().l1[0].id()
}

/// Derives all; transactions with these nonces are invalid. The nonces of each block.
fn derive(chain: &Chain, rollup: &Rollup, invalid: &[u64]) -> Vec<Vec<Vec<u8>>> {
    let mut derivation = chain.derivation(rollup);
    let invalid: Vec<_> = invalid.iter().map(|nonce| legacy(*nonce)).collect();
    chain.derive(rollup, &mut derivation, |raw| {
        !raw.iter().any(|raw| invalid.contains(raw))
    });
    chain.blocks().into_iter().map(|block| block.1).collect()
}

fn txs(nonces: &[u64]) -> Vec<Vec<u8>> {
    nonces.iter().map(|nonce| legacy(*nonce)).collect()
}

#[test]
fn blocks_of_a_span_become_blocks_in_order() {
    for fork in [Fork::Delta, Fork::Granite, Fork::Holocene, Fork::Jovian] {
        let (chain, rollup) = Chain::new(fork);
        let epoch = first_l1(&chain);
        let batch = span(
            &chain.head(),
            &[(epoch, &[1, 2][..]), (epoch, &[]), (epoch, &[3])],
        );
        chain.l1_with(&[whole_channel(1, &[batch])]);
        let blocks = derive(&chain, &rollup, &[]);
        assert_eq!(blocks, [txs(&[1, 2]), vec![], txs(&[3])], "{fork}");
    }
}

/// delta/span-batches.md, "Span Batch Activation Rule".
#[test]
fn span_before_delta_is_dropped() {
    for (delta, expected) in [(START, 1), (START + 1, 0)] {
        let (chain, rollup) = Chain::with_forks(Forks::new([(Fork::Delta, delta)]));
        let batch = span(&chain.head(), &[(first_l1(&chain), &[1])]);
        chain.l1_with(&[whole_channel(1, &[batch])]);
        assert_eq!(derive(&chain, &rollup, &[]).len(), expected);
    }
}

/// Before Holocene a span is valid as a whole; from then on its blocks are, one by one
/// (holocene/derivation.md, "Partial Span Batch Validity").
#[test]
fn invalid_block_takes_its_span_back_before_holocene_and_keeps_its_deposits_from_then_on() {
    for (fork, expected) in [
        (Fork::Granite, vec![txs(&[9])]),
        (Fork::Holocene, vec![txs(&[1]), vec![]]),
    ] {
        let (chain, rollup) = Chain::new(fork);
        let epoch = first_l1(&chain);
        let batch = span(
            &chain.head(),
            &[(epoch, &[1]), (epoch, &[2]), (epoch, &[3])],
        );
        let other = Single::after(&chain.head(), epoch, &[&legacy(9)]).encode();
        chain.l1_with(&[whole_channel(1, &[batch]), whole_channel(2, &[other])]);
        assert_eq!(derive(&chain, &rollup, &[2]), expected, "{fork}");
    }
}

/// A claim counts when the whole span stands.
#[test]
fn safe_head_moves_at_the_end_of_a_span_before_holocene() {
    let (chain, rollup) = Chain::new(Fork::Granite);
    let epoch = first_l1(&chain);
    let batch = span(&chain.head(), &[(epoch, &[1]), (epoch, &[2])]);
    chain.l1_with(&[whole_channel(1, &[batch])]);
    let mut derivation = chain.derivation(&rollup);
    let mut safe = Vec::new();
    while let Some(attributes) = derivation.next_attributes().unwrap() {
        derivation.accepted(chain.execute(&rollup, &attributes));
        safe.push(derivation.safe_head().header.number);
    }
    assert_eq!(safe, [0, 2]);
}

/// delta/span-batches.md, "Overlapped blocks checks".
#[test]
fn overlapping_span_must_agree_with_the_chain() {
    for fork in [Fork::Granite, Fork::Holocene] {
        for (repeated, expected) in [(1, 3), (8, 2)] {
            let (chain, rollup) = Chain::new(fork);
            let epoch = first_l1(&chain);
            let genesis = chain.head();
            let one = span(&genesis, &[(epoch, &[1]), (epoch, &[2])]);
            let two = span(
                &genesis,
                &[(epoch, &[repeated]), (epoch, &[2]), (epoch, &[3])],
            );
            chain.l1_with(&[whole_channel(1, &[one]), whole_channel(2, &[two])]);
            assert_eq!(derive(&chain, &rollup, &[]).len(), expected, "{fork}");
        }
    }
}

/// "there's no `prev_l2_block` in the current safe chain -> drop".
#[test]
fn span_from_the_genesis_on_is_dropped() {
    for fork in [Fork::Granite, Fork::Holocene] {
        let (chain, rollup) = Chain::new(fork);
        let epoch = first_l1(&chain);
        let mut before = L2Block::clone(&chain.head());
        before.header.timestamp -= 2;
        let batch = span(&before, &[(epoch, &[][..]), (epoch, &[1])]);
        let next = Single::after(&chain.head(), epoch, &[&legacy(5)]).encode();
        chain.l1_with(&[whole_channel(1, &[batch]), whole_channel(2, &[next])]);
        assert_eq!(derive(&chain, &rollup, &[]), [txs(&[5])], "{fork}");
    }
}

#[test]
fn span_of_another_parent_or_l1_chain_is_dropped() {
    for fork in [Fork::Granite, Fork::Holocene] {
        let (chain, rollup) = Chain::new(fork);
        let epoch = first_l1(&chain);
        let mut wrong_parent = L2Block::clone(&chain.head());
        wrong_parent.hash.0[19] ^= 1;
        let mut wrong_epoch = epoch;
        wrong_epoch.hash.0[0] ^= 1;
        chain.l1_with(&[
            whole_channel(1, &[span(&wrong_parent, &[(epoch, &[1])])]),
            whole_channel(2, &[span(&chain.head(), &[(wrong_epoch, &[2])])]),
        ]);
        assert!(derive(&chain, &rollup, &[]).is_empty(), "{fork}");
    }
}

/// The hash is checked in its first 20 bytes alone.
#[test]
fn rest_of_the_parent_hash_is_not_checked() {
    let (chain, rollup) = Chain::new(Fork::Holocene);
    let mut parent = L2Block::clone(&chain.head());
    parent.hash.0[20] ^= 1;
    chain.l1_with(&[whole_channel(
        1,
        &[span(&parent, &[(first_l1(&chain), &[1])])],
    )]);
    assert_eq!(derive(&chain, &rollup, &[]).len(), 1);
}

/// A span whose last origin L1 has not come to: it holds up the queue before Holocene, and is
/// passed over from then on.
#[test]
fn span_with_an_origin_of_the_future_is_undecided() {
    for (fork, expected) in [(Fork::Granite, 0), (Fork::Holocene, 1)] {
        let (chain, rollup) = Chain::new(fork);
        let epoch = first_l1(&chain);
        let (one, two) = (
            BlockId { number: 1, ..epoch },
            BlockId { number: 2, ..epoch },
        );
        let early = span(&chain.head(), &[(epoch, &[1][..]), (one, &[]), (two, &[2])]);
        let next = Single::after(&chain.head(), epoch, &[&legacy(5)]).encode();
        chain.l1_with(&[whole_channel(1, &[early, next])]);
        assert_eq!(derive(&chain, &rollup, &[]).len(), expected, "{fork}");
    }
}

/// holocene/derivation.md, "Span Batches": a past span leaves its channel alone, an invalid one
/// does not.
#[test]
fn past_span_leaves_its_channel_and_a_gap_ends_it() {
    let (chain, rollup) = Chain::new(Fork::Holocene);
    let epoch = first_l1(&chain);
    let genesis = chain.head();
    let one = span(&genesis, &[(epoch, &[1])]);
    chain.l1_with(&[whole_channel(1, std::slice::from_ref(&one))]);
    derive(&chain, &rollup, &[]);
    let two = span(&chain.head(), &[(epoch, &[2])]);
    let mut later = L2Block::clone(&chain.head());
    later.header.timestamp += 2;
    let gap = span(&later, &[(epoch, &[3])]);
    chain.l1_with(&[whole_channel(2, &[gap, two.clone()])]);
    assert_eq!(derive(&chain, &rollup, &[]).len(), 1);
    chain.l1_with(&[whole_channel(3, &[one, two])]);
    assert_eq!(derive(&chain, &rollup, &[]).len(), 2);
}

/// "the earliest point at which violations of this rule are detected is when the full array of
/// singular batches is extracted" (holocene/derivation.md, the note on overlapping spans).
#[test]
fn overlapping_span_with_an_origin_older_than_the_safe_heads_is_dropped() {
    for fork in [Fork::Granite, Fork::Holocene] {
        let (chain, rollup) = Chain::new(fork);
        let epoch = first_l1(&chain);
        let genesis = chain.head();
        let all: Vec<(BlockId, &[u64])> = vec![(epoch, &[]); 5];
        let one = chain.l1_with(&[whole_channel(1, &[span(&genesis, &all)])]);
        derive(&chain, &rollup, &[]);
        let sixth = chain.head();
        chain.l1_with(&[whole_channel(2, &[span(&sixth, &[(one, &[])])])]);
        derive(&chain, &rollup, &[]);
        assert_eq!(chain.head().header.timestamp, START + L1_TIME);
        assert_eq!(chain.head().origin.number, 1);
        // The overlapped block is said to be of the first epoch still, and so is the one after it.
        let stale = span(&sixth, &[(epoch, &[][..]), (epoch, &[7])]);
        chain.l1_with(&[whole_channel(3, &[stale])]);
        assert_eq!(derive(&chain, &rollup, &[]).len(), 6, "{fork}");
    }
}
