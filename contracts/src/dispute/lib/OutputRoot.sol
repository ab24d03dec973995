// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {InvalidHeaderRLP} from "src/dispute/lib/Errors.sol";
import {Hash, OutputRootProof} from "src/dispute/lib/Types.sol";
import {RlpReader} from "src/lib/RlpReader.sol";

/// @title OutputRoot
/// @notice What an output root commits to, and what its block's header says.
library OutputRoot {
    /// @dev The place of the block number among the fields of a header.
    uint256 private constant HEADER_NUMBER = 8;

    /// @notice The output root of `proof`.
    function hash(OutputRootProof memory proof) internal pure returns (Hash) {
        return Hash.wrap(
            keccak256(abi.encode(proof.version, proof.stateRoot, proof.messagePasserStorageRoot, proof.latestBlockhash))
        );
    }

    /// @notice The block number in an RLP encoded header.
    function blockNumber(bytes memory header) internal pure returns (uint256 number) {
        RlpReader.Item[] memory fields = RlpReader.readList(header);
        if (fields.length <= HEADER_NUMBER) revert InvalidHeaderRLP();
        bytes memory raw = RlpReader.readBytes(fields[HEADER_NUMBER]);
        if (raw.length > 32) revert InvalidHeaderRLP();
        if (raw.length == 0) return 0;
        number = uint256(bytes32(raw)) >> (256 - 8 * raw.length);
    }
}
