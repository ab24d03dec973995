// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IBigStepper} from "src/dispute/interfaces/IBigStepper.sol";
import {IPreimageOracle} from "src/dispute/interfaces/IPreimageOracle.sol";
import {Instructions} from "src/vm/lib/Instructions.sol";
import {Scheduler} from "src/vm/lib/Scheduler.sol";
import {State, StateLib} from "src/vm/lib/State.sol";
import {StepProof, StepProofLib} from "src/vm/lib/StepProof.sol";
import {Syscalls} from "src/vm/lib/Syscalls.sol";
import {Thread} from "src/vm/lib/Thread.sol";
import {EmptyThreadStack, InvalidPC, UnsupportedStateVersion} from "src/vm/lib/VmErrors.sol";

/// @title MIPS64
/// @notice One step of the fault proof VM `multithreaded64-5`: 64-bit MIPS, big-endian, with the threads and system
///         calls that Go and Rust programs need (specs, `cannon-fault-proof-vm.md`).
/// @dev A dispute game that has come down to one step calls `step` with the state that both sides agree on. The
///      contract has no storage, no owner and trusts nothing but the oracle it was deployed with. It reverts exactly
///      where the VM off-chain has no next state, and for a proof that does not belong to the state.
contract MIPS64 is IBigStepper {
    /// @notice The generation of the interface and of the VM that this contract matches.
    string public constant version = "1.10.1";

    /// @notice The state version that this contract executes: `multithreaded64-5`.
    uint256 private constant STATE_VERSION = 8;

    IPreimageOracle private immutable ORACLE;

    /// @param oracle_ The oracle that preimages are read from.
    /// @param stateVersion_ The state version that the deployer expects to be executed.
    constructor(IPreimageOracle oracle_, uint256 stateVersion_) {
        if (stateVersion_ != STATE_VERSION) revert UnsupportedStateVersion();
        ORACLE = oracle_;
    }

    /// @inheritdoc IBigStepper
    function oracle() external view returns (IPreimageOracle) {
        return ORACLE;
    }

    /// @notice The version byte of the state files whose states this contract executes.
    function stateVersion() external pure returns (uint256) {
        return STATE_VERSION;
    }

    /// @inheritdoc IBigStepper
    /// @dev `proof` has one of two forms, see `StepProofLib` and `CompactProof`.
    function step(bytes calldata stateData, bytes calldata proof, bytes32 localContext)
        external
        view
        returns (bytes32 postState)
    {
        State state = StateLib.read(stateData);
        if (state.activeStack() == Scheduler.EMPTY_STACK) revert EmptyThreadStack();
        if (!state.exited()) run(state, StepProofLib.open(proof), localContext);
        return state.hash();
    }

    /// @notice Performs the step of a program that has not exited: drops a thread that has, preempts one whose time is
    ///         up, or executes an instruction of it.
    function run(State state, StepProof memory proof, bytes32 localContext) private view {
        unchecked {
            state.setStep(state.step() + 1);
            (Thread thread, bytes32 below) = proof.readThread(state);
            if (thread.exited() == 1) return Scheduler.drop(state, below);

            uint64 ran = state.stepsSinceSwitch();
            if (ran >= Scheduler.QUANTUM) return Scheduler.preempt(state, thread, below);
            state.setStepsSinceSwitch(ran + 1);

            uint64 pc = thread.pc();
            if (pc & 3 != 0) revert InvalidPC();
            uint256 insn = proof.fetch(state, pc);
            if (insn >> 26 == 0 && insn & 63 == 0x0c) {
                if (Syscalls.execute(state, thread, proof, below, localContext, ORACLE)) return;
            } else {
                Instructions.execute(state, thread, proof, insn);
            }
            Scheduler.resume(state, thread, below);
        }
    }
}
