//! What an L2 node says, and what can be checked of it.

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, Bytes, keccak256},
    providers::Provider,
    rlp::encode,
    rpc::types::EIP1186AccountProofResponse,
};
use endgame_contracts::predeploys::L2_TO_L1_MESSAGE_PASSER;
use serde::Deserialize;

use crate::{AgentError, Rpc};

/// An output root, opened (version 0; specs `protocol/proposals.md`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The block's number.
    pub block: u64,
    /// Root of the state trie.
    pub state_root: B256,
    /// Storage root of the message passer.
    pub message_passer_root: B256,
    /// The block's hash.
    pub block_hash: B256,
    /// The block's header, in RLP.
    pub header: Bytes,
}

impl Output {
    /// The output root.
    pub fn root(&self) -> B256 {
        let words = [
            B256::ZERO,
            self.state_root,
            self.message_passer_root,
            self.block_hash,
        ];
        keccak256(words.map(|word| word.0).concat())
    }
}

/// An L2 execution node, and the rollup node beside it if there is one.
#[derive(Clone, Debug)]
pub struct L2 {
    rpc: Rpc,
    rollup: Rpc,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OutputAtBlock {
    output_root: B256,
}

#[derive(Debug, Deserialize)]
struct SyncStatus {
    safe_l2: BlockRef,
}

#[derive(Debug, Deserialize)]
struct BlockRef {
    number: u64,
}

impl L2 {
    /// `rollup` answers `optimism_*`; some nodes answer both on one address.
    pub const fn new(rpc: Rpc, rollup: Rpc) -> Self {
        Self { rpc, rollup }
    }

    /// The execution node.
    pub const fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    /// The rollup node.
    pub const fn rollup(&self) -> &Rpc {
        &self.rollup
    }

    /// The output root of a block, opened. That it hashes to the root is for the caller to check
    /// against a root that it trusts; header and hash belong together for sure.
    pub async fn output(&self, block: u64) -> Result<Output, AgentError> {
        let Some(found) = self.rpc.find_block(BlockId::number(block)).await? else {
            return Err(AgentError::NodeBehind {
                chain: "L2",
                block,
                newest: self.rpc.block_number().await?,
            });
        };
        let header = found.header;
        let encoded = Bytes::from(encode(&header.inner));
        if keccak256(&encoded) != header.hash || header.number != block {
            return Err(AgentError::BadResponse {
                what: "L2 block",
                reason: format!(
                    "the header of block {block} does not hash to {}",
                    header.hash
                ),
            });
        }
        let proof = self.proof(L2_TO_L1_MESSAGE_PASSER, &[], block).await?;
        Ok(Output {
            block,
            state_root: header.state_root,
            message_passer_root: proof.storage_hash,
            block_hash: header.hash,
            header: encoded,
        })
    }

    /// `eth_getProof` after `block`.
    pub async fn proof(
        &self,
        account: Address,
        slots: &[B256],
        block: u64,
    ) -> Result<EIP1186AccountProofResponse, AgentError> {
        self.rpc
            .retry("L2 proof", |p| {
                let slots = slots.to_vec();
                async move {
                    p.get_proof(account, slots)
                        .block_id(BlockId::number(block))
                        .await
                }
            })
            .await
    }

    /// The rollup node's output root of a block: a hint.
    pub async fn reported_root(&self, block: u64) -> Result<B256, AgentError> {
        let answer: OutputAtBlock = self
            .rollup
            .retry("optimism_outputAtBlock", |p| async move {
                p.raw_request("optimism_outputAtBlock".into(), (format!("0x{block:x}"),))
                    .await
            })
            .await?;
        Ok(answer.output_root)
    }

    /// The rollup node's safe block: a hint.
    pub async fn reported_safe_block(&self) -> Result<u64, AgentError> {
        let answer: SyncStatus = self
            .rollup
            .retry("optimism_syncStatus", |p| async move {
                p.raw_request("optimism_syncStatus".into(), ()).await
            })
            .await?;
        Ok(answer.safe_l2.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_root_hashes_version_and_three_roots() {
        let output = Output {
            block: 1,
            state_root: B256::repeat_byte(1),
            message_passer_root: B256::repeat_byte(2),
            block_hash: B256::repeat_byte(3),
            header: Bytes::new(),
        };
        let mut preimage = [0; 128];
        for (word, byte) in preimage.chunks_mut(32).zip(0..) {
            word.fill(byte);
        }
        assert_eq!(output.root(), keccak256(preimage));
    }

    #[test]
    fn rollup_answers_are_read_as_nodes_write_them() {
        let output: OutputAtBlock = serde_json::from_str(
            r#"{"version":"0x0000000000000000000000000000000000000000000000000000000000000000",
                "outputRoot":"0x0101010101010101010101010101010101010101010101010101010101010101",
                "blockRef":{"number":5}}"#,
        )
        .unwrap();
        assert_eq!(output.output_root, B256::repeat_byte(1));
        let status: SyncStatus =
            serde_json::from_str(r#"{"safe_l2":{"hash":"0x00","number":7},"queued_unsafe_l2":{}}"#)
                .unwrap();
        assert_eq!(status.safe_l2.number, 7);
    }
}
