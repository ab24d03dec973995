//! Made-up states and transactions.

use std::collections::BTreeMap;

use endgame_ortho_evm::{BlockEnv, Fork, MemoryAccount};
use endgame_ortho_primitives::{Address, Hash, Word};
use endgame_ortho_types::{AccessListItem, Authorization, TxType, Unsigned};

use crate::{bytes::Choices, program::program};

/// Who sends the transaction.
pub const SENDER: Address = Address([0xaa; 20]);
/// The contracts that call each other.
pub const CONTRACTS: [Address; 4] = [
    Address([0xc0; 20]),
    Address([0xc1; 20]),
    Address([0xc2; 20]),
    Address([0xc3; 20]),
];
/// An account that lets the first contract's code run for it.
const DELEGATED: Address = Address([0xde; 20]);
/// An account of nothing but a balance.
const RICH: Address = Address([0xbb; 20]);
/// Nobody.
const NOBODY: Address = Address([0xee; 20]);
/// Who gets the fees.
const BENEFICIARY: Address = Address([0xcb; 20]);

/// A state, a block and a transaction.
#[derive(Clone, Debug)]
pub struct Case {
    /// The rules.
    pub fork: Fork,
    /// The block.
    pub block: BlockEnv,
    /// The state.
    pub accounts: BTreeMap<Address, MemoryAccount>,
    /// Sent by [`SENDER`].
    pub transaction: Unsigned,
}

/// An address that something may happen at.
pub(crate) fn address(choices: &mut Choices<'_>) -> Address {
    match choices.below(16) {
        at @ 0..4 => CONTRACTS.get(at).copied().unwrap_or(NOBODY),
        4 | 5 => DELEGATED,
        6 => RICH,
        7 => NOBODY,
        8 => BENEFICIARY,
        9 => SENDER,
        10 => Address(std::array::from_fn(|at| {
            if at < 18 { 0 } else { choices.byte() }
        })),
        _ => {
            let mut address = Address::ZERO;
            let [.., high, low] = &mut address.0;
            (*high, *low) = match choices.below(0x13) {
                0x12 => (1, 0),
                low => (0, low as u8),
            };
            address
        }
    }
}

impl Case {
    /// The case that these bytes choose.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let choices = &mut Choices::new(bytes);
        let forks = [
            Fork::Paris,
            Fork::Shanghai,
            Fork::Cancun,
            Fork::Prague,
            Fork::Osaka,
        ];
        let fork = choices.pick(&forks, Fork::Osaka);
        let block = BlockEnv {
            chain_id: 1,
            number: 1000,
            beneficiary: BENEFICIARY,
            timestamp: 1_700_000_000,
            gas_limit: 30_000_000,
            base_fee: Word::from(7_u64),
            prev_randao: Hash([0x77; 32]),
            blob_base_fee: Word::ONE,
        };
        let transaction = transaction(choices, fork);
        let mut accounts = BTreeMap::new();
        for address in CONTRACTS {
            let mut storage = BTreeMap::new();
            for slot in 0..2_u64 {
                if choices.rarely(2) {
                    storage.insert(Word::from(slot), Word::from(choices.number(1) + 1));
                }
            }
            accounts.insert(
                address,
                MemoryAccount {
                    nonce: 1,
                    balance: Word::from(choices.number(1)),
                    storage,
                    code: deployable(program(choices, 40)),
                },
            );
        }
        let balance = if choices.rarely(20) {
            choices.number(3)
        } else {
            1 << 60
        };
        let plain = |nonce, balance: u64, code| MemoryAccount {
            nonce,
            balance: Word::from(balance),
            code,
            storage: BTreeMap::new(),
        };
        accounts.insert(SENDER, plain(5, balance, Vec::new()));
        accounts.insert(RICH, plain(0, 1 << 40, Vec::new()));
        if fork >= Fork::Prague {
            let [first, ..] = CONTRACTS;
            accounts.insert(
                DELEGATED,
                plain(1, 9, [&[0xef, 1, 0][..], &first.0].concat()),
            );
        }
        Self {
            fork,
            block,
            accounts,
            transaction,
        }
    }
}

fn transaction(choices: &mut Choices<'_>, fork: Fork) -> Unsigned {
    let types = [
        TxType::Legacy,
        TxType::AccessList,
        TxType::DynamicFee,
        TxType::Blob,
        TxType::SetCode,
    ];
    let known = match fork {
        Fork::Paris | Fork::Shanghai => 3,
        Fork::Cancun => 4,
        Fork::Prague | Fork::Osaka => 5,
    };
    let tx_type = types.get(choices.below(known)).copied().unwrap_or_default();
    let typed_to = matches!(tx_type, TxType::Blob | TxType::SetCode);
    let to = if !typed_to && choices.rarely(8) {
        None
    } else {
        Some(address(choices))
    };
    let data = if to.is_none() {
        program(choices, 20)
    } else {
        let length = choices.below(200);
        choices.bytes(length)
    };
    let max_fee = 7 + choices.number(1);
    let dynamic = tx_type >= TxType::DynamicFee;
    let priority = if dynamic { choices.number(1) } else { max_fee };
    let mut transaction = Unsigned {
        tx_type,
        chain_id: Some(if choices.rarely(50) { 2 } else { 1 }),
        nonce: if choices.rarely(50) { 4 } else { 5 },
        max_priority_fee_per_gas: priority.into(),
        max_fee_per_gas: max_fee.into(),
        gas_limit: 21_000 + choices.number(3) % 1_000_000,
        to,
        value: Word::from(if choices.rarely(3) {
            choices.number(1)
        } else {
            0
        }),
        data,
        ..Unsigned::default()
    };
    if tx_type != TxType::Legacy {
        for _ in 0..choices.below(3) {
            let slots = (0..choices.below(3))
                .map(|slot| Word::from(slot as u64).into())
                .collect();
            transaction.access_list.push(AccessListItem {
                address: address(choices),
                slots,
            });
        }
    }
    if tx_type == TxType::Blob {
        let count = choices.below(10);
        transaction.blob_hashes = vec![Hash([1; 32]); count];
        transaction.max_fee_per_blob_gas = Word::from(choices.number(1));
    }
    if tx_type == TxType::SetCode {
        // Who signed these is as good as random: an account that does not exist yet.
        for _ in 0..=choices.below(2) {
            transaction.authorizations.push(Authorization {
                chain_id: Word::from(choices.number(1) % 3),
                address: address(choices),
                nonce: choices.number(1) % 2,
                y_parity: (choices.number(1) % 3) as u8,
                r: Word::from(choices.number(4) + 1),
                s: Word::from(choices.number(4) + 1),
            });
        }
    }
    transaction
}

/// The code, or another where none such can be on a chain (EIP-3541).
fn deployable(mut code: Vec<u8>) -> Vec<u8> {
    if let Some(first @ 0xef) = code.first_mut() {
        *first = 0xfe;
    }
    code
}
