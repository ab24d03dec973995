//! One step, made by both VMs.

use std::sync::Arc;

use alloy::sol_types::{SolCall, SolError, SolValue as _};
use alloy_primitives::{Address, B256, Bytes, U256, address, b256};
use endgame_contracts::{
    artifact,
    vm::{IBigStepper, IPreimageOracle},
};
use endgame_local_evm::{EvmError, Gas, LocalEvm};
use endgame_mips::{STATE_VERSION, State, StepWitness, VmError, compact_proof, reference::fetch};
use endgame_preimage::PreimageKey;
use endgame_vm::Preimages;

use crate::{Catalog, Difference, Origin, Proof};

/// Who calls the VM: in a dispute this is the game.
const GAME: Address = address!("0x00000000000000000000000000000000005A3E01");
/// What tells local preimages of one execution from another's.
const CONTEXT: B256 = b256!("0x5151515151515151515151515151515151515151515151515151515151515151");
/// The bytes before the first memory proof, and those of one.
const HEAD: usize = 298 + 32 + 1920;

/// The two forms of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Cannon's.
    Standard,
    /// Without what the contract can compute.
    Compact,
}

/// What a step costs on L1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// With the proof in the standard form.
    pub standard: Gas,
    /// With the compact proof.
    pub compact: Gas,
}

/// What both VMs did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They made the step; the state has advanced.
    Advanced(Cost),
    /// They refused.
    Refused(VmError),
}

/// `MIPS64.sol` and `PreimageOracle.sol`, deployed.
#[derive(Debug)]
pub struct Bench {
    evm: LocalEvm,
    vm: Address,
    oracle: Address,
    catalog: Arc<Catalog>,
}

impl Bench {
    /// Deploys the contracts. Programs may read the preimages of `catalog`.
    pub fn new(catalog: Catalog) -> Result<Self, EvmError> {
        let mut evm = LocalEvm::new(1_700_000_000);
        let arguments = (U256::from(126_000), U256::from(86_400)).abi_encode_params();
        let oracle = evm.deploy(artifact::PREIMAGE_ORACLE, &arguments)?;
        let arguments = (oracle, U256::from(STATE_VERSION)).abi_encode_params();
        let vm = evm.deploy(artifact::MIPS64, &arguments)?;
        Ok(Self {
            evm,
            vm,
            oracle,
            catalog: Arc::new(catalog),
        })
    }

    /// The preimages that programs may read.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Makes the next step of `state` in both VMs. The state is of no further use after a refusal.
    pub fn step(&mut self, state: &mut State) -> Result<Outcome, Difference> {
        let before = state.clone();
        let catalog = Arc::clone(&self.catalog);
        match StepWitness::take(state, &mut Preimages::new(&*catalog)) {
            Ok(witness) => self.agree(&before, &witness).map(Outcome::Advanced),
            Err(error) => {
                self.refuse(&before, &error)?;
                Ok(Outcome::Refused(error))
            }
        }
    }

    /// Has the contract make a step.
    pub fn on_chain(
        &mut self,
        state_data: &[u8],
        proof_data: &[u8],
    ) -> Result<(B256, Gas), EvmError> {
        let call = IBigStepper::stepCall {
            stateData: Bytes::copy_from_slice(state_data),
            proof: Bytes::copy_from_slice(proof_data),
            localContext: CONTEXT,
        };
        let receipt = self.evm.call(GAME, self.vm, &call)?;
        Ok((receipt.output, receipt.gas))
    }

    fn agree(&mut self, before: &State, witness: &StepWitness) -> Result<Cost, Difference> {
        let own = Proof::take(before);
        if own.state_data != witness.state_data
            || own.proof_data.get(..HEAD) != witness.proof_data.get(..HEAD)
        {
            return Err(Difference::Witness);
        }
        if let Some(read) = &witness.oracle {
            self.load(read.key, read.offset)?;
        }
        let compact = compact_proof(&witness.state_data, &witness.proof_data)?;
        Ok(Cost {
            standard: self.accepted(Form::Standard, witness, &witness.proof_data)?,
            compact: self.accepted(Form::Compact, witness, &compact)?,
        })
    }

    fn accepted(
        &mut self,
        form: Form,
        witness: &StepWitness,
        proof: &[u8],
    ) -> Result<Gas, Difference> {
        let (on_chain, gas) = self
            .on_chain(&witness.state_data, proof)
            .map_err(|error| Difference::RefusedOnChain { form, error })?;
        if on_chain == witness.post {
            Ok(gas)
        } else {
            Err(Difference::PostState {
                form,
                on_chain,
                off_chain: witness.post,
            })
        }
    }

    fn refuse(&mut self, before: &State, error: &VmError) -> Result<(), Difference> {
        let own = Proof::take(before);
        let compact = compact_proof(&own.state_data, &own.proof_data)?;
        for (form, proof) in [(Form::Standard, &own.proof_data), (Form::Compact, &compact)] {
            match self.on_chain(&own.state_data, proof) {
                Ok((post, _)) => {
                    return Err(Difference::RefusedOffChain {
                        form,
                        post,
                        error: error.clone(),
                    });
                }
                Err(EvmError::Reverted(revert)) => {
                    if !reverts(before, error).contains(&revert) {
                        return Err(Difference::Reason {
                            form,
                            revert,
                            error: error.clone(),
                        });
                    }
                }
                Err(other) => return Err(other.into()),
            }
        }
        Ok(())
    }

    /// Loads the part of a preimage that begins at `offset`, its length prefix included. One that nobody knows stays
    /// unknown.
    pub fn load(&mut self, key: PreimageKey, offset: u64) -> Result<(), EvmError> {
        let Some((value, origin)) = self.catalog.entry(key) else {
            return Ok(());
        };
        let (value, origin) = (Bytes::copy_from_slice(value), origin.clone());
        let part = U256::from(offset);
        match origin {
            Origin::Local { ident, word } => self.tell(&IPreimageOracle::loadLocalDataCall {
                ident,
                localContext: CONTEXT,
                word,
                size: U256::from(value.len()),
                partOffset: part,
            }),
            Origin::Keccak256 => self.tell(&IPreimageOracle::loadKeccak256PreimagePartCall {
                partOffset: part,
                preimage: value,
            }),
            Origin::Sha256 => self.tell(&IPreimageOracle::loadSha256PreimagePartCall {
                partOffset: part,
                preimage: value,
            }),
            Origin::Blob {
                z,
                commitment,
                proof,
            } => self.tell(&IPreimageOracle::loadBlobPreimagePartCall {
                z: z.into(),
                y: U256::from_be_slice(&value),
                commitment,
                proof,
                partOffset: part,
            }),
            Origin::Precompile {
                address,
                required_gas,
                input,
            } => self.tell(&IPreimageOracle::loadPrecompilePreimagePartCall {
                partOffset: part,
                precompile: address,
                requiredGas: required_gas,
                input,
            }),
        }
    }

    fn tell<C: SolCall>(&mut self, call: &C) -> Result<(), EvmError> {
        let to = self.oracle;
        self.evm.send(GAME, to, U256::ZERO, call).map(|_| ())
    }
}

/// The revert data that say the same as an error of the interpreter.
fn reverts(before: &State, error: &VmError) -> Vec<Bytes> {
    fn data(error: &impl SolError) -> Bytes {
        error.abi_encode().into()
    }
    match error {
        VmError::UnalignedPc { .. } => vec![data(&IBigStepper::InvalidPC {})],
        VmError::InvalidInstruction { pc, word } => {
            let fetched = fetch(&before.memory, *pc).map(|insn| insn.0);
            if fetched != Ok(*word) {
                return Vec::new();
            }
            let insn = U256::from(*word);
            vec![data(&IBigStepper::InvalidInstruction { insn })]
        }
        VmError::DivisionByZero { .. } => vec![data(&IBigStepper::DivisionByZero {})],
        VmError::BranchInDelaySlot { .. } => vec![
            data(&IBigStepper::BranchInDelaySlot {}),
            data(&IBigStepper::JumpInDelaySlot {}),
        ],
        VmError::UnknownSyscall { number, .. } => {
            let number = U256::from(*number);
            vec![data(&IBigStepper::UnrecognizedSyscall { number })]
        }
        VmError::NoThread => vec![data(&IBigStepper::EmptyThreadStack {})],
        VmError::PreimageOffset { .. } | VmError::Oracle(_) => {
            vec![data(&IPreimageOracle::PartNotLoaded {})]
        }
    }
}
