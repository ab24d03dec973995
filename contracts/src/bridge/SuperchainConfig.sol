// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {ISuperchainConfig} from "src/bridge/interfaces/ISuperchainConfig.sol";
import {IDecrees} from "src/dispute/interfaces/IDecrees.sol";
import {Initializable} from "src/lib/Initializable.sol";

/// @title SuperchainConfig
/// @notice What chains share: the guardian, and whether they are paused, which `IDecrees` says.
/// @dev Behind a proxy.
contract SuperchainConfig is ISuperchainConfig, Initializable {
    enum UpdateType {
        GUARDIAN
    }

    string public constant version = "2.4.0";

    IDecrees private immutable DECREES;

    /// @inheritdoc ISuperchainConfig
    address public guardian;

    event ConfigUpdate(UpdateType indexed updateType, bytes data);

    /// @param decrees_ What people may decide.
    constructor(IDecrees decrees_) {
        DECREES = decrees_;
        _disableInitializers();
    }

    /// @notice Sets the proxy up.
    function initialize(address guardian_) external initializer {
        guardian = guardian_;
        emit ConfigUpdate(UpdateType.GUARDIAN, abi.encode(guardian_));
    }

    /// @notice What people may decide.
    function decrees() external view returns (IDecrees) {
        return DECREES;
    }

    /// @notice Whether all chains are paused.
    function paused() external view returns (bool) {
        return DECREES.paused();
    }

    /// @inheritdoc ISuperchainConfig
    /// @dev No decree knows single chains.
    function paused(address) external view returns (bool) {
        return DECREES.paused();
    }
}
