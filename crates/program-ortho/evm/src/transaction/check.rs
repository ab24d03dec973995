//! What a transaction must fulfil to stand in a block (execution-specs, `validate_transaction` and
//! `check_transaction`).

use endgame_ortho_primitives::{Address, Word};
use endgame_ortho_types::{TxType, Unsigned};

use super::{ExtraFees, calldata_floor_gas, intrinsic_gas};
use crate::{Database, Evm, EvmError, InvalidTransaction, gas};

/// What a transaction pays.
pub(super) struct Prices {
    /// Wei a gas.
    pub(super) effective: Word,
    /// Wei for all its blobs.
    pub(super) blobs: Word,
}

/// The version of a blob hash that is made from a KZG commitment (EIP-4844).
const KZG_VERSION: u8 = 1;

impl<D: Database> Evm<D> {
    /// Checks everything; changes nothing.
    pub(super) fn check(
        &mut self,
        transaction: &Unsigned,
        sender: Address,
        gas_left: u64,
        extra: &ExtraFees,
    ) -> Result<Prices, EvmError<D::Error>> {
        self.check_form(transaction)?;
        self.check_gas(transaction, gas_left)?;
        let effective = self.check_fees(transaction)?;
        let blob_gas = Word::from(gas::PER_BLOB * transaction.blob_hashes.len() as u64);
        let needed =
            max_cost(transaction, blob_gas, extra).ok_or(InvalidTransaction::CostOverflow)?;

        let id = self.state.load(sender).map_err(EvmError::Database)?;
        let account = self.state.account(id);
        let (nonce, balance) = (account.nonce, account.balance);
        if transaction.nonce != nonce {
            return Err(InvalidTransaction::Nonce {
                expected: nonce,
                found: transaction.nonce,
            }
            .into());
        }
        if account.has_code() {
            let code = self.state.code(id).map_err(EvmError::Database)?;
            if !self.rules.set_code || code.delegate().is_none() {
                return Err(InvalidTransaction::SenderHasCode.into());
            }
        }
        if balance < needed {
            return Err(InvalidTransaction::Funds { balance, needed }.into());
        }
        let blobs = blob_gas.wrapping_mul(self.block.blob_base_fee);
        Ok(Prices { effective, blobs })
    }

    /// What the type asks for.
    fn check_form(&self, transaction: &Unsigned) -> Result<(), InvalidTransaction> {
        let tx_type = transaction.tx_type;
        let known = match tx_type {
            TxType::Legacy | TxType::AccessList | TxType::DynamicFee => true,
            TxType::Blob => self.rules.blobs.is_some(),
            TxType::SetCode => self.rules.set_code,
        };
        if !known {
            return Err(InvalidTransaction::UnknownType(tx_type as u8));
        }
        if let Some(id) = transaction.chain_id
            && id != self.block.chain_id
        {
            return Err(InvalidTransaction::ChainId(id));
        }
        if transaction.to.is_none() {
            if matches!(tx_type, TxType::Blob | TxType::SetCode) {
                return Err(InvalidTransaction::Creates(tx_type as u8));
            }
            let length = transaction.data.len();
            if self
                .rules
                .init_code_limit
                .is_some_and(|limit| length > limit)
            {
                return Err(InvalidTransaction::InitCodeSize(length));
            }
        }
        if tx_type == TxType::SetCode && transaction.authorizations.is_empty() {
            return Err(InvalidTransaction::NoAuthorizations);
        }
        if tx_type == TxType::Blob {
            self.check_blobs(transaction)?;
        }
        Ok(())
    }

    /// EIP-4844, and EIP-7594's limit for a transaction.
    fn check_blobs(&self, transaction: &Unsigned) -> Result<(), InvalidTransaction> {
        let hashes = &transaction.blob_hashes;
        if hashes.is_empty() {
            return Err(InvalidTransaction::NoBlobs);
        }
        let most = self.rules.blobs.map_or(0, |schedule| schedule.max);
        let most = most.min(self.rules.blobs_per_transaction.unwrap_or(u64::MAX));
        if hashes.len() as u64 > most {
            return Err(InvalidTransaction::TooManyBlobs(hashes.len()));
        }
        let versions = hashes.iter().filter_map(|hash| hash.0.first());
        match versions.copied().find(|version| *version != KZG_VERSION) {
            Some(version) => Err(InvalidTransaction::BlobVersion(version)),
            None => Ok(()),
        }
    }

    /// The gas limit, against everything that bounds it.
    fn check_gas(&self, transaction: &Unsigned, left: u64) -> Result<(), InvalidTransaction> {
        let limit = transaction.gas_limit;
        if self
            .rules
            .transaction_gas_cap
            .is_some_and(|cap| limit > cap)
        {
            return Err(InvalidTransaction::GasCap(limit));
        }
        let intrinsic = intrinsic_gas(&self.rules, transaction);
        if limit < intrinsic {
            return Err(InvalidTransaction::IntrinsicGas { limit, intrinsic });
        }
        if self.rules.calldata_floor {
            let floor = calldata_floor_gas(&transaction.data);
            if limit < floor {
                return Err(InvalidTransaction::FloorGas { limit, floor });
            }
        }
        if limit > left {
            return Err(InvalidTransaction::BlockGas { limit, left });
        }
        if transaction.nonce == u64::MAX {
            return Err(InvalidTransaction::NonceMax);
        }
        Ok(())
    }

    /// The effective gas price (EIP-1559).
    fn check_fees(&self, transaction: &Unsigned) -> Result<Word, InvalidTransaction> {
        let base_fee = self.block.base_fee;
        let most = transaction.max_fee_per_gas;
        if most < transaction.max_priority_fee_per_gas {
            return Err(InvalidTransaction::PriorityFee);
        }
        if most < base_fee {
            return Err(InvalidTransaction::BaseFee(base_fee));
        }
        if transaction.tx_type == TxType::Blob
            && transaction.max_fee_per_blob_gas < self.block.blob_base_fee
        {
            return Err(InvalidTransaction::BlobBaseFee(self.block.blob_base_fee));
        }
        let wanted = base_fee.checked_add(transaction.max_priority_fee_per_gas);
        Ok(wanted.unwrap_or(Word::MAX).min(most))
    }
}

/// What the sender must have: value, gas at the highest fee, blobs at theirs, and what the rollup
/// takes.
fn max_cost(transaction: &Unsigned, blob_gas: Word, extra: &ExtraFees) -> Option<Word> {
    transaction
        .max_fee_per_gas
        .checked_mul(transaction.gas_limit.into())?
        .checked_add(transaction.max_fee_per_blob_gas.checked_mul(blob_gas)?)?
        .checked_add(extra.up_front(transaction.gas_limit))?
        .checked_add(transaction.value)
}
