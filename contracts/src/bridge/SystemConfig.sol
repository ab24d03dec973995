// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IResourceMetering} from "src/bridge/interfaces/IResourceMetering.sol";
import {ISuperchainConfig} from "src/bridge/interfaces/ISuperchainConfig.sol";
import {ISystemConfig} from "src/bridge/interfaces/ISystemConfig.sol";
import {SlotStorage} from "src/bridge/lib/SlotStorage.sol";
import {OptimismPortal} from "src/bridge/OptimismPortal.sol";
import {Initializable} from "src/lib/Initializable.sol";
import {Ownable} from "src/lib/Ownable.sol";

/// @title SystemConfig
/// @notice The chain's settings. Derivation follows the `ConfigUpdate` events (specs, system-config.md), the portal
///         reads the rest.
/// @dev Addresses are kept in slots named by hash, so that tools find them whatever the layout. Behind a proxy.
contract SystemConfig is ISystemConfig, IResourceMetering, Initializable, Ownable {
    using SlotStorage for bytes32;

    /// @notice What a `ConfigUpdate` is about.
    enum UpdateType {
        BATCHER,
        FEE_SCALARS,
        GAS_LIMIT,
        UNSAFE_BLOCK_SIGNER,
        EIP_1559_PARAMS,
        OPERATOR_FEE_PARAMS,
        MIN_BASE_FEE,
        DA_FOOTPRINT_GAS_SCALAR
    }

    /// @notice The contracts of the chain; zero for those that it does not have.
    struct Addresses {
        address l1CrossDomainMessenger;
        address l1ERC721Bridge;
        address l1StandardBridge;
        address optimismPortal;
        address optimismMintableERC20Factory;
        address delayedWETH;
        address opcm;
    }

    /// @notice The version of `ConfigUpdate` events.
    uint256 public constant VERSION = 0;

    bytes32 public constant UNSAFE_BLOCK_SIGNER_SLOT = keccak256("systemconfig.unsafeblocksigner");
    bytes32 public constant L1_CROSS_DOMAIN_MESSENGER_SLOT =
        bytes32(uint256(keccak256("systemconfig.l1crossdomainmessenger")) - 1);
    bytes32 public constant L1_ERC_721_BRIDGE_SLOT = bytes32(uint256(keccak256("systemconfig.l1erc721bridge")) - 1);
    bytes32 public constant L1_STANDARD_BRIDGE_SLOT = bytes32(uint256(keccak256("systemconfig.l1standardbridge")) - 1);
    bytes32 public constant OPTIMISM_PORTAL_SLOT = bytes32(uint256(keccak256("systemconfig.optimismportal")) - 1);
    bytes32 public constant OPTIMISM_MINTABLE_ERC20_FACTORY_SLOT =
        bytes32(uint256(keccak256("systemconfig.optimismmintableerc20factory")) - 1);
    bytes32 public constant DELAYED_WETH_SLOT = bytes32(uint256(keccak256("systemconfig.delayedweth")) - 1);
    bytes32 public constant OPCM_SLOT = bytes32(uint256(keccak256("systemconfig.opcm")) - 1);
    bytes32 public constant START_BLOCK_SLOT = bytes32(uint256(keccak256("systemconfig.startBlock")) - 1);

    /// @dev A version of the scalar word that holds both scalars (specs, system-config.md).
    uint256 private constant SCALAR_VERSION = 1 << 248;
    /// @dev More is not provable (specs, configurability.md).
    uint64 private constant MAX_GAS_LIMIT = 200_000_000;

    /// @notice Unused since Ecotone.
    uint256 public overhead;
    /// @notice Both fee scalars in one word.
    uint256 public scalar;
    /// @notice Who sends batches: an address in the low bytes.
    bytes32 public batcherHash;
    /// @notice Gas limit of an L2 block.
    uint64 public gasLimit;
    /// @notice Scales the L1 base fee in the L1 data fee.
    uint32 public basefeeScalar;
    /// @notice Scales the L1 blob base fee in the L1 data fee.
    uint32 public blobbasefeeScalar;
    /// @notice EIP-1559 denominator of the L2; 0 for the chain's constant.
    uint32 public eip1559Denominator;
    /// @notice EIP-1559 elasticity of the L2; 0 for the chain's constant.
    uint32 public eip1559Elasticity;
    ResourceConfig private market;
    /// @notice Operator fee a gas unit.
    uint32 public operatorFeeScalar;
    /// @notice Operator fee a transaction.
    uint64 public operatorFeeConstant;
    /// @notice The lowest base fee of the L2, in wei.
    uint64 public minBaseFee;
    /// @notice L2 gas that a byte of data counts for.
    uint16 public daFootprintGasScalar;
    /// @notice Chain id of the L2.
    uint256 public l2ChainId;
    /// @inheritdoc ISystemConfig
    ISuperchainConfig public superchainConfig;

    event ConfigUpdate(uint256 indexed version, UpdateType indexed updateType, bytes data);

    constructor() {
        _disableInitializers();
    }

    /// @notice Sets the proxy up.
    function initialize(
        address owner_,
        uint32 basefeeScalar_,
        uint32 blobbasefeeScalar_,
        bytes32 batcherHash_,
        uint64 gasLimit_,
        address unsafeBlockSigner_,
        ResourceConfig memory config_,
        Addresses memory addresses_,
        uint256 l2ChainId_,
        ISuperchainConfig superchainConfig_
    ) external initializer {
        _transferOwnership(owner_);
        // The market first: it decides the least gas limit.
        _setResourceConfig(config_, gasLimit_);
        _setGasLimit(gasLimit_);
        _setBatcherHash(batcherHash_);
        _setGasConfigEcotone(basefeeScalar_, blobbasefeeScalar_);
        _setUnsafeBlockSigner(unsafeBlockSigner_);
        _setAddresses(addresses_);
        START_BLOCK_SLOT.setUint(block.number);
        l2ChainId = l2ChainId_;
        superchainConfig = superchainConfig_;
    }

    /// @notice Replaces the account that sends batches.
    function setBatcherHash(bytes32 batcherHash_) external onlyOwner {
        _setBatcherHash(batcherHash_);
    }

    /// @notice Replaces the account that sends batches.
    function setBatcherHash(address batcher) external onlyOwner {
        _setBatcherHash(bytes32(uint256(uint160(batcher))));
    }

    /// @notice Replaces the fee scalars.
    function setGasConfigEcotone(uint32 basefeeScalar_, uint32 blobbasefeeScalar_) external onlyOwner {
        _setGasConfigEcotone(basefeeScalar_, blobbasefeeScalar_);
    }

    /// @notice Replaces the gas limit of L2 blocks.
    function setGasLimit(uint64 gasLimit_) external onlyOwner {
        _setGasLimit(gasLimit_);
    }

    /// @notice Replaces the account that signs blocks which are not on L1 yet.
    function setUnsafeBlockSigner(address unsafeBlockSigner_) external onlyOwner {
        _setUnsafeBlockSigner(unsafeBlockSigner_);
    }

    /// @notice Replaces the EIP-1559 parameters of the L2.
    function setEIP1559Params(uint32 denominator, uint32 elasticity) external onlyOwner {
        require(denominator >= 1, "SystemConfig: denominator must be >= 1");
        require(elasticity >= 1, "SystemConfig: elasticity must be >= 1");
        eip1559Denominator = denominator;
        eip1559Elasticity = elasticity;
        _announce(UpdateType.EIP_1559_PARAMS, abi.encode(uint256(denominator) << 32 | elasticity));
    }

    /// @notice Replaces the operator fee.
    function setOperatorFeeScalars(uint32 operatorFeeScalar_, uint64 operatorFeeConstant_) external onlyOwner {
        operatorFeeScalar = operatorFeeScalar_;
        operatorFeeConstant = operatorFeeConstant_;
        _announce(UpdateType.OPERATOR_FEE_PARAMS, abi.encode(uint256(operatorFeeScalar_) << 64 | operatorFeeConstant_));
    }

    /// @notice Replaces the lowest base fee of the L2.
    function setMinBaseFee(uint64 minBaseFee_) external onlyOwner {
        minBaseFee = minBaseFee_;
        _announce(UpdateType.MIN_BASE_FEE, abi.encode(minBaseFee_));
    }

    /// @notice Replaces the L2 gas that a byte of data counts for.
    function setDAFootprintGasScalar(uint16 daFootprintGasScalar_) external onlyOwner {
        daFootprintGasScalar = daFootprintGasScalar_;
        _announce(UpdateType.DA_FOOTPRINT_GAS_SCALAR, abi.encode(daFootprintGasScalar_));
    }

    /// @inheritdoc ISystemConfig
    function resourceConfig() external view returns (ResourceConfig memory) {
        return market;
    }

    /// @inheritdoc ISystemConfig
    function guardian() external view returns (address) {
        return superchainConfig.guardian();
    }

    /// @notice Whether withdrawals wait.
    function paused() external view returns (bool) {
        return superchainConfig.paused(optimismPortal());
    }

    /// @notice The L1 block from which on derivation looks for events.
    function startBlock() external view returns (uint256) {
        return START_BLOCK_SLOT.getUint();
    }

    /// @notice Who signs blocks that are not on L1 yet.
    function unsafeBlockSigner() external view returns (address) {
        return UNSAFE_BLOCK_SIGNER_SLOT.getAddress();
    }

    function l1CrossDomainMessenger() external view returns (address) {
        return L1_CROSS_DOMAIN_MESSENGER_SLOT.getAddress();
    }

    function l1ERC721Bridge() external view returns (address) {
        return L1_ERC_721_BRIDGE_SLOT.getAddress();
    }

    function l1StandardBridge() external view returns (address) {
        return L1_STANDARD_BRIDGE_SLOT.getAddress();
    }

    function optimismMintableERC20Factory() external view returns (address) {
        return OPTIMISM_MINTABLE_ERC20_FACTORY_SLOT.getAddress();
    }

    function delayedWETH() external view returns (address) {
        return DELAYED_WETH_SLOT.getAddress();
    }

    /// @notice Where games are: the portal knows.
    function disputeGameFactory() external view returns (address) {
        return address(OptimismPortal(payable(optimismPortal())).disputeGameFactory());
    }

    /// @notice The contracts of the chain.
    function getAddresses() external view returns (Addresses memory) {
        return Addresses({
            l1CrossDomainMessenger: L1_CROSS_DOMAIN_MESSENGER_SLOT.getAddress(),
            l1ERC721Bridge: L1_ERC_721_BRIDGE_SLOT.getAddress(),
            l1StandardBridge: L1_STANDARD_BRIDGE_SLOT.getAddress(),
            optimismPortal: OPTIMISM_PORTAL_SLOT.getAddress(),
            optimismMintableERC20Factory: OPTIMISM_MINTABLE_ERC20_FACTORY_SLOT.getAddress(),
            delayedWETH: DELAYED_WETH_SLOT.getAddress(),
            opcm: OPCM_SLOT.getAddress()
        });
    }

    /// @notice False: the L2's gas is paid in ether.
    function isCustomGasToken() external pure returns (bool) {
        return false;
    }

    /// @notice False: the chain has none of the OP Stack's optional features.
    function isFeatureEnabled(bytes32) external pure returns (bool) {
        return false;
    }

    function version() external pure returns (string memory) {
        return "4.0.0";
    }

    /// @notice The portal.
    function optimismPortal() public view returns (address) {
        return OPTIMISM_PORTAL_SLOT.getAddress();
    }

    /// @notice The least gas limit of L2 blocks: what deposits can buy in one L1 block must fit (S2-UPG-3).
    function minimumGasLimit() public view returns (uint64) {
        return uint64(market.maxResourceLimit) + uint64(market.systemTxMaxGas);
    }

    /// @notice The highest gas limit of L2 blocks.
    function maximumGasLimit() public pure returns (uint64) {
        return MAX_GAS_LIMIT;
    }

    function _setBatcherHash(bytes32 batcherHash_) private {
        batcherHash = batcherHash_;
        _announce(UpdateType.BATCHER, abi.encode(batcherHash_));
    }

    function _setGasConfigEcotone(uint32 basefeeScalar_, uint32 blobbasefeeScalar_) private {
        basefeeScalar = basefeeScalar_;
        blobbasefeeScalar = blobbasefeeScalar_;
        scalar = SCALAR_VERSION | uint256(blobbasefeeScalar_) << 32 | basefeeScalar_;
        _announce(UpdateType.FEE_SCALARS, abi.encode(overhead, scalar));
    }

    function _setGasLimit(uint64 gasLimit_) private {
        require(gasLimit_ >= minimumGasLimit(), "SystemConfig: gas limit too low");
        require(gasLimit_ <= maximumGasLimit(), "SystemConfig: gas limit too high");
        gasLimit = gasLimit_;
        _announce(UpdateType.GAS_LIMIT, abi.encode(gasLimit_));
    }

    function _setUnsafeBlockSigner(address unsafeBlockSigner_) private {
        UNSAFE_BLOCK_SIGNER_SLOT.setAddress(unsafeBlockSigner_);
        _announce(UpdateType.UNSAFE_BLOCK_SIGNER, abi.encode(unsafeBlockSigner_));
    }

    function _setAddresses(Addresses memory addresses_) private {
        L1_CROSS_DOMAIN_MESSENGER_SLOT.setAddress(addresses_.l1CrossDomainMessenger);
        L1_ERC_721_BRIDGE_SLOT.setAddress(addresses_.l1ERC721Bridge);
        L1_STANDARD_BRIDGE_SLOT.setAddress(addresses_.l1StandardBridge);
        OPTIMISM_PORTAL_SLOT.setAddress(addresses_.optimismPortal);
        OPTIMISM_MINTABLE_ERC20_FACTORY_SLOT.setAddress(addresses_.optimismMintableERC20Factory);
        DELAYED_WETH_SLOT.setAddress(addresses_.delayedWETH);
        OPCM_SLOT.setAddress(addresses_.opcm);
    }

    /// @dev Refuses settings with which the market cannot work (specs, system-config.md, resourceConfig).
    function _setResourceConfig(ResourceConfig memory config_, uint64 gasLimit_) private {
        require(config_.minimumBaseFee <= config_.maximumBaseFee, "SystemConfig: min base fee above max");
        require(config_.baseFeeMaxChangeDenominator > 1, "SystemConfig: denominator must be larger than 1");
        require(
            uint64(config_.maxResourceLimit) + config_.systemTxMaxGas <= gasLimit_, "SystemConfig: gas limit too low"
        );
        require(config_.elasticityMultiplier > 0, "SystemConfig: elasticity multiplier cannot be 0");
        require(
            config_.maxResourceLimit % config_.elasticityMultiplier == 0 && config_.maxResourceLimit > 0,
            "SystemConfig: precision loss with target resource limit"
        );
        market = config_;
    }

    function _announce(UpdateType updateType, bytes memory data) private {
        emit ConfigUpdate(VERSION, updateType, data);
    }
}
