//! Running messages on a state without changing it.

use endgame_kona_executor::{Call, CallOutcome, Sealed, TrieDb};

use super::{L2Block, L2Node};
use crate::DevnetError;

/// Gas that the cheapest message needs.
const FLOOR: u64 = 21_000;
/// The search for an estimate stops at this relative error, as one part in so many.
const PRECISION: u64 = 64;

impl L2Node {
    /// Runs a message on the state after `block`, inside a block with the same header.
    pub fn call(&self, block: &L2Block, call: Call) -> Result<CallOutcome, DevnetError> {
        let sealed = Sealed::new_unchecked(block.header.clone(), block.hash);
        let mut db = TrieDb::new(sealed, self.store().clone());
        self.chain()
            .call(&mut db, &block.header, call)
            .map_err(|e| DevnetError::Execution {
                number: block.header.number,
                reason: e.to_string(),
            })
    }

    /// The least gas limit with which the message succeeds, within about 1.5 percent above; or
    /// what it does with the most gas if it does not succeed with that.
    pub fn estimate_gas(
        &self,
        block: &L2Block,
        call: &Call,
    ) -> Result<Result<u64, CallOutcome>, DevnetError> {
        let run = |gas_limit| {
            self.call(
                block,
                Call {
                    gas_limit,
                    ..call.clone()
                },
            )
        };
        let most = run(call.gas_limit)?;
        if !most.success {
            return Ok(Err(most));
        }
        // Usually the gas used is enough; calls that keep back gas for others need more.
        let (mut low, mut high) = (FLOOR.max(most.gas_used) - 1, call.gas_limit);
        if run(low + 1)?.success {
            return Ok(Ok(low + 1));
        }
        while high - low > 1 && high - low > low / PRECISION {
            let middle = low + (high - low) / 2;
            if run(middle)?.success {
                high = middle;
            } else {
                low = middle;
            }
        }
        Ok(Ok(high))
    }
}
