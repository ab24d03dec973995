//! What a move costs.

use alloy_primitives::U256;

/// Bonds that grow by the same factor at each depth.
///
/// Specs `bond-incentives.md`, "Bond Scaling". The contract's `getRequiredBond` decides what a
/// move must carry; this curve is for planning: it follows the same formula in floating point and
/// is exact to about one part in a billion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BondCurve {
    /// Gas that the root's bond pays for.
    pub base_gas: u64,
    /// Gas that a bond at the maximum depth pays for.
    pub high_gas: u64,
    /// Gas price that is assumed, in wei.
    pub gas_price: u64,
    /// The maximum depth of the game.
    pub max_depth: u32,
}

impl BondCurve {
    /// OP's standard curve: 0.08 ETH at the root, 60 ETH at depth 73.
    pub const STANDARD: Self = Self {
        base_gas: 400_000,
        high_gas: 300_000_000,
        gas_price: 200_000_000_000,
        max_depth: 73,
    };

    /// The bond of a claim at `depth`, in wei.
    #[expect(
        clippy::cast_precision_loss,
        reason = "an estimate; gas figures are far below 2^52"
    )]
    pub fn bond(&self, depth: u32) -> U256 {
        let ratio = self.high_gas as f64 / self.base_gas as f64;
        let exponent = f64::from(depth) / f64::from(self.max_depth.max(1));
        let gas = self.base_gas as f64 * ratio.powf(exponent);
        // In units of a thousandth of gas, so that the low depths keep their precision.
        U256::from((gas * 1_000.0) as u128) * U256::from(self.gas_price) / U256::from(1_000)
    }

    /// What it takes to make one claim at every second depth from `first` down, in wei: the
    /// capital that one team needs to play a single line to the bottom.
    pub fn capital(&self, first: u32) -> U256 {
        (first..=self.max_depth)
            .step_by(2)
            .map(|depth| self.bond(depth))
            .fold(U256::ZERO, |sum, bond| sum + bond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ETH: f64 = 1e18;

    fn eth(wei: U256) -> f64 {
        wei.to_string().parse::<f64>().unwrap() / ETH
    }

    #[test]
    fn standard_curve_goes_from_0_08_to_60_eth() {
        let curve = BondCurve::STANDARD;
        assert!((eth(curve.bond(0)) - 0.08).abs() < 1e-9);
        assert!((eth(curve.bond(73)) - 60.0).abs() < 1e-6);
        assert!(curve.bond(31) < curve.bond(32));
    }

    #[test]
    fn one_line_to_the_bottom_costs_hundreds_of_eth() {
        let curve = BondCurve::STANDARD;
        let total = eth(curve.capital(0)) + eth(curve.capital(1));
        assert!((690.0..693.0).contains(&total), "{total}");
    }
}
