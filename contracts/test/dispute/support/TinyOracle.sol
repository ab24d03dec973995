// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IPreimageOracle} from "src/dispute/interfaces/IPreimageOracle.sol";

/// Keeps local inputs, whole.
contract TinyOracle is IPreimageOracle {
    uint256 public challengePeriod;

    mapping(bytes32 key => mapping(uint256 offset => bytes32)) private parts;
    mapping(bytes32 key => uint256) private sizes;

    constructor(uint256 challengePeriod_) {
        challengePeriod = challengePeriod_;
    }

    function loadLocalData(uint256 ident, bytes32 localContext, bytes32 word, uint256 size, uint256 partOffset)
        external
        returns (bytes32 key)
    {
        key = keyOf(ident, msg.sender, localContext);
        parts[key][partOffset] = word;
        sizes[key] = size;
    }

    function readPreimage(bytes32 key, uint256 offset) external view returns (bytes32, uint256) {
        require(sizes[key] > 0, "TinyOracle: missing");
        return (parts[key][offset], sizes[key]);
    }

    function keyOf(uint256 ident, address game, bytes32 localContext) public pure returns (bytes32) {
        return keccak256(abi.encode(ident, game, localContext));
    }
}
