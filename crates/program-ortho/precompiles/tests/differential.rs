//! Every precompile against a peer's, on valid inputs and on spoiled ones.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use endgame_ortho_precompiles::{Precompile, PrecompileRules, compute};
use endgame_ortho_primitives::Word;
use op_revm::precompiles as op;
use proptest::{prelude::*, sample::Index};
use revm_precompile::Precompiles;

/// The forks that both know, by the tables of both.
fn forks() -> [(PrecompileRules, &'static Precompiles); 8] {
    [
        (PrecompileRules::BERLIN, Precompiles::berlin()),
        (PrecompileRules::CANCUN, Precompiles::cancun()),
        (PrecompileRules::PRAGUE, Precompiles::prague()),
        (PrecompileRules::OSAKA, Precompiles::osaka()),
        (PrecompileRules::OP_FJORD, op::fjord()),
        (PrecompileRules::OP_GRANITE, op::granite()),
        (PrecompileRules::OP_ISTHMUS, op::isthmus()),
        (PrecompileRules::OP_JOVIAN, op::jovian()),
    ]
}

/// Both answers: output and gas, or nothing for a failed call.
fn assert_agree(precompile: Precompile, input: &[u8], gas_limit: u64) {
    let address = precompile.address().0.into();
    for (rules, peer) in forks() {
        let Some(theirs) = peer.get(&address) else {
            assert!(!rules.has(precompile), "{precompile:?} should not exist");
            continue;
        };
        assert!(rules.has(precompile), "{precompile:?} should exist");
        let theirs = theirs.execute(input, gas_limit, 0).unwrap();
        let theirs = theirs
            .is_success()
            .then(|| (theirs.bytes.to_vec(), theirs.gas_used));
        let ours = rules.run(precompile, input, gas_limit);
        assert_eq!(
            ours.as_ref().ok(),
            theirs.as_ref(),
            "{precompile:?} {ours:?} {input:02x?}"
        );
    }
}

fn word(number: u64) -> [u8; 32] {
    Word::from(number).to_be_bytes()
}

/// A multiple of G1's generator, 64 bytes.
fn bn254_g1(factor: u64) -> Vec<u8> {
    compute(
        Precompile::Bn254Mul,
        &[word(1), word(2), word(factor)].concat(),
    )
    .unwrap()
}

fn bn254_g2() -> Vec<u8> {
    [
        "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2",
        "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed",
        "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b",
        "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
    ]
    .iter()
    .flat_map(|text| text.parse::<endgame_ortho_primitives::Hash>().unwrap().0)
    .collect()
}

fn bls_g1(seed: u64) -> Vec<u8> {
    compute(Precompile::BlsMapFpToG1, &[word(0), word(seed)].concat()).unwrap()
}

fn bls_g2(seed: u64) -> Vec<u8> {
    let element = [word(0), word(seed), word(0), word(!seed)].concat();
    compute(Precompile::BlsMapFp2ToG2, &element).unwrap()
}

/// `(precompile, input)` that a call would make in earnest.
fn valid() -> impl Strategy<Value = (Precompile, Vec<u8>)> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..300);
    let number = || {
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..70),
            prop::collection::vec(any::<u8>(), 1..9),
            (0..70usize).prop_map(|length| vec![0; length]),
            (1..70usize).prop_map(|length| {
                let mut even = vec![0xff; length];
                even[length - 1] = 0;
                even
            }),
        ]
    };
    let modexp = (number(), number(), number()).prop_map(|(base, exponent, modulus)| {
        let lengths = [&base, &exponent, &modulus].map(|number| word(number.len() as u64));
        [lengths.as_flattened(), &base, &exponent, &modulus].concat()
    });
    let blake = (0..50u32, prop::collection::vec(any::<u8>(), 208), 0..3u8)
        .prop_map(|(rounds, rest, last)| [&rounds.to_be_bytes()[..], &rest, &[last]].concat());
    let sum = (0..5u64, 0..5u64).prop_map(|(a, b)| [bn254_g1(a), bn254_g1(b)].concat());
    let product = (any::<u64>(), any::<[u8; 32]>())
        .prop_map(|(a, scalar)| [bn254_g1(a), scalar.to_vec()].concat());
    let pairs = prop::collection::vec(0..3u64, 0..3).prop_map(|factors| {
        factors
            .into_iter()
            .flat_map(|f| [bn254_g1(f), bn254_g2()].concat())
            .collect()
    });
    let scalars = |most| prop::collection::vec((any::<u64>(), any::<[u8; 32]>()), 0..most);
    let g1_msm = scalars(40).prop_map(|terms| {
        terms
            .into_iter()
            .flat_map(|(seed, s)| [bls_g1(seed), s.to_vec()].concat())
            .collect()
    });
    let g2_msm = scalars(3).prop_map(|terms| {
        terms
            .into_iter()
            .flat_map(|(seed, s)| [bls_g2(seed), s.to_vec()].concat())
            .collect()
    });
    let bls_pairs = prop::collection::vec(any::<u64>(), 0..3).prop_map(|seeds| {
        seeds
            .into_iter()
            .flat_map(|seed| [bls_g1(seed), bls_g2(seed)].concat())
            .collect()
    });
    prop_oneof![
        bytes().prop_map(|input| (Precompile::Sha256, input)),
        bytes().prop_map(|input| (Precompile::Ripemd160, input)),
        bytes().prop_map(|input| (Precompile::Identity, input)),
        modexp.prop_map(|input| (Precompile::ModExp, input)),
        sum.prop_map(|input| (Precompile::Bn254Add, input)),
        product.prop_map(|input| (Precompile::Bn254Mul, input)),
        pairs.prop_map(|input| (Precompile::Bn254Pairing, input)),
        blake.prop_map(|input| (Precompile::Blake2F, input)),
        (any::<u64>(), 0..3u64).prop_map(|(a, same)| {
            (Precompile::BlsG1Add, [bls_g1(a), bls_g1(a ^ same)].concat())
        }),
        (any::<u64>(), 0..3u64).prop_map(|(a, same)| {
            (Precompile::BlsG2Add, [bls_g2(a), bls_g2(a ^ same)].concat())
        }),
        g1_msm.prop_map(|input| (Precompile::BlsG1Msm, input)),
        g2_msm.prop_map(|input| (Precompile::BlsG2Msm, input)),
        bls_pairs.prop_map(|input| (Precompile::BlsPairing, input)),
        prop::array::uniform2(any::<[u8; 32]>()).prop_map(|mut parts| {
            parts[0][..17].fill(0);
            (Precompile::BlsMapFpToG1, parts.concat())
        }),
        prop::array::uniform4(any::<[u8; 32]>()).prop_map(|mut parts| {
            parts[0][..17].fill(0);
            parts[2][..17].fill(0);
            (Precompile::BlsMapFp2ToG2, parts.concat())
        }),
    ]
}

/// How an input is spoiled.
#[derive(Clone, Debug)]
enum Spoil {
    Not,
    Byte(Index, u8),
    Cut(Index),
    Extend(Vec<u8>),
}

fn spoil() -> impl Strategy<Value = Spoil> {
    prop_oneof![
        3 => Just(Spoil::Not),
        2 => (any::<Index>(), any::<u8>()).prop_map(|(at, with)| Spoil::Byte(at, with)),
        1 => any::<Index>().prop_map(Spoil::Cut),
        1 => prop::collection::vec(any::<u8>(), 1..200).prop_map(Spoil::Extend),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn answers_and_prices_agree_with_the_peer(
        (precompile, mut input) in valid(),
        spoil in spoil(),
        gas_limit in prop_oneof![4 => Just(u64::MAX), 1 => 0..100_000u64],
    ) {
        match spoil {
            Spoil::Byte(at, with) if !input.is_empty() => {
                let at = at.index(input.len());
                input[at] ^= with;
            }
            Spoil::Not | Spoil::Byte(..) => {}
            Spoil::Cut(at) => {
                let length = at.index(input.len() + 1);
                input.truncate(length);
            }
            Spoil::Extend(more) => input.extend(more),
        }
        // A spoiled length may ask for a blake2f of 2^32 rounds or a number of gigabytes: price
        // it, but pay for none.
        let costly = [PrecompileRules::PRAGUE, PrecompileRules::OSAKA]
            .iter()
            .any(|rules| rules.gas(precompile, &input).is_ok_and(|gas| gas > 10_000_000));
        let gas_limit = if costly { 10_000_000 } else { gas_limit.min(1 << 40) };
        assert_agree(precompile, &input, gas_limit);
    }

    #[test]
    fn signatures_agree_with_the_peer(
        hash in any::<[u8; 32]>(), v in 26..30u64, r in any::<[u8; 32]>(), s in any::<[u8; 32]>(),
        edge in 0..6usize,
    ) {
        // The order of secp256k1's group, one less, and 0 in place of r or s.
        let order = Word::from_limbs([
            0xbfd2_5e8c_d036_4141, 0xbaae_dce6_af48_a03b, u64::MAX - 1, u64::MAX,
        ]);
        let edges = [Word::ZERO, order, order.wrapping_sub(Word::ONE)];
        let (mut r, mut s) = (r, s);
        match edges.get(edge) {
            Some(edge) if v % 2 == 0 => r = edge.to_be_bytes(),
            Some(edge) => s = edge.to_be_bytes(),
            None => {}
        }
        let input = [hash, word(v), r, s].concat();
        assert_agree(Precompile::EcRecover, &input, 100_000);
        assert_agree(Precompile::P256Verify, &[hash, r, s, hash, word(v)].concat(), 100_000);
    }
}

#[test]
fn input_limits_agree_with_the_peer() {
    let cases: [(Precompile, usize, [usize; 2]); 4] = [
        (Precompile::Bn254Pairing, 192, [81_984, 112_687]),
        (Precompile::BlsG1Msm, 160, [288_960, 513_760]),
        (Precompile::BlsG2Msm, 288, [278_784, 488_448]),
        (Precompile::BlsPairing, 384, [156_672, 235_008]),
    ];
    for (precompile, unit, limits) in cases {
        for limit in limits {
            for length in [
                limit / unit * unit,
                limit + 1,
                limit.next_multiple_of(unit) + unit,
            ] {
                // With no gas only the order of the checks shows; both refuse.
                assert_agree(precompile, &vec![0; length], 0);
            }
        }
    }
    let over = vec![0; 81_984 + 192];
    assert!(
        PrecompileRules::OP_JOVIAN
            .gas(Precompile::Bn254Pairing, &over)
            .is_err()
    );
    assert!(
        PrecompileRules::OP_ISTHMUS
            .gas(Precompile::Bn254Pairing, &over)
            .is_ok()
    );
}

#[test]
fn secp256r1_signature_of_the_eip_is_valid() {
    // The first vector of EIP-7951's test file (from Wycheproof).
    let input: Vec<u8> = [
        "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023",
        "2ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e18",
        "4cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd76",
        "2927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838",
        "c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e",
    ]
    .iter()
    .flat_map(|text| text.parse::<endgame_ortho_primitives::Hash>().unwrap().0)
    .collect();
    assert_agree(Precompile::P256Verify, &input, 10_000);
    let (output, gas) = PrecompileRules::OSAKA
        .run(Precompile::P256Verify, &input, 6900)
        .unwrap();
    assert_eq!((output, gas), (word(1).to_vec(), 6900));
    assert_agree(Precompile::P256Verify, &input[..159], 10_000);
}

#[test]
fn field_elements_at_the_edges_map_as_the_peers() {
    // p - 1, p - 2 and what makes the map's denominator vanish, 0.
    let p = [
        "00000000000000000000000000000000",
        "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624",
        "1eabfffeb153ffffb9feffffffffaaaa",
    ]
    .concat();
    let mut last = Vec::new();
    for i in (0..p.len()).step_by(2) {
        last.push(u8::from_str_radix(&p[i..i + 2], 16).unwrap());
    }
    let mut one = vec![0; 64];
    one[63] = 1;
    let mut over = last.clone();
    over[63] += 1;
    let elements = [vec![0; 64], one, last, over];
    for a in &elements {
        assert_agree(Precompile::BlsMapFpToG1, a, 100_000);
        for b in &elements {
            assert_agree(Precompile::BlsMapFp2ToG2, &[&a[..], b].concat(), 100_000);
        }
    }
}
