// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IPreimageOracle} from "src/vm/interfaces/IPreimageOracle.sol";

/// @title IBigStepper
/// @notice A fault proof VM on L1: it computes one step of an execution trace from a witness of its state.
interface IBigStepper {
    /// @notice Performs one step.
    /// @param stateData The witness of the state before the step. The caller has checked its hash.
    /// @param proof What proves the parts of that state which the step reads.
    /// @param localContext The context under which local preimages were loaded by the caller.
    /// @return postState The hash of the state after the step.
    function step(bytes calldata stateData, bytes calldata proof, bytes32 localContext)
        external
        returns (bytes32 postState);

    /// @notice The oracle that the VM reads preimages from.
    function oracle() external view returns (IPreimageOracle);
}
