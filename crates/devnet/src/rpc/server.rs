//! The HTTP server.

use std::{net::Ipv4Addr, sync::Arc};

use axum::{
    Router,
    extract::{State, WebSocketUpgrade},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch};

use super::{RpcError, eth, params::Params, socket};
use crate::{DevnetError, l2::L2Node};

/// Requests that one batch may hold.
const MAX_BATCH: usize = 1_000;
/// Largest request, bytes.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// The server, bound and not yet running.
#[derive(Debug)]
pub struct RpcServer {
    listener: TcpListener,
    port: u16,
}

#[derive(Debug, Deserialize)]
struct Request {
    #[serde(default)]
    id: Value,
    method: String,
    params: Option<Value>,
}

impl RpcServer {
    /// Binds to a port of the loopback interface, any free one if none is given.
    pub async fn bind(port: Option<u16>) -> Result<Self, DevnetError> {
        let io = |source| DevnetError::Io {
            what: "binding the L2 RPC port",
            source,
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0)))
            .await
            .map_err(io)?;
        let port = listener.local_addr().map_err(io)?.port();
        Ok(Self { listener, port })
    }

    /// HTTP address; the websocket is at the same port.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Serves until `stop` turns true or its other side is gone.
    pub async fn run(
        self,
        node: Arc<L2Node>,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), DevnetError> {
        let app = Router::new()
            .route("/", post(http).get(upgrade))
            .layer(axum::extract::DefaultBodyLimit::max(MAX_BODY))
            .with_state(node);
        let serve = axum::serve(self.listener, app);
        tokio::select! {
            ended = serve => {
                ended.map_err(|source| DevnetError::Io { what: "serving the L2 RPC", source })
            }
            _ = stop.wait_for(|stop| *stop) => Ok(()),
        }
    }
}

async fn http(State(node): State<Arc<L2Node>>, body: axum::body::Bytes) -> Response {
    // Execution takes its time and must not hold up the other tasks.
    let answered = tokio::task::spawn_blocking(move || answer(&node, &body)).await;
    match answered {
        Ok(Some(value)) => (
            [(header::CONTENT_TYPE, "application/json")],
            value.to_string(),
        )
            .into_response(),
        Ok(None) => StatusCode::NO_CONTENT.into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn upgrade(State(node): State<Arc<L2Node>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |stream| socket::serve(node, stream))
}

/// Answers a request or a batch of them; `None` when there is nothing to answer.
pub fn answer(node: &L2Node, body: &[u8]) -> Option<Value> {
    match serde_json::from_slice(body) {
        Err(e) => Some(failure(
            &Value::Null,
            &RpcError::new(-32700, format!("parse error: {e}")),
        )),
        Ok(Value::Array(batch)) if batch.is_empty() => Some(failure(
            &Value::Null,
            &RpcError::invalid_request("empty batch"),
        )),
        Ok(Value::Array(batch)) if batch.len() > MAX_BATCH => Some(failure(
            &Value::Null,
            &RpcError::invalid_request("batch too large"),
        )),
        Ok(Value::Array(batch)) => {
            let answers: Vec<_> = batch.into_iter().filter_map(|r| single(node, r)).collect();
            (!answers.is_empty()).then_some(Value::Array(answers))
        }
        Ok(request) => single(node, request),
    }
}

/// Answers one request; a notification, which has no id, gets none.
pub(super) fn single(node: &L2Node, request: Value) -> Option<Value> {
    let notification = request.is_object() && request.get("id").is_none();
    let request: Request = match serde_json::from_value(request) {
        Ok(request) => request,
        Err(e) => {
            return Some(failure(
                &Value::Null,
                &RpcError::invalid_request(e.to_string()),
            ));
        }
    };
    let result = Params::new(request.params)
        .and_then(|params| eth::dispatch(node, &request.method, &params));
    if let Err(error) = &result {
        tracing::debug!(method = request.method, %error, "request refused");
    }
    (!notification).then(|| match result {
        Ok(result) => success(&request.id, &result),
        Err(error) => failure(&request.id, &error),
    })
}

pub(super) fn success(id: &Value, result: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

pub(super) fn failure(id: &Value, error: &RpcError) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": error.to_json() })
}
