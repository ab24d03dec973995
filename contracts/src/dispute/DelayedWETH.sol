// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IDelayedWETH} from "src/dispute/interfaces/IDelayedWETH.sol";
import {ISystemConfig} from "src/dispute/interfaces/ISystemConfig.sol";
import {Initializable} from "src/lib/Initializable.sol";

/// @title DelayedWETH
/// @notice Wrapped ether that keeps the bonds of games: to withdraw takes an announcement and a delay.
/// @dev A game announces and withdraws for an account, so that what is due to each can be seen here. There is no owner
///      and no way around the delay (S2-BND-4). Behind a proxy.
contract DelayedWETH is IDelayedWETH, Initializable {
    /// @notice What the caller announced for an account.
    /// @param amount Wei.
    /// @param timestamp When the last announcement was made.
    struct WithdrawalRequest {
        uint256 amount;
        uint256 timestamp;
    }

    string public constant name = "Wrapped Ether";
    string public constant symbol = "WETH";
    uint8 public constant decimals = 18;
    string public constant version = "1.5.0";

    uint256 private immutable DELAY_SECONDS;

    /// @notice Wei kept for an account.
    mapping(address account => uint256) public balanceOf;
    /// @notice Wei of `owner` that `spender` may move.
    mapping(address owner => mapping(address spender => uint256)) public allowance;
    /// @notice Announced withdrawals, by who announced and for whom.
    mapping(address owner => mapping(address account => WithdrawalRequest)) public withdrawals;
    /// @notice The configuration of the chain that the games are about.
    ISystemConfig public systemConfig;

    event Approval(address indexed src, address indexed guy, uint256 wad);
    event Transfer(address indexed src, address indexed dst, uint256 wad);
    event Deposit(address indexed dst, uint256 wad);
    event Withdrawal(address indexed src, uint256 wad);

    /// @param delaySeconds Seconds between announcing and paying.
    constructor(uint256 delaySeconds) {
        DELAY_SECONDS = delaySeconds;
        _disableInitializers();
    }

    receive() external payable {
        deposit();
    }

    /// @notice Sets the proxy up.
    function initialize(ISystemConfig systemConfig_) external initializer {
        systemConfig = systemConfig_;
    }

    /// @inheritdoc IDelayedWETH
    function unlock(address account, uint256 amount) external {
        WithdrawalRequest storage request = withdrawals[msg.sender][account];
        request.timestamp = block.timestamp;
        request.amount += amount;
    }

    /// @notice Pays the caller `amount` that it announced for itself.
    function withdraw(uint256 amount) external {
        withdraw(msg.sender, amount);
    }

    /// @notice Moves `amount` of the caller's to `to`.
    function transfer(address to, uint256 amount) external returns (bool) {
        return transferFrom(msg.sender, to, amount);
    }

    /// @notice Lets `spender` move `amount` of the caller's.
    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    /// @inheritdoc IDelayedWETH
    function delay() external view returns (uint256) {
        return DELAY_SECONDS;
    }

    /// @notice The configuration that chains share.
    function config() external view returns (address) {
        return systemConfig.superchainConfig();
    }

    /// @notice All ether kept here, in wei.
    function totalSupply() external view returns (uint256) {
        return address(this).balance;
    }

    /// @inheritdoc IDelayedWETH
    function deposit() public payable {
        balanceOf[msg.sender] += msg.value;
        emit Deposit(msg.sender, msg.value);
    }

    /// @inheritdoc IDelayedWETH
    function withdraw(address account, uint256 amount) public {
        WithdrawalRequest storage request = withdrawals[msg.sender][account];
        require(request.amount >= amount, "DelayedWETH: more than was unlocked");
        require(request.timestamp > 0, "DelayedWETH: not unlocked");
        require(request.timestamp + DELAY_SECONDS <= block.timestamp, "DelayedWETH: delay not over");
        require(balanceOf[msg.sender] >= amount, "DelayedWETH: balance too low");
        request.amount -= amount;
        balanceOf[msg.sender] -= amount;
        emit Withdrawal(msg.sender, amount);
        (bool paid,) = msg.sender.call{value: amount}("");
        require(paid, "DelayedWETH: ether refused");
    }

    /// @notice Moves `amount` of `from`'s to `to`; the caller needs an allowance unless it is `from`.
    function transferFrom(address from, address to, uint256 amount) public returns (bool) {
        require(balanceOf[from] >= amount, "DelayedWETH: balance too low");
        uint256 allowed = allowance[from][msg.sender];
        if (from != msg.sender && allowed != type(uint256).max) {
            require(allowed >= amount, "DelayedWETH: allowance too low");
            allowance[from][msg.sender] = allowed - amount;
        }
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
        return true;
    }
}
