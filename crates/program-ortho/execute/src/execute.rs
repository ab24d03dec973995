//! Building a block.

use alloc::{boxed::Box, vec::Vec};

use endgame_ortho_evm::{
    BlockEnv, Evm, EvmError, ExecutionResult, InvalidTransaction, State, recover_sender,
};
use endgame_ortho_primitives::{Address, Bloom, Hash, Word, keccak256};
use endgame_ortho_rlp::Encoder;
use endgame_ortho_trie::ordered_root;
use endgame_ortho_types::{
    DecodeError, DepositReceipt, Header, Outcome, Receipt, Transaction, TxType,
};

use crate::{
    Attributes, Chain, ExecuteError, Fork, StateDatabase, StateError, StateSource,
    attributes::is_deposit, base_fee, fees::L1Fees,
};

/// A block that was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The header.
    pub header: Header,
    /// Its hash.
    pub hash: Hash,
    /// One for each transaction.
    pub receipts: Vec<Receipt>,
}

/// EIP-4788's contract.
const BEACON_ROOTS: Address = Address([
    0x00, 0x0f, 0x3d, 0xf6, 0xd7, 0x32, 0x80, 0x7e, 0xf1, 0x31, 0x9f, 0xb7, 0xb8, 0xbb, 0x85, 0x22,
    0xd0, 0xbe, 0xac, 0x02,
]);
/// EIP-2935's contract.
const HISTORY_STORAGE: Address = Address([
    0x00, 0x00, 0xf9, 0x08, 0x27, 0xf1, 0xc5, 0x3a, 0x10, 0xcb, 0x7a, 0x02, 0x33, 0x5b, 0x17, 0x53,
    0x20, 0x00, 0x29, 0x35,
]);
/// What Canyon's first block puts code at (`protocol/canyon/overview.md`).
const CREATE2_DEPLOYER: Address = Address([
    0x13, 0xb0, 0xd8, 0x5c, 0xcb, 0x8b, 0xf8, 0x60, 0xb6, 0xb7, 0x9a, 0xf3, 0x02, 0x9f, 0xca, 0x08,
    0x1a, 0xe9, 0xbe, 0xf2,
]);
/// The hash of the code that Canyon's first block puts at the create2 deployer's address.
pub const CREATE2_DEPLOYER_HASH: Hash = Hash([
    0xb0, 0x55, 0x0b, 0x5b, 0x43, 0x1e, 0x30, 0xd3, 0x80, 0x00, 0xef, 0xb7, 0x10, 0x7a, 0xaa, 0x0a,
    0xde, 0x03, 0xd4, 0x8a, 0x71, 0x98, 0xa1, 0x40, 0xed, 0xda, 0x9d, 0x27, 0x13, 0x44, 0x68, 0xb2,
]);
/// SHA-256 of nothing: no requests (EIP-7685).
const NO_REQUESTS: Hash = Hash([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// What the transactions of a block left.
#[derive(Default)]
struct Progress {
    receipts: Vec<Receipt>,
    gas_used: u64,
    footprint: Word,
    /// Read once, before the first transaction of a user.
    fees: Option<L1Fees>,
}

/// A block's EVM.
type BlockEvm<'d, S> = Evm<&'d mut StateDatabase<S>>;
type Result<T, S> = core::result::Result<T, ExecuteError<<S as StateSource>::Error>>;

impl Chain {
    /// Builds the block after `database`'s and moves `database` to it.
    ///
    /// When the block [is invalid](ExecuteError::is_invalid), `database` stays where it was.
    pub fn execute<S: StateSource>(
        &self,
        database: &mut StateDatabase<S>,
        attributes: &Attributes,
    ) -> Result<Block, S> {
        let parent = database.parent().clone();
        let parent_hash = database.parent_hash();
        let fork = self.forks.at(attributes.timestamp);
        let parent_fork = self.forks.at(parent.timestamp);
        check(attributes, &parent, fork, parent_fork)?;
        let extra_data = base_fee::extra_data(attributes, fork, self.eip1559)?;
        let base_fee = self.base_fee(&parent, attributes.timestamp)?;

        let block = BlockEnv {
            chain_id: self.chain_id,
            number: parent.number + 1,
            beneficiary: attributes.fee_recipient,
            timestamp: attributes.timestamp,
            gas_limit: attributes.gas_limit,
            base_fee,
            prev_randao: attributes.prev_randao,
            blob_base_fee: if fork >= Fork::Ecotone {
                Word::ONE
            } else {
                Word::ZERO
            },
        };
        let transactions_root = transactions_root(attributes)?;
        let key = table_key(parent_hash, transactions_root);
        let mut evm = Evm::new(State::new(&mut *database, key), fork.rules(), block);
        self.begin(&mut evm, attributes, parent_hash, fork, parent_fork)?;
        let mut progress = Progress::default();
        for (index, raw) in attributes.transactions.iter().enumerate() {
            transaction(&mut evm, &mut progress, index, raw, fork)?;
        }
        let changes = evm.state.changes();
        let state_root = database.apply(changes)?;

        let header = header(database, attributes, fork, &progress, state_root)?;
        let header = Header {
            parent_hash,
            transactions_root,
            number: parent.number + 1,
            extra_data,
            base_fee_per_gas: Some(base_fee),
            ..header
        };
        let hash = database.advance(header.clone());
        Ok(Block {
            header,
            hash,
            receipts: progress.receipts,
        })
    }

    /// What a block does before its transactions.
    fn begin<S: StateSource>(
        &self,
        evm: &mut BlockEvm<'_, S>,
        attributes: &Attributes,
        parent_hash: Hash,
        fork: Fork,
        parent_fork: Fork,
    ) -> Result<(), S> {
        if fork >= Fork::Canyon && parent_fork < Fork::Canyon {
            let code = self.create2_deployer.as_ref();
            let code = code
                .filter(|code| keccak256(code) == CREATE2_DEPLOYER_HASH)
                .ok_or(ExecuteError::Configuration(
                    "the create2 deployer's code is not there",
                ))?;
            evm.state.deploy(CREATE2_DEPLOYER, code.clone())?;
        }
        if let Some(root) = attributes.parent_beacon_block_root {
            evm.system_call(BEACON_ROOTS, &root.0)?;
        }
        if fork >= Fork::Isthmus {
            evm.system_call(HISTORY_STORAGE, &parent_hash.0)?;
        }
        Ok(())
    }
}

/// The root of the block's transactions.
fn transactions_root<E>(attributes: &Attributes) -> core::result::Result<Hash, ExecuteError<E>> {
    let transactions = &attributes.transactions;
    if let Some(index) = transactions.iter().position(Vec::is_empty) {
        let error = DecodeError::Empty;
        return Err(ExecuteError::Malformed { index, error });
    }
    let root = ordered_root(transactions.iter().cloned());
    root.map_err(|error| ExecuteError::State(StateError::Trie(error)))
}

/// The key of the state's tables in memory.
///
/// A contract can read the parent's hash (BLOCKHASH) and compute slots from it, so that alone would
/// be known. The block's own transactions no contract can read, and whoever writes them cannot put
/// into them what follows from their hash.
fn table_key(parent_hash: Hash, transactions_root: Hash) -> u64 {
    let mixed = keccak256([parent_hash.0, transactions_root.0].as_flattened());
    let [key, ..] = mixed.to_word().limbs();
    key
}

fn transaction<S: StateSource>(
    evm: &mut BlockEvm<'_, S>,
    progress: &mut Progress,
    index: usize,
    raw: &[u8],
    fork: Fork,
) -> Result<(), S> {
    let invalid = |error| ExecuteError::Transaction { index, error };
    let transaction =
        Transaction::decode(raw).map_err(|error| ExecuteError::Malformed { index, error })?;
    let gas_left = evm.block.gas_limit - progress.gas_used;
    let mut receipt = DepositReceipt::default();
    let result = match &transaction {
        Transaction::Deposit(deposit) => {
            let regolith = fork >= Fork::Regolith;
            if deposit.is_system && regolith {
                return Err(ExecuteError::SystemTransaction(index));
            }
            // Before Regolith the system's transaction uses none of the block's gas.
            if deposit.gas_limit > gas_left && !deposit.is_system {
                let limit = deposit.gas_limit;
                return Err(invalid(InvalidTransaction::BlockGas {
                    limit,
                    left: gas_left,
                }));
            }
            if regolith {
                receipt.nonce = Some(evm.state.nonce(deposit.from)?);
            }
            if fork >= Fork::Canyon {
                receipt.version = Some(1);
            }
            evm.deposit(deposit, regolith)?
        }
        Transaction::Signed(signed) => {
            if signed.body.tx_type == TxType::Blob {
                return Err(invalid(InvalidTransaction::UnknownType(TxType::Blob as u8)));
            }
            let sender = recover_sender(signed).map_err(invalid)?;
            let fees = match progress.fees {
                Some(fees) => fees,
                None => *progress.fees.insert(L1Fees::read(&mut evm.state, fork)?),
            };
            if fork >= Fork::Jovian {
                add_footprint(progress, &fees, index, raw, evm.block.gas_limit)?;
            }
            let extra = fees.extra(raw, fork);
            evm.transact(&signed.body, sender, gas_left, &extra)
                .map_err(|error| match error {
                    EvmError::Transaction(error) => invalid(error),
                    EvmError::Database(error) => ExecuteError::State(error),
                })?
        }
    };
    progress.add(transaction.type_byte(), result, receipt);
    Ok(())
}

/// Checks what can be checked before anything runs.
fn check<E>(
    attributes: &Attributes,
    parent: &Header,
    fork: Fork,
    parent_fork: Fork,
) -> core::result::Result<(), ExecuteError<E>> {
    if attributes.timestamp <= parent.timestamp {
        return Err(ExecuteError::Attributes(
            "timestamp is not after the parent's",
        ));
    }
    if parent.number == u64::MAX {
        return Err(ExecuteError::Parent("the last block there can be"));
    }
    if (fork >= Fork::Ecotone) != attributes.parent_beacon_block_root.is_some() {
        return Err(ExecuteError::Attributes(
            "parent beacon block root belongs to the blocks from Ecotone on",
        ));
    }
    // `protocol/jovian/derivation.md`: upgrade transactions run alone.
    if fork >= Fork::Jovian && parent_fork < Fork::Jovian {
        let user = attributes
            .transactions
            .iter()
            .position(|raw| !is_deposit(raw));
        if let Some(index) = user {
            return Err(ExecuteError::UserTransactionAtActivation {
                index,
                fork: Fork::Jovian,
            });
        }
    }
    Ok(())
}

fn add_footprint<E>(
    progress: &mut Progress,
    fees: &L1Fees,
    index: usize,
    raw: &[u8],
    gas_limit: u64,
) -> core::result::Result<(), ExecuteError<E>> {
    let footprint = progress.footprint.wrapping_add(fees.da_footprint(raw));
    if footprint > Word::from(gas_limit) {
        return Err(ExecuteError::Footprint { index, footprint });
    }
    progress.footprint = footprint;
    Ok(())
}

impl Progress {
    fn add(&mut self, tx_type: u8, result: ExecutionResult, deposit: DepositReceipt) {
        self.gas_used += result.gas_used;
        self.receipts.push(Receipt {
            tx_type,
            outcome: Outcome::Status(result.succeeded()),
            cumulative_gas_used: self.gas_used,
            logs_bloom: Box::new(Receipt::bloom_of(&result.logs)),
            logs: result.logs,
            deposit,
        });
    }
}

/// The header, as far as the block's own contents decide it. `database` has the changes already.
fn header<S: StateSource>(
    database: &mut StateDatabase<S>,
    attributes: &Attributes,
    fork: Fork,
    progress: &Progress,
    state_root: Hash,
) -> core::result::Result<Header, StateError<S::Error>> {
    let mut ommers = Encoder::new();
    ommers.list(|_| ());
    let withdrawals_root = match fork {
        Fork::Bedrock | Fork::Regolith => None,
        fork if fork >= Fork::Isthmus => Some(database.message_passer_root()?),
        _ => Some(Hash::EMPTY_TRIE),
    };
    let mut logs_bloom = Box::new(Bloom::default());
    for receipt in &progress.receipts {
        logs_bloom.merge(&receipt.logs_bloom);
    }
    let ecotone = fork >= Fork::Ecotone;
    Ok(Header {
        ommers_hash: keccak256(&ommers.finish()),
        beneficiary: attributes.fee_recipient,
        state_root,
        receipts_root: ordered_root(
            progress
                .receipts
                .iter()
                .map(|receipt| hashed(receipt, fork)),
        )
        .map_err(StateError::Trie)?,
        logs_bloom,
        gas_limit: attributes.gas_limit,
        gas_used: progress.gas_used,
        timestamp: attributes.timestamp,
        mix_hash: attributes.prev_randao,
        withdrawals_root,
        // Before Jovian the footprint stays 0, as the blobs that no L2 block has.
        blob_gas_used: ecotone.then_some(progress.footprint.saturating_u64()),
        excess_blob_gas: ecotone.then_some(0),
        parent_beacon_block_root: attributes.parent_beacon_block_root,
        requests_hash: (fork >= Fork::Isthmus).then_some(NO_REQUESTS),
        ..Header::default()
    })
}

/// A receipt as the root has it: Regolith's deposit nonces are hashed only from Canyon on
/// (`protocol/deposits.md`, "Deposit Receipt").
fn hashed(receipt: &Receipt, fork: Fork) -> Vec<u8> {
    if fork >= Fork::Canyon {
        return receipt.encode();
    }
    Receipt {
        deposit: DepositReceipt::default(),
        ..receipt.clone()
    }
    .encode()
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn key(parent: u8, transactions: Vec<Vec<u8>>) -> u64 {
        let attributes = Attributes {
            transactions,
            ..Attributes::default()
        };
        let root = transactions_root::<()>(&attributes).unwrap();
        table_key(Hash([parent; 32]), root)
    }

    #[test]
    fn key_of_the_tables_depends_on_the_parent_and_on_every_transaction() {
        let known = key(1, vec![vec![1], vec![2]]);
        assert_ne!(known, key(2, vec![vec![1], vec![2]]));
        assert_ne!(known, key(1, vec![vec![1], vec![3]]));
        assert_ne!(known, key(1, vec![vec![2], vec![1]]));
        assert_ne!(known, key(1, vec![vec![1]]));
    }

    #[test]
    fn transaction_of_no_bytes_is_malformed() {
        let attributes = Attributes {
            transactions: vec![vec![1], vec![]],
            ..Attributes::default()
        };
        let error = transactions_root::<()>(&attributes).unwrap_err();
        assert!(matches!(error, ExecuteError::Malformed { index: 1, .. }));
        assert!(error.is_invalid());
    }
}
