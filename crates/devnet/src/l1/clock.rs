//! Who mines L1 blocks and when, and what time it is on the chain.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::watch, time::sleep};

use super::{L1Client, L1Ref};
use crate::DevnetError;

/// How L1 blocks come into being.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mining {
    /// One block every so much wall-clock time.
    Interval(Duration),
    /// One block for each transaction, at once. Only while nothing derives from L1: L2 time must
    /// keep up with L1 time.
    Instant,
    /// No blocks at all.
    Paused,
}

/// Mines L1 blocks whose timestamps grow by exactly the L1 block time, whatever the wall clock
/// does, and tells the time of the chain.
///
/// The node's own interval mining takes timestamps from the wall clock and may repeat them; a
/// repeated timestamp makes proofs of withdrawals revert and a dispute clock stand still.
#[derive(Debug)]
pub struct ChainClock {
    client: Arc<L1Client>,
    block_time: u64,
    mode: watch::Sender<Mining>,
    head: watch::Sender<L1Ref>,
    seen: Mutex<Instant>,
}

impl ChainClock {
    /// Takes over the mining of a node started with `--no-mining`, in the mode
    /// [`Mining::Instant`].
    pub async fn start(client: Arc<L1Client>, block_time: u64) -> Result<Arc<Self>, DevnetError> {
        client.set_timestamp_interval(block_time).await?;
        let head = client.latest().await?;
        if head.number > 0 {
            // A node that was started on an old chain would go on from its genesis time.
            client.set_next_timestamp(head.time + block_time).await?;
        }
        client.set_automine(true).await?;
        Ok(Arc::new(Self {
            client,
            block_time,
            mode: watch::Sender::new(Mining::Instant),
            head: watch::Sender::new(head),
            seen: Mutex::new(Instant::now()),
        }))
    }

    /// Changes how blocks are mined.
    pub async fn set_mining(&self, mode: Mining) -> Result<(), DevnetError> {
        self.client.set_automine(mode == Mining::Instant).await?;
        self.mode.send_replace(mode);
        Ok(())
    }

    /// The L1 head as last seen, and its changes.
    pub fn heads(&self) -> watch::Receiver<L1Ref> {
        self.head.subscribe()
    }

    /// Seconds between L1 blocks on the chain.
    pub const fn block_time(&self) -> u64 {
        self.block_time
    }

    /// The chain's time: the last block's timestamp, and within one block time as much more of it
    /// as has passed on the wall clock. Unix seconds.
    pub fn now(&self) -> u64 {
        let time = self.head.borrow().time;
        let Mining::Interval(interval) = *self.mode.borrow() else {
            return time;
        };
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let milliseconds = interval.as_millis().max(1);
        let within = seen.elapsed().as_millis() * u128::from(self.block_time) / milliseconds;
        time + u64::try_from(within).map_or(self.block_time, |w| w.min(self.block_time))
    }

    /// Mines one block at once.
    pub async fn mine(&self) -> Result<L1Ref, DevnetError> {
        self.client.mine().await?;
        self.look().await
    }

    /// Mines one block whose timestamp is `seconds` after the last one's.
    pub async fn jump(&self, seconds: u64) -> Result<L1Ref, DevnetError> {
        let head = self.client.latest().await?;
        self.client
            .set_next_timestamp(head.time + seconds.max(1))
            .await?;
        self.mine().await
    }

    async fn look(&self) -> Result<L1Ref, DevnetError> {
        let latest = self.client.latest().await?;
        self.head.send_if_modified(|head| {
            let new = *head != latest;
            if new {
                *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
                *head = latest;
            }
            new
        });
        Ok(latest)
    }

    /// Mines and watches until the node is gone.
    pub async fn run(self: Arc<Self>) -> Result<(), DevnetError> {
        const LOOK_EVERY: Duration = Duration::from_millis(25);
        let mut due = Instant::now();
        loop {
            let mode = *self.mode.borrow();
            match mode {
                Mining::Interval(interval) if due <= Instant::now() => {
                    self.mine().await?;
                    // After a stall blocks come at the usual pace again, not all at once.
                    due = (due + interval).max(Instant::now());
                }
                _ => {
                    self.look().await?;
                }
            }
            let rest = due.saturating_duration_since(Instant::now());
            sleep(match mode {
                Mining::Interval(_) if !rest.is_zero() => rest.min(LOOK_EVERY * 4),
                _ => LOOK_EVERY,
            })
            .await;
        }
    }
}
