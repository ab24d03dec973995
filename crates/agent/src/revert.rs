//! Words for what contracts revert with.

use alloy::{
    primitives::hex,
    sol_types::{ContractError, Revert, SolInterface},
};
use endgame_contracts::{
    dispute::{
        IAnchorStateRegistry::IAnchorStateRegistryErrors,
        IDisputeGameFactory::IDisputeGameFactoryErrors, IFaultDisputeGame::IFaultDisputeGameErrors,
    },
    l1::IOptimismPortal::IOptimismPortalErrors,
    vm::{IBigStepper::IBigStepperErrors, IPreimageOracle::IPreimageOracleErrors},
};

/// The error's name and arguments, or its bytes if no contract that we know has it.
pub(crate) fn describe(data: &[u8]) -> String {
    fn known<E: SolInterface + std::fmt::Debug>(data: &[u8]) -> Option<String> {
        match ContractError::<E>::abi_decode(data).ok()? {
            ContractError::CustomError(error) => Some(format!("{error:?}")),
            ContractError::Revert(Revert { reason }) => Some(reason),
            ContractError::Panic(panic) => Some(panic.to_string()),
        }
    }
    if data.is_empty() {
        return "without a reason".to_owned();
    }
    known::<IFaultDisputeGameErrors>(data)
        .or_else(|| known::<IDisputeGameFactoryErrors>(data))
        .or_else(|| known::<IPreimageOracleErrors>(data))
        .or_else(|| known::<IBigStepperErrors>(data))
        .or_else(|| known::<IAnchorStateRegistryErrors>(data))
        .or_else(|| known::<IOptimismPortalErrors>(data))
        .unwrap_or_else(|| format!("0x{}", hex::encode(data)))
}

#[cfg(test)]
mod tests {
    use alloy::{primitives::keccak256, sol_types::SolError};
    use endgame_contracts::dispute::IFaultDisputeGame::ClaimAlreadyExists;

    use super::*;

    #[test]
    fn known_errors_are_named() {
        let text = describe(&ClaimAlreadyExists {}.abi_encode());
        assert!(text.contains("ClaimAlreadyExists"), "{text}");
        let text = describe(&Revert::from("out of luck").abi_encode());
        assert_eq!(text, "out of luck");
    }

    #[test]
    fn unknown_errors_are_shown_as_bytes() {
        let selector = keccak256("NobodyKnowsMe()");
        let text = describe(&selector[..4]);
        assert_eq!(text, format!("0x{}", hex::encode(&selector[..4])));
    }
}
