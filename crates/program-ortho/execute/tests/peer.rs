//! Made-up blocks, executed here and by the other program's executor.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, HashMap};

use alloy_primitives::{B64, B256, Bytes, U256};
use endgame_kona_executor::{
    self as kona, GenesisAccount, PreimageError, PreimageKind, Preimages, TrieDb, genesis_state,
};
use endgame_ortho_differential::{CONTRACTS, entropy, program};
use endgame_ortho_execute::{
    Attributes, Chain, Fork, Forks, Found, MESSAGE_PASSER, StateDatabase, StateSource,
    fees::L1_BLOCK,
};
use endgame_ortho_primitives::{Address, Hash, Word, keccak256};
use endgame_ortho_types::{Deposit, Header, Signature, Signed, TxType, Unsigned};
use k256::ecdsa::SigningKey;

const CHAIN_ID: u64 = 901;
const GAS_LIMIT: u64 = 30_000_000;
const FORKS: [(Fork, Option<kona::Fork>); 9] = [
    (Fork::Bedrock, None),
    (Fork::Regolith, Some(kona::Fork::Regolith)),
    (Fork::Canyon, Some(kona::Fork::Canyon)),
    (Fork::Ecotone, Some(kona::Fork::Ecotone)),
    (Fork::Fjord, Some(kona::Fork::Fjord)),
    (Fork::Granite, Some(kona::Fork::Granite)),
    (Fork::Holocene, Some(kona::Fork::Holocene)),
    (Fork::Isthmus, Some(kona::Fork::Isthmus)),
    (Fork::Jovian, Some(kona::Fork::Jovian)),
];

/// The contracts of EIP-4788 and EIP-2935, at their addresses.
const SYSTEM: [(&str, &str); 2] = [
    (
        "0x000f3df6d732807ef1319fb7b8bb8522d0beac02",
        "3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f3580156049576\
         2001fff810690815414603c575f5ffd5b62001fff01545f5260205ff35b5f5ffd5b62001fff42064281555f35\
         9062001fff015500",
    ),
    (
        "0x0000f90827f1c53a10cb7a02335b175320002935",
        "3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f356001430381116042576\
         11fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500",
    ),
];

/// Preimages for both.
#[derive(Clone, Debug, Default)]
struct Store(HashMap<B256, Bytes>);

impl Preimages for Store {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        self.0
            .get(&hash)
            .cloned()
            .ok_or(PreimageError::NotFound { kind, hash })
    }
}

impl StateSource for Store {
    type Error = String;

    fn preimage(&self, what: Found, hash: Hash) -> Result<Vec<u8>, String> {
        let found = self.0.get(&B256::from(hash.0));
        found
            .map(|bytes| bytes.to_vec())
            .ok_or_else(|| format!("no {what:?} {hash}"))
    }
}

fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32].into()).unwrap()
}

fn sender(number: u8) -> Address {
    let point = key(number).verifying_key().to_encoded_point(false);
    Address::from_word(keccak256(&point.as_bytes()[1..]).to_word())
}

fn sign(body: Unsigned, number: u8) -> Vec<u8> {
    let hash = body.signing_hash();
    let (signature, id) = key(number).sign_prehash_recoverable(&hash.0).unwrap();
    let (r, s) = signature.split_bytes();
    let signature = Signature {
        y_odd: id.is_y_odd(),
        r: Word::from_be_slice(&r),
        s: Word::from_be_slice(&s),
    };
    Signed { body, signature }.encode()
}

/// The bytes of a seed, taken one by one.
struct Dice(std::vec::IntoIter<u8>);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        let number = (0..4).fold(0, |n, _| n << 8 | u64::from(self.0.next().unwrap_or(0)));
        number % sides
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let (pairs, _) = digits.as_chunks::<2>();
    let digit = |c: u8| char::from(c).to_digit(16).unwrap();
    pairs
        .iter()
        .map(|[a, b]| (digit(*a) << 4 | digit(*b)) as u8)
        .collect()
}

fn accounts(seed: u64, dice: &mut Dice) -> BTreeMap<alloy_primitives::Address, GenesisAccount> {
    let contract = |code: Vec<u8>| GenesisAccount {
        nonce: 1,
        code: code.into(),
        ..Default::default()
    };
    let mut accounts = BTreeMap::new();
    for (index, address) in (0u64..).zip(CONTRACTS.iter().chain(&[MESSAGE_PASSER])) {
        let code = program(&entropy(seed * 31 + index, 400), 30);
        let mut account = contract(code);
        account.balance = U256::from(dice.roll(1000));
        account.storage = [(B256::ZERO, U256::from(dice.roll(3)))].into();
        accounts.insert(address.0.into(), account);
    }
    for (address, code) in SYSTEM {
        let address: Address = address.parse().unwrap();
        accounts.insert(address.0.into(), contract(hex(code)));
    }
    for number in 1..4 {
        let balance = U256::from(10).pow(U256::from(14 + dice.roll(5)));
        accounts.insert(
            sender(number).0.into(),
            GenesisAccount {
                balance,
                ..Default::default()
            },
        );
    }
    let mut l1_block = contract(Vec::new());
    let scalars = U256::from(dice.roll(100_000) + 1) << 96 | U256::from(dice.roll(1_000_000)) << 64;
    let operator = U256::from(dice.roll(1000) + 1) << 96
        | U256::from(dice.roll(1000)) << 64
        | U256::from(dice.roll(1000));
    let slots = [
        (1, U256::from(dice.roll(1 << 30))),
        (3, scalars),
        (5, U256::from(dice.roll(3000))),
        (6, U256::from(dice.roll(1_000_000))),
        (7, U256::from(dice.roll(1 << 20) + 1)),
        (8, operator),
    ];
    l1_block.storage = slots
        .map(|(slot, value)| (B256::from(U256::from(slot)), value))
        .into();
    accounts.insert(L1_BLOCK.0.into(), l1_block);
    accounts
}

fn somebody(dice: &mut Dice) -> Address {
    match dice.roll(8) {
        at @ 0..4 => CONTRACTS[at as usize],
        4 => MESSAGE_PASSER,
        5 => sender(1),
        6 => Address([dice.roll(200) as u8; 20]),
        _ => Word::from(dice.roll(0x13)).to_be_bytes()[12..]
            .try_into()
            .map(Address)
            .unwrap(),
    }
}

fn deposit(dice: &mut Dice, seed: u64, fork: Fork) -> Vec<u8> {
    let creates = dice.roll(6) == 0;
    let data = if creates {
        program(&entropy(seed, 200), 10)
    } else {
        entropy(seed, 40)
    };
    // A creation that its sender can't pay for keeps the nonce as it was in the peer's Bedrock.
    // The specs raise it always (`protocol/deposits.md`, "Execution").
    let value = if creates && fork == Fork::Bedrock {
        0
    } else {
        dice.roll(4) * 700
    };
    Deposit {
        source_hash: Hash([dice.roll(256) as u8; 32]),
        from: if dice.roll(2) == 0 {
            sender(2)
        } else {
            CONTRACTS[dice.roll(4) as usize]
        },
        to: (!creates).then(|| somebody(dice)),
        mint: Word::from(dice.roll(3) * 1000),
        value: value.into(),
        gas_limit: 20_000 + dice.roll(400_000),
        is_system: false,
        data,
    }
    .encode()
}

fn user(dice: &mut Dice, seed: u64, nonces: &mut [u64; 4]) -> Vec<u8> {
    // The second key's account sends deposits, whose nonces nobody counts here.
    let number = if dice.roll(2) == 0 { 1 } else { 3 };
    let nonce = nonces[usize::from(number)];
    nonces[usize::from(number)] += 1;
    let tx_type = [TxType::Legacy, TxType::AccessList, TxType::DynamicFee][dice.roll(3) as usize];
    let creates = dice.roll(6) == 0;
    let data = if creates {
        program(&entropy(seed, 200), 10)
    } else {
        entropy(seed, 60)
    };
    let max_fee = Word::from(2_000_000 + dice.roll(1_000_000_000));
    let mut body = Unsigned {
        tx_type,
        chain_id: Some(CHAIN_ID),
        // Sometimes wrong: the block is invalid then.
        nonce: nonce + u64::from(dice.roll(60) == 0),
        max_priority_fee_per_gas: max_fee,
        max_fee_per_gas: max_fee,
        gas_limit: 60_000 + dice.roll(400_000),
        to: (!creates).then(|| somebody(dice)),
        value: Word::from(dice.roll(3) * 5),
        data,
        ..Unsigned::default()
    };
    if tx_type == TxType::DynamicFee {
        body.max_priority_fee_per_gas = Word::from(dice.roll(2_000_000));
    }
    sign(body, number)
}

struct Made {
    parent: kona::Sealed<kona::Header>,
    store: Store,
    seed: u64,
}

fn genesis(fork: Fork, seed: u64, dice: &mut Dice) -> Made {
    let (state_root, preimages) = genesis_state(&accounts(seed, dice)).unwrap();
    let extra_data = match fork {
        Fork::Jovian => hex("01000000fa00000006000000000000000a").into(),
        fork if fork >= Fork::Holocene => hex("00000000fa00000006").into(),
        _ => Bytes::new(),
    };
    let header = kona::Header {
        state_root,
        gas_limit: GAS_LIMIT,
        base_fee_per_gas: Some(1_000_000),
        blob_gas_used: (fork >= Fork::Ecotone).then_some(0),
        excess_blob_gas: (fork >= Fork::Ecotone).then_some(0),
        parent_beacon_block_root: (fork >= Fork::Ecotone).then_some(B256::ZERO),
        withdrawals_root: (fork >= Fork::Canyon).then_some(B256::repeat_byte(3)),
        requests_hash: (fork >= Fork::Isthmus).then_some(B256::repeat_byte(4)),
        extra_data,
        ..kona::Header::default()
    };
    let hash = header.hash_slow();
    let store = Store(preimages.into_iter().collect());
    Made {
        parent: kona::Sealed::new_unchecked(header, hash),
        store,
        seed,
    }
}

/// Runs two blocks on both; how many of them were valid.
fn run(fork: Fork, peer: Option<kona::Fork>, seed: u64) -> usize {
    let mut dice = Dice(entropy(seed, 4000).into_iter());
    let made = genesis(fork, seed, &mut dice);
    let parent = our_header(&made.parent);
    assert_eq!(parent.hash().0, made.parent.hash().0);
    let chain = Chain {
        chain_id: CHAIN_ID,
        forks: Forks::all_up_to(fork),
        ..Chain::default()
    };
    let their_chain = kona::Chain {
        chain_id: CHAIN_ID,
        forks: peer.map_or_else(kona::Forks::default, kona::Forks::all_up_to),
        ..kona::Chain::default()
    };
    let mut ours = StateDatabase::new(parent, made.store.clone());
    let mut theirs = TrieDb::new(made.parent, made.store);
    let mut nonces = [0; 4];
    let mut valid = 0;
    for number in 1..=2u64 {
        let count = dice.roll(4);
        let mut transactions: Vec<_> = (0..=count)
            .map(|at| deposit(&mut dice, made.seed * 100 + at + number * 7, fork))
            .collect();
        for at in 0..dice.roll(5) {
            transactions.push(user(
                &mut dice,
                made.seed * 1000 + at + number * 9,
                &mut nonces,
            ));
        }
        let attributes = Attributes {
            timestamp: number * 2,
            prev_randao: Hash([number as u8; 32]),
            fee_recipient: Address([0x11; 20]),
            parent_beacon_block_root: (fork >= Fork::Ecotone).then_some(Hash([9; 32])),
            gas_limit: GAS_LIMIT,
            transactions,
            eip1559_params: (fork >= Fork::Holocene).then_some([0, 0, 0, 50, 0, 0, 0, 2]),
            min_base_fee: (fork >= Fork::Jovian).then_some(dice.roll(2_000_000)),
        };
        let their_attributes = kona::Attributes {
            timestamp: attributes.timestamp,
            prev_randao: attributes.prev_randao.0.into(),
            fee_recipient: attributes.fee_recipient.0.into(),
            parent_beacon_root: attributes
                .parent_beacon_block_root
                .map(|root| root.0.into()),
            gas_limit: GAS_LIMIT,
            transactions: attributes
                .transactions
                .iter()
                .cloned()
                .map(Into::into)
                .collect(),
            eip1559_params: attributes.eip1559_params.map(B64::from),
            min_base_fee: attributes.min_base_fee,
        };
        let ours_built = chain.execute(&mut ours, &attributes);
        let theirs_built = their_chain.execute(&mut theirs, &their_attributes);
        match (ours_built, theirs_built) {
            (Ok(ours), Ok(theirs)) => {
                let wanted = our_header(&theirs.header);
                assert_eq!(ours.header, wanted, "{fork} seed {seed} block {number}");
                assert_eq!(ours.hash.0, theirs.header.hash().0);
                valid += 1;
            }
            (Err(ours), Err(theirs)) => {
                assert_eq!(ours.is_invalid(), theirs.is_invalid(), "{ours} {theirs}");
                break;
            }
            (ours, theirs) => panic!(
                "{fork} seed {seed} block {number}: {:?}, the peer: {:?}",
                ours.map(|block| block.hash),
                theirs.map(|block| block.header.hash())
            ),
        }
        assert_eq!(
            ours.output_root().unwrap().0,
            theirs.output_root().unwrap().0
        );
    }
    valid
}

fn our_header(header: &kona::Header) -> Header {
    let hash = |hash: B256| Hash(hash.0);
    Header {
        parent_hash: hash(header.parent_hash),
        ommers_hash: hash(header.ommers_hash),
        beneficiary: Address(header.beneficiary.0.0),
        state_root: hash(header.state_root),
        transactions_root: hash(header.transactions_root),
        receipts_root: hash(header.receipts_root),
        logs_bloom: Box::new(endgame_ortho_primitives::Bloom(header.logs_bloom.0.0)),
        difficulty: Word::from_limbs(*header.difficulty.as_limbs()),
        number: header.number,
        gas_limit: header.gas_limit,
        gas_used: header.gas_used,
        timestamp: header.timestamp,
        extra_data: header.extra_data.to_vec(),
        mix_hash: hash(header.mix_hash),
        nonce: header.nonce.0,
        base_fee_per_gas: header.base_fee_per_gas.map(Word::from),
        withdrawals_root: header.withdrawals_root.map(hash),
        blob_gas_used: header.blob_gas_used,
        excess_blob_gas: header.excess_blob_gas,
        parent_beacon_block_root: header.parent_beacon_block_root.map(hash),
        requests_hash: header.requests_hash.map(hash),
    }
}

#[test]
fn made_up_blocks_agree_with_the_peer_in_every_fork() {
    let mut valid = 0;
    for (fork, peer) in FORKS {
        for seed in 0..200 {
            valid += run(fork, peer, seed);
        }
    }
    assert!(valid > 1000, "{valid} blocks were valid");
}
