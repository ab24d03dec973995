//! How calls and creations begin.

use alloc::{boxed::Box, rc::Rc};

use endgame_ortho_precompiles::{Precompile, PrecompileError, compute};
use endgame_ortho_primitives::{Word, meter};

use super::{Ended, Entered, Evm, Status};
use crate::{
    Code, Database, Halt,
    frame::{CallRequest, Context, CreateRequest, Frame, FrameKind, STACK_LIMIT, WINDOW},
    memory::Region,
    state::Checkpoint,
};

impl<D: Database> Evm<D> {
    /// Begins a call. A precompile, or an account without code, ends at once.
    pub(super) fn enter_call(
        &mut self,
        request: CallRequest,
        depth: usize,
    ) -> Result<Entered, D::Error> {
        let checkpoint = self.state.checkpoint();
        let kind = FrameKind::Call {
            output_at: request.output_at,
        };
        self.return_data.clear();
        if let Some(from) = request.transfer_from
            && !self.state.transfer(from, request.id, request.value)
        {
            let ended = Ended {
                status: Status::Revert,
                gas_left: request.gas,
            };
            return Ok(Entered::Done(kind, ended));
        }
        let precompile = self.rules.precompiles.at(&request.code_address);
        if let Some(precompile) = precompile.filter(|_| !request.delegated) {
            let ended = self.run_precompile(precompile, request.input, request.gas, checkpoint)?;
            return Ok(Entered::Done(kind, ended));
        }
        if request.code.is_empty() {
            let ended = Ended {
                status: Status::Success,
                gas_left: request.gas,
            };
            return Ok(Entered::Done(kind, ended));
        }
        let context = Context {
            memory: self.region(),
            input: request.input,
            address: request.address,
            id: request.id,
            caller: request.caller,
            value: request.value,
            is_static: request.is_static,
            depth,
        };
        Ok(self.frame(kind, request.code, request.gas, context, checkpoint))
    }

    /// Begins a creation: the creator's nonce is already raised and the address is free.
    pub(super) fn enter_create(&mut self, request: CreateRequest, depth: usize) -> Entered {
        let checkpoint = self.state.checkpoint();
        let CreateRequest {
            address,
            id,
            creator,
            creator_id,
            value,
            gas,
            init_code,
        } = request;
        let kind = FrameKind::Create { id, address };
        self.return_data.clear();
        self.state.create(id);
        if !self.state.transfer(creator_id, id, value) {
            self.state.revert(checkpoint);
            let ended = Ended {
                status: Status::Revert,
                gas_left: gas,
            };
            return Entered::Done(kind, ended);
        }
        let memory = self.region();
        let context = Context {
            memory,
            input: memory.base..memory.base,
            address,
            id,
            caller: creator,
            value,
            is_static: false,
            depth,
        };
        self.frame(kind, Rc::new(init_code), gas, context, checkpoint)
    }

    /// A new frame's memory: after everything that is in use.
    fn region(&self) -> Region {
        Region {
            base: self.memory.len(),
            size: 0,
        }
    }

    #[expect(
        clippy::large_stack_arrays,
        reason = "zeros for a box are written to the heap at once"
    )]
    fn frame(
        &mut self,
        kind: FrameKind,
        code: Rc<Code>,
        gas: u64,
        context: Context,
        checkpoint: Checkpoint,
    ) -> Entered {
        let spare = self.spare.pop();
        meter::work(if spare.is_some() {
            1
        } else {
            STACK_LIMIT + WINDOW
        });
        Entered::Frame(Box::new(Frame {
            kind,
            code,
            pc: 0,
            gas,
            words: spare.unwrap_or_else(|| Box::new([Word::ZERO; STACK_LIMIT + WINDOW])),
            height: 0,
            context,
            checkpoint,
        }))
    }

    fn run_precompile(
        &mut self,
        precompile: Precompile,
        input: core::ops::Range<usize>,
        gas: u64,
        checkpoint: Checkpoint,
    ) -> Result<Ended, D::Error> {
        let input = self.memory.slice(input);
        let priced = match self.rules.precompiles.gas(precompile, input) {
            Ok(price) => gas.checked_sub(price).ok_or(PrecompileError::OutOfGas),
            Err(error) => Err(error),
        };
        let answer = match priced {
            Ok(left) => {
                let accelerated = self
                    .state
                    .database
                    .precompile(precompile, gas - left, input)?;
                let output = accelerated.unwrap_or_else(|| compute(precompile, input));
                output.map(|output| (output, left))
            }
            Err(error) => Err(error),
        };
        Ok(match answer {
            Ok((output, gas_left)) => {
                self.return_data = output;
                Ended {
                    status: Status::Success,
                    gas_left,
                }
            }
            Err(error) => {
                self.state.revert(checkpoint);
                Ended {
                    status: Status::Halt(Halt::Precompile(error)),
                    gas_left: 0,
                }
            }
        })
    }
}
