//! Proxies and their admin (OpenZeppelin 5).

#![allow(
    missing_docs,
    reason = "`sol!` generates one item for every function, event and error"
)]

use alloy::sol;

sol! {
    /// Owner of a transparent proxy: the only one that may upgrade it.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IProxyAdmin {
        function owner() external view returns (address owner_);
        function transferOwnership(address newOwner) external;
        function upgradeAndCall(address proxy, address implementation, bytes data) external payable;
    }

    /// The first implementation of every proxy.
    interface IProxyPlaceholder {
        function reserve() external pure;
    }
}
