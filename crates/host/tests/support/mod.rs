//! A provider in this process that answers as a test wants.
#![allow(
    dead_code,
    reason = "each test file is a crate of its own and uses a part of this"
)]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use alloy_consensus::Header;
use alloy_primitives::{B256, keccak256};
use axum::{Router, extract::Request, http::StatusCode, response::IntoResponse};
use endgame_host::{Backend, Boot, Config, Host, Limits};
use endgame_preimage::{Hint, PreimageKey};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// What a provider was asked: a JSON-RPC method with its parameters, or a path.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) params: Value,
}

/// What it answers.
pub(crate) enum Reply {
    /// A JSON-RPC result, or the body for a path.
    Is(Value),
    /// A JSON-RPC error.
    Error(i64, &'static str),
    /// An HTTP status without a body.
    Status(u16),
    /// Nothing, ever.
    Hang,
}

impl Reply {
    /// What a client answers for a method that it does not have.
    pub(crate) const NO_METHOD: Self = Self::Error(-32601, "method not found");
}

/// A provider; it ends with this value.
pub(crate) struct Provider {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    runtime: Option<Runtime>,
}

impl Provider {
    /// Starts one on a free port.
    pub(crate) fn new(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answer), asked.clone());
        let app = Router::new().fallback(move |request: Request| {
            let (answer, log) = (answer.clone(), log.clone());
            async move { respond(request, &*answer, &log).await }
        });
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self {
            url,
            asked,
            runtime: Some(runtime),
        }
    }

    /// How often it was asked for a method, or a path that begins so.
    pub(crate) fn count(&self, method: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked
            .iter()
            .filter(|a| a.method.starts_with(method))
            .count()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn respond(
    request: Request,
    answer: &(dyn Fn(&Asked) -> Reply + Send + Sync),
    log: &Mutex<Vec<Asked>>,
) -> axum::response::Response {
    let path = request.uri().to_string();
    let body = axum::body::to_bytes(request.into_body(), 1 << 20)
        .await
        .unwrap();
    let rpc: Option<Value> = serde_json::from_slice(&body).ok();
    let asked = match &rpc {
        Some(rpc) => Asked {
            method: rpc["method"].as_str().unwrap().into(),
            params: rpc["params"].clone(),
        },
        None => Asked {
            method: path,
            params: Value::Null,
        },
    };
    let reply = answer(&asked);
    log.lock().unwrap().push(asked);
    let id = rpc.as_ref().map(|rpc| rpc["id"].clone());
    match (reply, id) {
        (Reply::Is(result), Some(id)) => {
            axum::Json(json!({ "jsonrpc": "2.0", "id": id, "result": result })).into_response()
        }
        (Reply::Is(body), None) => axum::Json(body).into_response(),
        (Reply::Error(code, message), id) => axum::Json(json!({
            "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message },
        }))
        .into_response(),
        (Reply::Status(status), _) => StatusCode::from_u16(status).unwrap().into_response(),
        (Reply::Hang, _) => std::future::pending().await,
    }
}

/// A block of L1 or L2 without transactions.
pub(crate) struct Block {
    pub(crate) header: Header,
    pub(crate) hash: B256,
}

impl Block {
    pub(crate) fn new(number: u64) -> Self {
        let header = Header {
            number,
            timestamp: 1000 + 2 * number,
            gas_limit: 30_000_000,
            base_fee_per_gas: Some(7),
            ..Header::default()
        };
        Self {
            hash: header.hash_slow(),
            header,
        }
    }

    /// As `eth_getBlockByHash` shows it.
    pub(crate) fn json(&self) -> Value {
        let mut value = serde_json::to_value(&self.header).unwrap();
        let fields = value.as_object_mut().unwrap();
        fields.insert("hash".into(), json!(self.hash));
        fields.insert("transactions".into(), json!([]));
        fields.insert("uncles".into(), json!([]));
        value
    }

    /// An honest provider that knows this block alone.
    pub(crate) fn provider(&self) -> Provider {
        let (hash, block) = (json!(self.hash), self.json());
        Provider::new(move |asked| match asked.method.as_str() {
            "eth_getBlockByHash" if asked.params[0] == hash => Reply::Is(block.clone()),
            "eth_getBlockByHash" => Reply::Is(Value::Null),
            _ => Reply::NO_METHOD,
        })
    }

    /// The key of its header.
    pub(crate) fn key(&self) -> PreimageKey {
        PreimageKey::keccak256(self.hash.0)
    }
}

/// Limits that make a test short: three rounds with hardly a pause.
pub(crate) fn limits() -> Limits {
    Limits {
        request_timeout: Duration::from_millis(500),
        deadline: Duration::from_secs(20),
        rounds: 8,
        brief_rounds: 3,
        backoff: Duration::from_millis(20),
        max_backoff: Duration::from_millis(100),
        ..Limits::default()
    }
}

/// A run's oracle over these sources.
pub(crate) fn host(config: &Config) -> Host {
    Host::new(Arc::new(Backend::new(config).unwrap()), boot())
}

/// Boot inputs of some run.
pub(crate) fn boot() -> Boot {
    Boot {
        l1_head: B256::repeat_byte(1),
        agreed_output_root: B256::repeat_byte(2),
        agreed_l2_head: None,
        agreed_block: None,
        claimed_output_root: B256::repeat_byte(3),
        claimed_block: 8,
        chain_id: 901,
    }
}

/// Gives the host a hint.
pub(crate) fn hint(host: &Host, name: &str, data: &[u8]) {
    host.take_hint(Hint::encode(name, data).as_bytes()).unwrap();
}

/// The key of bytes.
pub(crate) fn key_of(bytes: &[u8]) -> PreimageKey {
    PreimageKey::keccak256(keccak256(bytes).0)
}

/// Providers' URLs, in order.
pub(crate) fn urls<const N: usize>(providers: [&Provider; N]) -> Vec<String> {
    providers.iter().map(|p| p.url.clone()).collect()
}
