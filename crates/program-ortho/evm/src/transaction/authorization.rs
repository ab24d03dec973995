//! Accounts that let others' code run for them (EIP-7702).

use alloc::vec::Vec;

use endgame_ortho_primitives::{Address, Word};
use endgame_ortho_types::Authorization;

use super::recover;
use crate::{Database, Evm, code, gas};

impl<D: Database> Evm<D> {
    /// Follows one authorization; one that is not valid is passed over.
    pub(super) fn authorize(&mut self, authorization: &Authorization) -> Result<(), D::Error> {
        let chain = authorization.chain_id;
        if !chain.is_zero() && chain != Word::from(self.block.chain_id) {
            return Ok(());
        }
        if authorization.nonce == u64::MAX || authorization.y_parity > 1 {
            return Ok(());
        }
        let hash = authorization.signing_hash();
        let y_odd = authorization.y_parity == 1;
        let Some(authority) = recover(hash, y_odd, authorization.r, authorization.s) else {
            return Ok(());
        };
        let id = self.state.warm_up(authority)?;
        let code = self.state.code(id)?;
        if !code.is_empty() && code.delegate().is_none() {
            return Ok(());
        }
        let account = self.state.account(id);
        if account.nonce != authorization.nonce {
            return Ok(());
        }
        if !account.is_empty() {
            self.state.refund +=
                (gas::AUTHORIZATION_EMPTY_ACCOUNT - gas::AUTHORIZATION_BASE) as i64;
        }
        let code = if authorization.address == Address::ZERO {
            Vec::new()
        } else {
            code::delegation_to(authorization.address)
        };
        self.state.set_code(id, code);
        self.state.set_nonce(id, authorization.nonce + 1);
        Ok(())
    }
}
