// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {L2ToL1MessagePasser} from "src/l2/L2ToL1MessagePasser.sol";
import {Predeploys} from "src/l2/Predeploys.sol";

/// @title FeeVault
/// @notice Collects one of the fees of an L2: priority fees, base fees, L1 data fees or operator fees, a vault each.
///         Anyone may send what it holds to its recipient (specs, predeploys.md).
/// @dev Execution credits the vault without calling it. The settings are storage that genesis fills in.
contract FeeVault {
    /// @notice Where the recipient is.
    enum WithdrawalNetwork {
        L1,
        L2
    }

    /// @dev L1 gas of a withdrawal to L1.
    uint256 private constant WITHDRAWAL_MIN_GAS = 400_000;

    /// @notice Wei that were sent to the recipient so far.
    uint256 public totalProcessed;
    /// @notice Wei that the vault must hold to be emptied.
    uint256 public minWithdrawalAmount;
    /// @notice Who gets the fees.
    address public recipient;
    /// @notice Where the recipient is.
    WithdrawalNetwork public withdrawalNetwork;

    event Withdrawal(uint256 value, address to, address from, WithdrawalNetwork withdrawalNetwork);

    receive() external payable {}

    /// @notice Sends what the vault holds to its recipient.
    function withdraw() external returns (uint256 value) {
        value = address(this).balance;
        require(value >= minWithdrawalAmount, "FeeVault: less than the minimum");
        totalProcessed += value;
        emit Withdrawal(value, recipient, msg.sender, withdrawalNetwork);
        if (withdrawalNetwork == WithdrawalNetwork.L2) {
            (bool sent,) = recipient.call{value: value}("");
            require(sent, "FeeVault: recipient refused");
        } else {
            L2ToL1MessagePasser(Predeploys.L2_TO_L1_MESSAGE_PASSER).initiateWithdrawal{value: value}(
                recipient, WITHDRAWAL_MIN_GAS, ""
            );
        }
    }

    function version() external pure returns (string memory) {
        return "1.6.0";
    }
}
