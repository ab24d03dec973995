// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {GameData} from "src/dispute/game/GameData.sol";
import {GameProgress} from "src/dispute/game/GameProgress.sol";
import {IAnchorStateRegistry} from "src/dispute/interfaces/IAnchorStateRegistry.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {
    BondTransferFailed,
    GameNotFinalized,
    GameNotResolved,
    GamePaused,
    NoCreditToClaim
} from "src/dispute/lib/Errors.sol";
import {BondDistributionMode, Timestamp} from "src/dispute/lib/Types.sol";

/// @title BondPool
/// @notice The bonds of a game: put into the vault with every move, paid out once the game is closed.
/// @dev Conservation: the bonds taken, the refunds noted, and (once all claims are resolved) the credit noted are the
///      same sum.
abstract contract BondPool is GameData, GameProgress {
    /// @notice Who gets the bonds.
    BondDistributionMode public bondDistributionMode;
    /// @notice Wei due to an account if the winners are paid.
    mapping(address => uint256) public normalModeCredit;
    /// @notice Wei due to an account if everyone gets back their own.
    mapping(address => uint256) public refundModeCredit;
    /// @notice Whether the vault was told of what is due to an account.
    mapping(address => bool) public hasUnlockedCredit;

    /// @notice Who gets the bonds is decided.
    event GameClosed(BondDistributionMode bondDistributionMode);

    /// @notice Pays what is due to `recipient`: the first call starts the vault's delay, the second one pays.
    function claimCredit(address recipient) external {
        closeGame();
        uint256 due = credit(recipient);
        if (!hasUnlockedCredit[recipient]) {
            hasUnlockedCredit[recipient] = true;
            weth().unlock(recipient, due);
            return;
        }
        if (due == 0) revert NoCreditToClaim();

        normalModeCredit[recipient] = 0;
        refundModeCredit[recipient] = 0;
        weth().withdraw(recipient, due);
        (bool paid,) = recipient.call{value: due}("");
        if (!paid) revert BondTransferFailed();
    }

    /// @notice Decides who gets the bonds, and offers the claim as the next anchor. Does nothing the second time.
    function closeGame() public {
        if (bondDistributionMode != BondDistributionMode.UNDECIDED) return;
        IAnchorStateRegistry registry = anchorStateRegistry();
        IDisputeGame game = this;
        if (registry.paused()) revert GamePaused();
        if (Timestamp.unwrap(resolvedAt) == 0) revert GameNotResolved();
        if (!registry.isGameFinalized(game)) revert GameNotFinalized();

        // It may be false or older than the anchor: then the anchor stays.
        try registry.setAnchorState(game) {} catch {}

        BondDistributionMode mode =
            registry.isGameProper(game) ? BondDistributionMode.NORMAL : BondDistributionMode.REFUND;
        bondDistributionMode = mode;
        emit GameClosed(mode);
    }

    /// @notice Wei due to `recipient`; before the game is closed, what would be if the winners are paid.
    function credit(address recipient) public view returns (uint256) {
        return
            bondDistributionMode == BondDistributionMode.REFUND
                ? refundModeCredit[recipient]
                : normalModeCredit[recipient];
    }

    /// @dev Takes the call's value as the bond of `claimant`.
    function _takeBond(address claimant) internal {
        refundModeCredit[claimant] += msg.value;
        weth().deposit{value: msg.value}();
    }

    /// @dev Notes that a bond goes to `recipient`.
    function _award(address recipient, uint256 bond) internal {
        normalModeCredit[recipient] += bond;
    }
}
