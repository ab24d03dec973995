//! `run`: executes a state, with proofs and snapshots on the way.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, BufReader, Read},
    num::NonZeroU64,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Instant,
};

use alloy_primitives::{B256, Bytes, U64};
use endgame_mips::{
    STATE_VERSION, State, StepWitness, VmError, elf::Symbols, engine, engine::Engine,
    reference::Step, syscall::Stream, version_name,
};
use endgame_vm::{PAGE_BYTES, PreimageRead, Preimages};
use flate2::bufread::MultiGzDecoder;
use serde::Serialize;

use crate::{
    CannonError, StepPattern,
    host::Host,
    log,
    output::{check_binary, numbered, optional_path, write_json},
    stop::PreimageStop,
    witness::load_state,
};

/// Flags of `run`.
#[derive(Debug, clap::Args)]
pub struct Run {
    /// Path of input binary state
    #[arg(long)]
    input: PathBuf,
    /// Path of output binary state. Not written if empty
    #[arg(long, default_value = "out.bin.gz", value_parser = optional_path())]
    output: PathBuf,
    /// Step pattern to output proof at: 'never', 'always', '=123' at exactly step 123, '%123'
    /// for every 123 steps
    #[arg(long, default_value = "never", value_name = "PATTERN")]
    proof_at: StepPattern,
    /// Format for proof data output file names. Proof data is written to stdout if -
    #[arg(long, default_value = "proof-%d.json", value_name = "FORMAT")]
    proof_fmt: String,
    /// Step pattern to output snapshots at
    #[arg(long, default_value = "never", value_name = "PATTERN")]
    snapshot_at: StepPattern,
    /// Format for snapshot output file names
    #[arg(long, default_value = "state-%d.bin.gz", value_name = "FORMAT")]
    snapshot_fmt: String,
    /// Step pattern to stop at
    #[arg(long, default_value = "never", value_name = "PATTERN")]
    stop_at: StepPattern,
    /// Stop at the first preimage request matching this key. Format:
    /// <key-prefix>@<offset>@<step>
    #[arg(long, value_name = "KEY")]
    stop_at_preimage: Option<String>,
    /// Stop at the first preimage request matching this type: local, keccak, sha256, blob,
    /// precompile, any
    #[arg(long, value_name = "TYPE")]
    stop_at_preimage_type: Option<String>,
    /// Stop at the first step that requests a preimage larger than the specified size (in bytes)
    #[arg(long, default_value_t = 0, value_name = "BYTES")]
    stop_at_preimage_larger_than: u64,
    /// Path to metadata file for symbol lookup for enhanced debugging info during execution
    #[arg(long, default_value = "meta.json", value_parser = optional_path())]
    meta: PathBuf,
    /// Step pattern to print info at
    #[arg(long, default_value = "%1000000000", value_name = "PATTERN")]
    info_at: StepPattern,
    /// Accepted, and does nothing
    #[arg(long = "pprof.cpu")]
    pprof_cpu: bool,
    /// Tell at the end where each thread stands. Requires --meta
    #[arg(long)]
    debug: bool,
    /// Path to write debug info to
    #[arg(long, default_value = "", value_parser = optional_path())]
    debug_info: PathBuf,
    /// The host's command line
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "HOST"
    )]
    host: Vec<OsString>,
}

/// A step's proof as it is written.
#[expect(clippy::struct_field_names, reason = "the names of the format")]
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Proof {
    step: u64,
    pre: B256,
    post: B256,
    state_data: Bytes,
    proof_data: Bytes,
    #[serde(skip_serializing_if = "Option::is_none")]
    oracle_key: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oracle_value: Option<Bytes>,
    /// Left out if it is zero, as Cannon does.
    #[serde(skip_serializing_if = "Option::is_none")]
    oracle_offset: Option<NonZeroU64>,
}

impl From<StepWitness> for Proof {
    fn from(witness: StepWitness) -> Self {
        let oracle = witness.oracle;
        Self {
            step: witness.step,
            pre: witness.pre,
            post: witness.post,
            state_data: witness.state_data.into(),
            proof_data: witness.proof_data.into(),
            oracle_key: oracle.as_ref().map(|o| o.key.as_bytes().to_vec().into()),
            oracle_offset: oracle.as_ref().and_then(|o| NonZeroU64::new(o.offset)),
            oracle_value: oracle.map(|o| o.value.into()),
        }
    }
}

/// What `--debug-info` writes.
#[derive(Serialize)]
struct DebugInfo {
    pages: usize,
    memory_used: U64,
    num_preimage_requests: u64,
    total_preimage_size: u64,
    total_steps: u64,
}

impl Run {
    pub(crate) fn execute(self) -> Result<(), CannonError> {
        check_binary(&self.output, "--output")?;
        check_binary(&numbered(&self.snapshot_fmt, 0), "--snapshot-fmt")?;
        let stop = PreimageStop::new(
            self.stop_at_preimage.as_deref(),
            self.stop_at_preimage_type.as_deref(),
            self.stop_at_preimage_larger_than,
        )?;
        let host = self.host.strip_prefix(&[OsString::from("--")]);
        let mut host = Host::start(host.unwrap_or(&self.host))?;
        let run = self.run(&host, &stop).map_err(|error| match host.ended() {
            Some(status) => CannonError::HostGone {
                status,
                error: Box::new(error),
            },
            None => error,
        });
        let served = host.served();
        host.close();
        let (state, symbols) = run?;
        log::info(
            "vm",
            "Execution stopped",
            &[("exited", &state.exited), ("code", &state.exit_code)],
        );
        if self.debug {
            log_threads(&state, &symbols);
        }
        let info = DebugInfo {
            pages: state.memory.page_count(),
            memory_used: U64::from(state.memory.page_count() * PAGE_BYTES),
            num_preimage_requests: served.0,
            total_preimage_size: served.1,
            total_steps: state.step,
        };
        if !self.output.as_os_str().is_empty() {
            save(&state, &self.output)?;
        }
        write_json(&info, &self.debug_info)
    }

    /// Loads the state and runs it up to where it stops.
    fn run(&self, host: &Host, stop: &PreimageStop) -> Result<(State, Symbols), CannonError> {
        if self.debug && self.meta.as_os_str().is_empty() {
            return Err(CannonError::DebugWithoutMeta);
        }
        let symbols = load_symbols(&self.meta)?;
        let state = load_state(&self.input)?;
        let version = version_name(STATE_VERSION).unwrap_or_default();
        log::info("vm", "Loaded input state", &[("version", &version)]);
        if self.pprof_cpu {
            log::info("vm", "no CPU profile is written", &[]);
        }
        let mut session = Session {
            flags: self,
            stop,
            symbols: &symbols,
            start: (Instant::now(), state.step),
            engine: engine::best(&state),
            preimages: Preimages::new(host),
        };
        drop(state);
        session.run()?;
        let state = session.engine.state();
        Ok((state, symbols))
    }
}

/// A run that is going on.
struct Session<'a> {
    flags: &'a Run,
    stop: &'a PreimageStop,
    symbols: &'a Symbols,
    start: (Instant, u64),
    engine: Box<dyn Engine>,
    preimages: Preimages<'a>,
}

impl Session<'_> {
    fn run(&mut self) -> Result<(), CannonError> {
        while !self.engine.exited() {
            let step = self.engine.step();
            if self.flags.info_at.matches(step) {
                self.log_progress();
            }
            if self.flags.stop_at.matches(step) {
                log::info("vm", "Reached stop at", &[]);
                return Ok(());
            }
            if self.flags.snapshot_at.matches(step) {
                let path = numbered(&self.flags.snapshot_fmt, step);
                save(&self.engine.state(), &path)?;
            }
            let read = if self.flags.proof_at.matches(step) {
                self.prove()?
            } else {
                self.advance()?
            };
            let last = self.engine.step().saturating_sub(1);
            if read.is_some_and(|read| self.stop.applies(&read, last)) {
                log::info("vm", "Stopping at preimage read", &[("step", &last)]);
                return Ok(());
            }
        }
        Ok(())
    }

    /// Runs to the next step at which something happens, or up to a preimage read that may end
    /// the run; returns that read.
    fn advance(&mut self) -> Result<Option<PreimageRead>, CannonError> {
        let step = self.engine.step();
        let flags = self.flags;
        let patterns = [
            flags.info_at,
            flags.stop_at,
            flags.snapshot_at,
            flags.proof_at,
        ];
        let until = patterns.iter().filter_map(|p| p.after(step)).min();
        let mut found = None;
        let mut observe = |step: &Step| {
            log_output(step);
            match &step.preimage {
                // Whether the step comes late enough is seen when its number is known.
                Some(read) if self.stop.applies(read, u64::MAX) => {
                    found = Some(read.clone());
                    ControlFlow::Break(())
                }
                _ => ControlFlow::Continue(()),
            }
        };
        let until = until.unwrap_or(u64::MAX);
        self.engine
            .run(until, &mut self.preimages, &mut observe)
            .map_err(|error| {
                let state = self.engine.state();
                failed(&state, state.step.saturating_sub(1), error)
            })?;
        Ok(found)
    }

    /// Executes a step and writes its proof; returns the preimage that it read.
    fn prove(&mut self) -> Result<Option<PreimageRead>, CannonError> {
        let mut state = self.engine.state();
        let step = state.step;
        let mut read = None;
        let mut observe = |step: &Step| {
            log_output(step);
            read.clone_from(&step.preimage);
        };
        let witness = StepWitness::observed(&mut state, &mut self.preimages, &mut observe)
            .map_err(|error| failed(&state, step, error))?;
        self.engine.restore(&state);
        let path = numbered(&self.flags.proof_fmt, step);
        write_json(&Proof::from(witness), &path)?;
        Ok(read)
    }

    fn log_progress(&mut self) {
        let state = self.engine.state();
        let pc = state.thread().map_or(0, |thread| thread.pc);
        let word = endgame_mips::reference::fetch(&state.memory, pc).map_or(0, |insn| insn.0);
        let (start, first) = self.start;
        let steps = state.step.saturating_sub(first);
        log::info(
            "vm",
            "processing",
            &[
                ("step", &state.step),
                ("pc", &format!("{:08x}", pc as u32)),
                ("insn", &format!("{word:08x}")),
                ("ips", &rate(steps, start.elapsed().as_secs_f64())),
                ("pages", &state.memory.page_count()),
                ("mem", &size(state.memory.page_count() * PAGE_BYTES)),
                ("name", &self.symbols.lookup(pc)),
            ],
        );
    }
}

/// Steps a second.
#[expect(clippy::cast_precision_loss, reason = "for people")]
fn rate(steps: u64, seconds: f64) -> f64 {
    steps as f64 / seconds
}

/// A number of bytes in the largest unit that it has one of.
#[expect(clippy::cast_precision_loss, reason = "for people")]
fn size(bytes: usize) -> String {
    let mut value = bytes as f64;
    for unit in ["B", "KiB", "MiB", "GiB"] {
        if value < 1024.0 {
            return if unit == "B" {
                format!("{bytes} B")
            } else {
                format!("{value:.1} {unit}")
            };
        }
        value /= 1024.0;
    }
    format!("{value:.1} TiB")
}

fn failed(state: &State, step: u64, error: VmError) -> CannonError {
    let pc = state.thread().map_or(0, |thread| thread.pc);
    CannonError::Step { step, pc, error }
}

fn save(state: &State, path: &Path) -> Result<(), CannonError> {
    state.save(path).map_err(|error| CannonError::State {
        path: path.to_owned(),
        error,
    })
}

fn log_output(step: &Step) {
    if let Some((stream, bytes)) = &step.output {
        let stream = match stream {
            Stream::Out => "stdout",
            Stream::Err => "stderr",
        };
        log::guest(stream, bytes);
    }
}

fn log_threads(state: &State, symbols: &Symbols) {
    for thread in state.left.iter().chain(&state.right) {
        let pc = format!("{:08x}", thread.pc);
        let name = symbols.lookup(thread.pc);
        log::info(
            "vm",
            "thread",
            &[("id", &thread.id), ("pc", &pc), ("name", &name)],
        );
    }
}

/// The symbols in a metadata file, compressed or not; none if `path` is empty.
fn load_symbols(path: &Path) -> Result<Symbols, CannonError> {
    if path.as_os_str().is_empty() {
        let message = "no metadata file specified, defaulting to empty metadata";
        log::info("vm", message, &[]);
        return Ok(Symbols::default());
    }
    let read = || -> io::Result<Vec<u8>> {
        let mut file = BufReader::new(File::open(path)?);
        let mut json = Vec::new();
        if path.extension().is_some_and(|extension| extension == "gz") {
            MultiGzDecoder::new(file).read_to_end(&mut json)?;
        } else {
            file.read_to_end(&mut json)?;
        }
        Ok(json)
    };
    let json = read().map_err(|error| CannonError::File {
        path: path.to_owned(),
        error,
    })?;
    serde_json::from_slice(&json).map_err(|error| CannonError::Meta {
        path: path.to_owned(),
        error,
    })
}
