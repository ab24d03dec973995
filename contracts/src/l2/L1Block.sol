// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title L1Block
/// @notice The L1 block that the current L2 block derives from, and the settings that fees depend on. The first
///         transaction of every L2 block writes it (specs, deposits.md and each fork's l1-attributes.md).
/// @dev The layout is consensus: execution reads the fee settings from slots 1, 3, 7 and 8.
contract L1Block {
    /// @notice The L1 block's number.
    uint64 public number;
    /// @notice The L1 block's time.
    uint64 public timestamp;
    /// @notice The L1 block's base fee.
    uint256 public basefee;
    /// @notice The L1 block's hash.
    bytes32 public hash;
    /// @notice How many L2 blocks with the same L1 block came before this one.
    uint64 public sequenceNumber;
    /// @notice Scales the L1 blob base fee in the L1 data fee.
    uint32 public blobBaseFeeScalar;
    /// @notice Scales the L1 base fee in the L1 data fee.
    uint32 public baseFeeScalar;
    /// @notice Who sends batches.
    bytes32 public batcherHash;
    /// @notice Unused since Ecotone.
    uint256 public l1FeeOverhead;
    /// @notice Unused since Ecotone.
    uint256 public l1FeeScalar;
    /// @notice The L1 block's blob base fee.
    uint256 public blobBaseFee;
    /// @notice Operator fee a transaction.
    uint64 public operatorFeeConstant;
    /// @notice Operator fee a gas unit.
    uint32 public operatorFeeScalar;
    /// @notice L2 gas that a byte of data counts for.
    uint16 public daFootprintGasScalar;

    /// @notice The caller is not the depositor account.
    error NotDepositor();

    modifier onlyDepositor() {
        if (msg.sender != DEPOSITOR_ACCOUNT()) revert NotDepositor();
        _;
    }

    /// @notice Writes the attributes of Ecotone from packed calldata.
    function setL1BlockValuesEcotone() external onlyDepositor {
        _setEcotone();
    }

    /// @notice Writes those of Isthmus: the operator fee as well.
    function setL1BlockValuesIsthmus() external onlyDepositor {
        _setEcotone();
        assembly {
            // 164: operatorFeeScalar (4), operatorFeeConstant (8)
            sstore(operatorFeeConstant.slot, shr(160, calldataload(164)))
        }
    }

    /// @notice Writes those of Jovian: the data footprint scalar as well.
    function setL1BlockValuesJovian() external onlyDepositor {
        _setEcotone();
        assembly {
            // 164: operatorFeeScalar (4), operatorFeeConstant (8); 176: daFootprintGasScalar (2)
            let footprint := shl(96, shr(240, calldataload(176)))
            sstore(operatorFeeConstant.slot, or(footprint, shr(160, calldataload(164))))
        }
    }

    /// @notice False: the L2's gas is paid in ether.
    function isCustomGasToken() external pure returns (bool) {
        return false;
    }

    function version() external pure returns (string memory) {
        return "1.8.0";
    }

    /// @notice Who writes.
    function DEPOSITOR_ACCOUNT() public pure returns (address) {
        return 0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001;
    }

    /// @dev The calldata packs fields as their slots do, the other way round.
    function _setEcotone() private {
        assembly {
            // 4: baseFeeScalar (4), blobBaseFeeScalar (4), sequenceNumber (8)
            sstore(sequenceNumber.slot, shr(128, calldataload(4)))
            // 20: timestamp (8), number (8)
            sstore(number.slot, shr(128, calldataload(20)))
            sstore(basefee.slot, calldataload(36))
            sstore(blobBaseFee.slot, calldataload(68))
            sstore(hash.slot, calldataload(100))
            sstore(batcherHash.slot, calldataload(132))
        }
    }
}
