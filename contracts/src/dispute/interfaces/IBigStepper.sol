// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IPreimageOracle} from "src/dispute/interfaces/IPreimageOracle.sol";

/// @title IBigStepper
/// @notice A VM that executes one instruction on L1.
interface IBigStepper {
    /// @notice The commitment to the state after one instruction.
    /// @param stateData The state before it, encoded as its commitment hashes it.
    /// @param proof What the instruction reads of the state behind the commitment.
    /// @param localContext Which program's local inputs an oracle read means.
    function step(bytes calldata stateData, bytes calldata proof, bytes32 localContext)
        external
        returns (bytes32 postState);

    /// @notice Where the program's inputs come from.
    function oracle() external view returns (IPreimageOracle);
}
