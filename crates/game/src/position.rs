//! Places in the game tree.

use core::{fmt, num::NonZeroU128};

use crate::GameError;

/// A place in the binary game tree, held as its generalized index `2^depth + index at depth`.
///
/// Specs `fault-dispute-game.md`, "Position".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position(NonZeroU128);

impl Position {
    /// The root of the tree.
    pub const ROOT: Self = Self(NonZeroU128::MIN);

    /// The position with this generalized index.
    pub fn from_gindex(gindex: u128) -> Result<Self, GameError> {
        NonZeroU128::new(gindex)
            .map(Self)
            .ok_or(GameError::ZeroPosition)
    }

    /// The position `index` places from the left at `depth`.
    pub fn at_depth(depth: u32, index: u128) -> Result<Self, GameError> {
        if depth > 126 || index >> depth != 0 {
            return Err(GameError::BadRules("position outside of a tree"));
        }
        Self::from_gindex(1 << depth | index)
    }

    /// The generalized index.
    pub const fn gindex(self) -> u128 {
        self.0.get()
    }

    /// Levels below the root.
    pub const fn depth(self) -> u32 {
        self.0.ilog2()
    }

    /// How far from the left, at its depth.
    pub const fn index_at_depth(self) -> u128 {
        self.gindex() ^ (1 << self.depth())
    }

    /// Whether this is the root.
    pub fn is_root(self) -> bool {
        self == Self::ROOT
    }

    /// The position above; the root has none.
    pub fn parent(self) -> Option<Self> {
        NonZeroU128::new(self.gindex() >> 1).map(Self)
    }

    /// Where an attack on a claim here stands: half of its range, from the left.
    #[must_use]
    pub const fn attack(self) -> Self {
        Self(self.0.saturating_mul(NonZeroU128::MIN.saturating_add(1)))
    }

    /// Where a defence of a claim here stands: half of its right neighbour's range.
    #[must_use]
    pub fn defend(self) -> Self {
        Self(self.0 | 1).attack()
    }

    /// The right neighbour at the same depth; wraps to nothing at the right edge.
    pub fn right(self) -> Option<Self> {
        let next = self.0.saturating_add(1);
        (next.ilog2() == self.depth()).then_some(Self(next))
    }

    /// The left neighbour at the same depth; nothing at the left edge.
    pub fn left(self) -> Option<Self> {
        NonZeroU128::new(self.gindex() - 1)
            .filter(|g| g.ilog2() == self.depth())
            .map(Self)
    }

    /// Index of the rightmost leaf below, in a tree whose leaves are at `max_depth`.
    pub fn trace_index(self, max_depth: u32) -> Result<u128, GameError> {
        let levels = self.levels_above(max_depth)?;
        Ok(self.index_at_depth() << levels | ((1 << levels) - 1))
    }

    /// The same place seen from the subtree whose root is the ancestor at `depth`.
    pub fn relative_to_depth(self, depth: u32) -> Result<Self, GameError> {
        let levels = self.depth().checked_sub(depth).ok_or(GameError::TooDeep {
            position: self,
            max_depth: depth,
        })?;
        let mask = (1u128 << levels) - 1;
        Self::at_depth(levels, self.index_at_depth() & mask)
    }

    /// The highest position that commits to the same trace index.
    ///
    /// Claims there are the only ones that can commit to it, since moves never go to the right
    /// child of a position.
    #[must_use]
    pub fn trace_ancestor(self) -> Self {
        let mut ancestor = self;
        while ancestor.gindex() & 1 == 1 {
            match ancestor.parent() {
                Some(parent) => ancestor = parent,
                None => break,
            }
        }
        ancestor
    }

    /// Like [`trace_ancestor`](Self::trace_ancestor), but never above `min_depth + 1`.
    #[must_use]
    pub fn trace_ancestor_below(self, min_depth: u32) -> Self {
        let ancestor = self.trace_ancestor();
        if ancestor.depth() > min_depth {
            return ancestor;
        }
        let mut bounded = self;
        while bounded.depth() > min_depth + 1 {
            match bounded.parent() {
                Some(parent) => bounded = parent,
                None => break,
            }
        }
        bounded
    }

    fn levels_above(self, max_depth: u32) -> Result<u32, GameError> {
        max_depth
            .checked_sub(self.depth())
            .filter(|_| max_depth <= 126)
            .ok_or(GameError::TooDeep {
                position: self,
                max_depth,
            })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.depth(), self.index_at_depth())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(gindex: u128) -> Position {
        Position::from_gindex(gindex).unwrap()
    }

    #[test]
    fn moves_go_where_the_spec_draws_them() {
        // The pictures of the spec: attacking 6 gives 12, defending 4 gives 10.
        assert_eq!(at(6).attack(), at(12));
        assert_eq!(at(4).defend(), at(10));
        assert_eq!(at(2).attack(), at(4));
        assert_eq!(at(2).defend(), at(6));
        assert_eq!(Position::ROOT.attack(), at(2));
    }

    #[test]
    fn trace_index_is_the_rightmost_leaf() {
        assert_eq!(Position::ROOT.trace_index(4), Ok(15));
        assert_eq!(at(2).trace_index(4), Ok(7));
        assert_eq!(at(5).trace_index(4), at(2).trace_index(4));
        assert_eq!(at(16).trace_index(4), Ok(0));
        assert_eq!(at(31).trace_index(4), Ok(15));
        assert!(at(32).trace_index(4).is_err());
        assert_eq!(Position::ROOT.trace_index(73), Ok((1 << 73) - 1));
    }

    #[test]
    fn neighbours_stay_on_their_level() {
        assert_eq!(at(4).left(), None);
        assert_eq!(at(7).right(), None);
        assert_eq!(at(5).left(), Some(at(4)));
        assert_eq!(at(5).right(), Some(at(6)));
        assert_eq!(Position::ROOT.left(), None);
        assert_eq!(Position::ROOT.right(), None);
    }

    #[test]
    fn trace_ancestors_commit_to_the_same_index() {
        assert_eq!(at(0b1011).trace_ancestor(), at(0b10));
        assert_eq!(at(0b1111).trace_ancestor(), Position::ROOT);
        assert_eq!(at(0b1100).trace_ancestor(), at(0b1100));
        assert_eq!(at(0b101_1011).trace_ancestor_below(1), at(0b1_0110));
        assert_eq!(at(0b101_1111).trace_ancestor_below(2), at(0b1011));
    }

    #[test]
    fn subtree_positions_keep_the_low_bits() {
        let deep = at(0b1_0110_1101);
        assert_eq!(deep.relative_to_depth(5), Ok(at(0b1101)));
        assert_eq!(deep.relative_to_depth(8), Ok(Position::ROOT));
        assert!(deep.relative_to_depth(9).is_err());
    }

    #[test]
    fn zero_is_no_position() {
        assert_eq!(Position::from_gindex(0), Err(GameError::ZeroPosition));
    }
}
