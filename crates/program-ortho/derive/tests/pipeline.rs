//! Whole derivations over an L1 in memory. The sections are of the OP specs' `protocol/`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod world;

use endgame_ortho_derive::BlockId;
use endgame_ortho_execute::{Fork, Forks};
use endgame_ortho_primitives::{Address, Hash, Word};
use endgame_ortho_types::Log;
use world::{
    BATCHER, Chain, L1_TIME, START, SYSTEM_CONFIG, Single, batcher_transaction, channel, frames,
    receipt, whole_channel,
};

type Blocks = Vec<(u64, Vec<Vec<u8>>)>;

/// A block with these transactions; each byte is one of a type that needs no decoding here.
fn block(origin: u64, transactions: &[&[u8]]) -> (u64, Vec<Vec<u8>>) {
    (
        origin,
        transactions.iter().map(|raw| raw.to_vec()).collect(),
    )
}

fn first_l1(chain: &Chain) -> BlockId {
    chain.0.borrow().l1[0].id()
}

fn derive_all(chain: &Chain, rollup: &endgame_ortho_derive::Rollup) -> Blocks {
    let mut derivation = chain.derivation(rollup);
    chain.derive(rollup, &mut derivation, |_| true);
    chain.blocks()
}

/// The batches of the blocks after the head, all of one epoch, and what the last of them is.
/// The hashes of blocks on the way are known by making the blocks on a copy of the chain.
fn batches(
    chain: &Chain,
    rollup: &endgame_ortho_derive::Rollup,
    epoch: BlockId,
    transactions: &[&[&[u8]]],
) -> Vec<Vec<u8>> {
    let length = chain.0.borrow().l2.len();
    let l1_length = chain.0.borrow().l1.len();
    let mut out = Vec::new();
    for (id, of_block) in (0xe0..).zip(transactions) {
        let batch = Single::after(&chain.head(), epoch, of_block).encode();
        chain.l1_with(&[whole_channel(id, std::slice::from_ref(&batch))]);
        let mut derivation = chain.derivation(rollup);
        let attributes = derivation.next_attributes().unwrap().unwrap();
        chain.execute(rollup, &attributes);
        chain.0.borrow_mut().l1.truncate(l1_length);
        out.push(batch);
    }
    chain.0.borrow_mut().l2.truncate(length);
    out
}

#[test]
fn batches_of_a_channel_become_blocks_in_order() {
    for fork in [
        Fork::Bedrock,
        Fork::Canyon,
        Fork::Granite,
        Fork::Holocene,
        Fork::Jovian,
    ] {
        let (chain, rollup) = Chain::new(fork);
        let epoch = first_l1(&chain);
        let all = batches(&chain, &rollup, epoch, &[&[&[1]], &[], &[&[2], &[0xc3]]]);
        chain.l1_with(&[whole_channel(1, &all)]);
        let expected = [block(0, &[&[1]]), block(0, &[]), block(0, &[&[2], &[0xc3]])];
        assert_eq!(derive_all(&chain, &rollup), expected, "{fork}");
    }
}

#[test]
fn first_block_of_an_epoch_takes_the_next_origin() {
    let (chain, rollup) = Chain::new(Fork::Holocene);
    let epoch = first_l1(&chain);
    let six = batches(&chain, &rollup, epoch, &[&[], &[], &[], &[], &[]]);
    let next = chain.l1_with(&[whole_channel(1, &six)]);
    derive_all(&chain, &rollup);
    let batch = Single::after(&chain.head(), next, &[&[0xc9]]);
    assert_eq!(batch.timestamp, START + L1_TIME);
    chain.l1_with(&[whole_channel(2, &[batch.encode()])]);
    let blocks = derive_all(&chain, &rollup);
    assert_eq!(blocks.last(), Some(&block(1, &[&[0xc9]])));
    assert_eq!(chain.head().sequence_number, 0);
}

/// derivation.md, "Batch Queue": future batches are kept; holocene/derivation.md: "batches that
/// were determined to be in the future are now directly dropped".
#[test]
fn future_batch_waits_before_holocene_and_is_dropped_from_then_on() {
    for (fork, expected) in [
        (
            Fork::Granite,
            [block(0, &[&[1]]), block(0, &[&[2]])].to_vec(),
        ),
        (Fork::Holocene, [block(0, &[&[1]])].to_vec()),
    ] {
        let (chain, rollup) = Chain::new(fork);
        let epoch = first_l1(&chain);
        let two = batches(&chain, &rollup, epoch, &[&[&[1]], &[&[2]]]);
        chain.l1_with(&[whole_channel(1, &two[1..]), whole_channel(2, &two[..1])]);
        assert_eq!(derive_all(&chain, &rollup), expected, "{fork}");
    }
}

/// holocene/derivation.md, "Fast Channel Invalidation".
#[test]
fn invalid_batch_takes_the_rest_of_its_channel_along_from_holocene() {
    for (fork, expected) in [(Fork::Granite, 2), (Fork::Holocene, 1)] {
        let (chain, rollup) = Chain::new(fork);
        let epoch = first_l1(&chain);
        let two = batches(&chain, &rollup, epoch, &[&[&[1]], &[&[2]]]);
        let mut bad = Single::after(&chain.head(), epoch, &[&[0xc7]]);
        bad.timestamp += 2;
        bad.parent = Hash([3; 32]);
        let all = [two[0].clone(), bad.encode(), two[1].clone()];
        chain.l1_with(&[whole_channel(1, &all)]);
        assert_eq!(derive_all(&chain, &rollup).len(), expected, "{fork}");
    }
}

/// derivation.md, "Batch Queue": "an empty batch can be derived".
#[test]
fn blocks_are_empty_when_the_sequencing_window_has_passed() {
    for fork in [Fork::Bedrock, Fork::Holocene] {
        let (chain, rollup) = Chain::new(fork);
        for _ in 0..rollup.seq_window_size {
            chain.l1_with(&[]);
        }
        // Six blocks of two seconds in an epoch of twelve, the first of them the genesis.
        let blocks = derive_all(&chain, &rollup);
        assert_eq!(blocks, vec![block(0, &[]); 5], "{fork}");
        chain.l1_with(&[]);
        let blocks = derive_all(&chain, &rollup);
        assert_eq!(blocks.len(), 11, "{fork}");
        assert_eq!(blocks[10], block(1, &[]), "{fork}");
    }
}

/// derivation.md: "there is at least one L2 block per epoch".
#[test]
fn every_epoch_has_a_block_though_l1_is_faster() {
    let (chain, rollup) = Chain::new(Fork::Holocene);
    for number in 1..=8 {
        chain.l1(START + number, vec![], &[]);
    }
    let origins: Vec<u64> = derive_all(&chain, &rollup).iter().map(|b| b.0).collect();
    assert_eq!(origins, [1, 2]);
}

/// derivation.md: "the batch must be included timely".
#[test]
fn batch_after_its_sequencing_window_is_dropped() {
    let (chain, rollup) = Chain::new(Fork::Granite);
    let epoch = first_l1(&chain);
    let batch = batches(&chain, &rollup, epoch, &[&[&[1]]]);
    for _ in 0..rollup.seq_window_size {
        chain.l1_with(&[]);
    }
    chain.l1_with(&[whole_channel(1, &batch)]);
    assert_eq!(derive_all(&chain, &rollup)[0], block(0, &[]));
}

#[test]
fn batch_of_another_sender_or_inbox_is_not_read() {
    let (chain, rollup) = Chain::new(Fork::Holocene);
    let epoch = first_l1(&chain);
    let batch = batches(&chain, &rollup, epoch, &[&[&[1]]]);
    let data = whole_channel(1, &batch);
    let stranger = batcher_transaction(Address([1; 20]), &data);
    chain.l1(chain.next_l1_time(), vec![stranger], &[]);
    assert_eq!(derive_all(&chain, &rollup), []);
    chain.l1_with(&[data]);
    assert_eq!(derive_all(&chain, &rollup).len(), 1);
}

/// derivation.md, "Engine Queue": "The engine queue will attempt to use the next batch for that
/// timestamp"; holocene/derivation.md, "Engine Queue": the block keeps its deposits.
#[test]
fn block_that_cannot_be_executed_is_replaced() {
    for (fork, expected) in [
        (Fork::Granite, vec![block(0, &[&[1]])]),
        (Fork::Holocene, vec![block(0, &[])]),
    ] {
        let (chain, rollup) = Chain::new(fork);
        let epoch = first_l1(&chain);
        let bad = Single::after(&chain.head(), epoch, &[&[0xbb]]).encode();
        let good = Single::after(&chain.head(), epoch, &[&[1]]).encode();
        chain.l1_with(&[whole_channel(1, &[bad]), whole_channel(2, &[good])]);
        let mut derivation = chain.derivation(&rollup);
        chain.derive(&rollup, &mut derivation, |raw| !raw.contains(&vec![0xbb]));
        assert_eq!(chain.blocks(), expected, "{fork}");
    }
}

/// derivation.md, "Batch Queue": "any transaction of a future type"; isthmus/derivation.md,
/// "Activation".
#[test]
fn batch_with_a_transaction_that_none_may_have_is_dropped() {
    for (fork, raw, expected) in [
        (Fork::Holocene, &[][..], 0),
        (Fork::Holocene, &[0x7e], 0),
        (Fork::Holocene, &[3], 0),
        (Fork::Holocene, &[5], 0),
        (Fork::Holocene, &[4], 0),
        (Fork::Isthmus, &[4], 1),
        (Fork::Isthmus, &[2], 1),
        (Fork::Isthmus, &[0xc0], 1),
    ] {
        let (chain, rollup) = Chain::new(fork);
        let epoch = first_l1(&chain);
        let batch = Single::after(&chain.head(), epoch, &[raw]).encode();
        chain.l1_with(&[whole_channel(1, &[batch])]);
        assert_eq!(
            derive_all(&chain, &rollup).len(),
            expected,
            "{fork} {raw:?}"
        );
    }
}

/// derivation.md, "Timeouts": `current > open + CHANNEL_TIMEOUT`; granite/derivation.md.
#[test]
fn channel_times_out_after_the_timeout_of_its_fork() {
    for (fork, timeout) in [(Fork::Fjord, 5), (Fork::Granite, 3), (Fork::Holocene, 3)] {
        for (gap, expected) in [(timeout, 1), (timeout + 1, 0)] {
            let (chain, rollup) = Chain::new(fork);
            let epoch = first_l1(&chain);
            let batch = batches(&chain, &rollup, epoch, &[&[&[1]]]);
            let data = channel(&batch);
            let (one, two) = data.split_at(10);
            chain.l1_with(&[frames(&[(1, 0, one, false)])]);
            for _ in 1..gap {
                chain.l1_with(&[]);
            }
            chain.l1_with(&[frames(&[(1, 1, two, true)])]);
            let blocks = derive_all(&chain, &rollup);
            let found = blocks.iter().filter(|b| !b.1.is_empty()).count();
            assert_eq!(found, expected, "{fork}, {gap} blocks");
        }
    }
}

/// holocene/derivation.md, "Frame Queue": a non-first frame out of order is dropped at once.
#[test]
fn frames_out_of_order_wait_before_holocene_and_are_dropped_from_then_on() {
    for (fork, expected) in [(Fork::Granite, 1), (Fork::Holocene, 0)] {
        let (chain, rollup) = Chain::new(fork);
        let epoch = first_l1(&chain);
        let batch = batches(&chain, &rollup, epoch, &[&[&[1]]]);
        let data = channel(&batch);
        let (one, two) = data.split_at(10);
        chain.l1_with(&[frames(&[(1, 1, two, true), (1, 0, one, false)])]);
        assert_eq!(derive_all(&chain, &rollup).len(), expected, "{fork}");
    }
}

/// holocene/derivation.md, "Activation": frames, channels and batches that wait are discarded.
#[test]
fn holocene_forgets_what_waits_when_it_activates() {
    let holocene = START + 3 * L1_TIME;
    for (at, expected) in [(holocene, 0), (holocene + L1_TIME, 1)] {
        let mut forks = vec![(Fork::Granite, 0)];
        forks.push((Fork::Holocene, at));
        let (chain, rollup) = Chain::with_forks(Forks::new(forks));
        let epoch = first_l1(&chain);
        let batch = batches(&chain, &rollup, epoch, &[&[&[1]]]);
        let data = channel(&batch);
        let (one, two) = data.split_at(10);
        chain.l1_with(&[]);
        chain.l1_with(&[frames(&[(1, 0, one, false)])]);
        chain.l1_with(&[frames(&[(1, 1, two, true)])]);
        assert_eq!(derive_all(&chain, &rollup).len(), expected);
    }
}

/// derivation.md: "when exceeding the sequencer time drift, never allow the sequencer to include
/// transactions"; fjord/derivation.md, "Constant Maximum Sequencer Drift".
#[test]
fn block_too_long_after_its_origin_has_no_transactions() {
    // The drift of the configuration is 20 s: ten blocks.
    for (fork, expected) in [(Fork::Ecotone, 11), (Fork::Fjord, 13)] {
        let (chain, mut rollup) = Chain::new(fork);
        rollup.seq_window_size = 100;
        // An L1 block that is late, so that no other origin is to be had.
        let epoch = first_l1(&chain);
        let ten: [&[&[u8]]; 13] = [
            &[&[1]],
            &[&[1]],
            &[&[1]],
            &[&[1]],
            &[&[1]],
            &[&[1]],
            &[&[1]],
            &[&[1]],
            &[&[1]],
            &[&[1]],
            &[],
            &[&[1]],
            &[&[1]],
        ];
        rollup.max_sequencer_drift = 1000;
        let all = batches(&chain, &rollup, epoch, &ten);
        rollup.max_sequencer_drift = 20;
        chain.l1(START + 40, vec![], &[]);
        chain.l1_with(&[whole_channel(1, &all)]);
        assert_eq!(derive_all(&chain, &rollup).len(), expected, "{fork}");
    }
}

/// jovian/derivation.md: "if the batch for the activation block contains any transactions, it must
/// be dropped".
#[test]
fn first_block_of_jovian_takes_no_transactions() {
    for (transactions, expected) in [(&[&[1u8][..]][..], 0), (&[], 1)] {
        let forks = Forks::new([(Fork::Isthmus, 0), (Fork::Jovian, START + 4)]);
        let (chain, mut rollup) = Chain::with_forks(forks);
        rollup.genesis.l2_time = START;
        let epoch = first_l1(&chain);
        let one = batches(&chain, &rollup, epoch, &[&[&[1]]]);
        chain.l1_with(&[whole_channel(1, &one)]);
        assert_eq!(derive_all(&chain, &rollup).len(), 1);
        let batch = Single::after(&chain.head(), epoch, transactions).encode();
        chain.l1_with(&[whole_channel(2, &[batch])]);
        let mut derivation = chain.derivation(&rollup);
        // The upgrade's own data is not configured here: asking for it means that the batch was
        // taken.
        let is_taken = derivation.next_attributes().is_err();
        assert_eq!(usize::from(is_taken), expected);
    }
}

/// The batcher of the L1 block where channels may begin is the one of that time, though the safe
/// head knows a later one (derivation.md, "Resetting derivation stages").
#[test]
fn channel_of_the_old_batcher_that_the_new_one_ends_is_read_after_a_restart() {
    const NEW: Address = Address([0xbb; 20]);
    let (chain, rollup) = Chain::new(Fork::Holocene);
    let epoch = first_l1(&chain);
    // Blocks of the first epochs, up to the block after the batcher changes.
    let mut batcher = [0; 32];
    batcher[12..].copy_from_slice(&NEW.0);
    let update = Log {
        address: SYSTEM_CONFIG,
        topics: vec![
            "0x1d2b0bda21d56b8bd12d4f94ebacffdfb35f5e226f84b461103bb8beab6353be"
                .parse()
                .unwrap(),
            Hash::ZERO,
            Hash::ZERO,
        ],
        data: [
            Word::from(32u64).to_be_bytes(),
            Word::from(32u64).to_be_bytes(),
            batcher,
        ]
        .concat(),
    };
    let five = batches(&chain, &rollup, epoch, &[&[], &[], &[], &[], &[]]);
    let one = chain.l1_with(&[whole_channel(1, &five)]);
    derive_all(&chain, &rollup);
    let next = Single::after(&chain.head(), one, &[&[0xc5]]).encode();
    let data = channel(&[next]);
    let (first, second) = data.split_at(10);
    let old = batcher_transaction(BATCHER, &frames(&[(2, 0, first, false)]));
    let new = batcher_transaction(NEW, &frames(&[(2, 1, second, true)]));
    chain.l1(chain.next_l1_time(), vec![old], &[]);
    chain.l1(chain.next_l1_time(), vec![new], &[receipt(vec![update])]);
    let mut derivation = chain.derivation(&rollup);
    let attributes = derivation.next_attributes().unwrap().unwrap();
    assert_eq!(attributes.transactions.last(), Some(&vec![0xc5]));
}
