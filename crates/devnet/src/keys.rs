//! The well-known development accounts and who plays what with them.

use alloy::{
    primitives::{Address, B256, b256},
    signers::local::PrivateKeySigner,
};

/// Secret keys of the ten accounts that development chains fund by custom (mnemonic
/// `test test test test test test test test test test test junk`, path `m/44'/60'/0'/0/n`).
///
/// Everybody knows them: they are worth nothing outside a devnet.
pub const DEV_KEYS: [B256; 10] = [
    b256!("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"),
    b256!("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"),
    b256!("5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"),
    b256!("7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6"),
    b256!("47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a"),
    b256!("8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba"),
    b256!("92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e"),
    b256!("4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356"),
    b256!("dbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97"),
    b256!("2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6"),
];

/// A part that a funded account plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Deploys the contracts and owns the proxies.
    Deployer,
    /// Posts batches.
    Batcher,
    /// Proposes true output roots.
    Proposer,
    /// Disputes false ones.
    Challenger,
    /// Deposits, transacts, withdraws.
    User,
    /// Proposes false output roots and defends them.
    Dishonest,
    /// Plays along on the honest side without being asked.
    Freeloader,
}

impl Role {
    /// Every role, in the order of the accounts.
    pub const ALL: [Self; 7] = [
        Self::Deployer,
        Self::Batcher,
        Self::Proposer,
        Self::Challenger,
        Self::User,
        Self::Dishonest,
        Self::Freeloader,
    ];

    /// The role's name, lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deployer => "deployer",
            Self::Batcher => "batcher",
            Self::Proposer => "proposer",
            Self::Challenger => "challenger",
            Self::User => "user",
            Self::Dishonest => "dishonest",
            Self::Freeloader => "freeloader",
        }
    }

    /// The role's secret key.
    pub const fn key(self) -> B256 {
        match self {
            Self::Deployer => DEV_KEYS[0],
            Self::Batcher => DEV_KEYS[1],
            Self::Proposer => DEV_KEYS[2],
            Self::Challenger => DEV_KEYS[3],
            Self::User => DEV_KEYS[4],
            Self::Dishonest => DEV_KEYS[5],
            Self::Freeloader => DEV_KEYS[6],
        }
    }

    /// A signer with the role's key.
    ///
    /// # Panics
    ///
    /// Never: the keys above are all valid scalars, which a test checks.
    #[expect(clippy::expect_used, reason = "constant keys, tested")]
    pub fn signer(self) -> PrivateKeySigner {
        PrivateKeySigner::from_bytes(&self.key()).expect("a valid scalar")
    }

    /// The role's account.
    pub fn address(self) -> Address {
        self.signer().address()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::primitives::address;

    #[test]
    fn roles_have_distinct_valid_keys() {
        let mut all: Vec<_> = Role::ALL.iter().map(|r| r.address()).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), Role::ALL.len());
        assert_eq!(
            Role::Deployer.address(),
            address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
        );
    }
}
