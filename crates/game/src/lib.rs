//! A pure model of the dispute games: positions, clocks, bonds, honest strategy.
