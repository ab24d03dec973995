// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @notice The challenge period of a large preimage has not passed, or has not begun.
error ActiveProposal();

/// @notice The last leaf of a large preimage has been added already.
error AlreadyFinalized();

/// @notice The caller has a proposal under this id already.
error AlreadyInitialized();

/// @notice The large preimage has been proven false.
error BadProposal();

/// @notice A bond could not be paid out.
error BondTransferFailed();

/// @notice The value sent is less than the bond.
error InsufficientBond();

/// @notice The size of a preimage or of leaves is not what it must be.
error InvalidInputSize();

/// @notice The sponge is not the one that a leaf commits to.
error InvalidPreimage();

/// @notice A Merkle or KZG proof is wrong.
error InvalidProof();

/// @notice The caller is not the sender of the transaction.
error NotEOA();

/// @notice Too little gas is left to tell whether a precompile fails.
error NotEnoughGas();

/// @notice There is no such proposal.
error NotInitialized();

/// @notice The part that is to be read has not been loaded.
error PartNotLoaded();

/// @notice A part does not begin before the end of its preimage, or is cut by the end of the leaves that begin it.
error PartOffsetOOB();

/// @notice The state after a leaf is the one that its proposer claims.
error PostStateMatches();

/// @notice Two leaves do not follow one another, or are not the last.
error StatesNotContiguous();

/// @notice A large preimage has too many leaves.
error TreeSizeOverflow();

/// @notice Leaves do not begin where those before ended.
error WrongStartingBlock();
