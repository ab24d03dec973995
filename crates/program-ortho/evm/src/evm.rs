//! Frames calling frames.

mod enter;

use alloc::{boxed::Box, vec::Vec};

use endgame_ortho_primitives::{Address, Hash, Word, meter};
use endgame_ortho_types::Log;

use crate::{
    BlockEnv, Database, Halt, Rules, State,
    error::Stop,
    frame::{CallRequest, CreateRequest, Exit, Frame, FrameKind, Words},
    gas,
    memory::Memory,
};

/// Who calls contracts in the system's name (EIP-4788).
pub const SYSTEM_ADDRESS: Address = Address([
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xfe,
]);

/// How a frame, or a transaction, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It did what it does.
    Success,
    /// It took back what it did and gave unused gas back.
    Revert,
    /// It was taken back, and its gas is lost.
    Halt(Halt),
}

/// What a transaction did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionResult {
    /// How it ended.
    pub status: Status,
    /// Gas that is paid for: after refunds, not below the data's floor.
    pub gas_used: u64,
    /// What was returned, or the reason of a revert.
    pub output: Vec<u8>,
    /// What was logged.
    pub logs: Vec<Log>,
    /// The contract that it created.
    pub created: Option<Address>,
}

impl ExecutionResult {
    /// Whether it succeeded: a receipt's status.
    pub fn succeeded(&self) -> bool {
        self.status == Status::Success
    }
}

/// What instructions see of the transaction.
#[derive(Clone, Debug, Default)]
pub(crate) struct TransactionContext {
    pub(crate) origin: Address,
    pub(crate) gas_price: Word,
    pub(crate) blob_hashes: Vec<Hash>,
}

/// Runs transactions of a block, one after another.
pub struct Evm<D> {
    /// The state, with the changes of the transactions so far.
    pub state: State<D>,
    /// The block's rules.
    pub rules: Rules,
    /// The block.
    pub block: BlockEnv,
    pub(crate) transaction: TransactionContext,
    pub(crate) memory: Memory,
    /// What the last call gave back. A frame that calls needs its own no more, so that one is
    /// enough for all frames.
    pub(crate) return_data: Vec<u8>,
    /// Stacks of frames that ended.
    spare: Vec<Box<Words>>,
}

/// What runs first.
pub(crate) enum Message {
    Call(CallRequest),
    Create(CreateRequest),
}

/// How a message ended. Its output is in `return_data`.
pub(crate) struct Ended {
    pub(crate) status: Status,
    pub(crate) gas_left: u64,
}

/// A call or creation begun: most run, some end at once.
enum Entered {
    Frame(Box<Frame>),
    Done(FrameKind, Ended),
}

impl<D: Database> Evm<D> {
    /// An EVM over a state, for one block.
    pub fn new(state: State<D>, rules: Rules, block: BlockEnv) -> Self {
        Self {
            state,
            rules,
            block,
            transaction: TransactionContext::default(),
            memory: Memory::default(),
            return_data: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// Runs a message to its end.
    pub(crate) fn run(&mut self, message: Message) -> Result<Ended, D::Error> {
        let mut frames: Vec<Box<Frame>> = Vec::new();
        let mut entered = match message {
            Message::Call(request) => self.enter_call(request, 0)?,
            Message::Create(request) => self.enter_create(request, 0),
        };
        loop {
            match entered {
                Entered::Frame(frame) => frames.push(frame),
                Entered::Done(kind, ended) => match frames.last_mut() {
                    Some(caller) => self.resume(caller, &kind, &ended),
                    None => return Ok(ended),
                },
            }
            let Some(mut frame) = frames.pop() else {
                // Unreachable: either a frame was pushed or one was resumed.
                return Ok(Ended {
                    status: Status::Success,
                    gas_left: 0,
                });
            };
            let depth = frame.context.depth + 1;
            entered = match self.interpret(&mut frame) {
                Ok(Exit::Call(request)) => {
                    frames.push(frame);
                    self.enter_call(*request, depth)?
                }
                Ok(Exit::Create(request)) => {
                    frames.push(frame);
                    self.enter_create(*request, depth)
                }
                Ok(Exit::Return(output)) => {
                    self.set_return_data(output);
                    self.leave(*frame, Status::Success)
                }
                Ok(Exit::Revert(output)) => {
                    self.set_return_data(output);
                    self.leave(*frame, Status::Revert)
                }
                Err(Stop::Halt(halt)) => {
                    self.return_data.clear();
                    self.leave(*frame, Status::Halt(halt))
                }
                Err(Stop::Database(error)) => return Err(error),
            };
        }
    }

    fn set_return_data(&mut self, output: core::ops::Range<usize>) {
        meter::work(output.len());
        self.return_data.clear();
        self.return_data
            .extend_from_slice(self.memory.slice(output));
    }

    /// Ends a frame.
    fn leave(&mut self, mut frame: Frame, mut status: Status) -> Entered {
        if let (Status::Success, FrameKind::Create { id, .. }) = (status, &frame.kind) {
            match self.deploy(&mut frame.gas) {
                Ok(code) => {
                    self.state.set_code(*id, code);
                }
                Err(halt) => status = Status::Halt(halt),
            }
        }
        let gas_left = match status {
            Status::Success => frame.gas,
            Status::Revert => {
                self.state.revert(frame.checkpoint);
                frame.gas
            }
            Status::Halt(_) => {
                self.state.revert(frame.checkpoint);
                self.return_data.clear();
                0
            }
        };
        self.memory.resize(frame.context.memory.base);
        self.spare.push(frame.words);
        Entered::Done(frame.kind, Ended { status, gas_left })
    }

    /// Takes what init code returned as code (EIP-170, EIP-3541), and pays for it.
    fn deploy(&mut self, gas: &mut u64) -> Result<Vec<u8>, Halt> {
        let code = core::mem::take(&mut self.return_data);
        if code.first() == Some(&0xef) {
            return Err(Halt::InvalidContractPrefix);
        }
        let price = gas::CODE_DEPOSIT * code.len() as u64;
        *gas = gas.checked_sub(price).ok_or(Halt::OutOfGas)?;
        if code.len() > gas::MAX_CODE_SIZE {
            return Err(Halt::CodeSize);
        }
        Ok(code)
    }

    /// Gives a call's or creation's result to the frame that waits for it.
    fn resume(&mut self, caller: &mut Frame, kind: &FrameKind, ended: &Ended) {
        caller.gas += ended.gas_left;
        let succeeded = ended.status == Status::Success;
        match kind {
            FrameKind::Call { output_at } => {
                self.memory.write(output_at.clone(), &self.return_data);
                caller.push(succeeded.into());
            }
            FrameKind::Create { address, .. } if succeeded => caller.push(address.to_word()),
            FrameKind::Create { .. } => caller.push(Word::ZERO),
        }
    }
}
