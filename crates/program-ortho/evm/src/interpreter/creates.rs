//! CREATE and CREATE2.

use alloc::boxed::Box;

use endgame_ortho_primitives::{Address, Hash, Word, keccak256, meter};
use endgame_ortho_rlp::Encoder;

use super::{machine::Machine, memory::words};
use crate::{
    Code, Database, Evm, Halt,
    error::Stop,
    frame::{Context, CreateRequest},
    gas,
};

/// Where an account's next contract goes (yellow paper, 7).
pub(crate) fn create_address(creator: Address, nonce: u64) -> Address {
    let mut encoder = Encoder::new();
    encoder.list(|items| {
        items.bytes(&creator.0);
        items.u64(nonce);
    });
    Address::from_word(keccak256(&encoder.finish()).to_word())
}

/// Where a contract goes by its init code (EIP-1014).
fn create2_address(creator: Address, salt: Word, init_code: &[u8]) -> Address {
    let salt: Hash = salt.into();
    let parts = [&[0xff][..], &creator.0, &salt.0, &keccak256(init_code).0].concat();
    Address::from_word(keccak256(&parts).to_word())
}

impl<D: Database> Evm<D> {
    /// Pays for a creation; what is to be created, if its conditions hold.
    #[inline(never)]
    pub(super) fn create(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
        by_init_code: bool,
    ) -> Result<Option<Box<CreateRequest>>, Stop<D::Error>> {
        let [value, offset, length] = machine.pop()?;
        let mut per_word = 0;
        let mut salt = None;
        if by_init_code {
            let [word] = machine.pop()?;
            salt = Some(word);
            per_word += gas::KECCAK256_PER_WORD;
        }
        if self.rules.init_code_limit.is_some() {
            per_word += gas::INIT_CODE_WORD;
        }
        machine.charge(gas::CREATE + per_word * words(length).min(1 << 32))?;
        let range = self.expand(context, machine, offset, length)?;
        if self
            .rules
            .init_code_limit
            .is_some_and(|limit| range.len() > limit)
        {
            return Err(Halt::InitCodeSize.into());
        }
        if context.is_static {
            return Err(Halt::WriteInStaticContext.into());
        }
        let gas = gas::max_message_call(machine.gas);
        machine.charge(gas)?;
        self.return_data.clear();
        let creator = self.state.account(context.id);
        let nonce = creator.nonce;
        if creator.balance < value || nonce == u64::MAX || context.depth >= gas::STACK_DEPTH_LIMIT {
            machine.gas += gas;
            machine.push(Word::ZERO)?;
            return Ok(None);
        }
        let init_code = self.memory.slice(range);
        let address = match salt {
            Some(salt) => create2_address(context.address, salt, init_code),
            None => create_address(context.address, nonce),
        };
        meter::work(init_code.len());
        let init_code = Code::new(init_code.to_vec());
        let id = self.state.warm_up(address).map_err(Stop::Database)?;
        self.state.set_nonce(context.id, nonce + 1);
        if self.state.account(id).is_taken() {
            // The creation's gas is lost.
            machine.push(Word::ZERO)?;
            return Ok(None);
        }
        Ok(Some(Box::new(CreateRequest {
            address,
            id,
            creator: context.address,
            creator_id: context.id,
            value,
            gas,
            init_code,
        })))
    }
}
