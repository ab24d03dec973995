// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @notice What is known of a large preimage proposal, packed into a word.
type ProposalMetadata is bytes32;

using ProposalMetadataLib for ProposalMetadata global;

/// @title ProposalMetadataLib
/// @notice The fields of a proposal's metadata, from the most significant bit on.
///
///     | bits    | field                                               |
///     |---------|-----------------------------------------------------|
///     | 64      | timestamp of the last leaf, 0 before                |
///     | 32      | part offset, length prefix included                 |
///     | 32      | claimed size of the preimage in bytes               |
///     | 32      | blocks processed, padding included                  |
///     | 32      | bytes processed, padding not included               |
///     | 64      | countered: not 0 when a leaf has been proven false  |
library ProposalMetadataLib {
    uint256 private constant TIMESTAMP = 192;
    uint256 private constant PART_OFFSET = 160;
    uint256 private constant CLAIMED_SIZE = 128;
    uint256 private constant BLOCKS = 96;
    uint256 private constant BYTES = 64;

    /// @notice The metadata of a new proposal.
    function create(uint32 partOffset_, uint32 claimedSize_) internal pure returns (ProposalMetadata) {
        uint256 packed = (uint256(partOffset_) << PART_OFFSET) | (uint256(claimedSize_) << CLAIMED_SIZE);
        return ProposalMetadata.wrap(bytes32(packed));
    }

    function timestamp(ProposalMetadata metadata) internal pure returns (uint64) {
        return uint64(uint256(ProposalMetadata.unwrap(metadata)) >> TIMESTAMP);
    }

    function partOffset(ProposalMetadata metadata) internal pure returns (uint32) {
        return uint32(uint256(ProposalMetadata.unwrap(metadata)) >> PART_OFFSET);
    }

    function claimedSize(ProposalMetadata metadata) internal pure returns (uint32) {
        return uint32(uint256(ProposalMetadata.unwrap(metadata)) >> CLAIMED_SIZE);
    }

    function blocksProcessed(ProposalMetadata metadata) internal pure returns (uint32) {
        return uint32(uint256(ProposalMetadata.unwrap(metadata)) >> BLOCKS);
    }

    function bytesProcessed(ProposalMetadata metadata) internal pure returns (uint32) {
        return uint32(uint256(ProposalMetadata.unwrap(metadata)) >> BYTES);
    }

    function countered(ProposalMetadata metadata) internal pure returns (bool) {
        return uint64(uint256(ProposalMetadata.unwrap(metadata))) != 0;
    }

    /// @notice The metadata after leaves were added.
    /// @param metadata The metadata before.
    /// @param blocks How many blocks have been added in all.
    /// @param size How many bytes of the preimage they hold, less than 2^32.
    function withProgress(ProposalMetadata metadata, uint256 blocks, uint256 size)
        internal
        pure
        returns (ProposalMetadata)
    {
        uint256 packed = uint256(ProposalMetadata.unwrap(metadata)) & ~(uint256(type(uint64).max) << BYTES);
        return ProposalMetadata.wrap(bytes32(packed | (blocks << BLOCKS) | (size << BYTES)));
    }

    /// @notice The metadata of a proposal whose last leaf was just added.
    function withTimestamp(ProposalMetadata metadata, uint64 time) internal pure returns (ProposalMetadata) {
        return ProposalMetadata.wrap(ProposalMetadata.unwrap(metadata) | bytes32(uint256(time) << TIMESTAMP));
    }

    /// @notice The metadata of a proposal that has been proven false.
    function withCountered(ProposalMetadata metadata) internal pure returns (ProposalMetadata) {
        return ProposalMetadata.wrap(ProposalMetadata.unwrap(metadata) | bytes32(uint256(type(uint64).max)));
    }
}
