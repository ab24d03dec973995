// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title SlotStorage
/// @notice Words in storage slots that have a name instead of a place in the layout.
library SlotStorage {
    function getUint(bytes32 slot) internal view returns (uint256 value) {
        assembly ("memory-safe") {
            value := sload(slot)
        }
    }

    function setUint(bytes32 slot, uint256 value) internal {
        assembly ("memory-safe") {
            sstore(slot, value)
        }
    }

    function getAddress(bytes32 slot) internal view returns (address) {
        return address(uint160(getUint(slot)));
    }

    function setAddress(bytes32 slot, address value) internal {
        setUint(slot, uint160(value));
    }
}
