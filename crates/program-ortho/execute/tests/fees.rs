//! Fees against a peer's.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use endgame_ortho_evm::{MemoryAccount, MemoryDatabase, State};
use endgame_ortho_execute::{
    Fork,
    fees::{L1_BLOCK, L1Fees},
};
use endgame_ortho_primitives::Word;
use op_revm::revm::primitives::U256;
use op_revm::{L1BlockInfo, OpSpecId};
use proptest::prelude::*;

const FORKS: [(Fork, OpSpecId); 9] = [
    (Fork::Bedrock, OpSpecId::BEDROCK),
    (Fork::Regolith, OpSpecId::REGOLITH),
    (Fork::Canyon, OpSpecId::CANYON),
    (Fork::Ecotone, OpSpecId::ECOTONE),
    (Fork::Fjord, OpSpecId::FJORD),
    (Fork::Granite, OpSpecId::GRANITE),
    (Fork::Holocene, OpSpecId::HOLOCENE),
    (Fork::Isthmus, OpSpecId::ISTHMUS),
    (Fork::Jovian, OpSpecId::JOVIAN),
];

fn theirs(word: Word) -> U256 {
    U256::from_limbs(word.limbs())
}

fn ours(number: U256) -> Word {
    Word::from_limbs(*number.as_limbs())
}

/// Bytes that compress: runs, repeats of what was before, and noise.
fn transaction() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..40).prop_map(|bytes| (bytes, 0)),
        (any::<u8>(), 1..400usize).prop_map(|(byte, length)| (vec![byte; length], 0)),
        (1..9000usize).prop_map(|back| (Vec::new(), back)),
    ];
    prop::collection::vec(part, 0..30).prop_map(|parts| {
        let mut out = vec![2];
        for (bytes, back) in parts {
            out.extend(bytes);
            let start = out.len().saturating_sub(back);
            let end = (start + 300).min(out.len());
            out.extend_from_within(start..end);
        }
        out
    })
}

/// What L1 may set to any number; mostly one that makes sense.
fn amount() -> impl Strategy<Value = U256> {
    prop_oneof![
        3 => any::<u64>().prop_map(U256::from),
        1 => (any::<u64>(), 0..256_usize).prop_map(|(bits, shift)| U256::from(bits) << shift),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn fees_agree_with_the_peer_in_every_fork(
        raw in transaction(), l1_base_fee in amount(), overhead in amount(),
        bedrock_scalar in amount(), scalars: (u32, u32), blob_base_fee in amount(),
        operator: (u32, u64), gas: u32, set: bool,
    ) {
        // Ecotone's first block has none of its parameters; else each is set.
        let (base, blob, blob_base_fee) =
            if set { (scalars.0 | 1, scalars.1, blob_base_fee) } else { (0, 0, U256::ZERO) };
        let packed = U256::from(base) << 96 | U256::from(blob) << 64 | U256::from(7);
        let operator_slot = U256::from(operator.0) << 64 | U256::from(operator.1);
        let slots = [
            (1, l1_base_fee),
            (3, packed),
            (5, overhead),
            (6, bedrock_scalar),
            (7, blob_base_fee),
            (8, operator_slot),
        ];
        let storage: BTreeMap<_, _> =
            slots.iter().map(|(slot, value)| (Word::from(*slot as u64), ours(*value))).collect();
        let account = MemoryAccount { nonce: 1, storage, ..MemoryAccount::default() };
        for (fork, spec) in FORKS {
            let database = MemoryDatabase::new([(L1_BLOCK, account.clone())].into());
            let fees = L1Fees::read(&mut State::new(database, 0), fork).unwrap();
            let ecotone = spec.is_enabled_in(OpSpecId::ECOTONE);
            let mut info = L1BlockInfo {
                l1_base_fee,
                l1_fee_overhead: (!ecotone || !set).then_some(overhead),
                l1_base_fee_scalar: if ecotone && set {
                    U256::from(base)
                } else {
                    bedrock_scalar
                },
                l1_blob_base_fee: ecotone.then_some(blob_base_fee),
                l1_blob_base_fee_scalar: ecotone.then_some(U256::from(blob)),
                operator_fee_scalar: Some(U256::from(operator.0)),
                operator_fee_constant: Some(U256::from(operator.1)),
                empty_ecotone_scalars: ecotone && !set,
                ..L1BlockInfo::default()
            };
            // The peer forgets the special first block when it is Fjord's too.
            if set || !spec.is_enabled_in(OpSpecId::FJORD) {
                prop_assert_eq!(
                    theirs(fees.l1_fee(&raw, fork)),
                    info.calculate_tx_l1_cost(&raw, spec),
                    "{}", fork
                );
            }
            if spec.is_enabled_in(OpSpecId::ISTHMUS) {
                let extra = fees.extra(&raw, fork);
                let fee = U256::from(gas) * theirs(extra.operator_fee_scalar)
                    / U256::from(extra.operator_fee_divisor)
                    + theirs(extra.operator_fee_constant);
                prop_assert_eq!(fee, info.operator_fee_charge(&raw, U256::from(gas), spec));
            }
        }
    }
}

/// `protocol/jovian/exec-engine.md`, "DA Footprint Block Limit". The default for a scalar of zero is
/// a matter of the L1 attributes.
#[test]
fn footprint_is_the_estimated_size_by_the_scalar() {
    for (scalar, expected) in [(0, 0), (7, 700), (400, 40_000_u64)] {
        let fees = L1Fees {
            da_footprint_scalar: scalar,
            ..L1Fees::default()
        };
        // 100 bytes at least.
        assert_eq!(fees.da_footprint(&[2; 10]), Word::from(expected));
    }
}
