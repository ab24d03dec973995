// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {TransparentUpgradeableProxy} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";

import {IResourceMetering} from "src/bridge/interfaces/IResourceMetering.sol";
import {ISuperchainConfig} from "src/bridge/interfaces/ISuperchainConfig.sol";
import {SuperchainConfig} from "src/bridge/SuperchainConfig.sol";
import {SystemConfig} from "src/bridge/SystemConfig.sol";
import {NoDecrees} from "src/dispute/NoDecrees.sol";
import {Test} from "test/support/Test.sol";

contract SystemConfigTest is Test {
    uint64 private constant GAS_LIMIT = 60_000_000;

    SystemConfig private config;
    SuperchainConfig private superchain;
    address private implementation = address(new SystemConfig());
    address private owner = makeAddr("owner");

    event ConfigUpdate(uint256 indexed version, SystemConfig.UpdateType indexed updateType, bytes data);

    function setUp() external {
        superchain = SuperchainConfig(
            proxy(
                address(new SuperchainConfig(new NoDecrees())),
                abi.encodeCall(SuperchainConfig.initialize, (address(0x6A)))
            )
        );
        config = SystemConfig(proxy(implementation, setup(market(), GAS_LIMIT)));
    }

    function proxy(address logic, bytes memory data) private returns (address) {
        return address(new TransparentUpgradeableProxy(logic, address(1), data));
    }

    function market() private pure returns (IResourceMetering.ResourceConfig memory) {
        return IResourceMetering.ResourceConfig({
            maxResourceLimit: 20_000_000,
            elasticityMultiplier: 10,
            baseFeeMaxChangeDenominator: 8,
            minimumBaseFee: 1 gwei,
            systemTxMaxGas: 1_000_000,
            maximumBaseFee: type(uint128).max
        });
    }

    function setup(IResourceMetering.ResourceConfig memory market_, uint64 gasLimit)
        private
        view
        returns (bytes memory)
    {
        SystemConfig.Addresses memory addresses = SystemConfig.Addresses({
            l1CrossDomainMessenger: address(0x11),
            l1ERC721Bridge: address(0x12),
            l1StandardBridge: address(0x13),
            optimismPortal: address(0x14),
            optimismMintableERC20Factory: address(0x15),
            delayedWETH: address(0x16),
            opcm: address(0x17)
        });
        return abi.encodeCall(
            SystemConfig.initialize,
            (
                owner,
                1368,
                810_949,
                bytes32(uint256(0xba7c)),
                gasLimit,
                address(0x51),
                market_,
                addresses,
                901,
                ISuperchainConfig(address(superchain))
            )
        );
    }

    function expectUpdate(SystemConfig.UpdateType what, bytes memory data) private {
        vm.expectEmit(address(config));
        emit ConfigUpdate(0, what, data);
        vm.prank(owner);
    }

    function expectSetupRefused(IResourceMetering.ResourceConfig memory market_, string memory why) private {
        vm.expectRevert(bytes(why));
        new TransparentUpgradeableProxy(implementation, address(1), setup(market_, GAS_LIMIT));
    }

    // --------------------------------------------------------------------------------------------- at the start

    function test_it_starts_with_what_it_was_given() external view {
        assertEq(config.owner(), owner);
        assertEq(config.batcherHash(), bytes32(uint256(0xba7c)));
        assertEq(config.gasLimit(), GAS_LIMIT);
        assertEq(config.unsafeBlockSigner(), address(0x51));
        assertEq(config.scalar(), uint256(1) << 248 | uint256(810_949) << 32 | 1368);
        assertEq(config.startBlock(), block.number);
        assertEq(config.l2ChainId(), 901);
        assertEq(config.optimismPortal(), address(0x14));
        assertEq(config.getAddresses().opcm, address(0x17));
        assertEq(config.guardian(), address(0x6A));
        assertEq(config.resourceConfig().maxResourceLimit, 20_000_000);
        assertFalse(config.paused());
    }

    /// Nodes read the signer from this slot.
    function test_the_unsafe_block_signer_is_in_its_named_slot() external view {
        bytes32 slot = keccak256("systemconfig.unsafeblocksigner");
        assertEq(vm.load(address(config), slot), bytes32(uint256(0x51)));
    }

    function test_it_is_set_up_once() external {
        bytes memory again = setup(market(), GAS_LIMIT);
        vm.expectRevert("Initializable: already initialized");
        (bool ok,) = address(config).call(again);
        ok;
    }

    // -------------------------------------------------------------------------------------------------- updates

    function test_every_update_is_announced_as_derivation_reads_it() external {
        expectUpdate(SystemConfig.UpdateType.BATCHER, abi.encode(bytes32(uint256(7))));
        config.setBatcherHash(bytes32(uint256(7)));
        expectUpdate(SystemConfig.UpdateType.BATCHER, abi.encode(address(0xb0b)));
        config.setBatcherHash(address(0xb0b));
        expectUpdate(
            SystemConfig.UpdateType.FEE_SCALARS, abi.encode(uint256(0), uint256(1) << 248 | uint256(3) << 32 | 2)
        );
        config.setGasConfigEcotone(2, 3);
        expectUpdate(SystemConfig.UpdateType.GAS_LIMIT, abi.encode(uint64(30_000_000)));
        config.setGasLimit(30_000_000);
        expectUpdate(SystemConfig.UpdateType.UNSAFE_BLOCK_SIGNER, abi.encode(address(0xb0b)));
        config.setUnsafeBlockSigner(address(0xb0b));
        expectUpdate(SystemConfig.UpdateType.EIP_1559_PARAMS, abi.encode(uint256(250) << 32 | 6));
        config.setEIP1559Params(250, 6);
        expectUpdate(SystemConfig.UpdateType.OPERATOR_FEE_PARAMS, abi.encode(uint256(4) << 64 | 5));
        config.setOperatorFeeScalars(4, 5);
        expectUpdate(SystemConfig.UpdateType.MIN_BASE_FEE, abi.encode(uint64(9)));
        config.setMinBaseFee(9);
        expectUpdate(SystemConfig.UpdateType.DA_FOOTPRINT_GAS_SCALAR, abi.encode(uint16(400)));
        config.setDAFootprintGasScalar(400);

        assertEq(config.batcherHash(), bytes32(uint256(0xb0b)));
        assertEq(config.basefeeScalar(), 2);
        assertEq(config.blobbasefeeScalar(), 3);
        assertEq(config.gasLimit(), 30_000_000);
        assertEq(config.unsafeBlockSigner(), address(0xb0b));
        assertEq(config.eip1559Denominator(), 250);
        assertEq(config.eip1559Elasticity(), 6);
        assertEq(config.operatorFeeScalar(), 4);
        assertEq(config.operatorFeeConstant(), 5);
        assertEq(config.minBaseFee(), 9);
        assertEq(config.daFootprintGasScalar(), 400);
    }

    function test_others_change_nothing() external {
        bytes[] memory calls = new bytes[](9);
        calls[0] = abi.encodeWithSignature("setBatcherHash(bytes32)", bytes32(0));
        calls[1] = abi.encodeWithSignature("setBatcherHash(address)", address(0));
        calls[2] = abi.encodeCall(SystemConfig.setGasConfigEcotone, (0, 0));
        calls[3] = abi.encodeCall(SystemConfig.setGasLimit, (GAS_LIMIT));
        calls[4] = abi.encodeCall(SystemConfig.setUnsafeBlockSigner, (address(0)));
        calls[5] = abi.encodeCall(SystemConfig.setEIP1559Params, (1, 1));
        calls[6] = abi.encodeCall(SystemConfig.setOperatorFeeScalars, (0, 0));
        calls[7] = abi.encodeCall(SystemConfig.setMinBaseFee, (0));
        calls[8] = abi.encodeCall(SystemConfig.setDAFootprintGasScalar, (0));
        for (uint256 i = 0; i < calls.length; i++) {
            (bool ok, bytes memory why) = address(config).call(calls[i]);
            assertFalse(ok);
            assertEq(why, abi.encodeWithSignature("Error(string)", "Ownable: caller is not the owner"));
        }
    }

    function test_the_gas_limit_holds_what_deposits_may_buy_and_is_provable() external {
        assertEq(config.minimumGasLimit(), 21_000_000);
        vm.startPrank(owner);
        config.setGasLimit(21_000_000);
        config.setGasLimit(200_000_000);
        vm.expectRevert("SystemConfig: gas limit too low");
        config.setGasLimit(20_999_999);
        vm.expectRevert("SystemConfig: gas limit too high");
        config.setGasLimit(200_000_001);
    }

    function test_eip1559_parameters_are_positive() external {
        vm.startPrank(owner);
        vm.expectRevert("SystemConfig: denominator must be >= 1");
        config.setEIP1559Params(0, 1);
        vm.expectRevert("SystemConfig: elasticity must be >= 1");
        config.setEIP1559Params(1, 0);
    }

    function test_a_market_that_cannot_work_is_refused() external {
        IResourceMetering.ResourceConfig memory bad = market();
        bad.maximumBaseFee = bad.minimumBaseFee - 1;
        expectSetupRefused(bad, "SystemConfig: min base fee above max");
        bad = market();
        bad.baseFeeMaxChangeDenominator = 1;
        expectSetupRefused(bad, "SystemConfig: denominator must be larger than 1");
        bad = market();
        bad.systemTxMaxGas = 40_000_001;
        expectSetupRefused(bad, "SystemConfig: gas limit too low");
        bad = market();
        bad.elasticityMultiplier = 0;
        expectSetupRefused(bad, "SystemConfig: elasticity multiplier cannot be 0");
        bad = market();
        bad.maxResourceLimit = 20_000_001;
        expectSetupRefused(bad, "SystemConfig: precision loss with target resource limit");
        bad = market();
        bad.maxResourceLimit = 0;
        expectSetupRefused(bad, "SystemConfig: precision loss with target resource limit");
    }
}
