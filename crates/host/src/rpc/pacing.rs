//! Not too often, not all at once, and not in step with others.

use std::{
    hash::{BuildHasher, RandomState},
    sync::Mutex,
    time::{Duration, Instant},
};

use crate::poison::lock;

/// Spaces requests evenly: each takes the next free slot.
#[derive(Debug)]
pub(crate) struct Pacer {
    interval: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pacer {
    /// `per_second` = 0 is no limit.
    pub(crate) fn new(per_second: u32) -> Self {
        Self {
            interval: Duration::from_secs(1)
                .checked_div(per_second)
                .unwrap_or_default(),
            next: Mutex::new(None),
        }
    }

    /// Takes a slot; how long to wait for it.
    fn reserve(&self, now: Instant) -> Duration {
        let mut next = lock(&self.next);
        let slot = next.unwrap_or(now).max(now);
        *next = Some(slot + self.interval);
        slot - now
    }

    pub(crate) async fn wait(&self) {
        let pause = self.reserve(Instant::now());
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
}

/// A pause before the next round: `base` doubled `round` times, at most `max`, of which a random half
/// is left out so that many clients do not come back together.
pub(crate) fn backoff(base: Duration, max: Duration, round: u32) -> Duration {
    let full = base
        .saturating_mul(1_u32.checked_shl(round).unwrap_or(u32::MAX))
        .min(max);
    // The standard library's hash seeds are its only source of randomness, and good enough here.
    let random = RandomState::new().hash_one(round) as u32;
    full.mul_f64(0.5 + 0.5 * f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pacer_spaces_requests_evenly() {
        let pacer = Pacer::new(10);
        let now = Instant::now();
        let waits: Vec<_> = (0..3).map(|_| pacer.reserve(now).as_millis()).collect();
        assert_eq!(waits, [0, 100, 200]);
        assert_eq!(pacer.reserve(now + Duration::from_secs(9)).as_millis(), 0);
    }

    #[test]
    fn pacer_without_limit_never_waits() {
        let pacer = Pacer::new(0);
        let now = Instant::now();
        assert!((0..100).all(|_| pacer.reserve(now).is_zero()));
    }

    #[test]
    fn backoff_doubles_is_capped_and_jittered() {
        let base = Duration::from_millis(100);
        let max = Duration::from_secs(1);
        for (round, full) in [(0, 100), (1, 200), (3, 800), (4, 1000), (40, 1000)] {
            let pause = backoff(base, max, round).as_millis();
            assert!((full / 2..=full).contains(&pause), "{round}: {pause}");
        }
        let pauses: std::collections::HashSet<_> = (0..16).map(|_| backoff(base, max, 9)).collect();
        assert!(pauses.len() > 1);
    }
}
