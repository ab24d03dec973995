//! Span batches (OP specs `protocol/delta/span-batches.md`, `protocol/isthmus/derivation.md` "Span
//! Batch Updates").

use endgame_ortho_derive::{Batch, ChannelReader, ChannelRules, SpanBatch, SpanBlock, SpanRules};
use endgame_ortho_primitives::{Address, Hash, Word};
use endgame_ortho_rlp::Encoder;
use endgame_ortho_types::{AccessListItem, Authorization, Signature, Signed, TxType, Unsigned};
use proptest::prelude::*;

use crate::{
    parts::{Parts, uvarint},
    support::{RULES, batch, encode, zlib},
};

fn transaction(tx_type: TxType, chain_id: Option<u64>, to: Option<Address>) -> Signed {
    let number = Word::from_limbs([7, 0, 0, 1]);
    let typed = tx_type != TxType::Legacy;
    let access_list = vec![AccessListItem {
        address: Address([3; 20]),
        slots: vec![Hash([4; 32]), Hash([5; 32])],
    }];
    let authorizations = vec![Authorization {
        chain_id: number,
        y_parity: 1,
        ..Authorization::default()
    }];
    let gas_price = tx_type < TxType::DynamicFee;
    Signed {
        body: Unsigned {
            tx_type,
            chain_id,
            nonce: 300,
            max_priority_fee_per_gas: if gas_price { number } else { Word::ONE },
            max_fee_per_gas: number,
            gas_limit: u64::MAX,
            to,
            value: Word::MAX,
            data: vec![1; 60],
            access_list: if typed { access_list } else { vec![] },
            authorizations: if tx_type == TxType::SetCode {
                authorizations
            } else {
                vec![]
            },
            ..Unsigned::default()
        },
        signature: Signature {
            y_odd: true,
            r: Word::ONE,
            s: Word::MAX,
        },
    }
}

/// One transaction of each kind.
fn transactions() -> Vec<Signed> {
    let to = Some(Address([9; 20]));
    vec![
        transaction(TxType::Legacy, None, to),
        transaction(TxType::Legacy, Some(10), None),
        transaction(TxType::AccessList, Some(10), None),
        transaction(TxType::DynamicFee, Some(10), to),
        transaction(TxType::SetCode, Some(10), to),
    ]
}

/// A span of three blocks.
fn parts() -> Parts {
    let blocks = [
        (true, transactions()),
        (false, vec![]),
        (true, transactions()),
    ];
    Parts::new(500, 1_000, &blocks)
}

/// A channel of these strings.
fn channel(strings: &[Vec<u8>]) -> Vec<u8> {
    let mut encoder = Encoder::new();
    for string in strings {
        encoder.bytes(string);
    }
    zlib(&encoder.finish(), 1)
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Decoded(SpanBatch),
    PassedOver,
    EndsTheChannel,
}

/// What becomes of a batch, and of the one after it.
fn outcome_by(content: Vec<u8>, rules: ChannelRules) -> Outcome {
    let data = channel(&[content, encode(&batch(1, 10))]);
    let mut reader = ChannelReader::new(data, rules);
    match (reader.next(), reader.next()) {
        (Some(Batch::Span(span)), Some(Batch::Singular(_))) => Outcome::Decoded(span),
        (Some(Batch::Singular(_)), None) => Outcome::PassedOver,
        (None, None) => Outcome::EndsTheChannel,
        other => panic!("{other:?}"),
    }
}

fn outcome(parts: &Parts) -> Outcome {
    outcome_by(parts.encode(), RULES)
}

#[test]
fn span_is_the_blocks_it_was_made_of() {
    let encoded: Vec<Vec<u8>> = transactions().iter().map(Signed::encode).collect();
    let block = |epoch_number, timestamp, transactions: &[Vec<u8>]| SpanBlock {
        epoch_number,
        timestamp,
        transactions: transactions.to_vec(),
    };
    let span = SpanBatch {
        parent_check: [0xaa; 20],
        l1_origin_check: [0xbb; 20],
        blocks: vec![
            block(999, 1_500, &encoded),
            block(999, 1_502, &[]),
            block(1_000, 1_504, &encoded),
        ],
    };
    assert_eq!(outcome(&parts()), Outcome::Decoded(span));
}

#[test]
fn only_changes_after_the_first_block_count_back_from_the_last_origin() {
    for first in [false, true] {
        let blocks = [
            (first, vec![]),
            (true, vec![]),
            (false, vec![]),
            (true, vec![]),
        ];
        let Outcome::Decoded(span) = outcome(&Parts::new(0, 7, &blocks)) else {
            panic!("not decoded");
        };
        let epochs: Vec<u64> = span.blocks.iter().map(|block| block.epoch_number).collect();
        assert_eq!(epochs, [5, 6, 6, 7]);
    }
}

#[test]
fn numbers_and_times_wrap() {
    let parts = Parts::new(u64::MAX, 0, &[(false, vec![]), (true, vec![])]);
    let Outcome::Decoded(span) = outcome(&parts) else {
        panic!("not decoded");
    };
    assert_eq!(span.blocks[0].epoch_number, u64::MAX);
    assert_eq!(span.blocks[0].timestamp, 999);
    assert_eq!(span.blocks[1].epoch_number, 0);
    assert_eq!(span.blocks[1].timestamp, 1_001);
}

#[test]
fn span_cut_anywhere_ends_the_channel_and_more_bytes_are_ignored() {
    let mut content = parts().encode();
    for end in 1..content.len() {
        let cut = content[..end].to_vec();
        assert_eq!(outcome_by(cut, RULES), Outcome::EndsTheChannel, "{end}");
    }
    content.extend([0xff; 5]);
    assert_eq!(outcome_by(content, RULES), outcome(&parts()));
}

#[test]
fn span_without_blocks_ends_the_channel() {
    assert_eq!(outcome(&Parts::new(0, 0, &[])), Outcome::EndsTheChannel);
}

#[test]
fn announced_counts_are_held_against_the_limit_before_anything_is_allocated() {
    for count in [10_000_001, u64::MAX] {
        let mut blocks = parts();
        blocks.block_count = uvarint(count);
        assert_eq!(outcome(&blocks), Outcome::EndsTheChannel);
        let mut transactions = parts();
        transactions.block_tx_counts = [uvarint(count), vec![0, 5]].concat();
        assert_eq!(outcome(&transactions), Outcome::EndsTheChannel);
    }
    let mut total = parts();
    total.block_tx_counts = [uvarint(9_000_000), uvarint(9_000_000), vec![0]].concat();
    assert_eq!(outcome(&total), Outcome::EndsTheChannel);
}

#[test]
fn as_many_blocks_as_a_span_may_have() {
    let mut most = Parts::new(0, 0, &[(false, vec![])]);
    most.block_count = uvarint(10_000_000);
    most.origin_bits = vec![0; 1_250_000];
    most.block_tx_counts = vec![0; 10_000_000];
    let Outcome::Decoded(span) = outcome(&most) else {
        panic!("not decoded");
    };
    assert_eq!(span.blocks.len(), 10_000_000);
    assert_eq!(span.blocks.last().unwrap().timestamp, 20_000_998);
}

#[test]
fn transaction_data_of_ten_million_bytes_are_the_most() {
    for (length, is_decoded) in [(10_000_000 - 43, true), (10_000_000 - 42, false)] {
        let mut long = transaction(TxType::Legacy, None, None);
        (long.body.value, long.body.max_fee_per_gas) = (Word::MAX, Word::ONE);
        // 4 bytes of header for the list and for the data each, 33 and 1 for the numbers.
        long.body.data = vec![1; length + 1];
        let parts = Parts::new(0, 0, &[(false, vec![long])]);
        assert_eq!(parts.data.len(), length + 43);
        assert_eq!(outcome(&parts) != Outcome::EndsTheChannel, is_decoded);
    }
}

#[test]
fn bit_beyond_a_bitlist_ends_the_channel() {
    // 3 blocks, 10 transactions, 4 of them legacy.
    type Field = fn(&mut Parts) -> &mut Vec<u8>;
    let spoil: [(Field, u8); 4] = [
        (|parts| &mut parts.origin_bits, 1 << 3),
        (|parts| &mut parts.creation_bits, 1 << 2),
        (|parts| &mut parts.y_parity_bits, 1 << 2),
        (|parts| &mut parts.protected_bits, 1 << 4),
    ];
    for (field, bit) in spoil {
        let mut parts = parts();
        field(&mut parts)[0] |= bit;
        assert_eq!(outcome(&parts), Outcome::EndsTheChannel);
    }
}

#[test]
fn uvarint_has_at_most_ten_bytes_and_64_bits() {
    let with = |bytes: &[u8]| {
        let mut parts = Parts::new(0, 0, &[(false, vec![])]);
        parts.l1_origin_number = bytes.to_vec();
        match outcome(&parts) {
            Outcome::Decoded(span) => Some(span.blocks[0].epoch_number),
            _ => None,
        }
    };
    let long = |last| [[0xff; 9].as_slice(), last].concat();
    assert_eq!(with(&long(&[1])), Some(u64::MAX));
    assert_eq!(with(&long(&[2])), None);
    assert_eq!(with(&long(&[0x81, 0])), None);
    assert_eq!(with(&[0x85, 0x80, 0]), Some(5), "longer than it has to be");
}

/// A span of one transaction with this data and no recipient.
fn outcome_of_data(data: &[u8], is_legacy: bool) -> Outcome {
    let any = transaction(TxType::Legacy, None, None);
    let mut parts = Parts::new(0, 0, &[(false, vec![any])]);
    parts.data = data.to_vec();
    if !is_legacy {
        parts.protected_bits.clear();
    }
    outcome(&parts)
}

#[test]
fn span_with_a_transaction_that_cannot_be_put_together_is_passed_over() {
    let list = |items: &[&[u8]]| {
        let mut encoder = Encoder::new();
        encoder.list(|list| items.iter().for_each(|item| list.raw(item)));
        encoder.finish()
    };
    let (zero, one, empty): (&[u8], &[u8], &[u8]) = (&[0x80], &[1], &[0xc0]);
    let legacy = [
        ("too few fields", list(&[one, one])),
        ("too many fields", list(&[one, one, zero, zero])),
        ("a list as a number", list(&[empty, one, zero])),
        ("a number with a leading zero", list(&[&[0], one, zero])),
        ("a list as data", list(&[one, one, empty])),
    ];
    for (what, data) in legacy {
        assert_eq!(outcome_of_data(&data, true), Outcome::PassedOver, "{what}");
    }
    let good = list(&[one, one, one, zero, empty, empty]);
    let typed = [
        ("type 0 in a byte of its own", 0, list(&[one, one, zero])),
        ("blobs", 3, good.clone()),
        ("an unknown type", 5, good.clone()),
        ("a deposit", 0x7e, good.clone()),
        ("set-code without a recipient", 4, good),
        (
            "an access list that is none",
            1,
            list(&[one, one, zero, zero]),
        ),
        (
            "an access list of nothing",
            1,
            list(&[one, one, zero, &[0xc1, 0xc0]]),
        ),
    ];
    for (what, tx_type, data) in typed {
        let data = [vec![tx_type], data].concat();
        let outcome = outcome_of_data(&data, tx_type == 0);
        assert_eq!(outcome, Outcome::PassedOver, "{what}");
    }
}

#[test]
fn transaction_data_that_are_no_list_end_the_channel() {
    for data in [&[0x80][..], &[2], &[2, 0x80], &[2, 0xf8, 1, 0], &[0xff]] {
        assert_eq!(outcome_of_data(data, false), Outcome::EndsTheChannel);
    }
}

/// Execution refuses it then; to the format any number is good.
#[test]
fn number_beyond_256_bits_is_taken_except_in_set_code_transactions() {
    let with_large = |tx_type| {
        let tx = transaction(tx_type, Some(10), Some(Address([9; 20])));
        let mut parts = Parts::new(0, 0, &[(false, vec![tx])]);
        let mut encoder = Encoder::after(vec![tx_type as u8]);
        encoder.list(|items| {
            items.bytes(&[1; 33]);
            items.u64(1);
            items.u64(1);
            items.bytes(&[]);
            items.list(|_| {});
            if tx_type == TxType::SetCode {
                items.list(|_| {});
            }
        });
        parts.data = encoder.finish();
        parts
    };
    let dynamic_fee = outcome(&with_large(TxType::DynamicFee));
    assert!(matches!(dynamic_fee, Outcome::Decoded(_)));
    let set_code = with_large(TxType::SetCode);
    assert_eq!(outcome(&set_code), Outcome::PassedOver);
    // holocene/derivation.md, "Fast Channel Invalidation".
    let strict = ChannelRules {
        is_strict: true,
        ..RULES
    };
    assert_eq!(
        outcome_by(set_code.encode(), strict),
        Outcome::EndsTheChannel
    );
}

#[test]
fn span_before_delta_is_passed_over() {
    let before = ChannelRules {
        span_batches: None,
        ..RULES
    };
    assert_eq!(outcome_by(parts().encode(), before), Outcome::PassedOver);
    assert_eq!(outcome_by(vec![1, 0], before), Outcome::EndsTheChannel);
}

#[test]
fn largest_chain_id_makes_a_v_of_65_bits() {
    let span_batches = Some(SpanRules {
        chain_id: u64::MAX,
        ..SpanRules::default()
    });
    let rules = ChannelRules {
        span_batches,
        ..RULES
    };
    let tx = transaction(TxType::Legacy, Some(u64::MAX), None);
    let parts = Parts::new(0, 0, &[(false, vec![tx.clone()])]);
    let Outcome::Decoded(span) = outcome_by(parts.encode(), rules) else {
        panic!("not decoded");
    };
    assert_eq!(span.blocks[0].transactions, [tx.encode()]);
}

proptest! {
    #[test]
    fn any_span_is_the_transactions_it_was_made_of(
        kinds in prop::collection::vec((any::<bool>(), prop::collection::vec(0..5usize, 0..5)), 1..30),
        rel_timestamp in 0..u64::MAX / 2,
    ) {
        let all = transactions();
        let blocks: Vec<(bool, Vec<Signed>)> = kinds
            .into_iter()
            .map(|(new, kinds)| (new, kinds.into_iter().map(|kind| all[kind].clone()).collect()))
            .collect();
        let content = Parts::new(rel_timestamp, 1_000, &blocks).encode();
        let Outcome::Decoded(span) = outcome_by(content, RULES) else {
            panic!("not decoded");
        };
        prop_assert_eq!(span.blocks.len(), blocks.len());
        for (found, (_, expected)) in span.blocks.iter().zip(&blocks) {
            let expected: Vec<_> = expected.iter().map(Signed::encode).collect();
            prop_assert_eq!(&found.transactions, &expected);
        }
    }

    #[test]
    fn damaged_span_is_decoded_or_not(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut content = parts().encode();
        for (at, byte) in damage {
            let at = at.index(content.len() - 1) + 1;
            content[at] = byte;
        }
        outcome_by(content, RULES);
        outcome_by([vec![1], bytes].concat(), RULES);
    }
}
