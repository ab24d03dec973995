//! What a batcher wrote to L1 (OP specs `protocol/derivation.md`, "L1 Retrieval";
//! `protocol/ecotone/derivation.md`, "Ecotone: Blob Retrieval").

use alloc::vec::Vec;

use endgame_ortho_evm::recover_sender;
use endgame_ortho_execute::Fork;
use endgame_ortho_primitives::{Address, Hash};
use endgame_ortho_types::{Transaction, TxType};

use crate::{DeriveError, L1Block, Rollup, Source, decode_blob};

/// The data of the batcher's transactions of an L1 block, in their order: one for each transaction,
/// and from Ecotone on one for each blob of a blob transaction instead.
///
/// A transaction that does not decode is passed over. Anybody may send to the inbox, but nobody
/// can bring such a transaction on L1, unless its type is of a later fork and no batcher's.
pub fn batcher_data<S: Source>(
    source: &mut S,
    rollup: &Rollup,
    block: &L1Block,
    batcher: Address,
) -> Result<Vec<Vec<u8>>, DeriveError<S::Error>> {
    let ecotone = rollup
        .forks
        .is_active(Fork::Ecotone, block.header.timestamp);
    let mut data = Vec::new();
    let mut blobs = 0;
    for raw in source.l1_transactions(block)? {
        let Ok(transaction) = Transaction::decode(&raw) else {
            continue;
        };
        let hashes = blob_hashes(&transaction);
        // An index counts the blobs of the whole block, not only the batcher's.
        let indices = blobs..;
        blobs += hashes.len() as u64;
        if !is_batcher(&transaction, rollup.batch_inbox, batcher) {
            continue;
        }
        if ecotone && transaction.type_byte() == TxType::Blob as u8 {
            for (index, hash) in indices.zip(hashes) {
                let blob = source.blob(block, index, *hash)?;
                data.extend(decode_blob(&blob));
            }
        } else {
            data.push(match transaction {
                Transaction::Signed(signed) => signed.body.data,
                Transaction::Deposit(deposit) => deposit.data,
            });
        }
    }
    Ok(data)
}

fn blob_hashes(transaction: &Transaction) -> &[Hash] {
    match transaction {
        Transaction::Signed(signed) => &signed.body.blob_hashes,
        Transaction::Deposit(_) => &[],
    }
}

/// Whether the transaction may carry batches. Signers are recovered last, for that is work.
fn is_batcher(transaction: &Transaction, inbox: Address, batcher: Address) -> bool {
    match transaction {
        Transaction::Signed(signed) => {
            signed.body.tx_type <= TxType::Blob
                && signed.body.to == Some(inbox)
                && recover_sender(signed) == Ok(batcher)
        }
        // L1 may be an OP Stack chain itself.
        Transaction::Deposit(deposit) => deposit.to == Some(inbox) && deposit.from == batcher,
    }
}
