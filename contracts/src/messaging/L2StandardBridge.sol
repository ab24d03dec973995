// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {Predeploys} from "src/l2/Predeploys.sol";
import {CrossDomainMessenger} from "src/messaging/CrossDomainMessenger.sol";
import {StandardBridge} from "src/messaging/StandardBridge.sol";
import {ILegacyMintableERC20} from "src/messaging/interfaces/IMintableERC20.sol";

/// @title L2StandardBridge
/// @notice The bridge on L2. A predeploy.
contract L2StandardBridge is StandardBridge {
    /// @dev Stands for ether where a token is expected.
    address private constant ETHER = 0xDeadDeAddeAddEAddeadDEaDDEAdDeaDDeAD0000;

    // What the bridges before this generation emitted, in addition.
    event WithdrawalInitiated(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );
    event DepositFinalized(
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

    /// @notice Sets the proxy up. Genesis does the same.
    function initialize(StandardBridge otherBridge_) external initializer {
        _setUp(CrossDomainMessenger(Predeploys.L2_CROSS_DOMAIN_MESSENGER), otherBridge_);
    }

    /// @notice Withdraws ether, or a token that stands for one on L1, to the sender's own account: an older way.
    function withdraw(address l2Token, uint256 amount, uint32 minGasLimit, bytes calldata extraData)
        external
        payable
        onlyEOA
    {
        _withdraw(l2Token, msg.sender, amount, minGasLimit, extraData);
    }

    /// @notice Withdraws ether, or a token that stands for one on L1: an older way.
    function withdrawTo(address l2Token, address to, uint256 amount, uint32 minGasLimit, bytes calldata extraData)
        external
        payable
    {
        _withdraw(l2Token, to, amount, minGasLimit, extraData);
    }

    /// @notice The bridge on L1.
    function l1TokenBridge() external view returns (address) {
        return address(otherBridge);
    }

    /// @notice The generation of contracts whose interface this is.
    function version() external pure returns (string memory) {
        return "1.13.0";
    }

    /// @inheritdoc StandardBridge
    function paused() public pure override returns (bool) {
        return false;
    }

    function _withdraw(address l2Token, address to, uint256 amount, uint32 minGasLimit, bytes calldata extraData)
        private
    {
        if (l2Token == ETHER) {
            require(msg.value == amount, "L2StandardBridge: value is not the amount");
            _bridgeETH(to, minGasLimit, extraData);
        } else {
            address l1Token = ILegacyMintableERC20(l2Token).l1Token();
            _bridgeERC20(l2Token, l1Token, to, amount, minGasLimit, extraData);
        }
    }

    function _initiatedETH(address from, address to, uint256 amount, bytes memory extraData) internal override {
        emit WithdrawalInitiated(address(0), ETHER, from, to, amount, extraData);
        super._initiatedETH(from, to, amount, extraData);
    }

    function _finalizedETH(address from, address to, uint256 amount, bytes memory extraData) internal override {
        emit DepositFinalized(address(0), ETHER, from, to, amount, extraData);
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
        emit WithdrawalInitiated(remoteToken, localToken, from, to, amount, extraData);
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
        emit DepositFinalized(remoteToken, localToken, from, to, amount, extraData);
        super._finalizedERC20(localToken, remoteToken, from, to, amount, extraData);
    }
}
