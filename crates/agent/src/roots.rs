//! Output roots, computed by running the program.

use std::sync::{Arc, Mutex, PoisonError};

use alloy::primitives::B256;

use crate::AgentError;

/// What the program is to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RootRequest {
    /// Hash of the L1 block that data counts up to.
    pub l1_head: B256,
    /// The output root to start from.
    pub agreed_root: B256,
    /// Its L2 block.
    pub agreed_block: u64,
    /// The last L2 block that is wanted.
    pub last_block: u64,
}

/// Output roots of consecutive L2 blocks, as far as they are derivable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputRoots {
    agreed: (u64, B256),
    roots: Vec<B256>,
}

impl OutputRoots {
    /// The root agreed upon with its block, and the roots of the blocks after it.
    pub const fn new(agreed_block: u64, agreed_root: B256, roots: Vec<B256>) -> Self {
        Self {
            agreed: (agreed_block, agreed_root),
            roots,
        }
    }

    /// The last block that is derivable, or wanted.
    pub const fn last_block(&self) -> u64 {
        self.agreed.0 + self.roots.len() as u64
    }

    /// The root after `block`; past the last one that root repeats.
    pub fn at(&self, block: u64) -> B256 {
        let index = block.min(self.last_block()).checked_sub(self.agreed.0 + 1);
        index
            .and_then(|index| self.roots.get(index as usize).copied())
            .unwrap_or(self.agreed.1)
    }

    /// The block of the range, the agreed one included, whose root is `root`.
    pub fn block_of(&self, root: B256) -> Option<u64> {
        if root == self.agreed.1 {
            return Some(self.agreed.0);
        }
        let index = self.roots.iter().position(|&known| known == root)?;
        Some(self.agreed.0 + 1 + index as u64)
    }
}

/// Computes output roots from L1 data. May take minutes; called on a thread of its own.
pub trait RootProvider: Send + Sync {
    /// The output roots after the agreed block, up to the last one that is wanted or derivable.
    fn roots(&self, request: &RootRequest) -> Result<Arc<OutputRoots>, AgentError>;
}

/// Remembers what a provider computed.
pub struct CachedRoots<P> {
    provider: P,
    known: Mutex<Vec<(RootRequest, Arc<OutputRoots>)>>,
}

/// A game's roots are asked for at every round; a watcher has few games at a time.
const REMEMBERED: usize = 64;

impl<P: RootProvider> CachedRoots<P> {
    /// Remembers what `provider` computes.
    pub const fn new(provider: P) -> Self {
        Self {
            provider,
            known: Mutex::new(Vec::new()),
        }
    }
}

impl<P: RootProvider> RootProvider for CachedRoots<P> {
    /// A second caller waits for the first one's result.
    fn roots(&self, request: &RootRequest) -> Result<Arc<OutputRoots>, AgentError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, roots)) = known.iter().find(|(of, _)| of == request) {
            return Ok(roots.clone());
        }
        let roots = self.provider.roots(request)?;
        if known.len() == REMEMBERED {
            known.remove(0);
        }
        known.push((*request, roots.clone()));
        Ok(roots)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn last_root_repeats_past_the_end() {
        let [a, b, c] = [1, 2, 3].map(B256::repeat_byte);
        let roots = OutputRoots::new(10, a, vec![b, c]);
        assert_eq!(roots.last_block(), 12);
        assert_eq!([9, 10, 11, 12, 13].map(|n| roots.at(n)), [a, a, b, c, c]);
        assert_eq!(OutputRoots::new(10, a, vec![]).at(11), a);
        assert_eq!(
            [a, b, c].map(|r| roots.block_of(r)),
            [Some(10), Some(11), Some(12)]
        );
        assert_eq!(roots.block_of(B256::ZERO), None);
    }

    #[test]
    fn provider_is_asked_once() {
        struct Counting(Arc<AtomicU32>);
        impl RootProvider for Counting {
            fn roots(&self, request: &RootRequest) -> Result<Arc<OutputRoots>, AgentError> {
                self.0.fetch_add(1, Ordering::Relaxed);
                Ok(Arc::new(OutputRoots::new(
                    request.agreed_block,
                    request.agreed_root,
                    vec![],
                )))
            }
        }
        let count = Arc::new(AtomicU32::new(0));
        let cached = CachedRoots::new(Counting(count.clone()));
        let request = RootRequest {
            l1_head: B256::ZERO,
            agreed_root: B256::ZERO,
            agreed_block: 1,
            last_block: 2,
        };
        cached.roots(&request).unwrap();
        cached.roots(&request).unwrap();
        assert_eq!(count.load(Ordering::Relaxed), 1);
        cached
            .roots(&RootRequest {
                last_block: 3,
                ..request
            })
            .unwrap();
        assert_eq!(count.load(Ordering::Relaxed), 2);
    }
}
