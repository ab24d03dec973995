//! What a hint asks for: kona's and op-program's spellings, one meaning.

use alloy_primitives::{Address, B256};
use endgame_preimage::{Hint, KeyType, PreimageKey};
use serde_json::{Value, json};

use crate::HostError;

/// A block of L2 as hints name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockId {
    Number(u64),
    Hash(B256),
}

impl BlockId {
    /// As a JSON-RPC parameter (EIP-1898).
    pub(crate) fn param(self) -> Value {
        match self {
            Self::Number(number) => json!(format!("{number:#x}")),
            Self::Hash(hash) => json!({ "blockHash": hash }),
        }
    }
}

/// Something to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    L1Header(B256),
    L1Transactions(B256),
    L1Receipts(B256),
    /// A blob and the time of its L1 block.
    L1Blob {
        hash: B256,
        timestamp: u64,
    },
    /// address (20) ‖ required gas (8) ‖ input.
    L1Precompile(Vec<u8>),
    L2Output(B256),
    L2Header(B256),
    L2Transactions(B256),
    L2Receipts(B256),
    L2Code(B256),
    L2StateNode(B256),
    L2Proof {
        block: BlockId,
        address: Address,
        slot: Option<B256>,
    },
    /// All that executing these attributes on this parent reads.
    L2PayloadWitness {
        parent: B256,
        attributes: Value,
    },
    /// All that executing this block reads.
    L2ExecutionWitness(u64),
}

impl Request {
    /// None for a hint that is not ours to serve, which a host may ignore.
    pub(crate) fn from_hint(hint: &Hint) -> Result<Option<Self>, HostError> {
        let reader = Reader(hint);
        Ok(Some(match hint.name.as_str() {
            "l1-block-header" => Self::L1Header(reader.hash()?),
            "l1-transactions" => Self::L1Transactions(reader.hash()?),
            "l1-receipts" => Self::L1Receipts(reader.hash()?),
            "l1-blob" => reader.blob()?,
            "l1-precompile" | "l1-precompile-v2" => Self::L1Precompile(hint.data.clone()),
            "starting-l2-output" | "l2-output" | "l2-output-root" => Self::L2Output(reader.hash()?),
            "l2-block-header" => Self::L2Header(reader.hash()?),
            "l2-transactions" => Self::L2Transactions(reader.hash()?),
            "l2-receipts" => Self::L2Receipts(reader.hash()?),
            "l2-code" => Self::L2Code(reader.hash()?),
            "l2-state-node" => Self::L2StateNode(reader.hash()?),
            "l2-account-proof" => reader.account_proof()?,
            "l2-account-storage-proof" => reader.storage_proof()?,
            "l2-payload-witness" => reader.payload_witness()?,
            "l2-execution-witness" => {
                let bytes = hint.data.as_slice().try_into();
                let bytes = bytes.map_err(|_| reader.bad("not 8 bytes of block number"))?;
                Self::L2ExecutionWitness(u64::from_be_bytes(bytes))
            }
            _ => return Ok(None),
        }))
    }

    /// Does this ask for exactly this key?
    pub(crate) fn names(&self, key: PreimageKey) -> bool {
        match self {
            Self::L1Header(hash)
            | Self::L2Header(hash)
            | Self::L2Code(hash)
            | Self::L2StateNode(hash)
            | Self::L2Output(hash) => key == PreimageKey::keccak256(hash.0),
            _ => false,
        }
    }

    /// Could fetching this bring the preimage of `key`?
    pub(crate) fn may_yield(&self, key: PreimageKey) -> bool {
        let key_type = key.key_type();
        match self {
            Self::L1Header(_)
            | Self::L2Header(_)
            | Self::L2Code(_)
            | Self::L2StateNode(_)
            | Self::L2Output(_) => self.names(key),
            Self::L1Blob { .. } => matches!(
                key_type,
                Ok(KeyType::Blob | KeyType::Sha256 | KeyType::Keccak256)
            ),
            Self::L1Precompile(_) => {
                matches!(key_type, Ok(KeyType::Precompile | KeyType::Keccak256))
            }
            _ => key_type == Ok(KeyType::Keccak256),
        }
    }

    /// True for what is about L2's state.
    pub(crate) const fn is_l2_state(&self) -> bool {
        matches!(
            self,
            Self::L2Code(_) | Self::L2StateNode(_) | Self::L2Proof { .. }
        )
    }

    /// True for witnesses: one of them makes most proofs needless.
    pub(crate) const fn is_witness(&self) -> bool {
        matches!(
            self,
            Self::L2PayloadWitness { .. } | Self::L2ExecutionWitness(_)
        )
    }
}

struct Reader<'a>(&'a Hint);

impl Reader<'_> {
    fn bad(&self, reason: &'static str) -> HostError {
        HostError::BadHint {
            name: self.0.name.clone(),
            reason,
        }
    }

    /// 32 bytes, maybe followed by 8 of a chain id, which names no other chain than ours.
    fn hash(&self) -> Result<B256, HostError> {
        match (self.0.data.split_first_chunk::<32>(), self.0.data.len()) {
            (Some((hash, _)), 32 | 40) => Ok(hash.into()),
            _ => Err(self.bad("not 32 bytes of hash")),
        }
    }

    /// hash (32) ‖ index (8) ‖ timestamp (8), or without the index.
    fn blob(&self) -> Result<Request, HostError> {
        let data = &self.0.data;
        match (
            data.split_first_chunk::<32>(),
            data.split_last_chunk::<8>(),
            data.len(),
        ) {
            (Some((hash, _)), Some((_, timestamp)), 40 | 48) => Ok(Request::L1Blob {
                hash: hash.into(),
                timestamp: u64::from_be_bytes(*timestamp),
            }),
            _ => Err(self.bad("not 40 or 48 bytes")),
        }
    }

    /// number (8) ‖ address (20), or block hash (32) ‖ address (20); a chain id (8) may follow.
    fn account_proof(&self) -> Result<Request, HostError> {
        let bad = || self.bad("not a block, an address and maybe a chain id");
        let data = self.0.data.as_slice();
        let (block, rest) = match data.len() {
            28 | 36 => number(data),
            52 | 60 => data
                .split_first_chunk::<32>()
                .map(|(hash, rest)| (BlockId::Hash(hash.into()), rest)),
            _ => None,
        }
        .ok_or_else(bad)?;
        let (address, _) = rest.split_first_chunk::<20>().ok_or_else(bad)?;
        Ok(Request::L2Proof {
            block,
            address: address.into(),
            slot: None,
        })
    }

    /// number (8) ‖ address (20) ‖ slot (32); a chain id (8) may follow.
    fn storage_proof(&self) -> Result<Request, HostError> {
        let bad = || self.bad("not a block number, an address, a slot and maybe a chain id");
        let data = self.0.data.as_slice();
        if !matches!(data.len(), 60 | 68) {
            return Err(bad());
        }
        let (block, rest) = number(data).ok_or_else(bad)?;
        let (address, rest) = rest.split_first_chunk::<20>().ok_or_else(bad)?;
        let (slot, _) = rest.split_first_chunk::<32>().ok_or_else(bad)?;
        Ok(Request::L2Proof {
            block,
            address: address.into(),
            slot: Some(slot.into()),
        })
    }

    /// parent hash (32) ‖ JSON attributes; or JSON with `parentBlockHash` and `payloadAttributes`.
    fn payload_witness(&self) -> Result<Request, HostError> {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Whole {
            parent_block_hash: B256,
            payload_attributes: Value,
        }
        let data = self.0.data.as_slice();
        if let Ok(whole) = serde_json::from_slice::<Whole>(data) {
            return Ok(Request::L2PayloadWitness {
                parent: whole.parent_block_hash,
                attributes: whole.payload_attributes,
            });
        }
        let (parent, rest) = data
            .split_first_chunk::<32>()
            .ok_or_else(|| self.bad("shorter than a parent hash"))?;
        // A chain id may follow the JSON.
        let attributes = serde_json::Deserializer::from_slice(rest)
            .into_iter()
            .next()
            .and_then(Result::ok)
            .ok_or_else(|| self.bad("attributes are not JSON"))?;
        Ok(Request::L2PayloadWitness {
            parent: parent.into(),
            attributes,
        })
    }
}

fn number(data: &[u8]) -> Option<(BlockId, &[u8])> {
    data.split_first_chunk::<8>()
        .map(|(number, rest)| (BlockId::Number(u64::from_be_bytes(*number)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &str, data: &[u8]) -> Result<Option<Request>, HostError> {
        Request::from_hint(&Hint {
            name: name.into(),
            data: data.into(),
        })
    }

    #[test]
    fn both_spellings_mean_the_same() {
        let hash = [7; 32];
        let output = Some(Request::L2Output(hash.into()));
        assert_eq!(parse("starting-l2-output", &hash).unwrap(), output);
        assert_eq!(parse("l2-output", &hash).unwrap(), output);
        let with_chain = [&hash[..], &[0; 8]].concat();
        assert_eq!(parse("l2-output", &with_chain).unwrap(), output);

        let blob = Some(Request::L1Blob {
            hash: hash.into(),
            timestamp: 5,
        });
        let time = 5_u64.to_be_bytes();
        let long = [&hash[..], &9_u64.to_be_bytes(), &time].concat();
        assert_eq!(parse("l1-blob", &long).unwrap(), blob);
        assert_eq!(
            parse("l1-blob", &[&hash[..], &time].concat()).unwrap(),
            blob
        );

        assert_eq!(
            parse("l1-precompile", b"x").unwrap(),
            parse("l1-precompile-v2", b"x").unwrap()
        );
    }

    #[test]
    fn account_proof_names_a_block_by_number_or_hash() {
        let address = [1; 20];
        let proof = |block| {
            Some(Request::L2Proof {
                block,
                address: address.into(),
                slot: None,
            })
        };
        let by_number = [&3_u64.to_be_bytes()[..], &address].concat();
        assert_eq!(
            parse("l2-account-proof", &by_number).unwrap(),
            proof(BlockId::Number(3))
        );
        let by_hash = [&[4; 32][..], &address, &[0; 8]].concat();
        assert_eq!(
            parse("l2-account-proof", &by_hash).unwrap(),
            proof(BlockId::Hash(B256::repeat_byte(4)))
        );
    }

    #[test]
    fn payload_witness_is_read_in_both_shapes() {
        let expected = Some(Request::L2PayloadWitness {
            parent: B256::repeat_byte(b'{'),
            attributes: json!({"gasLimit": "0x1"}),
        });
        let kona = [&[b'{'; 32][..], br#"{"gasLimit":"0x1"}"#, &[0; 8]].concat();
        assert_eq!(parse("l2-payload-witness", &kona).unwrap(), expected);
        let op = format!(
            r#"{{"parentBlockHash":"{}","payloadAttributes":{{"gasLimit":"0x1"}}}}"#,
            B256::repeat_byte(b'{')
        );
        assert_eq!(
            parse("l2-payload-witness", op.as_bytes()).unwrap(),
            expected
        );
    }

    #[test]
    fn misshapen_data_is_a_typed_error() {
        for (name, data) in [
            ("l1-block-header", &[0; 31][..]),
            ("l1-blob", &[0; 41]),
            ("l2-account-proof", &[0; 29]),
            ("l2-account-storage-proof", &[0; 59]),
            ("l2-payload-witness", &[0; 40]),
            ("l2-execution-witness", &[0; 7]),
        ] {
            let result = parse(name, data);
            assert!(matches!(result, Err(HostError::BadHint { .. })), "{name}");
        }
    }

    #[test]
    fn foreign_hints_are_not_ours() {
        assert_eq!(parse("agreed-pre-state", &[]).unwrap(), None);
    }
}
