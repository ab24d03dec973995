//! Amounts and durations as people write them.

use std::{str::FromStr, time::Duration};

use alloy::primitives::{U256, utils::parse_ether};

/// Wei, written in ether, or with the suffix `wei` or `gwei`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wei(pub(crate) U256);

impl FromStr for Wei {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("{text:?} is no amount: write 0.5 (ether), 20gwei or 7wei");
        let number = |text: &str| text.trim().parse::<U256>().map_err(|_| bad());
        let digits = text.trim_start().starts_with(|c: char| c.is_ascii_digit());
        if !digits {
            return Err(bad());
        }
        if let Some(gwei) = text.strip_suffix("gwei") {
            let wei = number(gwei)?.checked_mul(U256::from(1_000_000_000u64));
            return wei.map(Self).ok_or_else(bad);
        }
        if let Some(wei) = text.strip_suffix("wei") {
            return number(wei).map(Self);
        }
        parse_ether(text.trim()).map(Self).map_err(|_| bad())
    }
}

/// A duration: a number of seconds, or a number with `s`, `m`, `h` or `d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("{text:?} is no duration: write 30, 30s, 10m, 1h or 1d");
        let (number, unit) = match text.find(|c: char| c.is_ascii_alphabetic()) {
            Some(at) => text.split_at(at),
            None => (text, "s"),
        };
        let seconds = match unit {
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            _ => return Err(bad()),
        };
        let number: f64 = number.trim().parse().map_err(|_| bad())?;
        Duration::try_from_secs_f64(number * seconds)
            .map(Self)
            .map_err(|_| bad())
    }
}

/// How often something is done: by the clock or by L2 blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Every {
    /// After this much L2 time.
    Time(Duration),
    /// After this many L2 blocks.
    Blocks(u64),
}

impl Every {
    /// The L2 blocks between two times, on a chain with this many seconds to a block.
    pub(crate) const fn blocks(self, block_time: u64) -> u64 {
        let blocks = match self {
            Self::Time(duration) => {
                let block_time = if block_time == 0 { 1 } else { block_time };
                duration.as_secs() / block_time
            }
            Self::Blocks(blocks) => blocks,
        };
        if blocks == 0 { 1 } else { blocks }
    }
}

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(number) = text
            .strip_suffix("blocks")
            .or_else(|| text.strip_suffix("block"))
        {
            return number
                .trim()
                .parse()
                .map(Self::Blocks)
                .map_err(|_| format!("{text:?} is no number of blocks: write 1800blocks"));
        }
        text.parse::<Span>()
            .map(|span| Self::Time(span.0))
            .map_err(|error| format!("{error}, or 1800blocks"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wei(text: &str) -> Option<u128> {
        text.parse::<Wei>().ok().map(|wei| wei.0.to())
    }

    #[test]
    fn amounts_are_ether_unless_they_say_otherwise() {
        assert_eq!(wei("0.5"), Some(500_000_000_000_000_000));
        assert_eq!(wei("2"), Some(2_000_000_000_000_000_000));
        assert_eq!(wei("20gwei"), Some(20_000_000_000));
        assert_eq!(wei("7wei"), Some(7));
        for bad in ["", "x", "-1", "1.5wei", "1 eth"] {
            assert_eq!(wei(bad), None, "{bad}");
        }
    }

    #[test]
    fn durations_have_units() {
        let span = |text: &str| text.parse::<Span>().ok().map(|span| span.0.as_secs_f64());
        assert_eq!(span("30"), Some(30.0));
        assert_eq!(span("0.5s"), Some(0.5));
        assert_eq!(span("10m"), Some(600.0));
        assert_eq!(span("1d"), Some(86_400.0));
        for bad in ["", "s", "1y", "-3", "nan"] {
            assert_eq!(span(bad), None, "{bad}");
        }
    }

    #[test]
    fn intervals_come_to_blocks() {
        let blocks = |text: &str| text.parse::<Every>().ok().map(|every| every.blocks(2));
        assert_eq!(blocks("1h"), Some(1_800));
        assert_eq!(blocks("300blocks"), Some(300));
        assert_eq!(blocks("1s"), Some(1));
        assert_eq!(blocks("xblocks"), None);
    }
}
