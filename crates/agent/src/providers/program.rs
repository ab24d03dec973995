//! Output roots by a fault proof program, run natively in this process.

use std::{collections::BTreeMap, sync::Arc};

use alloy::primitives::B256;
use endgame_host::{Backend, Boot, Host};
use endgame_prestate::{ChainSource, PrestateError, Program};
use endgame_program_kona as kona;
use endgame_program_ortho as ortho;

use crate::{
    AgentError,
    roots::{OutputRoots, RootProvider, RootRequest},
};

/// Derives and executes from L1 data up to the L1 head of the request, and from nothing else: the
/// backend's providers only bring preimages, each checked against its key.
pub struct ProgramRoots {
    backend: Arc<Backend>,
    configured: Configured,
}

/// A program with the configuration of the chain that it judges.
enum Configured {
    Kona(Box<kona::ChainConfig>),
    Ortho(Box<ortho::ChainConfig>),
}

/// Where a run came to: an L2 block and its output root.
type End = (u64, B256);

impl ProgramRoots {
    /// Runs `program` for `chain`, with preimages from `backend`.
    pub fn new(
        backend: Arc<Backend>,
        program: Program,
        chain: &ChainSource,
    ) -> Result<Self, PrestateError> {
        let configured = match program {
            Program::Kona => Configured::Kona(Box::new(chain.config()?)),
            Program::Ortho => Configured::Ortho(Box::new(chain.ortho_config()?)),
        };
        Ok(Self {
            backend,
            configured,
        })
    }
}

impl Configured {
    fn chain_id(&self) -> u64 {
        match self {
            Self::Kona(config) => config.chain_id(),
            Self::Ortho(config) => config.chain_id(),
        }
    }

    /// Runs the program on what `host` serves; `on_block` hears of each block and its output root.
    fn run(&self, host: Host, mut on_block: impl FnMut(u64, B256)) -> Result<End, AgentError> {
        match self {
            Self::Kona(config) => kona::run(host, config, |block| {
                on_block(block.number, block.output_root);
            })
            .map(|verdict| (verdict.block, verdict.output_root))
            .map_err(|error| AgentError::Roots(error.to_string())),
            Self::Ortho(config) => ortho::run(host, config, |block| {
                on_block(block.number, block.output_root.0.into());
            })
            .map(|verdict| (verdict.block, verdict.output_root.0.into()))
            .map_err(|error| AgentError::Roots(error.to_string())),
        }
    }
}

impl RootProvider for ProgramRoots {
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
                chain_id: self.configured.chain_id(),
            },
        );
        let mut blocks = Blocks::default();
        let end = self.configured.run(host, |number, root| {
            tracing::debug!(number, %root, "derived");
            blocks.add(number, root);
        })?;
        blocks.in_order(request, end).map(Arc::new)
    }
}

/// What a program tells of on its way.
#[derive(Default)]
struct Blocks(BTreeMap<u64, B256>);

impl Blocks {
    /// A block comes in the place of all that were told of from its number on: up to Holocene a
    /// span batch may be taken back as a whole.
    fn add(&mut self, number: u64, root: B256) {
        self.0.split_off(&number);
        self.0.insert(number, root);
    }

    /// The roots, if the program ended where it says and began where it was told to.
    fn in_order(
        mut self,
        request: &RootRequest,
        (last, last_root): End,
    ) -> Result<OutputRoots, AgentError> {
        // The rest of a span batch that goes past the last block that was wanted.
        self.0.split_off(&last.saturating_add(1));
        let began = self
            .0
            .first_key_value()
            .map_or(last, |(first, _)| first.saturating_sub(1));
        if began != request.agreed_block {
            return Err(AgentError::Roots(format!(
                "output root {} is of block {began}, not of block {}",
                request.agreed_root, request.agreed_block
            )));
        }
        let count = self.0.len() as u64;
        let roots = OutputRoots::new(
            request.agreed_block,
            request.agreed_root,
            self.0.into_values().collect(),
        );
        if last != began + count || roots.at(last) != last_root {
            return Err(AgentError::Roots(format!(
                "the program told of {count} blocks after block {began} and ended with root \
                 {last_root} at block {last}"
            )));
        }
        Ok(roots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(agreed: B256) -> RootRequest {
        RootRequest {
            l1_head: B256::ZERO,
            agreed_root: agreed,
            agreed_block: 10,
            last_block: 11,
        }
    }

    fn told(blocks: &[(u64, B256)]) -> Blocks {
        let mut told = Blocks::default();
        for (number, root) in blocks {
            told.add(*number, *root);
        }
        told
    }

    #[test]
    fn agreed_root_of_another_block_is_refused() {
        let [agreed, first] = [1, 2].map(B256::repeat_byte);
        let request = request(agreed);
        let roots = told(&[(11, first)]).in_order(&request, (11, first));
        assert_eq!(roots.unwrap().at(11), first);
        assert!(told(&[]).in_order(&request, (10, agreed)).is_ok());
        for (blocks, end) in [(&[(8, first)][..], 8), (&[], 7)] {
            let error = told(blocks).in_order(&request, (end, first)).unwrap_err();
            assert!(
                error.to_string().contains("of block 7, not of block 10"),
                "{error}"
            );
        }
    }

    #[test]
    fn blocks_that_were_taken_back_and_those_past_the_end_do_not_count() {
        let [agreed, early, late, past] = [1, 2, 3, 4].map(B256::repeat_byte);
        let told = told(&[(11, early), (12, early), (11, late), (12, past)]);
        let roots = told.in_order(&request(agreed), (11, late)).unwrap();
        assert_eq!((roots.last_block(), roots.at(11)), (11, late));
    }

    #[test]
    fn run_with_a_gap_or_another_end_is_refused() {
        let [agreed, a, b] = [1, 2, 3].map(B256::repeat_byte);
        let gap = told(&[(11, a), (13, b)]).in_order(&request(agreed), (13, b));
        assert!(matches!(gap, Err(AgentError::Roots(_))));
        let other_end = told(&[(11, a)]).in_order(&request(agreed), (11, b));
        assert!(matches!(other_end, Err(AgentError::Roots(_))));
    }
}
