//! Output roots by program `kona`, run natively in this process.

use std::sync::Arc;

use alloy::primitives::B256;
use endgame_host::{Backend, Boot, Host};
use endgame_program_kona::{ChainConfig, Verdict, run};

use crate::{
    AgentError,
    roots::{OutputRoots, RootProvider, RootRequest},
};

/// Derives and executes from L1 data up to the L1 head of the request, and from nothing else: the
/// backend's providers only bring preimages, each checked against its key.
pub struct KonaRoots {
    backend: Arc<Backend>,
    chain: ChainConfig,
}

impl KonaRoots {
    /// Runs the program for `chain`, with preimages from `backend`.
    pub const fn new(backend: Arc<Backend>, chain: ChainConfig) -> Self {
        Self { backend, chain }
    }
}

impl RootProvider for KonaRoots {
    fn roots(&self, request: &RootRequest) -> Result<Arc<OutputRoots>, AgentError> {
        let host = Host::new(
            self.backend.clone(),
            Boot {
                l1_head: request.l1_head,
                agreed_output_root: request.agreed_root,
                agreed_l2_head: None,
                agreed_block: Some(request.agreed_block),
                // The program is run for the roots on its way; its verdict on a claim is not asked.
                claimed_output_root: B256::ZERO,
                claimed_block: request.last_block,
                chain_id: self.chain.chain_id(),
            },
        );
        let mut roots = Vec::new();
        let verdict = run(host, &self.chain, |block| {
            tracing::debug!(number = block.number, root = %block.output_root, "derived");
            roots.push(block.output_root);
        })
        .map_err(|error| AgentError::Roots(error.to_string()))?;
        in_order(request, roots, &verdict).map(Arc::new)
    }
}

/// The roots, if the program ended where it says and began where it was told to.
fn in_order(
    request: &RootRequest,
    roots: Vec<B256>,
    verdict: &Verdict,
) -> Result<OutputRoots, AgentError> {
    let roots = OutputRoots::new(request.agreed_block, request.agreed_root, roots);
    if roots.last_block() != verdict.block || roots.at(verdict.block) != verdict.output_root {
        return Err(AgentError::Roots(format!(
            "output root {} is of block {}, not of block {}",
            request.agreed_root,
            i128::from(verdict.block)
                - (i128::from(roots.last_block()) - i128::from(request.agreed_block)),
            request.agreed_block
        )));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreed_root_of_another_block_is_refused() {
        let [agreed, first] = [1, 2].map(B256::repeat_byte);
        let request = RootRequest {
            l1_head: B256::ZERO,
            agreed_root: agreed,
            agreed_block: 10,
            last_block: 11,
        };
        let verdict = |block| Verdict {
            output_root: first,
            block,
            valid: false,
        };
        assert!(in_order(&request, vec![first], &verdict(11)).is_ok());
        let error = in_order(&request, vec![first], &verdict(8)).unwrap_err();
        assert!(
            error.to_string().contains("of block 7, not of block 10"),
            "{error}"
        );
    }
}
