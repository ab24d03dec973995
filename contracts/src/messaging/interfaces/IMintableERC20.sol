// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title IMintableERC20
/// @notice A token that stands for one on the other chain: the bridge mints what comes in and burns what goes out.
interface IMintableERC20 {
    /// @notice The token on the other chain.
    function remoteToken() external view returns (address);
    /// @notice The bridge that may mint and burn.
    function bridge() external returns (address);
    function mint(address to, uint256 amount) external;
    function burn(address from, uint256 amount) external;
}

/// @title ILegacyMintableERC20
/// @notice The same in the form that such tokens had first.
interface ILegacyMintableERC20 {
    /// @notice The token on L1.
    function l1Token() external view returns (address);
    function mint(address to, uint256 amount) external;
    function burn(address from, uint256 amount) external;
}
