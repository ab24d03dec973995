// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {TransparentUpgradeableProxy} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";

import {AnchorStateRegistry} from "src/dispute/AnchorStateRegistry.sol";
import {DelayedWETH} from "src/dispute/DelayedWETH.sol";
import {DisputeGameFactory} from "src/dispute/DisputeGameFactory.sol";
import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {BondCurve} from "src/dispute/lib/BondCurve.sol";
import {Claim, Duration, GameType, Hash, Proposal} from "src/dispute/lib/Types.sol";
import {TestDecrees} from "test/dispute/support/TestDecrees.sol";
import {TestSystemConfig} from "test/dispute/support/TestSystemConfig.sol";
import {Tiny, TinyVM} from "test/dispute/support/TinyVM.sol";
import {TinyOracle} from "test/dispute/support/TinyOracle.sol";
import {Test} from "test/support/Test.sol";

/// Factory, registry and vault behind proxies, and a small game.
abstract contract DisputeSetup is Test {
    GameType internal constant TYPE = GameType.wrap(8);
    uint64 internal constant MAX_CLOCK = 302_400;
    uint64 internal constant EXTENSION = 10_800;
    uint256 internal constant CHALLENGE_PERIOD = 86_400;
    uint256 internal constant FINALITY_DELAY = 302_400;
    uint256 internal constant WETH_DELAY = 604_800;
    uint256 internal constant INIT_BOND = 0.08 ether;
    uint256 internal constant CHAIN_ID = 901;
    /// The anchor's block.
    uint256 internal constant START = 100;
    /// The block that games claim.
    uint256 internal constant CLAIMED = 112;

    /// The tree: 16 blocks, 16 steps a block, unless a test's constructor says otherwise.
    uint256 internal splitDepth = 4;
    uint256 internal maxDepth = 9;
    uint256 internal stepsPerBlock = 16;

    DisputeGameFactory internal factory;
    AnchorStateRegistry internal registry;
    DelayedWETH internal weth;
    FaultDisputeGame internal implementation;
    TinyOracle internal oracle;
    TinyVM internal tinyVm;
    TestDecrees internal decrees;
    TestSystemConfig internal systemConfig;

    address internal owner = makeAddr("owner");
    address internal guardian = makeAddr("guardian");
    address internal proposer = makeFunded("proposer", 1000 ether);
    address internal challenger = makeFunded("challenger", 1000 ether);
    address internal stranger = makeFunded("stranger", 1000 ether);

    function setTree(uint256 splitDepth_, uint256 maxDepth_) internal {
        splitDepth = splitDepth_;
        maxDepth = maxDepth_;
        stepsPerBlock = 1 << (maxDepth_ - splitDepth_ - 1);
    }

    function setUp() public virtual {
        systemConfig = new TestSystemConfig(guardian, makeAddr("superchain config"));
        decrees = new TestDecrees();
        oracle = new TinyOracle(CHALLENGE_PERIOD);
        tinyVm = new TinyVM(oracle);

        factory = DisputeGameFactory(
            proxy(address(new DisputeGameFactory()), abi.encodeCall(DisputeGameFactory.initialize, (owner)))
        );
        registry = AnchorStateRegistry(
            proxy(
                address(new AnchorStateRegistry(FINALITY_DELAY, decrees)),
                abi.encodeCall(
                    AnchorStateRegistry.initialize,
                    (systemConfig, factory, Proposal(Hash.wrap(Claim.unwrap(Tiny.output(START))), START), TYPE)
                )
            )
        );
        weth = DelayedWETH(
            payable(proxy(address(new DelayedWETH(WETH_DELAY)), abi.encodeCall(DelayedWETH.initialize, (systemConfig))))
        );

        implementation = new FaultDisputeGame(parameters());
        vm.startPrank(owner);
        factory.setImplementation(TYPE, IDisputeGame(address(implementation)), typeArgs());
        factory.setInitBond(TYPE, INIT_BOND);
        vm.stopPrank();
    }

    function parameters() internal view returns (FaultDisputeGame.Parameters memory) {
        return FaultDisputeGame.Parameters({
            maxGameDepth: maxDepth,
            splitDepth: splitDepth,
            clockExtension: Duration.wrap(EXTENSION),
            maxClockDuration: Duration.wrap(MAX_CLOCK),
            bonds: BondCurve.Curve({gasPrice: 200 gwei, lowGas: 400_000, highGas: 300_000_000})
        });
    }

    function prestate() internal pure returns (Claim) {
        return Tiny.commit(Tiny.State(0, 0, 0, 0));
    }

    function typeArgs() internal view returns (bytes memory) {
        return abi.encodePacked(prestate(), address(tinyVm), address(registry), address(weth), CHAIN_ID);
    }

    function create(Claim root, uint256 number) internal returns (FaultDisputeGame) {
        vm.prank(proposer);
        return FaultDisputeGame(address(factory.create{value: INIT_BOND}(TYPE, root, abi.encode(number))));
    }

    function proxy(address logic, bytes memory call) internal returns (address) {
        return address(new TransparentUpgradeableProxy(logic, owner, call));
    }
}
