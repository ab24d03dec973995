//! Network upgrades ("Network upgrade automation transactions" of
//! `protocol/{ecotone,fjord,isthmus,jovian}/derivation.md` of the OP specs).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod l1;

use std::collections::BTreeMap;

use endgame_ortho_derive::{DeriveError, Rollup, upgrade_data_hashes, upgrade_deposits};
use endgame_ortho_execute::{Fork, Forks};
use endgame_ortho_primitives::{Address, Hash, keccak256};
use endgame_ortho_types::{Deposit, Transaction};
use kona_hardforks::{Hardfork, Hardforks};
use l1::Missing;

const TIME: u64 = 1000;

/// A chain where only this fork begins at [`TIME`], with all that it deploys.
fn rollup(fork: Fork, upgrade_data: BTreeMap<Hash, Vec<u8>>) -> Rollup {
    Rollup {
        forks: Forks::new([(Fork::Regolith, 0), (before(fork), 0), (fork, TIME)]),
        upgrade_data,
        ..Rollup::default()
    }
}

fn before(fork: Fork) -> Fork {
    match fork {
        Fork::Ecotone => Fork::Delta,
        Fork::Fjord => Fork::Ecotone,
        Fork::Granite => Fork::Fjord,
        Fork::Holocene => Fork::Granite,
        Fork::Isthmus => Fork::Holocene,
        Fork::Jovian => Fork::Isthmus,
        other => other,
    }
}

fn deposits(
    fork: Fork,
    upgrade_data: BTreeMap<Hash, Vec<u8>>,
) -> Result<Vec<Deposit>, DeriveError<Missing>> {
    upgrade_deposits(&rollup(fork, upgrade_data), TIME - 2, TIME)
}

/// Stands for the code that has this hash.
fn stand_in(hash: &Hash) -> Vec<u8> {
    hash.0.to_vec()
}

/// What a fork deploys, each code by a stand-in.
fn stand_ins(fork: Fork) -> BTreeMap<Hash, Vec<u8>> {
    let hashes = upgrade_data_hashes(fork);
    hashes.iter().map(|hash| (*hash, stand_in(hash))).collect()
}

/// The code among the peer's transactions, and the transactions.
fn peers(transactions: impl Iterator<Item = Vec<u8>>) -> (BTreeMap<Hash, Vec<u8>>, Vec<Vec<u8>>) {
    let mut data = BTreeMap::new();
    let transactions: Vec<Vec<u8>> = transactions.collect();
    for raw in &transactions {
        let Transaction::Deposit(deposit) = Transaction::decode(raw).unwrap() else {
            panic!("an upgrade is a deposit");
        };
        data.insert(keccak256(&deposit.data), deposit.data);
    }
    (data, transactions)
}

#[test]
fn upgrades_are_those_of_the_peer() {
    let ecotone = Hardforks::ECOTONE
        .txs()
        .map(Into::into)
        .collect::<Vec<Vec<u8>>>();
    let fjord = Hardforks::FJORD
        .txs()
        .map(Into::into)
        .collect::<Vec<Vec<u8>>>();
    let isthmus = Hardforks::ISTHMUS
        .txs()
        .map(Into::into)
        .collect::<Vec<Vec<u8>>>();
    let cases = [
        (Fork::Ecotone, ecotone, 6),
        (Fork::Fjord, fjord, 3),
        (Fork::Isthmus, isthmus, 8),
    ];
    for (fork, transactions, count) in cases {
        let (data, transactions) = peers(transactions.into_iter());
        let needed = upgrade_data_hashes(fork);
        assert!(needed.iter().all(|hash| data.contains_key(hash)), "{fork}");
        let ours = deposits(fork, data).unwrap();
        assert_eq!(ours.len(), count);
        let ours: Vec<_> = ours.iter().map(Deposit::encode).collect();
        assert_eq!(ours, transactions, "{fork}");
    }
}

/// `protocol/jovian/derivation.md`, "Network Upgrade Transactions", but for the source hashes:
/// those are of the intents that op-node and kona have ("Jovian: L1 Block Deployment").
#[test]
fn jovian_upgrades_are_those_of_the_specification() {
    let account = |text: &str| text.parse::<Address>().unwrap();
    let proxy = |contract: &str| {
        let mut data = vec![0x36, 0x59, 0xcf, 0xe6];
        data.extend([0; 12]);
        data.extend(account(contract).0);
        data
    };
    let hashes = upgrade_data_hashes(Fork::Jovian);
    let l1_block = Some(account("0x4200000000000000000000000000000000000015"));
    let oracle = Some(account("0x420000000000000000000000000000000000000F"));
    let expected = [
        (
            "0xbb1a656f65401240fac3db12e7a79ebb954b11e62f7626eb11691539b798d3bf",
            account("0x4210000000000000000000000000000000000006"),
            None,
            447_315,
            stand_in(&hashes[0]),
        ),
        (
            "0xf3275f829340521028f9ad5bce4ecb1c64a45d448794effa2a77674627338e76",
            Address::ZERO,
            l1_block,
            50_000,
            proxy("0x3Ba4007f5C922FBb33C454B41ea7a1f11E83df2C"),
        ),
        (
            "0x239b7021a6c2cf3a918481242bbb5a9499057f24501539467536c691bb133962",
            account("0x4210000000000000000000000000000000000007"),
            None,
            1_750_714,
            stand_in(&hashes[1]),
        ),
        (
            "0xa70c60aa53b8c1c0d52b39b1e901e7d7c09f7819595cb24048a6bb1983b401ff",
            Address::ZERO,
            oracle,
            50_000,
            proxy("0x4f1db3c6AbD250ba86E0928471A8F7DB3AFd88F1"),
        ),
        (
            "0xe836db6a959371756f8941be3e962d000f7e12a32e49e2c9ca42ba177a92716c",
            account("0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001"),
            oracle,
            90_000,
            vec![0xb3, 0xd7, 0x20, 0x79],
        ),
    ]
    .map(|(source_hash, from, to, gas_limit, data)| Deposit {
        source_hash: source_hash.parse().unwrap(),
        from,
        to,
        gas_limit,
        data,
        ..Deposit::default()
    });
    let ours = deposits(Fork::Jovian, stand_ins(Fork::Jovian)).unwrap();
    assert_eq!(ours, expected);
}

#[test]
fn missing_code_is_named() {
    for fork in [Fork::Ecotone, Fork::Fjord, Fork::Isthmus, Fork::Jovian] {
        for missing in upgrade_data_hashes(fork) {
            let mut data = stand_ins(fork);
            data.remove(missing);
            assert_eq!(
                deposits(fork, data),
                Err(DeriveError::UpgradeData(*missing))
            );
        }
    }
}

#[test]
fn only_the_first_block_of_a_fork_upgrades() {
    for fork in [Fork::Ecotone, Fork::Fjord, Fork::Isthmus, Fork::Jovian] {
        let rollup = rollup(fork, stand_ins(fork));
        let count = |parent_time, time| {
            upgrade_deposits::<Missing>(&rollup, parent_time, time)
                .unwrap()
                .len()
        };
        assert_eq!(count(TIME - 4, TIME - 2), 0);
        assert_ne!(count(TIME - 1, TIME + 1), 0);
        assert_eq!(count(TIME, TIME + 2), 0);
    }
    for fork in [
        Fork::Regolith,
        Fork::Canyon,
        Fork::Delta,
        Fork::Granite,
        Fork::Holocene,
    ] {
        assert_eq!(deposits(fork, BTreeMap::new()), Ok(vec![]));
    }
}

#[test]
fn forks_that_begin_at_once_upgrade_in_their_order() {
    let forks = [Fork::Ecotone, Fork::Fjord, Fork::Isthmus, Fork::Jovian];
    let rollup = Rollup {
        forks: Forks::new([(Fork::Jovian, TIME)]),
        upgrade_data: forks.iter().flat_map(|fork| stand_ins(*fork)).collect(),
        ..Rollup::default()
    };
    let all = upgrade_deposits::<Missing>(&rollup, TIME - 2, TIME).unwrap();
    let each = forks
        .iter()
        .flat_map(|fork| deposits(*fork, stand_ins(*fork)).unwrap());
    assert_eq!(all, each.collect::<Vec<_>>());
}

#[test]
fn canyon_needs_the_create2_deployer() {
    assert_eq!(upgrade_data_hashes(Fork::Canyon).len(), 1);
}
