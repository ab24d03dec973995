//! Transactions: from the checks to the last fee.

mod authorization;
mod check;
mod deposit;
mod fees;
mod intrinsic;
mod system;

pub use fees::{ExtraFees, Vaults};
pub use intrinsic::{calldata_floor_gas, intrinsic_gas};

use endgame_ortho_primitives::{Address, Hash, Word};
use endgame_ortho_types::{Signed, Unsigned};

use crate::{
    Code, Database, Evm, EvmError, ExecutionResult, Halt, InvalidTransaction, Status,
    evm::{Ended, Message, TransactionContext},
    frame::{CallRequest, CreateRequest},
    interpreter::create_address,
    state::AccountId,
};

/// Half the order of secp256k1's group: the largest `s` of a signature (EIP-2).
const HALF_ORDER: Word = Word::from_limbs([
    0xdfe9_2f46_681b_20a0,
    0x5d57_6e73_57a4_501d,
    0xffff_ffff_ffff_ffff,
    0x7fff_ffff_ffff_ffff,
]);

/// Who signed a transaction.
pub fn recover_sender(transaction: &Signed) -> Result<Address, InvalidTransaction> {
    let signature = &transaction.signature;
    let hash = transaction.body.signing_hash();
    recover(hash, signature.y_odd, signature.r, signature.s).ok_or(InvalidTransaction::Signature)
}

fn recover(hash: Hash, y_odd: bool, r: Word, s: Word) -> Option<Address> {
    if s > HALF_ORDER {
        return None;
    }
    endgame_ortho_crypto::recover(&hash.0, y_odd, r, s)
}

impl<D: Database> Evm<D> {
    /// Runs a transaction that `sender` signed. `gas_left` is what the block has left.
    ///
    /// An invalid transaction changes nothing. After an error of the database the state is of no
    /// use any more.
    pub fn transact(
        &mut self,
        transaction: &Unsigned,
        sender: Address,
        gas_left: u64,
        extra: &ExtraFees,
    ) -> Result<ExecutionResult, EvmError<D::Error>> {
        let prices = self.check(transaction, sender, gas_left, extra)?;
        self.state.begin_transaction();
        let sender_id = self.state.load(sender).map_err(EvmError::Database)?;
        // What may be needed at most was checked: none of this wraps.
        let paid = prices.effective.wrapping_mul(transaction.gas_limit.into());
        let paid = paid
            .wrapping_add(prices.blobs)
            .wrapping_add(extra.up_front(transaction.gas_limit));
        let balance = self.state.account(sender_id).balance.wrapping_sub(paid);
        self.state.set_balance(sender_id, balance);
        self.state.set_nonce(sender_id, transaction.nonce + 1);
        self.transaction = TransactionContext {
            origin: sender,
            gas_price: prices.effective,
            blob_hashes: transaction.blob_hashes.clone(),
        };
        self.warm_what_is_listed(transaction);
        for authorization in &transaction.authorizations {
            self.authorize(authorization).map_err(EvmError::Database)?;
        }
        let gas = transaction.gas_limit - intrinsic_gas(&self.rules, transaction);
        let call = TopCall {
            sender,
            sender_id,
            to: transaction.to,
            value: transaction.value,
            gas,
            nonce: transaction.nonce,
        };
        let (ended, created) = self
            .top_call(&call, &transaction.data)
            .map_err(EvmError::Database)?;
        let gas_used = self.gas_used(transaction, ended.gas_left);
        self.settle(transaction, sender_id, &prices, gas_used, extra)
            .map_err(EvmError::Database)?;
        Ok(self.finish(ended.status, gas_used, created))
    }

    /// After refunds (EIP-3529), and not below the data's floor (EIP-7623).
    fn gas_used(&self, transaction: &Unsigned, gas_left: u64) -> u64 {
        let used = transaction.gas_limit - gas_left;
        let refund = u64::try_from(self.state.refund)
            .unwrap_or_default()
            .min(used / 5);
        let used = used - refund;
        if self.rules.calldata_floor {
            used.max(calldata_floor_gas(&transaction.data))
        } else {
            used
        }
    }

    /// Ends the transaction and collects what it leaves.
    fn finish(
        &mut self,
        status: Status,
        gas_used: u64,
        created: Option<Address>,
    ) -> ExecutionResult {
        self.state.end_transaction();
        ExecutionResult {
            status,
            gas_used,
            output: core::mem::take(&mut self.return_data),
            logs: core::mem::take(&mut self.state.logs),
            created: created.filter(|_| status == Status::Success),
        }
    }

    /// EIP-2929, EIP-2930, EIP-3651.
    fn warm_what_is_listed(&mut self, transaction: &Unsigned) {
        if self.rules.warm_beneficiary {
            self.state.warm_from_start(self.block.beneficiary);
        }
        for item in &transaction.access_list {
            self.state.warm_from_start(item.address);
            for slot in &item.slots {
                self.state
                    .warm_slot_from_start(item.address, slot.to_word());
            }
        }
    }
}

/// What a transaction calls.
struct TopCall {
    sender: Address,
    sender_id: AccountId,
    to: Option<Address>,
    value: Word,
    gas: u64,
    /// Before the transaction.
    nonce: u64,
}

impl<D: Database> Evm<D> {
    /// Makes a transaction's call or creation.
    fn top_call(
        &mut self,
        call: &TopCall,
        data: &[u8],
    ) -> Result<(Ended, Option<Address>), D::Error> {
        self.state.warm_up(call.sender)?;
        self.memory.resize(0);
        self.return_data.clear();
        let Some(to) = call.to else {
            let address = create_address(call.sender, call.nonce);
            let id = self.state.warm_up(address)?;
            if self.state.account(id).is_taken() {
                let status = Status::Halt(Halt::AddressCollision);
                return Ok((
                    Ended {
                        status,
                        gas_left: 0,
                    },
                    None,
                ));
            }
            let request = CreateRequest {
                address,
                id,
                creator: call.sender,
                creator_id: call.sender_id,
                value: call.value,
                gas: call.gas,
                init_code: Code::new(data.to_vec()),
            };
            return Ok((self.run(Message::Create(request))?, Some(address)));
        };
        let id = self.state.warm_up(to)?;
        let mut code = self.state.code(id)?;
        let delegate = if self.rules.set_code {
            code.delegate()
        } else {
            None
        };
        if let Some(delegate) = delegate {
            let delegate = self.state.warm_up(delegate)?;
            code = self.state.code(delegate)?;
        }
        self.memory.append(data);
        let request = CallRequest {
            code_address: to,
            code,
            delegated: delegate.is_some(),
            address: to,
            id,
            caller: call.sender,
            transfer_from: Some(call.sender_id),
            value: call.value,
            gas: call.gas,
            input: 0..data.len(),
            output_at: 0..0,
            is_static: false,
        };
        Ok((self.run(Message::Call(request))?, None))
    }
}
