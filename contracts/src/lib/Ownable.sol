// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title Ownable
/// @notice One account that may change settings.
/// @dev Without a constructor, for contracts behind proxies: `_transferOwnership` sets the first owner.
abstract contract Ownable {
    /// @notice The account that may change settings; zero when nobody may.
    address public owner;

    /// @notice `newOwner` may change settings from now on, `previousOwner` no longer.
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    modifier onlyOwner() {
        require(msg.sender == owner, "Ownable: caller is not the owner");
        _;
    }

    /// @notice Hands the settings over.
    function transferOwnership(address newOwner) external onlyOwner {
        require(newOwner != address(0), "Ownable: new owner is zero");
        _transferOwnership(newOwner);
    }

    /// @notice Freezes the settings for good.
    function renounceOwnership() external onlyOwner {
        _transferOwnership(address(0));
    }

    function _transferOwnership(address newOwner) internal {
        emit OwnershipTransferred(owner, newOwner);
        owner = newOwner;
    }
}
