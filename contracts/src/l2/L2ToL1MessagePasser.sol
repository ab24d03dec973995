// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {Withdrawal, WithdrawalTransaction} from "src/bridge/lib/Withdrawal.sol";

/// @title L2ToL1MessagePasser
/// @notice Remembers withdrawals. Its storage root is in every output root, and L1 proves a withdrawal by it (specs,
///         withdrawals.md): `sentMessages` is in slot 0 by consensus.
contract L2ToL1MessagePasser {
    /// @notice The version in a nonce's two high bytes.
    uint16 public constant MESSAGE_VERSION = 1;
    /// @dev L1 gas of ether that is simply sent here.
    uint256 private constant RECEIVE_DEFAULT_GAS_LIMIT = 100_000;

    /// @notice Whether a withdrawal was initiated.
    mapping(bytes32 withdrawalHash => bool) public sentMessages;
    /// @dev The next nonce, without its version.
    uint240 private msgNonce;

    event MessagePassed(
        uint256 indexed nonce,
        address indexed sender,
        address indexed target,
        uint256 value,
        uint256 gasLimit,
        bytes data,
        bytes32 withdrawalHash
    );
    event WithdrawerBalanceBurnt(uint256 indexed amount);

    /// @notice Withdraws ether to the sender's own account on L1.
    receive() external payable {
        initiateWithdrawal(msg.sender, RECEIVE_DEFAULT_GAS_LIMIT, "");
    }

    /// @notice Takes the ether of past withdrawals out of the L2's supply.
    function burn() external {
        uint256 amount = address(this).balance;
        assembly ("memory-safe") {
            // The created contract's code is ADDRESS SELFDESTRUCT: ether that is left to oneself in the transaction
            // of one's creation is gone (EIP-6780).
            mstore(0, shl(240, 0x30ff))
            if iszero(create(amount, 0, 2)) { revert(0, 0) }
        }
        emit WithdrawerBalanceBurnt(amount);
    }

    function version() external pure returns (string memory) {
        return "1.2.0";
    }

    /// @notice Initiates a withdrawal of the value.
    /// @param target Who is called on L1.
    /// @param gasLimit The least gas of that call.
    /// @param data Its calldata.
    function initiateWithdrawal(address target, uint256 gasLimit, bytes memory data) public payable {
        uint256 nonce = messageNonce();
        bytes32 withdrawalHash = Withdrawal.hash(
            WithdrawalTransaction({
                nonce: nonce, sender: msg.sender, target: target, value: msg.value, gasLimit: gasLimit, data: data
            })
        );
        sentMessages[withdrawalHash] = true;
        emit MessagePassed(nonce, msg.sender, target, msg.value, gasLimit, data, withdrawalHash);
        unchecked {
            msgNonce++; // 2^240 messages do not happen
        }
    }

    /// @notice The nonce of the next withdrawal, with its version.
    function messageNonce() public view returns (uint256) {
        return uint256(MESSAGE_VERSION) << 240 | msgNonce;
    }
}
