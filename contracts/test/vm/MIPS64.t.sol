// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IPreimageOracle} from "src/dispute/interfaces/IPreimageOracle.sol";
import {MIPS64} from "src/vm/MIPS64.sol";
import {
    BranchInDelaySlot,
    DivisionByZero,
    EmptyThreadStack,
    InvalidExitedValue,
    InvalidFlag,
    InvalidInstruction,
    InvalidMemoryProof,
    InvalidPC,
    InvalidProofFormat,
    InvalidSecondMemoryProof,
    InvalidStateLength,
    InvalidThreadWitness,
    JumpInDelaySlot,
    UnrecognizedSyscall,
    UnsupportedStateVersion
} from "src/vm/lib/VmErrors.sol";
import {MipsFixture} from "test/vm/support/MipsFixture.sol";

/// Single steps: what they leave behind, which proofs they take, where they revert. Every instruction and system call
/// is compared with the VM off-chain in crates/mips-diff.
contract MIPS64Test is MipsFixture {
    uint32 private constant ADDU = 0x00851021; // addu $v0, $a0, $a1
    uint32 private constant SD = 0xfc850010; // sd $a1, 16($a0)
    uint64 private constant HEAP = 0x100000000000;

    function test_deploys_for_its_state_version_only() external {
        assertEq(mips.stateVersion(), 8);
        assertEq(address(mips.oracle()), address(oracle));
        for (uint256 v = 0; v < 8; v++) {
            expectRevert(UnsupportedStateVersion.selector);
            new MIPS64(IPreimageOracle(address(oracle)), v);
        }
        expectRevert(UnsupportedStateVersion.selector);
        new MIPS64(IPreimageOracle(address(oracle)), 9);
    }

    function test_addition_writes_a_register() external {
        Machine memory m = addition();
        bytes memory state = encode(m);
        bytes memory proof_ = proof(m);
        advance(m);
        m.cpu.registers[2] = 0xffffffff80000000;
        bytes32 post = mips.step(state, proof_, NO_CONTEXT);
        vm.snapshotGasLastCall("MIPS64", "step: addu");
        assertEq(post, hashOf(m));
    }

    function test_store_writes_memory() external {
        Machine memory m = storing();
        bytes memory state = encode(m);
        bytes memory proof_ = proof(m, HEAP + 16);
        advance(m);
        set(m, HEAP + 16, 0x0123456789abcdef);
        bytes32 post = mips.step(state, proof_, NO_CONTEXT);
        vm.snapshotGasLastCall("MIPS64", "step: sd");
        assertEq(post, hashOf(m));
    }

    /// The bits that a shift moves out of a 64-bit word must not reach the word before it in the leaf.
    function test_partial_stores_leave_the_words_beside_alone() external view {
        for (uint64 offset = 0; offset < 32; offset++) {
            Machine memory m = machine(0xb4850000); // sdr $a1, 0($a0)
            m.cpu.registers[4] = HEAP + offset;
            m.cpu.registers[5] = type(uint64).max;
            bytes memory state = encode(m);
            uint64 word = HEAP + (offset & ~uint64(7));
            bytes memory short = compact(m, word);
            set(m, word, type(uint64).max << (56 - 8 * (offset & 7)));
            advance(m);
            assertEq(mips.step(state, short, NO_CONTEXT), hashOf(m));
        }
    }

    function test_compact_proof_gives_the_same_state() external {
        Machine memory m = addition();
        bytes memory state = encode(m);
        bytes memory short = compact(m);
        bytes32 post = mips.step(state, short, NO_CONTEXT);
        vm.snapshotGasLastCall("MIPS64", "step: addu, compact proof");
        assertEq(post, step(m, proof(m)));

        m = storing();
        state = encode(m);
        short = compact(m, HEAP + 16);
        post = mips.step(state, short, NO_CONTEXT);
        vm.snapshotGasLastCall("MIPS64", "step: sd, compact proof");
        assertEq(post, step(m, proof(m, HEAP + 16)));
        assertLt(short.length, 600);
    }

    function test_compact_proof_holds_for_every_distance_of_two_leaves() external view {
        for (uint256 bit = 3; bit < 64; bit++) {
            Machine memory m = storing();
            uint64 addr = uint64(m.cpu.pc ^ (1 << bit));
            unchecked {
                m.cpu.registers[4] = addr - 16;
            }
            set(m, addr, 77);
            assertEq(step(m, compact(m, addr)), step(m, proof(m, addr)));
        }
    }

    function test_compact_proof_holds_for_many_threads() external view {
        Machine memory m = addition();
        m.below = keccak256("other threads");
        assertEq(step(m, compact(m)), step(m, proof(m)));
        m.scalars.traverseRight = 1;
        assertEq(step(m, compact(m)), step(m, proof(m)));
    }

    function test_bytes_after_the_proof_do_not_matter() external view {
        Machine memory m = storing();
        bytes32 post = step(m, proof(m, HEAP + 16));
        assertEq(step(m, bytes.concat(proof(m, HEAP + 16), branch(m, 0))), post);
        assertEq(step(m, bytes.concat(compact(m, HEAP + 16), hex"00")), post);
    }

    function test_exited_state_stays() external view {
        Machine memory m = addition();
        m.scalars.exited = 1;
        for (uint8 code = 0; code < 4; code++) {
            m.scalars.exitCode = code;
            bytes32 post = step(m, "");
            assertEq(post, hashOf(m));
            assertEq(uint256(post) >> 248, code < 2 ? code : 2);
        }
    }

    function test_clock_writes_two_words() external view {
        for (uint64 addr = HEAP; addr < HEAP + 64; addr += 8) {
            Machine memory m = syscall(5222, 1, addr, 0);
            m.scalars.step = 25_000_003;
            bytes memory state = encode(m);
            bytes memory head = proof(m, addr);
            bytes memory short = compact(m, addr);
            set(m, addr, 2);
            bytes memory standard = bytes.concat(head, branch(m, addr + 8));
            if ((addr + 8) >> 5 != addr >> 5) {
                short = bytes.concat(short, section(m, addr + 8, meeting(addr, addr + 8)));
            }
            set(m, addr + 8, 500_000_400);
            advance(m);
            m.cpu.registers[2] = 0;
            assertEq(mips.step(state, standard, NO_CONTEXT), hashOf(m));
            assertEq(mips.step(state, short, NO_CONTEXT), hashOf(m));
        }
    }

    function test_preimage_read_asks_the_oracle() external {
        bytes memory preimage = "the lazy dog";
        oracle.loadKeccak256PreimagePart(5, preimage);
        Machine memory m = syscall(5000, 5, HEAP + 2, 8);
        m.scalars.preimageKey = bytes32((uint256(keccak256(preimage)) & (type(uint256).max >> 8)) | (2 << 248));
        m.scalars.preimageOffset = 5;
        set(m, HEAP, type(uint64).max);
        bytes memory state = encode(m);
        bytes memory short = compact(m, HEAP);
        advance(m);
        set(m, HEAP, 0xffff00000c746865);
        m.cpu.registers[2] = 6;
        m.scalars.preimageOffset = 11;
        bytes32 post = mips.step(state, short, NO_CONTEXT);
        vm.snapshotGasLastCall("MIPS64", "step: read a preimage, compact proof");
        assertEq(post, hashOf(m));
    }

    function test_local_preimages_belong_to_the_caller_and_the_context() external {
        Machine memory m = syscall(5000, 5, HEAP, 8);
        m.scalars.preimageKey = bytes32((1 << 248) | uint256(4));
        m.scalars.preimageOffset = 8;
        bytes memory state = encode(m);
        bytes memory short = compact(m, HEAP);
        address game = makeAddr("game");
        bytes32 context = keccak256("claim 7");
        vm.prank(game);
        oracle.loadLocalData(4, context, bytes32(uint256(123) << 192), 8, 8);

        vm.prank(game);
        bytes32 post = mips.step(state, short, context);
        advance(m);
        set(m, HEAP, 123);
        m.cpu.registers[2] = 8;
        m.scalars.preimageOffset = 16;
        assertEq(post, hashOf(m));

        vm.expectRevert();
        mips.step(state, short, context);
        vm.prank(game);
        vm.expectRevert();
        mips.step(state, short, NO_CONTEXT);
    }

    function test_clone_puts_a_thread_on_top() external view {
        Machine memory m = syscall(5055, 0x50f00, 0xbeef, 0);
        m.scalars.nextThreadId = 9;
        bytes32 post = step(m, compact(m));

        Cpu memory child = abi.decode(abi.encode(m.cpu), (Cpu));
        (child.id, child.pc, child.nextPc) = (9, 0x1004, 0x1008);
        (child.registers[2], child.registers[7], child.registers[29]) = (0, 0, 0xbeef);
        advance(m);
        m.scalars.stepsSinceSwitch = 0;
        m.scalars.nextThreadId = 10;
        m.cpu.registers[2] = 9;
        assertEq(post, hashOf(encodeWith(m, push(push(m.below, m.cpu), child), m.waiting)));
    }

    function test_preempted_thread_goes_to_the_other_stack() external view {
        for (uint8 right = 0; right < 2; right++) {
            Machine memory m = addition();
            m.scalars.traverseRight = right;
            m.scalars.stepsSinceSwitch = 100_000;
            m.below = keccak256("below");
            bytes32 post = step(m, threadProof(m));
            m.scalars.step++;
            m.scalars.stepsSinceSwitch = 0;
            assertEq(post, hashOf(encodeWith(m, m.below, push(m.waiting, m.cpu))));
        }
    }

    function test_last_thread_of_a_stack_turns_the_direction() external view {
        Machine memory m = addition();
        m.scalars.stepsSinceSwitch = 100_000;
        bytes32 post = step(m, threadProof(m));
        m.scalars.step++;
        m.scalars.stepsSinceSwitch = 0;
        m.scalars.traverseRight = 1;
        assertEq(post, hashOf(encodeWith(m, push(EMPTY_STACK, m.cpu), EMPTY_STACK)));
    }

    function test_exited_thread_is_dropped() external {
        Machine memory m = addition();
        m.cpu.exited = 1;
        m.below = keccak256("below");
        bytes32 post = step(m, threadProof(m));
        m.scalars.step++;
        m.scalars.stepsSinceSwitch = 0;
        assertEq(post, hashOf(encodeWith(m, m.below, m.waiting)));

        m = addition();
        m.cpu.exited = 1;
        refuse(m, threadProof(m), abi.encodeWithSelector(EmptyThreadStack.selector));
    }

    function test_state_of_the_wrong_length_reverts() external {
        Machine memory m = addition();
        bytes memory state = encode(m);
        bytes memory proof_ = proof(m);
        expectRevert(InvalidStateLength.selector);
        mips.step(bytes.concat(state, hex"00"), proof_, NO_CONTEXT);
        expectRevert(InvalidStateLength.selector);
        mips.step("", proof_, NO_CONTEXT);
    }

    function test_flags_other_than_0_and_1_revert() external {
        Machine memory m = addition();
        m.scalars.exited = 2;
        refuse(m, proof(m), abi.encodeWithSelector(InvalidExitedValue.selector));
        m = addition();
        m.scalars.traverseRight = 2;
        refuse(m, proof(m), abi.encodeWithSelector(InvalidFlag.selector));
        m = addition();
        m.cpu.exited = 2;
        refuse(m, proof(m), abi.encodeWithSelector(InvalidFlag.selector));
    }

    function test_empty_active_stack_reverts() external {
        Machine memory m = addition();
        bytes memory state = encodeWith(m, EMPTY_STACK, push(EMPTY_STACK, m.cpu));
        bytes memory proof_ = proof(m);
        expectRevert(EmptyThreadStack.selector);
        mips.step(state, proof_, NO_CONTEXT);
    }

    function test_another_thread_reverts() external {
        Machine memory m = addition();
        bytes memory state = encode(m);
        m.cpu.registers[9] = 1;
        bytes memory standard = proof(m);
        bytes memory short = compact(m);
        expectRevert(InvalidThreadWitness.selector);
        mips.step(state, standard, NO_CONTEXT);
        expectRevert(InvalidThreadWitness.selector);
        mips.step(state, short, NO_CONTEXT);
    }

    function test_another_memory_reverts() external {
        Machine memory m = storing();
        bytes memory state = encode(m);
        Machine memory other = storing();
        set(other, 0x1000, uint64(ADDU) << 32);
        bytes memory standard = proof(other);
        bytes memory short = compact(other);
        expectRevert(InvalidMemoryProof.selector);
        mips.step(state, standard, NO_CONTEXT);
        expectRevert(InvalidMemoryProof.selector);
        mips.step(state, short, NO_CONTEXT);

        other = storing();
        set(other, HEAP + 16, 99);
        standard = bytes.concat(proof(m), branch(other, HEAP + 16));
        short = bytes.concat(compact(m), section(other, HEAP + 16, meeting(m.cpu.pc, HEAP)));
        expectRevert(InvalidMemoryProof.selector);
        mips.step(state, standard, NO_CONTEXT);
        expectRevert(InvalidMemoryProof.selector);
        mips.step(state, short, NO_CONTEXT);
    }

    function test_second_word_must_be_proven_after_the_first_write() external {
        Machine memory m = syscall(5222, 1, HEAP, 0);
        m.scalars.step = 25_000_003;
        bytes memory stale = bytes.concat(proof(m, HEAP), branch(m, HEAP + 8));
        refuse(m, stale, abi.encodeWithSelector(InvalidSecondMemoryProof.selector));
    }

    function test_truncated_proofs_revert() external {
        Machine memory m = storing();
        bytes[4] memory proofs = [threadProof(m), proof(m), compact(m), compact(m, HEAP + 16)];
        for (uint256 i = 0; i < proofs.length; i++) {
            bytes memory cut = proofs[i];
            // A standard proof lacks its next branch, a compact one its last byte.
            if (i > 1) assembly { mstore(cut, sub(mload(cut), 1)) }
            refuse(m, cut, abi.encodeWithSelector(InvalidProofFormat.selector));
        }
        refuse(m, "", abi.encodeWithSelector(InvalidProofFormat.selector));
        bytes memory wrong = compact(m);
        wrong[0] = 0x02;
        refuse(m, wrong, abi.encodeWithSelector(InvalidProofFormat.selector));
    }

    function test_misaligned_pc_reverts() external {
        Machine memory m = addition();
        m.cpu.pc = 0x1002;
        refuse(m, proof(m), abi.encodeWithSelector(InvalidPC.selector));
    }

    function test_unknown_instructions_revert() external {
        uint32[6] memory insns = [0xf8000000, 0x0000000d, 0x00000001, 0x70000003, 0x40000000, 0xcc000000];
        for (uint256 i = 0; i < insns.length; i++) {
            Machine memory m = machine(insns[i]);
            refuse(m, proof(m, 0), abi.encodeWithSelector(InvalidInstruction.selector, uint256(insns[i])));
        }
    }

    function test_jumps_and_branches_in_a_delay_slot_revert() external {
        Machine memory m = machine(0x0c00000c); // jal
        m.cpu.nextPc = 0x2000;
        refuse(m, proof(m), abi.encodeWithSelector(JumpInDelaySlot.selector));
        m = machine(0x10000003); // beq
        m.cpu.nextPc = 0x2000;
        refuse(m, proof(m), abi.encodeWithSelector(BranchInDelaySlot.selector));
    }

    function test_division_by_zero_reverts() external {
        for (uint32 fun = 0; fun < 4; fun++) {
            Machine memory m = machine(0x0085001a + (fun & 1) + 4 * (fun >> 1));
            m.cpu.registers[4] = 12;
            refuse(m, proof(m), abi.encodeWithSelector(DivisionByZero.selector));
        }
    }

    function test_unknown_syscall_reverts() external {
        Machine memory m = syscall(4999, 0, 0, 0);
        refuse(m, proof(m), abi.encodeWithSelector(UnrecognizedSyscall.selector, uint256(4999)));
    }

    function addition() private pure returns (Machine memory m) {
        m = machine(ADDU);
        m.cpu.registers[4] = 0x7fffffff;
        m.cpu.registers[5] = 1;
    }

    function storing() private pure returns (Machine memory m) {
        m = machine(SD);
        m.cpu.registers[4] = HEAP;
        m.cpu.registers[5] = 0x0123456789abcdef;
    }

    function refuse(Machine memory m, bytes memory proof_, bytes memory reason) private {
        bytes memory state = encode(m);
        vm.expectRevert(reason);
        mips.step(state, proof_, NO_CONTEXT);
    }
}
