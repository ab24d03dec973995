//! Putting on L1 what an instruction reads, before it is run there.

mod large;
mod leaves;
mod progress;
mod sponge;
mod watch;

pub(crate) use self::watch::ProposalWatch;

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, Bytes, U256, keccak256},
    sol_types::SolCall,
};
use endgame_contracts::vm::IPreimageOracle as Abi;
use endgame_game::ExecutionGame;
use endgame_preimage::{KeyType, PreimageKey};

use crate::{
    AgentError, AgentEvent, Call, Observer, TxManager,
    chain::GameContract,
    traces::{OpenedKey, PreimageRead},
};

/// Whether a step can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// The part is on L1.
    Ready,
    /// It is proposed and can be challenged until this time (Unix seconds).
    After(u64),
}

/// Puts parts of preimages on L1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Uploader<'a> {
    /// Sends the transactions.
    pub(crate) tx: &'a TxManager,
    /// The game whose VM reads the preimages.
    pub(crate) game: &'a GameContract,
    /// Hears of it.
    pub(crate) observer: &'a Observer,
}

impl Uploader<'_> {
    /// Sees to it that the part that `read` is about is on L1. A large preimage takes several
    /// calls, over its challenge period.
    pub(crate) async fn ensure(
        &self,
        run: &ExecutionGame,
        claim: usize,
        read: &PreimageRead,
    ) -> Result<Readiness, AgentError> {
        let key = self.key_on_l1(run, read)?;
        if self.is_loaded(key, read.offset).await? {
            return Ok(Readiness::Ready);
        }
        let is_keccak = read.key.key_type() == Ok(KeyType::Keccak256);
        if is_keccak && read.value.len() as u64 >= self.large_from().await? {
            return self.propose(key, read).await;
        }
        let call = self.direct_call(run, claim, key, read)?;
        let tx = self.tx.send(&call).await?;
        self.observer.emit(AgentEvent::PreimageLoaded {
            key,
            offset: read.offset,
            large: false,
            tx,
        });
        Ok(Readiness::Ready)
    }

    const fn oracle(&self) -> Address {
        self.game.facts().oracle
    }

    /// The key under which L1 has the preimage: local ones are bound to game and run.
    fn key_on_l1(&self, run: &ExecutionGame, read: &PreimageRead) -> Result<B256, AgentError> {
        Ok(match key_type(read.key)? {
            KeyType::Local => local_key(read.key, self.game.address(), run.local_context()),
            _ => read.key.as_bytes().into(),
        })
    }

    async fn is_loaded(&self, key: B256, offset: u32) -> Result<bool, AgentError> {
        let call = Abi::preimagePartOkCall {
            key,
            offset: U256::from(offset),
        };
        self.tx
            .rpc()
            .call(self.oracle(), &call, BlockId::latest())
            .await
    }

    async fn large_from(&self) -> Result<u64, AgentError> {
        let size = self
            .tx
            .rpc()
            .call(
                self.oracle(),
                &Abi::minProposalSizeCall {},
                BlockId::latest(),
            )
            .await?;
        Ok(size.saturating_to())
    }

    fn direct_call(
        &self,
        run: &ExecutionGame,
        claim: usize,
        key: B256,
        read: &PreimageRead,
    ) -> Result<Call, AgentError> {
        let offset = U256::from(read.offset);
        let preimage = Bytes::from(read.value.clone());
        let data = match (key_type(read.key)?, &read.opened) {
            (KeyType::Local, _) => {
                let ident = u64::from(read.key.as_bytes()[31]);
                return Ok(self.game.local_data(run, claim, ident, read.offset));
            }
            (KeyType::Keccak256, _) => Abi::loadKeccak256PreimagePartCall {
                partOffset: offset,
                preimage,
            }
            .abi_encode(),
            (KeyType::Sha256, _) => Abi::loadSha256PreimagePartCall {
                partOffset: offset,
                preimage,
            }
            .abi_encode(),
            (
                KeyType::Blob,
                Some(OpenedKey::Blob {
                    z,
                    commitment,
                    proof,
                }),
            ) => Abi::loadBlobPreimagePartCall {
                z: U256::from_be_bytes(z.0),
                y: U256::try_from_be_slice(&read.value).ok_or_else(|| {
                    AgentError::Preimage("a field element of more than 32 bytes".to_owned())
                })?,
                commitment: commitment.clone().into(),
                proof: proof.clone().into(),
                partOffset: offset,
            }
            .abi_encode(),
            (KeyType::Precompile, Some(OpenedKey::Precompile(request))) => {
                let (precompile, gas, input) = split_request(request)?;
                Abi::loadPrecompilePreimagePartCall {
                    partOffset: offset,
                    precompile,
                    requiredGas: gas,
                    input: input.to_vec().into(),
                }
                .abi_encode()
            }
            (other, _) => {
                return Err(AgentError::Preimage(format!(
                    "{}: L1 takes no {other:?} preimage without what its key hashes",
                    read.key
                )));
            }
        };
        Ok(Call {
            key: format!("preimage/{}/{key}/{}", self.oracle(), read.offset),
            what: format!("load preimage {key} at {}", read.offset),
            to: self.oracle(),
            data: data.into(),
            value: U256::ZERO,
            gas: None,
        })
    }
}

fn key_type(key: PreimageKey) -> Result<KeyType, AgentError> {
    key.key_type()
        .map_err(|e| AgentError::Preimage(e.to_string()))
}

/// A local key bound to the game that loads it and to one run.
fn local_key(key: PreimageKey, game: Address, context: B256) -> B256 {
    let words = [*key.as_bytes(), game.into_word().0, context.0].concat();
    let digest = keccak256(words);
    PreimageKey::new(KeyType::Local, digest.0).as_bytes().into()
}

/// Address, required gas and input of a precompile call.
fn split_request(request: &[u8]) -> Result<(Address, u64, &[u8]), AgentError> {
    let split = request
        .split_first_chunk::<20>()
        .and_then(|(address, rest)| {
            let (gas, input) = rest.split_first_chunk::<8>()?;
            Some((Address::from(*address), u64::from_be_bytes(*gas), input))
        });
    split.ok_or_else(|| AgentError::Preimage("a precompile call of less than 28 bytes".to_owned()))
}

#[cfg(test)]
mod tests {
    use endgame_preimage::LocalIndex;

    use super::*;

    #[test]
    fn local_keys_differ_by_game_and_run() {
        let key = PreimageKey::local(LocalIndex::L1Head);
        let bound =
            |game: u8, run: u8| local_key(key, Address::repeat_byte(game), B256::repeat_byte(run));
        assert_ne!(bound(1, 1), bound(1, 2));
        assert_ne!(bound(1, 1), bound(2, 1));
        assert_eq!(bound(1, 1)[0], 1);
    }

    #[test]
    fn precompile_requests_are_cut_in_three() {
        let mut request = vec![0; 19];
        request.extend([9, 0, 0, 0, 0, 0, 0, 1, 0, 0xaa]);
        let (address, gas, input) = split_request(&request).unwrap();
        assert_eq!(address, Address::with_last_byte(9));
        assert_eq!((gas, input), (256, &[0xaa][..]));
        assert!(split_request(&request[..27]).is_err());
    }
}
