// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {SafeCall} from "src/bridge/lib/SafeCall.sol";
import {Initializable} from "src/lib/Initializable.sol";

/// @dev Slot 0 begins with 20 bytes that nothing uses any more.
abstract contract FirstSlot {
    address private unused;
}

/// @title CrossDomainMessenger
/// @notice Calls from one chain to the other that can be tried again (specs, messengers.md). What the two chains have in
///         common: a message is sent with a nonce, relayed once at most, and kept for another try if its call fails.
/// @dev Storage is that of the OP Stack's messengers: 43 words are kept free, so that a child's begin at slot 251.
abstract contract CrossDomainMessenger is FirstSlot, Initializable {
    /// @notice The version in a nonce's two high bytes.
    uint16 public constant MESSAGE_VERSION = 1;
    /// @notice Gas of `relayMessage` that does not depend on the message.
    uint64 public constant RELAY_CONSTANT_OVERHEAD = 200_000;
    /// @notice A call gets at most 63/64 of what is left (EIP-150): so much more is needed, as a fraction.
    uint64 public constant MIN_GAS_DYNAMIC_OVERHEAD_NUMERATOR = 64;
    /// @notice See `MIN_GAS_DYNAMIC_OVERHEAD_NUMERATOR`.
    uint64 public constant MIN_GAS_DYNAMIC_OVERHEAD_DENOMINATOR = 63;
    /// @notice Gas for a byte of the message in calldata.
    uint64 public constant MIN_GAS_CALLDATA_OVERHEAD = 16;
    /// @notice Gas that the call of the target takes beside what the target gets.
    uint64 public constant RELAY_CALL_OVERHEAD = 40_000;
    /// @notice Gas kept for what follows the call of the target.
    uint64 public constant RELAY_RESERVED_GAS = 40_000;
    /// @notice Gas for what stands between the check of the gas and the call.
    uint64 public constant RELAY_GAS_CHECK_BUFFER = 5000;
    /// @notice Gas of any transaction.
    uint64 public constant TX_BASE_GAS = 21_000;
    /// @notice Gas that a byte of calldata costs at least (EIP-7623).
    uint64 public constant FLOOR_CALLDATA_OVERHEAD = 40;
    /// @notice Bytes that `relayMessage`'s encoding adds to a message, at most.
    uint64 public constant ENCODING_OVERHEAD = 260;

    /// @dev The sender while no message is running: never zero, so that writing it is cheap.
    address private constant NO_SENDER = 0x000000000000000000000000000000000000dEaD;
    /// @dev Nobody can send from here but a node that estimates gas.
    address private constant ESTIMATION_ADDRESS = address(1);

    /// @dev Slots 1 to 202 had settings of earlier generations.
    uint256[202] private unusedSlots;
    /// @notice Whether a message was relayed, and its call succeeded.
    mapping(bytes32 messageHash => bool) public successfulMessages;
    /// @dev Who sent the message that is running now, on the other chain.
    address private messageSender;
    /// @dev The next nonce, without its version.
    uint240 private nonce;
    /// @notice Whether a message was relayed, and its call failed at least once. It may have succeeded later.
    mapping(bytes32 messageHash => bool) public failedMessages;
    /// @notice The messenger on the other chain.
    address public otherMessenger;
    uint256[43] private freeSlots;

    /// @notice A message is on its way to the other chain.
    event SentMessage(address indexed target, address sender, bytes message, uint256 messageNonce, uint256 gasLimit);
    /// @notice The ether that the message just sent has with it.
    event SentMessageExtension1(address indexed sender, uint256 value);
    /// @notice A message of the other chain arrived, and its call succeeded.
    event RelayedMessage(bytes32 indexed msgHash);
    /// @notice A message of the other chain arrived, and its call failed: anyone may try again.
    event FailedRelayedMessage(bytes32 indexed msgHash);

    /// @notice Calls `target` on the other chain with the value sent along. A call that never succeeds locks the value.
    /// @param minGasLimit The gas that the target gets at least.
    function sendMessage(address target, bytes calldata message, uint32 minGasLimit) external payable {
        uint256 id = messageNonce();
        bytes memory relay =
            abi.encodeCall(this.relayMessage, (id, msg.sender, target, msg.value, minGasLimit, message));
        _send(otherMessenger, baseGas(message, minGasLimit), relay);
        emit SentMessage(target, msg.sender, message, id, minGasLimit);
        emit SentMessageExtension1(msg.sender, msg.value);
        unchecked {
            nonce++; // 2^240 messages do not happen
        }
    }

    /// @notice Makes the call that a message is about. The first time it comes from the other messenger; one whose call
    ///         failed may be tried again by anyone, with any gas.
    /// @param id The message's nonce.
    /// @param sender Who sent it, on the other chain.
    /// @param target Who is called.
    /// @param value Wei that the call has with it.
    /// @param minGasLimit The gas that the target gets at least.
    /// @param message The calldata.
    function relayMessage(
        uint256 id,
        address sender,
        address target,
        uint256 value,
        uint256 minGasLimit,
        bytes calldata message
    ) external payable {
        require(!paused(), "CrossDomainMessenger: paused");
        // Messages of version 0 were sent before there was this generation of messengers.
        require(id >> 240 == MESSAGE_VERSION, "CrossDomainMessenger: unknown message version");

        bytes32 messageHash =
            keccak256(abi.encodeCall(this.relayMessage, (id, sender, target, value, minGasLimit, message)));
        if (_isOtherMessenger()) {
            require(msg.value == value, "CrossDomainMessenger: value is not the message's");
            require(!failedMessages[messageHash], "CrossDomainMessenger: message arrived before");
        } else {
            require(msg.value == 0, "CrossDomainMessenger: the value is here already");
            require(failedMessages[messageHash], "CrossDomainMessenger: not a message that failed");
        }
        require(!_isUnsafeTarget(target), "CrossDomainMessenger: target may not be called");
        require(!successfulMessages[messageHash], "CrossDomainMessenger: message was relayed before");

        // Too little gas is no reason to lose a message, nor is one that is relayed while another one runs.
        bool enoughGas = SafeCall.hasMinGas(minGasLimit, RELAY_RESERVED_GAS + RELAY_GAS_CHECK_BUFFER);
        if (!enoughGas || messageSender != NO_SENDER) {
            _fail(messageHash);
            return;
        }
        messageSender = sender;
        bool success = SafeCall.call(target, gasleft() - RELAY_RESERVED_GAS, value, message);
        messageSender = NO_SENDER;
        if (success) {
            successfulMessages[messageHash] = true;
            emit RelayedMessage(messageHash);
        } else {
            _fail(messageHash);
        }
    }

    /// @notice Who sent the message that is running now, on the other chain.
    function xDomainMessageSender() external view returns (address) {
        require(messageSender != NO_SENDER, "CrossDomainMessenger: no message is running");
        return messageSender;
    }

    /// @notice The messenger on the other chain, under the name that older tools use.
    function OTHER_MESSENGER() external view returns (address) {
        return otherMessenger;
    }

    /// @notice The nonce of the next message, with its version.
    function messageNonce() public view returns (uint256) {
        return uint256(MESSAGE_VERSION) << 240 | nonce;
    }

    /// @notice The gas that relaying a message takes at most, when its target gets no more than the minimum.
    function baseGas(bytes calldata message, uint32 minGasLimit) public pure returns (uint64) {
        uint64 size = uint64(message.length) + ENCODING_OVERHEAD;
        uint64 execution = RELAY_CONSTANT_OVERHEAD + RELAY_CALL_OVERHEAD + RELAY_RESERVED_GAS + RELAY_GAS_CHECK_BUFFER
            + uint64(minGasLimit) * MIN_GAS_DYNAMIC_OVERHEAD_NUMERATOR / MIN_GAS_DYNAMIC_OVERHEAD_DENOMINATOR;
        uint64 metered = execution + size * MIN_GAS_CALLDATA_OVERHEAD;
        uint64 floor = size * FLOOR_CALLDATA_OVERHEAD;
        return TX_BASE_GAS + (metered > floor ? metered : floor);
    }

    /// @notice Whether messages that arrive have to wait.
    function paused() public view virtual returns (bool);

    /// @dev Sets the proxy up.
    function _setUp(address otherMessenger_) internal {
        messageSender = NO_SENDER;
        otherMessenger = otherMessenger_;
    }

    /// @dev Has the other chain call `to` with the value sent along.
    function _send(address to, uint64 gasLimit, bytes memory data) internal virtual;

    /// @dev Whether the caller is the messenger on the other chain.
    function _isOtherMessenger() internal view virtual returns (bool);

    /// @dev Whether a call in the messenger's name could pass for something else than a message.
    function _isUnsafeTarget(address target) internal view virtual returns (bool);

    function _fail(bytes32 messageHash) private {
        failedMessages[messageHash] = true;
        emit FailedRelayedMessage(messageHash);
        // So that estimating gas finds a limit with which the call succeeds.
        require(tx.origin != ESTIMATION_ADDRESS, "CrossDomainMessenger: the call fails");
    }
}
