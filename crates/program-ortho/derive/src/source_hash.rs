//! What names a deposit (OP specs `protocol/deposits.md`, "Source hash computation").

use endgame_ortho_primitives::{Hash, Word, keccak256};

/// Of a deposit that a user made: the log is the `index`-th of all of its block.
pub(crate) fn user_deposit(l1_block: Hash, index: u64) -> Hash {
    in_domain(0, pair(l1_block, index.into()))
}

/// Of the L1 attributes in the block with this sequence number.
pub(crate) fn l1_attributes(l1_block: Hash, sequence_number: u64) -> Hash {
    in_domain(1, pair(l1_block, sequence_number.into()))
}

/// Of a deposit of a network upgrade, which its intent says in words.
pub(crate) fn upgrade(intent: &str) -> Hash {
    in_domain(2, keccak256(intent.as_bytes()))
}

fn in_domain(domain: u64, id: Hash) -> Hash {
    pair(Hash::from(Word::from(domain)), id.to_word())
}

fn pair(hash: Hash, word: Word) -> Hash {
    keccak256([hash.0, word.to_be_bytes()].as_flattened())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of `protocol/ecotone/derivation.md` and `protocol/isthmus/derivation.md`.
    #[test]
    fn upgrades_have_the_hashes_of_the_specification() {
        let vectors = [
            (
                "Ecotone: L1 Block Deployment",
                "0x877a6077205782ea15a6dc8699fa5ebcec5e0f4389f09cb8eda09488231346f8",
            ),
            (
                "Isthmus: EIP-2935 Contract Deployment",
                "0xbfb734dae514c5974ddf803e54c1bc43d5cdb4a48ae27e1d9b875a5a150b553a",
            ),
        ];
        for (intent, hash) in vectors {
            assert_eq!(upgrade(intent), hash.parse().unwrap(), "{intent}");
        }
    }

    #[test]
    fn domains_and_numbers_keep_deposits_apart() {
        let block = Hash([1; 32]);
        let hashes = [
            user_deposit(block, 0),
            user_deposit(block, 1),
            l1_attributes(block, 0),
            l1_attributes(block, 1),
            l1_attributes(Hash([2; 32]), 0),
        ];
        for (n, hash) in hashes.iter().enumerate() {
            assert!(!hashes.iter().skip(n + 1).any(|other| other == hash));
        }
    }
}
