// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {TransparentUpgradeableProxy} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";

import {ISystemConfig} from "src/bridge/interfaces/ISystemConfig.sol";
import {OptimismPortal} from "src/bridge/OptimismPortal.sol";
import {IAnchorStateRegistry} from "src/dispute/interfaces/IAnchorStateRegistry.sol";
import {MockRegistry, MockSystemConfig} from "test/bridge/Mocks.sol";
import {Test} from "test/support/Test.sol";

/// A portal behind a proxy, with a registry that says what a test wants.
abstract contract PortalTest is Test {
    uint256 internal constant MATURITY = 7 days;

    OptimismPortal internal portal;
    MockRegistry internal registry;

    event TransactionDeposited(address indexed from, address indexed to, uint256 indexed version, bytes opaqueData);

    function setUp() public virtual {
        registry = new MockRegistry();
        bytes memory setup = abi.encodeCall(
            OptimismPortal.initialize,
            (ISystemConfig(address(new MockSystemConfig())), IAnchorStateRegistry(address(registry)), address(0))
        );
        address implementation = address(new OptimismPortal(MATURITY));
        portal = OptimismPortal(payable(new TransparentUpgradeableProxy(implementation, address(1), setup)));
    }
}
