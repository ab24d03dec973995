//! The compiled contracts, embedded.

use alloy_primitives::{B256, Bytes, U256};
use serde::Deserialize;

/// Why an artifact cannot be used. Artifacts are part of the build, so this means a broken build or a wrong caller.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// The embedded file is not what `make artifacts` writes.
    #[error("artifact {name}: {source}")]
    Malformed {
        /// The contract.
        name: &'static str,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// Another number of immutable values than the contract has, or a place of one past the end of the code.
    #[error("artifact {name}: {given} immutable values do not fit")]
    Immutables {
        /// The contract.
        name: &'static str,
        /// How many were given.
        given: usize,
    },
    /// The contract has no storage variable of this name.
    #[error("artifact {name}: no storage variable {variable}")]
    NoVariable {
        /// The contract.
        name: &'static str,
        /// The variable.
        variable: String,
    },
}

/// A compiled contract, as `make artifacts` wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Artifact {
    name: &'static str,
    json: &'static str,
}

/// Place of a variable in storage.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Variable {
    /// Its name.
    pub label: String,
    /// Its slot.
    pub slot: u64,
    /// Bytes from the slot's low end.
    pub offset: usize,
    /// Its size in bytes.
    pub bytes: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    bytecode: Code,
    deployed_bytecode: DeployedCode,
    storage_layout: Vec<Variable>,
}

#[derive(Deserialize)]
struct Code {
    object: Bytes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeployedCode {
    object: Bytes,
    immutable_references: Vec<Vec<Range>>,
}

#[derive(Deserialize)]
struct Range {
    start: usize,
    length: usize,
}

impl Artifact {
    /// The contract's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The whole file: ABI, bytecode and storage layout as JSON.
    pub const fn json(&self) -> &'static str {
        self.json
    }

    /// Init code for a deployment with ABI-encoded constructor arguments.
    pub fn init_code(&self, arguments: &[u8]) -> Result<Bytes, ArtifactError> {
        let mut code = self.parse()?.bytecode.object.to_vec();
        code.extend_from_slice(arguments);
        Ok(code.into())
    }

    /// Runtime code with these values of its immutable variables, in the order in which the code first uses them.
    pub fn runtime_code(&self, immutables: &[B256]) -> Result<Bytes, ArtifactError> {
        let deployed = self.parse()?.deployed_bytecode;
        let misfit = || ArtifactError::Immutables {
            name: self.name,
            given: immutables.len(),
        };
        if deployed.immutable_references.len() != immutables.len() {
            return Err(misfit());
        }
        let mut code = deployed.object.to_vec();
        for (places, value) in deployed.immutable_references.iter().zip(immutables) {
            for Range { start, length } in places {
                let place = code.get_mut(*start..start + length).ok_or_else(misfit)?;
                let low = value
                    .get(32_usize.saturating_sub(*length)..)
                    .ok_or_else(misfit)?;
                place.copy_from_slice(low);
            }
        }
        Ok(code.into())
    }

    /// Where a storage variable is.
    pub fn variable(&self, label: &str) -> Result<Variable, ArtifactError> {
        self.parse()?
            .storage_layout
            .into_iter()
            .find(|variable| variable.label == label)
            .ok_or_else(|| ArtifactError::NoVariable {
                name: self.name,
                variable: label.to_owned(),
            })
    }

    fn parse(&self) -> Result<File, ArtifactError> {
        serde_json::from_str(self.json).map_err(|source| ArtifactError::Malformed {
            name: self.name,
            source,
        })
    }
}

impl Variable {
    /// The variable's slot.
    pub fn slot(&self) -> B256 {
        B256::from(U256::from(self.slot))
    }

    /// A word with `value` at the variable's place.
    pub fn place(&self, value: U256) -> U256 {
        value << (8 * self.offset)
    }
}

macro_rules! artifacts {
    ($($constant:ident = $name:literal),* $(,)?) => {
        $(
            #[doc = concat!("`", $name, "`.")]
            pub const $constant: Artifact = Artifact {
                name: $name,
                json: include_str!(concat!("../../../contracts/artifacts/", $name, ".json")),
            };
        )*

        /// Every embedded artifact.
        pub const ALL: &[Artifact] = &[$($constant),*];
    };
}

artifacts! {
    ANCHOR_STATE_REGISTRY = "AnchorStateRegistry",
    DELAYED_WETH = "DelayedWETH",
    DISPUTE_GAME_FACTORY = "DisputeGameFactory",
    FAULT_DISPUTE_GAME = "FaultDisputeGame",
    FEE_VAULT = "FeeVault",
    GAS_PRICE_ORACLE = "GasPriceOracle",
    L1_BLOCK = "L1Block",
    L1_CROSS_DOMAIN_MESSENGER = "L1CrossDomainMessenger",
    L1_STANDARD_BRIDGE = "L1StandardBridge",
    L2_CROSS_DOMAIN_MESSENGER = "L2CrossDomainMessenger",
    L2_STANDARD_BRIDGE = "L2StandardBridge",
    L2_TO_L1_MESSAGE_PASSER = "L2ToL1MessagePasser",
    MIPS64 = "MIPS64",
    NO_DECREES = "NoDecrees",
    OPTIMISM_PORTAL = "OptimismPortal",
    PREIMAGE_ORACLE = "PreimageOracle",
    PROXY_ADMIN = "ProxyAdmin",
    PROXY_PLACEHOLDER = "ProxyPlaceholder",
    SUPERCHAIN_CONFIG = "SuperchainConfig",
    SYSTEM_CONFIG = "SystemConfig",
    TRANSPARENT_UPGRADEABLE_PROXY = "TransparentUpgradeableProxy",
    WETH = "WETH",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_artifact_parses() {
        for artifact in ALL {
            let code = artifact.init_code(&[0xaa]).unwrap();
            assert!(code.len() > 1, "{}", artifact.name());
            assert_eq!(code.last(), Some(&0xaa));
        }
    }

    #[test]
    fn a_proxy_gets_its_admin() {
        let admin = B256::repeat_byte(0x42);
        let code = TRANSPARENT_UPGRADEABLE_PROXY
            .runtime_code(&[admin])
            .unwrap();
        assert!(code.windows(32).any(|word| word == admin));
    }

    #[test]
    fn a_wrong_number_of_immutables_is_refused() {
        let error = TRANSPARENT_UPGRADEABLE_PROXY.runtime_code(&[]).unwrap_err();
        assert!(
            matches!(error, ArtifactError::Immutables { given: 0, .. }),
            "{error}"
        );
    }

    #[test]
    fn an_unknown_variable_is_refused() {
        assert!(matches!(
            L1_BLOCK.variable("nothing"),
            Err(ArtifactError::NoVariable { .. })
        ));
    }

    /// Execution reads these slots (specs, `deposits.md` and each fork's `l1-attributes.md`).
    #[test]
    fn l1_block_has_the_layout_of_consensus() {
        for (label, slot, offset) in [
            ("number", 0, 0),
            ("timestamp", 0, 8),
            ("basefee", 1, 0),
            ("hash", 2, 0),
            ("sequenceNumber", 3, 0),
            ("blobBaseFeeScalar", 3, 8),
            ("baseFeeScalar", 3, 12),
            ("batcherHash", 4, 0),
            ("l1FeeOverhead", 5, 0),
            ("l1FeeScalar", 6, 0),
            ("blobBaseFee", 7, 0),
            ("operatorFeeConstant", 8, 0),
            ("operatorFeeScalar", 8, 8),
            ("daFootprintGasScalar", 8, 12),
        ] {
            let variable = L1_BLOCK.variable(label).unwrap();
            assert_eq!((variable.slot, variable.offset), (slot, offset), "{label}");
        }
    }

    #[test]
    fn sent_messages_are_in_slot_zero() {
        assert_eq!(
            L2_TO_L1_MESSAGE_PASSER
                .variable("sentMessages")
                .unwrap()
                .slot,
            0
        );
        assert_eq!(
            L2_TO_L1_MESSAGE_PASSER.variable("msgNonce").unwrap().slot,
            1
        );
    }
}
