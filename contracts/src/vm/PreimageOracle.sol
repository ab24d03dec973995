// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IPreimageOracle} from "src/dispute/interfaces/IPreimageOracle.sol";
import {LargePreimages} from "src/vm/LargePreimages.sol";
import {NotEnoughGas, InvalidProof, PartNotLoaded, PartOffsetOOB} from "src/vm/lib/OracleErrors.sol";
import {PreimageKeys} from "src/vm/lib/PreimageKeys.sol";
import {PreimageParts} from "src/vm/lib/PreimageParts.sol";

/// @title PreimageOracle
/// @notice Keeps the parts of preimages that a step on L1 reads, and lets in only those that match their key (specs,
///         `fault-proof/index.md`, Pre-image Oracle). Anyone may load any of them; large ones go through
///         `LargePreimages`.
/// @dev A part is 32 bytes, or what is left, of a preimage that begins with its length as 8 big-endian bytes. There is
///      no owner, and what has been stored never changes.
contract PreimageOracle is LargePreimages {
    /// @notice The generation of the interface that this contract matches.
    string public constant version = "1.1.4";

    /// @notice The gas that must be left, besides what a precompile needs, to store its result.
    uint256 public constant PRECOMPILE_CALL_RESERVED_GAS = 100_000;

    /// @notice The precompile that proves the evaluation of a blob at a point (EIP-4844).
    address private constant POINT_EVALUATION = address(0x0a);

    /// @param minProposalSize_ The size in bytes from which a preimage may be proposed in leaves.
    /// @param challengePeriod_ How many seconds a complete proposal can be challenged.
    constructor(uint256 minProposalSize_, uint256 challengePeriod_)
        LargePreimages(minProposalSize_, challengePeriod_)
    {}

    /// @inheritdoc IPreimageOracle
    function readPreimage(bytes32 key, uint256 offset) external view returns (bytes32 dat, uint256 datLen) {
        if (!preimagePartOk[key][offset]) revert PartNotLoaded();
        // A part that is loaded begins before the end.
        uint256 left = preimageLengths[key] + 8 - offset;
        return (preimageParts[key][offset], left < 32 ? left : 32);
    }

    /// @inheritdoc IPreimageOracle
    function loadLocalData(uint256 ident, bytes32 localContext, bytes32 word, uint256 size, uint256 partOffset)
        external
        returns (bytes32 key)
    {
        if (size > 32) revert PartOffsetOOB();
        key = PreimageKeys.withType(PreimageKeys.LOCAL, bytes32(ident));
        key = PreimageKeys.localize(key, msg.sender, localContext);
        storePart(key, partOffset, PreimageParts.ofWord(word, size, partOffset), size);
    }

    /// @notice Loads a part of the preimage of a keccak256 digest.
    /// @param partOffset Where the part begins, the length prefix included.
    /// @param preimage The preimage.
    function loadKeccak256PreimagePart(uint256 partOffset, bytes calldata preimage) external {
        bytes32 key = PreimageKeys.withType(PreimageKeys.KECCAK256, keccak256(preimage));
        storePart(key, partOffset, PreimageParts.ofBytes(preimage, partOffset), preimage.length);
    }

    /// @notice Loads a part of the preimage of a SHA-256 digest.
    /// @param partOffset Where the part begins, the length prefix included.
    /// @param preimage The preimage.
    function loadSha256PreimagePart(uint256 partOffset, bytes calldata preimage) external {
        bytes32 key = PreimageKeys.withType(PreimageKeys.SHA256, sha256(preimage));
        storePart(key, partOffset, PreimageParts.ofBytes(preimage, partOffset), preimage.length);
    }

    /// @notice Loads a part of a field element of a blob.
    /// @param z The root of unity at which the blob's polynomial takes the element's value.
    /// @param y The element.
    /// @param commitment The KZG commitment to the blob, 48 bytes.
    /// @param proof The KZG proof that the polynomial is `y` at `z`, 48 bytes.
    /// @param partOffset Where the part begins, the length prefix included.
    function loadBlobPreimagePart(
        uint256 z,
        uint256 y,
        bytes calldata commitment,
        bytes calldata proof,
        uint256 partOffset
    ) external {
        bytes32 versionedHash = PreimageKeys.withType(1, sha256(commitment));
        (bool ok,) = POINT_EVALUATION.staticcall(abi.encodePacked(versionedHash, z, y, commitment, proof));
        if (!ok) revert InvalidProof();
        bytes32 key = PreimageKeys.withType(PreimageKeys.BLOB, keccak256(abi.encodePacked(commitment, z)));
        storePart(key, partOffset, PreimageParts.ofWord(bytes32(y), 32, partOffset), 32);
    }

    /// @notice Loads a part of the result of a precompile: a byte that says whether it succeeded (1) or not (0), then
    ///         its output.
    /// @param partOffset Where the part begins, the length prefix included.
    /// @param precompile The address of the precompile.
    /// @param requiredGas The gas that the program found it to need; the call gets no less.
    /// @param input What the precompile is called with.
    function loadPrecompilePreimagePart(
        uint256 partOffset,
        address precompile,
        uint64 requiredGas,
        bytes calldata input
    ) external {
        bytes memory request = abi.encodePacked(precompile, requiredGas, input);
        bytes32 key = PreimageKeys.withType(PreimageKeys.PRECOMPILE, keccak256(request));
        // A call gets at most 63/64 of the gas that is left (EIP-150). What it does not get stays here even if the
        // precompile fails, which takes all it was given.
        uint256 gasLeft = gasleft();
        if (gasLeft - gasLeft / 64 < uint256(requiredGas) + PRECOMPILE_CALL_RESERVED_GAS) revert NotEnoughGas();
        (bool ok, bytes memory output) = precompile.staticcall{gas: gasLeft - PRECOMPILE_CALL_RESERVED_GAS}(input);
        uint256 size = output.length + 1;
        if (partOffset >= size + 8) revert PartOffsetOOB();
        // The zero word at the end fills up a part that the result does not.
        bytes memory preimage = abi.encodePacked(uint64(size), ok, output, bytes32(0));
        bytes32 part;
        assembly ("memory-safe") {
            part := mload(add(add(preimage, 32), partOffset))
        }
        storePart(key, partOffset, part, size);
    }
}
