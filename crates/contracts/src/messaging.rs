//! Messengers and bridges, on both chains.

#![allow(
    clippy::too_many_arguments,
    missing_docs,
    reason = "`sol!` generates an item for every function, event and error, with all its parameters"
)]

use alloy::sol;

sol! {
    /// Calls from one chain to the other that can be tried again: what both messengers have in common.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface ICrossDomainMessenger {
        event FailedRelayedMessage(bytes32 indexed msgHash);
        event RelayedMessage(bytes32 indexed msgHash);
        event SentMessage(address indexed target, address sender, bytes message, uint256 messageNonce, uint256 gasLimit);
        event SentMessageExtension1(address indexed sender, uint256 value);

        function baseGas(bytes message, uint32 minGasLimit) external view returns (uint64 gas_);
        function failedMessages(bytes32 messageHash) external view returns (bool failed);
        function messageNonce() external view returns (uint256 nonce);
        function otherMessenger() external view returns (address messenger);
        function paused() external view returns (bool yes);
        function relayMessage(uint256 nonce, address sender, address target, uint256 value, uint256 minGasLimit, bytes message) external payable;
        function sendMessage(address target, bytes message, uint32 minGasLimit) external payable;
        function successfulMessages(bytes32 messageHash) external view returns (bool relayed);
        function xDomainMessageSender() external view returns (address sender);
    }

    /// How the messenger on L1 is set up.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IL1CrossDomainMessenger {
        function initialize(address systemConfig, address portal) external;
        function portal() external view returns (address portal_);
        function systemConfig() external view returns (address config);
    }

    /// Ether and ERC-20 tokens over the messengers: what both bridges have in common.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IStandardBridge {
        event ERC20BridgeFinalized(address indexed localToken, address indexed remoteToken, address indexed from, address to, uint256 amount, bytes extraData);
        event ERC20BridgeInitiated(address indexed localToken, address indexed remoteToken, address indexed from, address to, uint256 amount, bytes extraData);
        event ETHBridgeFinalized(address indexed from, address indexed to, uint256 amount, bytes extraData);
        event ETHBridgeInitiated(address indexed from, address indexed to, uint256 amount, bytes extraData);

        function bridgeERC20(address localToken, address remoteToken, uint256 amount, uint32 minGasLimit, bytes extraData) external;
        function bridgeERC20To(address localToken, address remoteToken, address to, uint256 amount, uint32 minGasLimit, bytes extraData) external;
        function bridgeETH(uint32 minGasLimit, bytes extraData) external payable;
        function bridgeETHTo(address to, uint32 minGasLimit, bytes extraData) external payable;
        function deposits(address token, address remoteToken) external view returns (uint256 amount);
        function messenger() external view returns (address messenger_);
        function otherBridge() external view returns (address bridge);
        function paused() external view returns (bool yes);
    }

    /// How the bridge on L1 is set up.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IL1StandardBridge {
        function initialize(address messenger, address systemConfig) external;
        function systemConfig() external view returns (address config);
    }
}
