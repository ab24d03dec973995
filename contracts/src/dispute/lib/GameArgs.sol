// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title GameArgs
/// @notice Where a game's immutable arguments lie in the bytes that its clone appends to every call.
/// @dev The one place that knows. `extraData` grows when a game has to say more about its claim, and everything behind
///      it moves: the other offsets are computed from its length.
///
///      | bytes      | what                         | from          |
///      |------------|------------------------------|---------------|
///      | 0..20      | creator                      | the factory   |
///      | 20..52     | root claim                   | the creator   |
///      | 52..84     | L1 head                      | the factory   |
///      | 84..88     | game type                    | the factory   |
///      | 88..120    | extraData: L2 block number   | the creator   |
///      | 120..152   | absolute prestate            | the game type |
///      | 152..172   | VM                           | the game type |
///      | 172..192   | anchor state registry        | the game type |
///      | 192..212   | WETH                         | the game type |
///      | 212..244   | L2 chain id                  | the game type |
library GameArgs {
    uint256 internal constant CREATOR = 0;
    uint256 internal constant ROOT_CLAIM = 20;
    uint256 internal constant L1_HEAD = 52;
    uint256 internal constant GAME_TYPE = 84;
    uint256 internal constant EXTRA_DATA = 88;

    // Within extraData
    uint256 internal constant L2_BLOCK_NUMBER = EXTRA_DATA;
    uint256 internal constant EXTRA_DATA_LENGTH = 32;

    // Within the game type's arguments
    uint256 internal constant TYPE_ARGS = EXTRA_DATA + EXTRA_DATA_LENGTH;
    uint256 internal constant ABSOLUTE_PRESTATE = TYPE_ARGS;
    uint256 internal constant VM = TYPE_ARGS + 32;
    uint256 internal constant ANCHOR_STATE_REGISTRY = TYPE_ARGS + 52;
    uint256 internal constant WETH = TYPE_ARGS + 72;
    uint256 internal constant L2_CHAIN_ID = TYPE_ARGS + 92;
    uint256 internal constant TYPE_ARGS_LENGTH = 124;

    /// @notice All arguments together, in bytes.
    uint256 internal constant LENGTH = TYPE_ARGS + TYPE_ARGS_LENGTH;

    /// @notice What a call of a function without parameters carries: selector, arguments, and 2 bytes that
    ///         say how long the arguments and these bytes are.
    uint256 internal constant BARE_CALL_LENGTH = 4 + LENGTH + 2;
}
