// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

// Names the proxies that a deployment uses, so that they are compiled and end up among the artifacts.
import {ProxyAdmin} from "@openzeppelin/contracts/proxy/transparent/ProxyAdmin.sol";
import {TransparentUpgradeableProxy} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";
// The wrapped ether of L2.
import {WETH} from "solady/tokens/WETH.sol";
