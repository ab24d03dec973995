//! One run's preimage oracle.

use std::sync::{Arc, Mutex};

use alloy_primitives::KECCAK256_EMPTY;
use alloy_trie::EMPTY_ROOT_HASH;
use endgame_preimage::{Hint, KeyType, OracleError, PreimageKey, PreimageOracle};

use crate::{
    Backend, Boot, HostError, backend::Run, hints::HintLog, poison::lock, request::Request,
    state::Seen,
};

/// Serves one run's boot inputs, and the preimages it asks for from a [`Backend`].
///
/// Hints are remembered, not followed at once: a preimage that is stored costs no request. One that is
/// missing is fetched by the hints that may bring it, the likeliest first. Cheap to clone; every clone is
/// the same run.
#[derive(Clone, Debug)]
pub struct Host(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    backend: Arc<Backend>,
    boot: Boot,
    hints: Mutex<HintLog>,
    seen: Mutex<Seen>,
}

impl Host {
    /// The oracle of a run.
    pub fn new(backend: Arc<Backend>, boot: Boot) -> Self {
        Self(Arc::new(Inner {
            backend,
            boot,
            hints: Mutex::default(),
            seen: Mutex::default(),
        }))
    }

    /// The run's boot inputs.
    pub fn boot(&self) -> &Boot {
        &self.0.boot
    }

    /// The store and providers behind it.
    pub fn backend(&self) -> &Arc<Backend> {
        &self.0.backend
    }

    /// Takes a hint. Names that are not ours to serve are ignored.
    pub fn take_hint(&self, raw: &[u8]) -> Result<(), HostError> {
        let hint = Hint::parse(raw).map_err(|_| HostError::BadHint {
            name: String::from_utf8_lossy(raw).chars().take(64).collect(),
            reason: "not a name and hex",
        })?;
        if let Some(request) = Request::from_hint(&hint)? {
            lock(&self.0.hints).add(request);
        } else {
            tracing::debug!(name = hint.name, "hint is not served");
        }
        Ok(())
    }

    /// The preimage of a key: `Ok(None)` if nobody has it, an error if somebody who may have it failed.
    pub fn find(&self, key: PreimageKey) -> Result<Option<Vec<u8>>, HostError> {
        match key.key_type() {
            Ok(KeyType::Local) => return Ok(self.0.boot.local(key)),
            Ok(KeyType::GlobalGeneric) | Err(_) => return Ok(None),
            Ok(_) => {}
        }
        if let Some(value) = self.0.backend.store().get(key)? {
            return Ok(Some(value));
        }
        // Two hashes that every trie refers to and that stand for nothing.
        if key == PreimageKey::keccak256(EMPTY_ROOT_HASH.0) {
            return Ok(Some(vec![alloy_rlp::EMPTY_STRING_CODE]));
        }
        if key == PreimageKey::keccak256(KECCAK256_EMPTY.0) {
            return Ok(Some(Vec::new()));
        }
        self.0
            .backend
            .block_on(async || self.fetch(key).await)
            .unwrap_or(Ok(None))
    }

    async fn fetch(&self, key: PreimageKey) -> Result<Option<Vec<u8>>, HostError> {
        let Inner {
            backend,
            boot,
            hints,
            seen,
        } = &*self.0;
        let run = Run { boot, seen };
        let plan = lock(hints).plan(key);
        let mut failure: Option<HostError> = None;
        for request in plan {
            match backend.fetch(&request, key, &run).await {
                Ok(()) => lock(hints).mark_done(&request),
                Err(error) => {
                    tracing::debug!(%key, ?request, %error, "hint brought nothing");
                    if failure
                        .as_ref()
                        .is_none_or(|known| weight(&error) > weight(known))
                    {
                        failure = Some(error);
                    }
                }
            }
            if let Some(value) = backend.store().get(key)? {
                return Ok(Some(value));
            }
        }
        if key.key_type() == Ok(KeyType::Keccak256) {
            let mentioned = lock(seen).mentioned(key);
            if let Some(hash) = mentioned {
                if let Err(error) = backend.recover_sibling(hash, &run).await {
                    failure.get_or_insert(error);
                }
                if let Some(value) = backend.store().get(key)? {
                    return Ok(Some(value));
                }
            }
        }
        match failure {
            Some(error) if weight(&error) > 0 => Err(error),
            _ => Ok(None),
        }
    }
}

/// Which of several failures to report: a provider that may recover, then one that lied, and not at all
/// that something is not configured or not offered.
fn weight(error: &HostError) -> u8 {
    let of = |error: &HostError| match error {
        HostError::NoProvider(_) | HostError::MethodMissing { .. } => 0,
        error if error.is_transient() => 3,
        error if error.is_lie() => 2,
        _ => 1,
    };
    error.causes().iter().map(of).max().unwrap_or(1)
}

impl PreimageOracle for Host {
    fn hint(&self, hint: &[u8]) -> Result<(), OracleError> {
        self.take_hint(hint)
            .map_err(|error| error.into_oracle(None))
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        match self.find(key) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(OracleError::NotFound(key)),
            Err(error) => Err(error.into_oracle(Some(key))),
        }
    }
}
