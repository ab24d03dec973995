//! What can go wrong.

use endgame_ortho_precompiles::PrecompileError;
use endgame_ortho_primitives::Word;

/// Why a transaction has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvmError<E> {
    /// The transaction may not stand in this block.
    #[error(transparent)]
    Transaction(#[from] InvalidTransaction),
    /// The state could not be had.
    #[error("state: {0}")]
    Database(E),
}

/// Why a transaction may not stand in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTransaction {
    /// A type that the fork does not know.
    #[error("transaction type {0} is unknown to the fork")]
    UnknownType(u8),
    /// Signed for another chain.
    #[error("signed for chain {0}")]
    ChainId(u64),
    /// The signature is not one, or its `s` is in the upper half (EIP-2).
    #[error("signature is not valid")]
    Signature,
    /// More gas than the block has left.
    #[error("gas limit {limit} is over the {left} that the block has left")]
    BlockGas {
        /// What the transaction may use.
        limit: u64,
        /// What is left.
        left: u64,
    },
    /// More gas than a transaction may use (EIP-7825).
    #[error("gas limit {0} is over the cap")]
    GasCap(u64),
    /// Less gas than the transaction itself costs.
    #[error("gas limit {limit} is below the intrinsic {intrinsic}")]
    IntrinsicGas {
        /// What the transaction may use.
        limit: u64,
        /// What it costs at least.
        intrinsic: u64,
    },
    /// Less gas than its data costs at least (EIP-7623).
    #[error("gas limit {limit} is below the data's floor {floor}")]
    FloorGas {
        /// What the transaction may use.
        limit: u64,
        /// What it costs at least.
        floor: u64,
    },
    /// The nonce is not the sender's next one.
    #[error("nonce {found}, the sender's next is {expected}")]
    Nonce {
        /// The sender's next nonce.
        expected: u64,
        /// The transaction's.
        found: u64,
    },
    /// The last nonce may not be used (EIP-2681).
    #[error("nonce is the largest there is")]
    NonceMax,
    /// The sender has code (EIP-3607).
    #[error("sender has code")]
    SenderHasCode,
    /// The sender can't pay for gas and value.
    #[error("sender has {balance} wei and may need {needed}")]
    Funds {
        /// What the sender has.
        balance: Word,
        /// What the transaction may need.
        needed: Word,
    },
    /// What the sender may need does not fit 256 bits.
    #[error("gas limit times price, plus value, is over 2^256")]
    CostOverflow,
    /// A higher fee for the beneficiary than at all (EIP-1559).
    #[error("priority fee is over the whole fee")]
    PriorityFee,
    /// Less than the block's base fee (EIP-1559).
    #[error("fee is below the base fee {0}")]
    BaseFee(Word),
    /// Init code over the limit (EIP-3860).
    #[error("init code of {0} bytes is over the limit")]
    InitCodeSize(usize),
    /// A blob transaction without blobs (EIP-4844).
    #[error("blob transaction without blobs")]
    NoBlobs,
    /// More blobs than a block or a transaction takes (EIP-4844, EIP-7594).
    #[error("{0} blobs are over the limit")]
    TooManyBlobs(usize),
    /// A versioned hash of an unknown version (EIP-4844).
    #[error("blob hash version {0} is unknown")]
    BlobVersion(u8),
    /// Less than the block's blob base fee (EIP-4844).
    #[error("blob fee is below the base fee {0}")]
    BlobBaseFee(Word),
    /// A type of transaction that can't create contracts does (EIP-4844, EIP-7702).
    #[error("type {0} can't create contracts")]
    Creates(u8),
    /// A type 4 transaction without authorizations (EIP-7702).
    #[error("no authorizations")]
    NoAuthorizations,
}

/// Why a frame stopped exceptionally: it loses its gas and what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// Out of gas.
    #[error("out of gas")]
    OutOfGas,
    /// Fewer words on the stack than the instruction takes.
    #[error("stack underflow")]
    StackUnderflow,
    /// More than 1024 words on the stack.
    #[error("stack overflow")]
    StackOverflow,
    /// A jump to what is no destination.
    #[error("invalid jump destination")]
    InvalidJump,
    /// An instruction that the fork does not have.
    #[error("invalid opcode {0:#04x}")]
    InvalidOpcode(u8),
    /// A change of state where none is allowed.
    #[error("write in a static context")]
    WriteInStaticContext,
    /// Return data read past its end.
    #[error("return data read out of bounds")]
    OutOfBoundsRead,
    /// A contract stands where one is to be created.
    #[error("address is taken")]
    AddressCollision,
    /// New code begins with 0xEF (EIP-3541).
    #[error("code begins with 0xef")]
    InvalidContractPrefix,
    /// New code over the limit (EIP-170).
    #[error("code is too large")]
    CodeSize,
    /// Init code over the limit (EIP-3860).
    #[error("init code is too large")]
    InitCodeSize,
    /// The sender of a deposit can't pay its value.
    #[error("balance is below the value")]
    Balance,
    /// A precompile failed.
    #[error(transparent)]
    Precompile(#[from] PrecompileError),
}

/// Why an instruction can't go on.
pub(crate) enum Stop<E> {
    /// The frame ends exceptionally.
    Halt(Halt),
    /// Everything ends.
    Database(E),
}

impl<E> From<Halt> for Stop<E> {
    #[inline]
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}
