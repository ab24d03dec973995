//! Forks as tables of differences.

use endgame_ortho_precompiles::PrecompileRules;

use crate::BlobSchedule;

/// A fork of L1's execution layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fork {
    /// The merge.
    Paris,
    /// April 2023.
    Shanghai,
    /// March 2024.
    Cancun,
    /// May 2025.
    Prague,
    /// December 2025.
    Osaka,
}

/// What a fork's blocks follow. A later fork is a difference to the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// PUSH0 exists (EIP-3855).
    pub push0: bool,
    /// The beneficiary is warm (EIP-3651).
    pub warm_beneficiary: bool,
    /// Init code is limited and metered (EIP-3860).
    pub init_code_limit: Option<usize>,
    /// TLOAD and TSTORE exist (EIP-1153).
    pub transient_storage: bool,
    /// MCOPY exists (EIP-5656).
    pub mcopy: bool,
    /// BLOBHASH and BLOBBASEFEE exist (EIP-4844, EIP-7516).
    pub blob_opcodes: bool,
    /// SELFDESTRUCT removes only what the same transaction created (EIP-6780).
    pub selfdestruct_only_new: bool,
    /// Blob transactions (EIP-4844), with the blocks' schedule.
    pub blobs: Option<BlobSchedule>,
    /// Most blobs in a transaction, where that differs from a block's (EIP-7594).
    pub blobs_per_transaction: Option<u64>,
    /// A floor for the price of call data (EIP-7623).
    pub calldata_floor: bool,
    /// Set-code transactions and delegation (EIP-7702).
    pub set_code: bool,
    /// Most gas in a transaction (EIP-7825).
    pub transaction_gas_cap: Option<u64>,
    /// CLZ exists (EIP-7939).
    pub clz: bool,
    /// The precompiles.
    pub precompiles: PrecompileRules,
}

impl Rules {
    /// Paris.
    pub const PARIS: Self = Self {
        push0: false,
        warm_beneficiary: false,
        init_code_limit: None,
        transient_storage: false,
        mcopy: false,
        blob_opcodes: false,
        selfdestruct_only_new: false,
        blobs: None,
        blobs_per_transaction: None,
        calldata_floor: false,
        set_code: false,
        transaction_gas_cap: None,
        clz: false,
        precompiles: PrecompileRules::BERLIN,
    };
    /// Shanghai.
    pub const SHANGHAI: Self = Self {
        push0: true,
        warm_beneficiary: true,
        init_code_limit: Some(2 * 0x6000),
        ..Self::PARIS
    };
    /// Cancun.
    pub const CANCUN: Self = Self {
        transient_storage: true,
        mcopy: true,
        blob_opcodes: true,
        selfdestruct_only_new: true,
        blobs: Some(BlobSchedule::CANCUN),
        precompiles: PrecompileRules::CANCUN,
        ..Self::SHANGHAI
    };
    /// Prague.
    pub const PRAGUE: Self = Self {
        blobs: Some(BlobSchedule::PRAGUE),
        calldata_floor: true,
        set_code: true,
        precompiles: PrecompileRules::PRAGUE,
        ..Self::CANCUN
    };
    /// Osaka.
    pub const OSAKA: Self = Self {
        blobs_per_transaction: Some(6),
        transaction_gas_cap: Some(1 << 24),
        clz: true,
        precompiles: PrecompileRules::OSAKA,
        ..Self::PRAGUE
    };

    /// The rules of an L1 fork.
    pub const fn of(fork: Fork) -> Self {
        match fork {
            Fork::Paris => Self::PARIS,
            Fork::Shanghai => Self::SHANGHAI,
            Fork::Cancun => Self::CANCUN,
            Fork::Prague => Self::PRAGUE,
            Fork::Osaka => Self::OSAKA,
        }
    }
}
