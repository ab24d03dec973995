//! Preimages too large for one transaction: proposed in pieces, open to challenge, then squeezed.

use alloy::{
    eips::BlockId,
    primitives::{B256, U256, keccak256},
    sol_types::SolCall,
};

use super::{
    Abi, Readiness, Uploader,
    progress::Progress,
    sponge::{Absorbed, BLOCK},
};
use crate::{AgentError, AgentEvent, Call, traces::PreimageRead};

/// Blocks put into one transaction: about 50 kB of calldata.
const BLOCKS_A_CALL: usize = 300;

impl Uploader<'_> {
    /// Takes the proposal of a preimage as far as it goes now.
    pub(super) async fn propose(
        &self,
        key: B256,
        read: &PreimageRead,
    ) -> Result<Readiness, AgentError> {
        let uuid = self.uuid(read);
        let mut progress = self.progress(uuid).await?;
        if progress.countered {
            return Err(AgentError::Preimage(format!(
                "the proposal of {key} was countered"
            )));
        }
        if progress.size == 0 {
            self.begin(uuid, read).await?;
            progress = self.progress(uuid).await?;
        }
        let absorbed = Absorbed::new(&read.value);
        if progress.complete_at == 0 {
            self.add_blocks(uuid, read, &absorbed, progress.blocks as usize)
                .await?;
            progress = self.progress(uuid).await?;
        }
        let rpc = self.tx.rpc();
        let period: u64 = rpc
            .call(
                self.oracle(),
                &Abi::challengePeriodCall {},
                BlockId::latest(),
            )
            .await?
            .saturating_to();
        let open_until = progress.complete_at.saturating_add(period);
        let now = rpc.block(BlockId::latest()).await?.header.timestamp;
        if now <= open_until {
            return Ok(Readiness::After(open_until));
        }
        self.squeeze(uuid, key, read, &absorbed).await?;
        Ok(Readiness::Ready)
    }

    /// A number for the proposal: the same for the same part, so that a restart finds it again.
    fn uuid(&self, read: &PreimageRead) -> U256 {
        let mut seed = keccak256(&read.value).to_vec();
        seed.extend_from_slice(&read.offset.to_be_bytes());
        seed.extend_from_slice(self.tx.account().as_slice());
        U256::from_be_bytes(keccak256(seed).0)
    }

    async fn progress(&self, uuid: U256) -> Result<Progress, AgentError> {
        let call = Abi::proposalMetadataCall {
            claimant: self.tx.account(),
            uuid,
        };
        let word = self
            .tx
            .rpc()
            .call(self.oracle(), &call, BlockId::latest())
            .await?;
        Ok(Progress::unpack(word))
    }

    async fn begin(&self, uuid: U256, read: &PreimageRead) -> Result<(), AgentError> {
        let bond = self
            .tx
            .rpc()
            .call(self.oracle(), &Abi::MIN_BOND_SIZECall {}, BlockId::latest())
            .await?;
        let size = u32::try_from(read.value.len())
            .map_err(|_| AgentError::Preimage("over 4 GiB".to_owned()))?;
        let data = Abi::initLPPCall {
            uuid,
            partOffset: read.offset,
            claimedSize: size,
        };
        self.send(uuid, "init", data.abi_encode(), bond).await?;
        Ok(())
    }

    async fn add_blocks(
        &self,
        uuid: U256,
        read: &PreimageRead,
        absorbed: &Absorbed,
        mut done: usize,
    ) -> Result<(), AgentError> {
        let blocks = absorbed.commitments.len();
        while done < blocks {
            let end = next_cut(done, blocks, read.offset as usize);
            let last = end == blocks;
            let until = if last { read.value.len() } else { end * BLOCK };
            let data = Abi::addLeavesLPPCall {
                uuid,
                inputStartBlock: U256::from(done),
                input: read
                    .value
                    .get(done * BLOCK..until)
                    .unwrap_or_default()
                    .to_vec()
                    .into(),
                stateCommitments: absorbed
                    .commitments
                    .get(done..end)
                    .unwrap_or_default()
                    .to_vec(),
                finalize: last,
            };
            self.send(
                uuid,
                &format!("blocks/{done}"),
                data.abi_encode(),
                U256::ZERO,
            )
            .await?;
            done = end;
        }
        Ok(())
    }

    async fn squeeze(
        &self,
        uuid: U256,
        key: B256,
        read: &PreimageRead,
        absorbed: &Absorbed,
    ) -> Result<(), AgentError> {
        let ending = absorbed
            .ending(&read.value)
            .ok_or_else(|| AgentError::Preimage("too small for a proposal".to_owned()))?;
        let data = Abi::squeezeLPPCall {
            claimant: self.tx.account(),
            uuid,
            stateMatrix: ending.before,
            preState: ending.pre.0,
            preStateProof: ending.pre.1,
            postState: ending.post.0,
            postStateProof: ending.post.1,
        };
        let tx = self
            .send(uuid, "squeeze", data.abi_encode(), U256::ZERO)
            .await?;
        self.observer.emit(AgentEvent::PreimageLoaded {
            key,
            offset: read.offset,
            large: true,
            tx,
        });
        Ok(())
    }

    async fn send(
        &self,
        uuid: U256,
        step: &str,
        data: Vec<u8>,
        value: U256,
    ) -> Result<crate::TxInfo, AgentError> {
        let call = Call {
            key: format!("large/{}/{uuid:x}/{step}", self.oracle()),
            what: format!("large preimage {uuid:x}: {step}"),
            to: self.oracle(),
            data: data.into(),
            value,
            gas: None,
        };
        self.tx.send(&call).await
    }
}

/// Where the transaction that begins at block `done` ends. The part that is to be stored must
/// begin and end in one transaction, so a cut through it moves one block up.
fn next_cut(done: usize, blocks: usize, offset: usize) -> usize {
    let end = (done + BLOCKS_A_CALL).min(blocks);
    // Offsets count the 8 bytes of the length.
    let (from, to) = (done * BLOCK + 8, end * BLOCK + 8);
    let cuts_through = end < blocks && (from..to).contains(&offset) && offset + 32 > to;
    if cuts_through { end - 1 } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_part_is_never_cut() {
        let boundary = 300 * BLOCK + 8;
        assert_eq!(next_cut(0, 1_000, boundary), 300);
        assert_eq!(next_cut(0, 1_000, boundary - 32), 300);
        assert_eq!(next_cut(0, 1_000, boundary - 31), 299);
        assert_eq!(next_cut(0, 1_000, boundary - 1), 299);
        assert_eq!(next_cut(299, 1_000, boundary - 1), 599);
        assert_eq!(next_cut(0, 300, boundary - 1), 300);
        assert_eq!(next_cut(900, 1_000, 0), 1_000);
    }
}
