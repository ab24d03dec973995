// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FeeVault} from "src/l2/FeeVault.sol";
import {GasPriceOracle} from "src/l2/GasPriceOracle.sol";
import {L1Block} from "src/l2/L1Block.sol";
import {L2ToL1MessagePasser} from "src/l2/L2ToL1MessagePasser.sol";
import {Predeploys} from "src/l2/Predeploys.sol";
import {Test} from "test/support/Test.sol";

contract L1BlockTest is Test {
    address private constant DEPOSITOR = 0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001;

    L1Block private l1 = new L1Block();

    function attributes(bytes4 selector) private pure returns (bytes memory) {
        return abi.encodePacked(
            selector,
            uint32(1),
            uint32(2),
            uint64(3),
            uint64(4),
            uint64(5),
            uint256(6),
            uint256(7),
            bytes32(uint256(8)),
            bytes32(uint256(9))
        );
    }

    function write(bytes memory data) private {
        vm.prank(DEPOSITOR);
        (bool ok,) = address(l1).call(data);
        assertTrue(ok);
    }

    function checkEcotone() private view {
        assertEq(l1.baseFeeScalar(), 1);
        assertEq(l1.blobBaseFeeScalar(), 2);
        assertEq(l1.sequenceNumber(), 3);
        assertEq(l1.timestamp(), 4);
        assertEq(l1.number(), 5);
        assertEq(l1.basefee(), 6);
        assertEq(l1.blobBaseFee(), 7);
        assertEq(l1.hash(), bytes32(uint256(8)));
        assertEq(l1.batcherHash(), bytes32(uint256(9)));
    }

    /// The specs give the selectors as numbers.
    function test_selectors_are_those_of_derivation() external pure {
        assertEq(bytes32(L1Block.setL1BlockValuesEcotone.selector), bytes32(bytes4(0x440a5e20)));
        assertEq(bytes32(L1Block.setL1BlockValuesIsthmus.selector), bytes32(bytes4(0x098999be)));
        assertEq(bytes32(L1Block.setL1BlockValuesJovian.selector), bytes32(bytes4(0x3db6be2b)));
    }

    function test_ecotone_attributes_are_read_from_packed_calldata() external {
        bytes memory data = attributes(L1Block.setL1BlockValuesEcotone.selector);
        assertEq(data.length, 164);
        write(data);
        checkEcotone();
    }

    function test_isthmus_adds_the_operator_fee() external {
        bytes memory data =
            abi.encodePacked(attributes(L1Block.setL1BlockValuesIsthmus.selector), uint32(10), uint64(11));
        assertEq(data.length, 176);
        write(data);
        checkEcotone();
        assertEq(l1.operatorFeeScalar(), 10);
        assertEq(l1.operatorFeeConstant(), 11);
    }

    function test_jovian_adds_the_footprint_scalar() external {
        bytes memory data =
            abi.encodePacked(attributes(L1Block.setL1BlockValuesJovian.selector), uint32(10), uint64(11), uint16(400));
        assertEq(data.length, 178);
        write(data);
        checkEcotone();
        assertEq(l1.operatorFeeScalar(), 10);
        assertEq(l1.operatorFeeConstant(), 11);
        assertEq(l1.daFootprintGasScalar(), 400);
    }

    function test_fields_at_their_largest_do_not_touch_each_other() external {
        bytes memory data = attributes(L1Block.setL1BlockValuesJovian.selector);
        for (uint256 i = 4; i < data.length; i++) {
            data[i] = 0xff;
        }
        write(abi.encodePacked(data, type(uint32).max, type(uint64).max, type(uint16).max));
        assertEq(vm.load(address(l1), bytes32(uint256(0))), bytes32(uint256(type(uint128).max)));
        assertEq(vm.load(address(l1), bytes32(uint256(3))), bytes32(uint256(type(uint128).max)));
        assertEq(vm.load(address(l1), bytes32(uint256(5))), bytes32(0));
        assertEq(vm.load(address(l1), bytes32(uint256(8))), bytes32(uint256(type(uint112).max)));
    }

    function test_others_write_nothing() external {
        expectRevert(L1Block.NotDepositor.selector);
        l1.setL1BlockValuesEcotone();
        expectRevert(L1Block.NotDepositor.selector);
        l1.setL1BlockValuesIsthmus();
        expectRevert(L1Block.NotDepositor.selector);
        l1.setL1BlockValuesJovian();
    }
}

contract L2ToL1MessagePasserTest is Test {
    L2ToL1MessagePasser private passer = new L2ToL1MessagePasser();
    address private alice = makeFunded("alice", 10 ether);

    event MessagePassed(
        uint256 indexed nonce,
        address indexed sender,
        address indexed target,
        uint256 value,
        uint256 gasLimit,
        bytes data,
        bytes32 withdrawalHash
    );

    function test_a_withdrawal_is_remembered_in_slot_zero() external {
        uint256 nonce = uint256(1) << 240;
        bytes32 hash =
            keccak256(abi.encode(nonce, alice, address(0xb0b), uint256(3), uint256(50_000), bytes(hex"c0ffee")));
        vm.expectEmit(address(passer));
        emit MessagePassed(nonce, alice, address(0xb0b), 3, 50_000, hex"c0ffee", hash);
        vm.prank(alice);
        passer.initiateWithdrawal{value: 3}(address(0xb0b), 50_000, hex"c0ffee");

        assertTrue(passer.sentMessages(hash));
        assertEq(vm.load(address(passer), keccak256(abi.encode(hash, uint256(0)))), bytes32(uint256(1)));
        assertEq(vm.load(address(passer), bytes32(uint256(1))), bytes32(uint256(1)));
        assertEq(passer.messageNonce(), nonce + 1);
    }

    function test_ether_that_is_sent_is_withdrawn_to_its_sender() external {
        uint256 nonce = passer.messageNonce();
        vm.prank(alice);
        (bool sent,) = address(passer).call{value: 1 ether}("");
        assertTrue(sent);
        bytes32 hash = keccak256(abi.encode(nonce, alice, alice, uint256(1 ether), uint256(100_000), bytes("")));
        assertTrue(passer.sentMessages(hash));
    }

    function test_equal_withdrawals_have_different_hashes() external {
        vm.recordLogs();
        passer.initiateWithdrawal(alice, 0, "");
        passer.initiateWithdrawal(alice, 0, "");
        bytes32 first = abi.decode(abi.encodePacked(vm.getRecordedLogs()[0].topics[1]), (bytes32));
        assertEq(passer.messageNonce(), uint256(first) + 2);
    }

    function test_burning_takes_the_ether_out_of_the_supply() external {
        vm.deal(address(passer), 2 ether);
        passer.burn();
        assertEq(address(passer).balance, 0);
    }
}

contract GasPriceOracleTest is Test {
    address private constant DEPOSITOR = 0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001;

    GasPriceOracle private oracle = new GasPriceOracle();

    function setUp() external {
        vm.etch(Predeploys.L1_BLOCK, address(new L1Block()).code);
        bytes memory data = abi.encodePacked(
            L1Block.setL1BlockValuesIsthmus.selector,
            uint32(1368),
            uint32(810_949),
            uint64(0),
            uint64(0),
            uint64(0),
            uint256(10 gwei),
            uint256(3 gwei),
            bytes32(0),
            bytes32(0),
            uint32(2_000_000),
            uint64(77)
        );
        vm.prank(DEPOSITOR);
        (bool ok,) = Predeploys.L1_BLOCK.call(data);
        assertTrue(ok);
    }

    /// 100 bytes are the least that a transaction counts for, in millionths of a byte.
    function test_a_short_transaction_pays_for_a_hundred_bytes() external view {
        uint256 price = uint256(1368) * 16 * 10 gwei + uint256(810_949) * 3 gwei;
        assertEq(oracle.getL1Fee(hex"00"), 100 * 1e6 * price / 1e12);
        assertEq(oracle.getL1GasUsed(hex"00"), 1600);
    }

    /// Noise grows by a byte in 32, not in 255 as the formula has it: the 16 bytes make up for that in short data only.
    function test_the_upper_bound_is_one_for_short_data(bytes memory data) external view {
        vm.assume(data.length < 500);
        assertLe(oracle.getL1Fee(data), oracle.getL1FeeUpperBound(data.length));
    }

    function test_a_long_transaction_pays_by_its_compressed_size() external view {
        bytes memory zeros = new bytes(10_000);
        bytes memory noise;
        for (uint256 i = 0; i < 313; i++) {
            noise = abi.encodePacked(noise, keccak256(abi.encode(i)));
        }
        assertLt(oracle.getL1Fee(zeros) * 10, oracle.getL1Fee(noise));
    }

    function test_the_operator_fee_is_that_of_isthmus_then_of_jovian() external {
        assertEq(oracle.getOperatorFee(1000), 1000 * 2 + 77);
        vm.prank(DEPOSITOR);
        oracle.setJovian();
        assertEq(oracle.getOperatorFee(1000), 1000 * 2_000_000 * 100 + 77);
        assertEq(oracle.getOperatorFee(type(uint256).max), type(uint256).max);
    }

    function test_only_the_depositor_switches_forks() external {
        expectRevert(GasPriceOracle.NotDepositor.selector);
        oracle.setJovian();
    }
}

contract FeeVaultTest is Test {
    FeeVault private vault = new FeeVault();
    address private recipient = makeAddr("recipient");

    function set(uint256 minimum, FeeVault.WithdrawalNetwork network) private {
        vm.store(address(vault), bytes32(uint256(1)), bytes32(minimum));
        vm.store(address(vault), bytes32(uint256(2)), bytes32(uint256(uint160(recipient)) | uint256(network) << 160));
    }

    function test_anyone_sends_the_fees_to_the_recipient() external {
        set(1 ether, FeeVault.WithdrawalNetwork.L2);
        vm.deal(address(vault), 3 ether);
        assertEq(vault.withdraw(), 3 ether);
        assertEq(recipient.balance, 3 ether);
        assertEq(vault.totalProcessed(), 3 ether);
    }

    function test_less_than_the_minimum_stays() external {
        set(1 ether, FeeVault.WithdrawalNetwork.L2);
        vm.deal(address(vault), 1 ether - 1);
        vm.expectRevert("FeeVault: less than the minimum");
        vault.withdraw();
    }

    function test_a_recipient_on_l1_is_paid_by_a_withdrawal() external {
        set(0, FeeVault.WithdrawalNetwork.L1);
        L2ToL1MessagePasser passer = L2ToL1MessagePasser(Predeploys.L2_TO_L1_MESSAGE_PASSER);
        vm.etch(address(passer), address(new L2ToL1MessagePasser()).code);
        vm.deal(address(vault), 2 ether);
        uint256 nonce = passer.messageNonce();
        vault.withdraw();
        assertEq(address(passer).balance, 2 ether);
        bytes32 hash =
            keccak256(abi.encode(nonce, address(vault), recipient, uint256(2 ether), uint256(400_000), bytes("")));
        assertTrue(passer.sentMessages(hash));
    }

    function test_a_recipient_that_refuses_reverts() external {
        set(0, FeeVault.WithdrawalNetwork.L2);
        vm.etch(recipient, hex"5f5ffd");
        vm.expectRevert("FeeVault: recipient refused");
        vault.withdraw();
    }
}
