// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";

/// @title IDecrees
/// @notice Everything that people, not code, may decide about games. Registry and portal ask here and nowhere else, so
///         that taking these powers away is one contract that says no.
/// @dev A game that is blacklisted or retired is not proper: it moves no anchor, pays no withdrawal, and refunds its
///      bonds instead of paying them to the winners.
interface IDecrees {
    /// @notice Whether withdrawals and the closing of games wait.
    function paused() external view returns (bool);

    /// @notice Whether this one game counts for nothing.
    function isBlacklisted(IDisputeGame game) external view returns (bool);

    /// @notice Games created at this time or before count for nothing; 0 when all do.
    function retirementTimestamp() external view returns (uint64);
}
