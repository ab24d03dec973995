// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {SafeCall} from "src/bridge/lib/SafeCall.sol";
import {Initializable} from "src/lib/Initializable.sol";
import {CrossDomainMessenger} from "src/messaging/CrossDomainMessenger.sol";
import {ILegacyMintableERC20, IMintableERC20} from "src/messaging/interfaces/IMintableERC20.sol";

/// @title StandardBridge
/// @notice Ether and ERC-20 tokens from one chain to the other, over the messengers (specs, bridges.md). A token that is
///         at home here stays here while it is away; one that stands for a token of the other chain is minted and burnt.
/// @dev Tokens that take a fee, or whose balances change by themselves, are not for this bridge. Storage is that of the
///      OP Stack's bridges: a child's begins at slot 50.
abstract contract StandardBridge is Initializable {
    /// @dev Gas on the other chain of ether that is simply sent here.
    uint32 internal constant RECEIVE_DEFAULT_GAS_LIMIT = 200_000;

    /// @dev Slot 1 had a setting of an earlier generation.
    uint256 private unusedSlot;
    /// @notice How much of a token is here while it is away, by the token and what stands for it on the other chain.
    mapping(address token => mapping(address remoteToken => uint256 amount)) public deposits;
    /// @notice The messenger on this chain.
    CrossDomainMessenger public messenger;
    /// @notice The bridge on the other chain.
    StandardBridge public otherBridge;
    uint256[45] private freeSlots;

    event ETHBridgeInitiated(address indexed from, address indexed to, uint256 amount, bytes extraData);
    event ETHBridgeFinalized(address indexed from, address indexed to, uint256 amount, bytes extraData);
    event ERC20BridgeInitiated(
        address indexed localToken,
        address indexed remoteToken,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );
    event ERC20BridgeFinalized(
        address indexed localToken,
        address indexed remoteToken,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );

    /// @dev A contract's address is another account's on the other chain: who bridges to oneself has to be a person.
    modifier onlyEOA() {
        require(msg.sender.code.length == 0, "StandardBridge: caller is a contract");
        _;
    }

    /// @dev A message of the bridge on the other chain.
    modifier onlyOtherBridge() {
        require(
            msg.sender == address(messenger) && messenger.xDomainMessageSender() == address(otherBridge),
            "StandardBridge: caller is not the other bridge"
        );
        _;
    }

    /// @notice Bridges ether to the sender's own account.
    receive() external payable onlyEOA {
        _bridgeETH(msg.sender, RECEIVE_DEFAULT_GAS_LIMIT, "");
    }

    /// @notice Bridges ether to the sender's own account.
    /// @param minGasLimit Gas that the other bridge gets at least.
    /// @param extraData Anything; it is in the events.
    function bridgeETH(uint32 minGasLimit, bytes calldata extraData) external payable onlyEOA {
        _bridgeETH(msg.sender, minGasLimit, extraData);
    }

    /// @notice Bridges ether. A recipient that refuses it locks it.
    function bridgeETHTo(address to, uint32 minGasLimit, bytes calldata extraData) external payable {
        _bridgeETH(to, minGasLimit, extraData);
    }

    /// @notice Bridges tokens to the sender's own account.
    function bridgeERC20(
        address localToken,
        address remoteToken,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) external onlyEOA {
        _bridgeERC20(localToken, remoteToken, msg.sender, amount, minGasLimit, extraData);
    }

    /// @notice Bridges tokens.
    function bridgeERC20To(
        address localToken,
        address remoteToken,
        address to,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) external {
        _bridgeERC20(localToken, remoteToken, to, amount, minGasLimit, extraData);
    }

    /// @notice The messenger on this chain, under the name that older tools use.
    function MESSENGER() external view returns (CrossDomainMessenger) {
        return messenger;
    }

    /// @notice The bridge on the other chain, under the name that older tools use.
    function OTHER_BRIDGE() external view returns (StandardBridge) {
        return otherBridge;
    }

    /// @notice Pays ether that was bridged on the other chain.
    function finalizeBridgeETH(address from, address to, uint256 amount, bytes calldata extraData)
        public
        payable
        onlyOtherBridge
    {
        require(!paused(), "StandardBridge: paused");
        require(msg.value != 0, "StandardBridge: no ether");
        require(msg.value == amount, "StandardBridge: value is not the amount");
        require(to != address(this) && to != address(messenger), "StandardBridge: recipient may not be called");
        _finalizedETH(from, to, amount, extraData);
        require(SafeCall.call(to, gasleft(), amount, ""), "StandardBridge: recipient refused");
    }

    /// @notice Pays tokens that were bridged on the other chain.
    function finalizeBridgeERC20(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes calldata extraData
    ) public onlyOtherBridge {
        require(!paused(), "StandardBridge: paused");
        if (_isMintable(localToken)) {
            require(_standsFor(localToken, remoteToken), "StandardBridge: token stands for another one");
            IMintableERC20(localToken).mint(to, amount);
        } else {
            deposits[localToken][remoteToken] -= amount;
            SafeTransferLib.safeTransfer(localToken, to, amount);
        }
        _finalizedERC20(localToken, remoteToken, from, to, amount, extraData);
    }

    /// @notice Whether what arrives has to wait.
    function paused() public view virtual returns (bool);

    /// @dev Sets the proxy up.
    function _setUp(CrossDomainMessenger messenger_, StandardBridge otherBridge_) internal {
        messenger = messenger_;
        otherBridge = otherBridge_;
    }

    function _bridgeETH(address to, uint32 minGasLimit, bytes memory extraData) internal {
        require(msg.value != 0, "StandardBridge: no ether");
        _initiatedETH(msg.sender, to, msg.value, extraData);
        messenger.sendMessage{value: msg.value}(
            address(otherBridge),
            abi.encodeCall(this.finalizeBridgeETH, (msg.sender, to, msg.value, extraData)),
            minGasLimit
        );
    }

    function _bridgeERC20(
        address localToken,
        address remoteToken,
        address to,
        uint256 amount,
        uint32 minGasLimit,
        bytes memory extraData
    ) internal {
        require(msg.value == 0, "StandardBridge: ether with tokens");
        if (_isMintable(localToken)) {
            require(_standsFor(localToken, remoteToken), "StandardBridge: token stands for another one");
            IMintableERC20(localToken).burn(msg.sender, amount);
        } else {
            SafeTransferLib.safeTransferFrom(localToken, msg.sender, address(this), amount);
            deposits[localToken][remoteToken] += amount;
        }
        _initiatedERC20(localToken, remoteToken, msg.sender, to, amount, extraData);
        // The other bridge sees the two tokens from its side.
        bytes memory finalize =
            abi.encodeCall(this.finalizeBridgeERC20, (remoteToken, localToken, msg.sender, to, amount, extraData));
        messenger.sendMessage(address(otherBridge), finalize, minGasLimit);
    }

    /// @dev The events; each chain adds those of the bridges before.
    function _initiatedETH(address from, address to, uint256 amount, bytes memory extraData) internal virtual {
        emit ETHBridgeInitiated(from, to, amount, extraData);
    }

    function _finalizedETH(address from, address to, uint256 amount, bytes memory extraData) internal virtual {
        emit ETHBridgeFinalized(from, to, amount, extraData);
    }

    function _initiatedERC20(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes memory extraData
    ) internal virtual {
        emit ERC20BridgeInitiated(localToken, remoteToken, from, to, amount, extraData);
    }

    function _finalizedERC20(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes memory extraData
    ) internal virtual {
        emit ERC20BridgeFinalized(localToken, remoteToken, from, to, amount, extraData);
    }

    /// @dev Whether a token says that the bridge may mint it. Which one it stands for is checked besides.
    function _isMintable(address token) private view returns (bool) {
        return ERC165Checker.supportsInterface(token, type(ILegacyMintableERC20).interfaceId)
            || ERC165Checker.supportsInterface(token, type(IMintableERC20).interfaceId);
    }

    function _standsFor(address token, address remoteToken) private view returns (bool) {
        return ERC165Checker.supportsInterface(token, type(ILegacyMintableERC20).interfaceId)
            ? remoteToken == ILegacyMintableERC20(token).l1Token()
            : remoteToken == IMintableERC20(token).remoteToken();
    }
}
