use super::*;
use crate::stages::testing::{
    Given, SpanBatch, UsualChain, config, config_before_holocene, l1_block, ready, safe_block,
    singular, span, tx, usual_origin,
};
use alloy_primitives::Bytes;

type Queue = BatchQueue<Given<Batch>, UsualChain>;

/// A queue at L1 block 14, with the safe head `safe`.
fn queue(
    config: RollupConfig,
    safe: u64,
    batches: Vec<Batch>,
) -> (Queue, Given<Batch>, L2BlockInfo) {
    let prev = Given::new(batches, 14);
    // What the chain's blocks hold is what the batches of these tests say.
    let Batch::Span(sample) = span(1, &[10]).decode() else {
        panic!("no span");
    };
    let chain = UsualChain(sample.blocks[0].transactions.clone());
    let mut queue = BatchQueue::new(Arc::new(config), prev.clone(), chain);
    queue.origin = l1_block(14);
    queue.l1_blocks = (usual_origin(safe)..=14).map(l1_block).collect();
    (queue, prev, safe_block(safe, usual_origin(safe)))
}

fn next(queue: &mut Queue, safe: L2BlockInfo) -> PipelineResult<SingleBatch> {
    ready(queue.next_batch(safe))
}

fn is_retry(result: &PipelineResult<SingleBatch>) -> bool {
    *result == again()
}

fn single(number: u64) -> Batch {
    Batch::Singular(singular(number, usual_origin(number)).0)
}

/// A span batch from L2 block `start` to block `end`, as the usual chain has them.
fn usual_span(start: u64, end: u64) -> SpanBatch {
    let origins: Vec<_> = (start..=end).map(usual_origin).collect();
    SpanBatch {
        l1_origin_number: usual_origin(end),
        ..span(start, &origins)
    }
}

/// Feeds the batches to a Holocene queue on top of block 8, and a good block after them; whether
/// the channel was dropped, and the block that came out.
fn outcome(batch: Batch) -> (bool, Option<u64>) {
    let (mut queue, prev, safe) = queue(config(), 8, alloc::vec![batch, single(9)]);
    loop {
        match next(&mut queue, safe) {
            Ok(batch) => return (prev.flushed() > 0, Some(batch.timestamp)),
            Err(error) if is_eof(&error) => return (prev.flushed() > 0, None),
            error => assert!(is_retry(&error), "{error:?}"),
        }
        if prev.flushed() > 0 {
            // The rest of the channel would be gone.
            return (true, None);
        }
    }
}

const DROPPED: (bool, Option<u64>) = (true, None);

fn passed_over() -> (bool, Option<u64>) {
    (false, Some(safe_block(9, 11).block_info.timestamp))
}

/// Specs `protocol/holocene/derivation.md`, "Span Batches".
#[test]
fn span_gives_its_new_blocks_on_top_of_the_safe_chain() {
    let (mut queue, prev, safe) = queue(config(), 8, alloc::vec![usual_span(5, 11).decode()]);
    for number in 9..=11 {
        let parent = safe_block(number - 1, usual_origin(number - 1));
        let batch = next(&mut queue, parent).unwrap();
        assert_eq!(batch.timestamp, parent.block_info.timestamp + 2);
        assert_eq!(batch.epoch_hash, l1_block(usual_origin(number)).hash);
        assert_eq!(batch.parent_hash, parent.block_info.hash);
        assert_eq!(batch.transactions.len(), 1);
    }
    assert_eq!(prev.flushed(), 0);
    assert!(next(&mut queue, safe).is_err());
}

/// Specs `protocol/holocene/derivation.md`, "Span Batches" and "Fast Channel Invalidation".
#[test]
fn invalid_span_drops_its_channel_and_does_not_end_the_l1_block() {
    let change = |change: fn(&mut SpanBatch)| {
        let mut span = usual_span(9, 11);
        change(&mut span);
        outcome(span.decode())
    };
    assert!(!change(|_| {}).0);
    assert_eq!(change(|span| span.parent_check = [0; 20]), DROPPED);
    assert_eq!(change(|span| span.l1_origin_check = [0; 20]), DROPPED);
    // A gap, a time between blocks, and one at which the chain had no parent yet.
    assert_eq!(change(|span| span.rel_timestamp += 2), DROPPED);
    assert_eq!(change(|span| span.rel_timestamp -= 1), DROPPED);
    assert_eq!(outcome(span(0, &[10; 10]).decode()), DROPPED);
    // The first origin is too far ahead.
    assert_eq!(outcome(span(9, &[13, 13]).decode()), DROPPED);
}

/// Specs `protocol/holocene/derivation.md`, "Batch Queue".
#[test]
fn past_span_is_passed_over_and_its_channel_is_kept() {
    assert_eq!(outcome(usual_span(3, 8).decode()), passed_over());
    assert_eq!(outcome(single(8)), passed_over());
}

/// Specs `protocol/holocene/derivation.md`, "Span Batches": an origin that derivation has not read
/// yet leaves the span undecided, and it is not kept.
#[test]
fn span_that_ends_after_the_l1_block_it_came_in_is_passed_over() {
    let origins = [11, 11, 11, 12, 13, 14, 15];
    assert_eq!(outcome(span(9, &origins).decode()), passed_over());
}

/// Specs `protocol/delta/span-batches.md`, "Batch Queue", overlapped blocks checks.
#[test]
fn span_that_contradicts_the_safe_chain_is_dropped() {
    let overlapping = |change: fn(&mut SpanBatch)| {
        let mut span = usual_span(5, 11);
        change(&mut span);
        outcome(span.decode())
    };
    assert!(!overlapping(|_| {}).0);
    assert_eq!(overlapping(|span| span.transactions[3][0] = tx(2)), DROPPED);
    assert_eq!(overlapping(|span| span.transactions[3].clear()), DROPPED);
    assert_eq!(
        overlapping(|span| span.transactions[0].push(tx(1))),
        DROPPED
    );
    // L2 block 6, of which the safe chain's origin is 11, stays with 10.
    assert_eq!(
        outcome(span(5, &[10, 10, 11, 11, 11, 11, 11]).decode()),
        DROPPED
    );
}

/// Specs `protocol/holocene/derivation.md`, the note in "Span Batches": such spans are invalid, and
/// no critical error.
#[test]
fn span_with_origins_before_the_safe_heads_is_dropped() {
    // A new block, L2 block 9, with origin 10; the last block's origin is on L1 and known.
    let (mut queue, prev, safe) = queue(config(), 8, alloc::vec![span(9, &[10, 11]).decode()]);
    queue.l1_blocks.push_front(l1_block(10));
    assert!(is_retry(&next(&mut queue, safe)));
    assert_eq!(prev.flushed(), 1);
    // All origins before the safe head's.
    assert_eq!(outcome(span(9, &[10, 10]).decode()), DROPPED);
}

/// Specs `protocol/derivation.md`, "Batch Queue": the parent hash is checked.
#[test]
fn singular_batch_on_another_block_drops_its_channel() {
    let mut batch = singular(9, 11);
    batch.0.parent_hash = l1_block(20).hash;
    assert_eq!(outcome(Batch::Singular(batch.0)), DROPPED);
    assert_eq!(outcome(single(10)), DROPPED);
}

/// Specs `protocol/holocene/derivation.md`, "Batch Queue": what is left of a span batch is dropped
/// with an invalid block of it.
#[test]
fn invalid_block_of_a_span_drops_the_blocks_after_it_alone() {
    let mut config = config();
    // The second new block comes before Isthmus.
    config.hardforks.isthmus_time = Some(safe_block(11, 11).block_info.timestamp);
    let (mut queue, prev, safe) = queue(config, 8, alloc::vec![usual_span(9, 11).decode()]);
    assert!(next(&mut queue, safe).is_ok());
    queue.span.front_mut().unwrap().transactions = alloc::vec![Bytes::from_static(&[4])];
    assert!(is_retry(&next(&mut queue, safe_block(9, 11))));
    assert_eq!((prev.flushed(), queue.span.len()), (1, 0));
}

/// Specs `protocol/derivation.md`, "Batch Queue": empty batches after the sequencing window.
#[test]
fn empty_blocks_fill_an_epoch_whose_window_has_passed() {
    let mut config = config();
    config.seq_window_size = 3;
    let (mut queue, _, mut safe) = queue(config, 8, Vec::new());
    let mut made = Vec::new();
    for _ in 0..5 {
        match next(&mut queue, safe) {
            Ok(batch) => {
                assert!(batch.transactions.is_empty());
                made.push(batch.epoch_num);
                let number = safe.block_info.number + 1;
                safe = safe_block(number, batch.epoch_num);
            }
            Err(error) => assert!(is_eof(&error)),
        }
    }
    // L2 blocks 9 to 11; the window of L1 block 12 is still open.
    assert_eq!(made, [11, 11, 11]);
}

/// Specs `protocol/derivation.md`, "Batch Queue": up to Holocene batches wait for their turn.
#[test]
fn batches_are_put_in_order_before_holocene() {
    let batches = alloc::vec![single(10), usual_span(11, 12).decode(), single(9)];
    let (mut queue, prev, mut safe) = queue(config_before_holocene(), 8, batches);
    let mut made = Vec::new();
    while made.len() < 4 {
        match next(&mut queue, safe) {
            Ok(_) => {
                let number = safe.block_info.number + 1;
                made.push(number);
                safe = safe_block(number, usual_origin(number));
            }
            error => assert!(is_retry(&error) || prev.left() == 0, "{error:?}"),
        }
    }
    assert_eq!(made, [9, 10, 11, 12]);
    assert_eq!(prev.flushed(), 0);
}

/// Specs `protocol/delta/span-batches.md`, "Batch Queue": all blocks of a span are judged before
/// Holocene.
#[test]
fn span_with_one_invalid_block_is_dropped_whole_before_holocene() {
    // L2 block 11 cannot have L1 block 13 for its origin, which is younger.
    let bad = span(9, &[11, 12, 13, 13]);
    let batches = alloc::vec![bad.decode(), single(9)];
    let (mut queue, _, safe) = queue(config_before_holocene(), 8, batches);
    assert!(is_retry(&next(&mut queue, safe)));
    assert_eq!(next(&mut queue, safe).unwrap(), singular(9, 11).0);
}

/// Specs `protocol/holocene/derivation.md`, "Activation".
#[test]
fn l1_blocks_are_kept_and_batches_are_not_when_holocene_activates() {
    let (mut queue, _, safe) = queue(config_before_holocene(), 8, alloc::vec![single(10)]);
    assert!(is_retry(&next(&mut queue, safe)));
    assert_eq!(queue.waiting.len(), 1);
    let signal = kona_derive::ActivationSignal {
        l2_safe_head: safe,
        l1_origin: l1_block(15),
        system_config: None,
    };
    ready(queue.signal(signal.signal())).unwrap();
    assert_eq!((queue.waiting.len(), queue.l1_blocks.len()), (0, 4));
}
