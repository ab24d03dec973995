// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @notice A withdrawal as initiated on L2.
struct WithdrawalTransaction {
    uint256 nonce;
    address sender;
    address target;
    uint256 value;
    uint256 gasLimit;
    bytes data;
}

/// @title Withdrawal
/// @notice How withdrawals are identified on both chains.
library Withdrawal {
    /// @notice The identity of a withdrawal.
    function hash(WithdrawalTransaction memory withdrawal) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                withdrawal.nonce,
                withdrawal.sender,
                withdrawal.target,
                withdrawal.value,
                withdrawal.gasLimit,
                withdrawal.data
            )
        );
    }

    /// @notice Where the trie of the `L2ToL1MessagePasser`'s storage has the flag of a withdrawal: `sentMessages` is in
    ///         slot 0, and the trie is keyed by the hash of the slot.
    function triePath(bytes32 withdrawalHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(abi.encode(withdrawalHash, uint256(0)))));
    }
}
