// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title SafeCall
/// @notice Calls that are given at least the gas that was promised, and whose results cost the caller nothing.
library SafeCall {
    /// @notice Less gas is left than what the call was promised.
    error SafeCall_NotEnoughGas();

    /// @dev What a call with value to a new, cold account costs before it runs (36,600), rounded up.
    uint256 private constant CALL_COST = 40_000;

    /// @notice Calls `target` with all gas that may be forwarded, and reverts when that is less than `minGas`.
    /// @dev A call gets at most 63/64 of what is left (EIP-150). Returned bytes are not copied, so a target cannot
    ///      use up the caller's gas with them.
    /// @param reservedGas What the caller needs afterwards.
    function callWithMinGas(address target, uint256 minGas, uint256 reservedGas, uint256 value, bytes memory data)
        internal
        returns (bool success)
    {
        if (!hasMinGas(minGas, reservedGas)) revert SafeCall_NotEnoughGas();
        success = call(target, gasleft(), value, data);
    }

    /// @notice Whether a call that is made now can be given `minGas`, and `reservedGas` is left after it.
    function hasMinGas(uint256 minGas, uint256 reservedGas) internal view returns (bool) {
        return gasleft() * 63 >= minGas * 64 + (CALL_COST + reservedGas) * 63;
    }

    /// @notice Calls `target` with `gasLimit`, or with what may be forwarded if that is less.
    function call(address target, uint256 gasLimit, uint256 value, bytes memory data) internal returns (bool success) {
        assembly ("memory-safe") {
            success := call(gasLimit, target, value, add(data, 0x20), mload(data), 0, 0)
        }
    }
}
