// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {ISystemConfig} from "src/bridge/interfaces/ISystemConfig.sol";
import {Predeploys} from "src/l2/Predeploys.sol";
import {CrossDomainMessenger} from "src/messaging/CrossDomainMessenger.sol";
import {StandardBridge} from "src/messaging/StandardBridge.sol";

/// @title L1StandardBridge
/// @notice The bridge on L1. It holds no ether: that is in the portal. Behind a proxy.
contract L1StandardBridge is StandardBridge {
    /// @notice The chain's settings.
    ISystemConfig public systemConfig;

    // What the bridges before this generation emitted, in addition.
    event ETHDepositInitiated(address indexed from, address indexed to, uint256 amount, bytes extraData);
    event ETHWithdrawalFinalized(address indexed from, address indexed to, uint256 amount, bytes extraData);
    event ERC20DepositInitiated(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );
    event ERC20WithdrawalFinalized(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );

    constructor() {
        _disableInitializers();
    }

    /// @notice Sets the proxy up.
    function initialize(CrossDomainMessenger messenger_, ISystemConfig systemConfig_) external initializer {
        systemConfig = systemConfig_;
        _setUp(messenger_, StandardBridge(payable(Predeploys.L2_STANDARD_BRIDGE)));
    }

    /// @notice `bridgeETH`, under an older name.
    function depositETH(uint32 minGasLimit, bytes calldata extraData) external payable onlyEOA {
        _bridgeETH(msg.sender, minGasLimit, extraData);
    }

    /// @notice `bridgeETHTo`, under an older name.
    function depositETHTo(address to, uint32 minGasLimit, bytes calldata extraData) external payable {
        _bridgeETH(to, minGasLimit, extraData);
    }

    /// @notice `bridgeERC20`, under an older name.
    function depositERC20(
        address l1Token,
        address l2Token,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) external onlyEOA {
        _bridgeERC20(l1Token, l2Token, msg.sender, amount, minGasLimit, extraData);
    }

    /// @notice `bridgeERC20To`, under an older name.
    function depositERC20To(
        address l1Token,
        address l2Token,
        address to,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) external {
        _bridgeERC20(l1Token, l2Token, to, amount, minGasLimit, extraData);
    }

    /// @notice `finalizeBridgeETH`, under an older name.
    function finalizeETHWithdrawal(address from, address to, uint256 amount, bytes calldata extraData)
        external
        payable
    {
        finalizeBridgeETH(from, to, amount, extraData);
    }

    /// @notice `finalizeBridgeERC20`, under an older name.
    function finalizeERC20Withdrawal(
        address l1Token,
        address l2Token,
        address from,
        address to,
        uint256 amount,
        bytes calldata extraData
    ) external {
        finalizeBridgeERC20(l1Token, l2Token, from, to, amount, extraData);
    }

    /// @notice The bridge on L2.
    function l2TokenBridge() external view returns (address) {
        return address(otherBridge);
    }

    /// @notice The generation of contracts whose interface this is.
    function version() external pure returns (string memory) {
        return "3.0.0";
    }

    /// @inheritdoc StandardBridge
    function paused() public view override returns (bool) {
        return systemConfig.paused();
    }

    function _initiatedETH(address from, address to, uint256 amount, bytes memory extraData) internal override {
        emit ETHDepositInitiated(from, to, amount, extraData);
        super._initiatedETH(from, to, amount, extraData);
    }

    function _finalizedETH(address from, address to, uint256 amount, bytes memory extraData) internal override {
        emit ETHWithdrawalFinalized(from, to, amount, extraData);
        super._finalizedETH(from, to, amount, extraData);
    }

    function _initiatedERC20(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes memory extraData
    ) internal override {
        emit ERC20DepositInitiated(localToken, remoteToken, from, to, amount, extraData);
        super._initiatedERC20(localToken, remoteToken, from, to, amount, extraData);
    }

    function _finalizedERC20(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes memory extraData
    ) internal override {
        emit ERC20WithdrawalFinalized(localToken, remoteToken, from, to, amount, extraData);
        super._finalizedERC20(localToken, remoteToken, from, to, amount, extraData);
    }
}
