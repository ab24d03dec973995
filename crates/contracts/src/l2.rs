//! The L2 predeploys.

#![allow(
    missing_docs,
    reason = "`sol!` generates one item for every function, event and error"
)]

use alloy::sol;

sol! {
    /// Remembers withdrawals; its storage root is in every output root.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IL2ToL1MessagePasser {
        event MessagePassed(
            uint256 indexed nonce,
            address indexed sender,
            address indexed target,
            uint256 value,
            uint256 gasLimit,
            bytes data,
            bytes32 withdrawalHash
        );
        event WithdrawerBalanceBurnt(uint256 indexed amount);

        function MESSAGE_VERSION() external view returns (uint16 version_);
        function burn() external;
        function initiateWithdrawal(address target, uint256 gasLimit, bytes data) external payable;
        function messageNonce() external view returns (uint256 nonce);
        function sentMessages(bytes32 withdrawalHash) external view returns (bool sent);
    }

    /// The L1 block that the current L2 block derives from.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IL1Block {
        function baseFeeScalar() external view returns (uint32 scalar);
        function basefee() external view returns (uint256 fee);
        function batcherHash() external view returns (bytes32 hash_);
        function blobBaseFee() external view returns (uint256 fee);
        function blobBaseFeeScalar() external view returns (uint32 scalar);
        function daFootprintGasScalar() external view returns (uint16 scalar);
        function hash() external view returns (bytes32 hash_);
        function number() external view returns (uint64 number_);
        function operatorFeeConstant() external view returns (uint64 constant_);
        function operatorFeeScalar() external view returns (uint32 scalar);
        function sequenceNumber() external view returns (uint64 sequenceNumber_);
        function setL1BlockValuesEcotone() external;
        function setL1BlockValuesIsthmus() external;
        function setL1BlockValuesJovian() external;
        function timestamp() external view returns (uint64 timestamp_);
    }

    /// What a transaction pays for L1 data and to the operator.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IGasPriceOracle {
        function baseFeeScalar() external view returns (uint32 scalar);
        function blobBaseFee() external view returns (uint256 fee);
        function blobBaseFeeScalar() external view returns (uint32 scalar);
        function getL1Fee(bytes data) external view returns (uint256 fee);
        function getL1FeeUpperBound(uint256 unsignedTxSize) external view returns (uint256 fee);
        function getOperatorFee(uint256 gasUsed) external view returns (uint256 fee);
        function isEcotone() external view returns (bool yes);
        function isFjord() external view returns (bool yes);
        function isIsthmus() external view returns (bool yes);
        function isJovian() external view returns (bool yes);
        function l1BaseFee() external view returns (uint256 fee);
    }

    /// Ether bridge on L2 (its ERC-20 side is not deployed).
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IFeeVault {
        function totalProcessed() external view returns (uint256 wei_);
        function withdraw() external returns (uint256 value);
    }
}
