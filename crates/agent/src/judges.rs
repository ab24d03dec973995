//! Several programs that judge the same data: what they agree on counts, and that they don't is
//! an alarm.

use std::{fmt, sync::Arc};

use alloy::primitives::B256;
use endgame_prestate::Program;
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::{
    AgentError,
    roots::{OutputRoots, RootProvider, RootRequest},
};

/// A program, and the output roots that it computes.
#[derive(Clone)]
pub struct Judge {
    /// Its name.
    pub program: Program,
    /// What it computes.
    pub roots: Arc<dyn RootProvider>,
}

/// Two programs give a block other output roots, from the same L1 data: one of them is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Disagreement {
    /// Hash of the L1 block that data was read up to.
    pub l1_head: B256,
    /// The first L2 block that they differ on.
    pub block: u64,
    /// The root of each; where its program does not get to the block, that of its last one.
    #[serde(serialize_with = "by_name")]
    pub roots: [(Program, B256); 2],
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [(first, first_root), (second, second_root)] = &self.roots;
        write!(
            f,
            "programs {first} and {second} disagree on block {}: from L1 data up to {}, {first} \
             computes root {first_root}, {second} {second_root}",
            self.block, self.l1_head
        )
    }
}

fn by_name<S: Serializer>(roots: &[(Program, B256); 2], to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(roots.len()))?;
    for (program, root) in roots {
        map.serialize_entry(program.name(), root)?;
    }
    map.end()
}

/// The first difference between what two programs made of one request.
pub(crate) fn compare(
    request: &RootRequest,
    (first, first_roots): (Program, &OutputRoots),
    (second, second_roots): (Program, &OutputRoots),
) -> Option<Disagreement> {
    let end = first_roots.last_block().max(second_roots.last_block());
    let both = first_roots.last_block().min(second_roots.last_block());
    (request.agreed_block..=end)
        .find(|&block| block > both || first_roots.at(block) != second_roots.at(block))
        .map(|block| Disagreement {
            l1_head: request.l1_head,
            block,
            roots: [
                (first, first_roots.at(block)),
                (second, second_roots.at(block)),
            ],
        })
}

/// Output roots that all judges agree on.
pub struct JointRoots {
    own: Judge,
    others: Vec<Judge>,
}

impl JointRoots {
    /// What `own` computes, if each of `others` computes the same.
    pub const fn new(own: Judge, others: Vec<Judge>) -> Self {
        Self { own, others }
    }
}

impl RootProvider for JointRoots {
    /// Fails with [`AgentError::ProgramsDisagree`] where the programs do.
    fn roots(&self, request: &RootRequest) -> Result<Arc<OutputRoots>, AgentError> {
        let roots = self.own.roots.roots(request)?;
        for other in &self.others {
            let theirs = other.roots.roots(request)?;
            let found = compare(
                request,
                (self.own.program, &roots),
                (other.program, &theirs),
            );
            if let Some(found) = found {
                return Err(AgentError::ProgramsDisagree(Box::new(found)));
            }
        }
        Ok(roots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(Vec<B256>);

    impl RootProvider for Fixed {
        fn roots(&self, request: &RootRequest) -> Result<Arc<OutputRoots>, AgentError> {
            Ok(Arc::new(OutputRoots::new(
                request.agreed_block,
                request.agreed_root,
                self.0.clone(),
            )))
        }
    }

    const REQUEST: RootRequest = RootRequest {
        l1_head: B256::repeat_byte(9),
        agreed_root: B256::ZERO,
        agreed_block: 10,
        last_block: 12,
    };
    const A: B256 = B256::repeat_byte(1);
    const B: B256 = B256::repeat_byte(2);
    const C: B256 = B256::repeat_byte(3);

    fn joint(kona: &[B256], ortho: &[B256]) -> Result<Arc<OutputRoots>, AgentError> {
        let judge = |program, roots: &[B256]| Judge {
            program,
            roots: Arc::new(Fixed(roots.to_vec())),
        };
        let others = vec![judge(Program::Ortho, ortho)];
        JointRoots::new(judge(Program::Kona, kona), others).roots(&REQUEST)
    }

    fn difference(kona: &[B256], ortho: &[B256]) -> Disagreement {
        match joint(kona, ortho) {
            Err(AgentError::ProgramsDisagree(found)) => *found,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn roots_that_all_compute_count() {
        assert_eq!(joint(&[A, B], &[A, B]).unwrap().at(12), B);
        assert_eq!(joint(&[], &[]).unwrap().last_block(), 10);
    }

    #[test]
    fn first_block_that_programs_differ_on_is_named_with_both_roots() {
        let found = difference(&[A, B], &[A, C]);
        assert_eq!(found.block, 12);
        assert_eq!(found.roots, [(Program::Kona, B), (Program::Ortho, C)]);
        let words = found.to_string();
        for part in ["kona", "ortho", "block 12", &B.to_string(), &C.to_string()] {
            assert!(words.contains(part), "{words}");
        }
        let json = serde_json::to_value(found).unwrap();
        assert_eq!(json["block"], 12);
        assert_eq!(json["l1Head"], REQUEST.l1_head.to_string());
        assert_eq!(json["roots"]["ortho"], C.to_string());
    }

    #[test]
    fn program_that_gets_less_far_disagrees() {
        let found = difference(&[A, B], &[A]);
        assert_eq!(found.block, 12);
        assert_eq!(found.roots, [(Program::Kona, B), (Program::Ortho, A)]);
        // Even if the block's root were the last one's again.
        assert_eq!(difference(&[A], &[A, A]).block, 12);
    }
}
