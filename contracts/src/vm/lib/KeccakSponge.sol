// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @notice The state of a keccak sponge.
/// @param state Its 25 lanes of 64 bits, lane x + 5y at column x and row y.
struct StateMatrix {
    uint64[25] state;
}

/// @title KeccakSponge
/// @notice The inside of keccak256: absorbing one block, which the EVM's instruction only does for whole inputs.
/// @dev Names follow FIPS 202. `round` is the permutation keccak-f[1600] by its five steps.
library KeccakSponge {
    /// @notice The size of a block in bytes: the rate of keccak256.
    uint256 internal constant BLOCK_SIZE = 136;

    /// @notice How far step rho rotates each lane, a byte a lane.
    uint256 private constant RHO = 0x00013e1c1b242c063714030a2b1927292d0f150812023d380e << 56;
    /// @notice Where step pi moves each lane, a byte a lane.
    uint256 private constant PI = 0x000a14050f10010b15060711020c16170812030d0e18091304 << 56;

    /// @notice Exclusive-ors a block into the first lanes and permutes.
    /// @param matrix The sponge, which changes.
    /// @param input The block, 136 bytes.
    function absorb(StateMatrix memory matrix, bytes calldata input) internal pure {
        uint256 lanes = pointer(matrix);
        assembly ("memory-safe") {
            function reversed(word) -> result {
                result := or(shl(8, and(word, 0x00ff00ff00ff00ff)), and(shr(8, word), 0x00ff00ff00ff00ff))
                result := or(shl(16, and(result, 0x0000ffff0000ffff)), and(shr(16, result), 0x0000ffff0000ffff))
                result := or(and(shl(32, result), 0xffffffff00000000), shr(32, result))
            }
            for { let i := 0 } lt(i, 17) { i := add(i, 1) } {
                let lane := add(lanes, shl(5, i))
                let word := shr(192, calldataload(add(input.offset, shl(3, i))))
                mstore(lane, xor(mload(lane), reversed(word)))
            }
        }
        permute(lanes);
    }

    /// @notice The commitment to a sponge: the hash of its lanes as 32-byte words.
    function commitment(StateMatrix memory matrix) internal pure returns (bytes32 digest) {
        uint256 lanes = pointer(matrix);
        assembly ("memory-safe") {
            digest := keccak256(lanes, 800)
        }
    }

    /// @notice The digest that a sponge gives after its last block.
    function squeeze(StateMatrix memory matrix) internal pure returns (bytes32 digest) {
        unchecked {
            for (uint256 i = 0; i < 4; i++) {
                uint256 lane = matrix.state[i];
                for (uint256 j = 0; j < 8; j++) {
                    digest |= bytes32(((lane >> (8 * j)) & 0xff) << (248 - 64 * i - 8 * j));
                }
            }
        }
    }

    /// @notice The address in memory of the first lane.
    function pointer(StateMatrix memory matrix) private pure returns (uint256 lanes) {
        assembly ("memory-safe") {
            lanes := mload(matrix)
        }
    }

    /// @notice The permutation keccak-f[1600].
    function permute(uint256 lanes) private pure {
        assembly ("memory-safe") {
            function rotated(lane, amount) -> result {
                result := or(and(shl(amount, lane), 0xffffffffffffffff), shr(sub(64, amount), lane))
            }

            // Room for the lanes after pi, then for the five columns, then for the constants of iota.
            let moved := mload(0x40)
            let columns := add(moved, 800)
            let constants := add(columns, 160)
            mstore(0x40, add(constants, 192))
            mstore(constants, 0x00000000000000010000000000008082800000000000808a8000000080008000)
            mstore(add(constants, 32), 0x000000000000808b000000008000000180000000800080818000000000008009)
            mstore(add(constants, 64), 0x000000000000008a00000000000000880000000080008009000000008000000a)
            mstore(add(constants, 96), 0x000000008000808b800000000000008b80000000000080898000000000008003)
            mstore(add(constants, 128), 0x80000000000080028000000000000080000000000000800a800000008000000a)
            mstore(add(constants, 160), 0x8000000080008081800000000000808000000000800000018000000080008008)

            for { let round := 0 } lt(round, 24) { round := add(round, 1) } {
                // theta: the parity of each column
                for { let x := 0 } lt(x, 160) { x := add(x, 32) } {
                    let lane := add(lanes, x)
                    let parity := xor(mload(lane), mload(add(lane, 160)))
                    parity := xor(parity, mload(add(lane, 320)))
                    parity := xor(parity, mload(add(lane, 480)))
                    mstore(add(columns, x), xor(parity, mload(add(lane, 640))))
                }
                // theta, rho and pi: each lane with the parities of its neighbours, rotated, in its new place
                for { let x := 0 } lt(x, 5) { x := add(x, 1) } {
                    let left := mload(add(columns, shl(5, mod(add(x, 4), 5))))
                    let right := mload(add(columns, shl(5, mod(add(x, 1), 5))))
                    let change := xor(left, rotated(right, 1))
                    for { let i := x } lt(i, 25) { i := add(i, 5) } {
                        let lane := xor(mload(add(lanes, shl(5, i))), change)
                        mstore(add(moved, shl(5, byte(i, PI))), rotated(lane, byte(i, RHO)))
                    }
                }
                // chi: each lane with the two to its right
                for { let row := 0 } lt(row, 800) { row := add(row, 160) } {
                    let from := add(moved, row)
                    for { let x := 0 } lt(x, 5) { x := add(x, 1) } {
                        let next := mload(add(from, shl(5, mod(add(x, 1), 5))))
                        let after := mload(add(from, shl(5, mod(add(x, 2), 5))))
                        let lane := xor(mload(add(from, shl(5, x))), and(not(next), after))
                        mstore(add(add(lanes, row), shl(5, x)), lane)
                    }
                }
                // iota
                mstore(lanes, xor(mload(lanes), shr(192, mload(add(constants, shl(3, round))))))
            }
        }
    }
}
