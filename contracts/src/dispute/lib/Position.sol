// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {LibBit} from "solady/utils/LibBit.sol";

import {ClaimAboveSplit} from "src/dispute/lib/Errors.sol";

/// @notice A node of the game tree by its generalized index: `2**depth + index at that depth`.
type Position is uint128;

using LibPosition for Position global;
using {samePosition as ==} for Position global;

function samePosition(Position a, Position b) pure returns (bool) {
    return Position.unwrap(a) == Position.unwrap(b);
}

/// @title LibPosition
/// @notice Walking the game tree (specs, fault-dispute-game.md, "Position").
library LibPosition {
    /// @notice The deepest level that a position can be at.
    uint256 internal constant MAX_DEPTH = 125;

    /// @notice The root claim's position.
    Position internal constant ROOT = Position.wrap(1);

    /// @notice The level of a position, the root's being 0.
    function depth(Position position) internal pure returns (uint256) {
        return LibBit.fls(Position.unwrap(position));
    }

    /// @notice The index among the positions of its level, from the left.
    function indexAtDepth(Position position) internal pure returns (uint256) {
        return Position.unwrap(position) - (uint256(1) << depth(position));
    }

    /// @notice The position that answers this one: an attack commits to the first half of its trace, a defense to the
    ///         first half of its right neighbour's.
    function move(Position position, bool isAttack) internal pure returns (Position) {
        uint128 raw = Position.unwrap(position);
        return Position.wrap((isAttack ? raw : raw | 1) << 1);
    }

    /// @notice The position one level up.
    function parent(Position position) internal pure returns (Position) {
        return Position.wrap(Position.unwrap(position) >> 1);
    }

    /// @notice The right neighbour.
    function next(Position position) internal pure returns (Position) {
        return Position.wrap(Position.unwrap(position) + 1);
    }

    /// @notice The left neighbour.
    function previous(Position position) internal pure returns (Position) {
        return Position.wrap(Position.unwrap(position) - 1);
    }

    /// @notice The index, at level `leaves`, of the last leaf below the position: where its trace ends.
    function traceIndex(Position position, uint256 leaves) internal pure returns (uint256) {
        uint256 below = leaves - depth(position);
        return ((indexAtDepth(position) + 1) << below) - 1;
    }

    /// @notice The highest position whose trace ends where this one's does.
    function traceAncestor(Position position) internal pure returns (Position) {
        uint256 raw = Position.unwrap(position);
        // Each trailing one bit is a step up from a right child.
        uint256 ancestor = raw >> LibBit.ffs(~raw);
        return Position.wrap(ancestor == 0 ? 1 : uint128(ancestor));
    }

    /// @notice The same, but below level `above`, which the position itself has to be below.
    function traceAncestorBelow(Position position, uint256 above) internal pure returns (Position ancestor) {
        uint256 level = depth(position);
        if (level <= above) revert ClaimAboveSplit();
        ancestor = traceAncestor(position);
        if (depth(ancestor) <= above) {
            ancestor = Position.wrap(Position.unwrap(position) >> (level - above - 1));
        }
    }
}
