//! Websocket connections: requests, and subscriptions to new blocks and logs.

use std::{collections::BTreeMap, sync::Arc};

use axum::extract::ws::{Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use super::{
    RpcError, json,
    logs::Filter,
    params::Params,
    server::{answer, failure, success},
};
use crate::l2::{L2Block, L2Node};

/// Subscriptions that one connection may have.
const MAX_SUBSCRIPTIONS: usize = 64;

/// What a subscription delivers.
#[derive(Clone, Debug)]
enum Topic {
    Heads,
    Logs(Box<Filter>),
}

/// A connection's subscriptions by id.
#[derive(Debug, Default)]
struct Subscriptions {
    last: u64,
    topics: BTreeMap<u64, Topic>,
}

impl Subscriptions {
    /// Answers `eth_subscribe` and `eth_unsubscribe`; `None` for anything else.
    fn answer(&mut self, request: &Value) -> Option<Value> {
        let method = request.get("method")?.as_str()?;
        let params = Params::new(request.get("params").cloned());
        let result = match method {
            "eth_subscribe" => params.and_then(|params| self.subscribe(&params)),
            "eth_unsubscribe" => params.and_then(|params| {
                let id = params.quantity(0)?;
                Ok(json!(self.topics.remove(&id).is_some()))
            }),
            _ => return None,
        };
        let id = request.get("id").cloned().unwrap_or_default();
        Some(match result {
            Ok(result) => success(&id, &result),
            Err(error) => failure(&id, &error),
        })
    }

    fn subscribe(&mut self, params: &Params) -> Result<Value, RpcError> {
        let topic = match params.get::<String>(0)?.as_str() {
            "newHeads" => Topic::Heads,
            "logs" => Topic::Logs(Box::new(params.optional(1)?.unwrap_or_default())),
            other => return Err(RpcError::params(format!("no subscription named {other}"))),
        };
        if self.topics.len() >= MAX_SUBSCRIPTIONS {
            return Err(RpcError::new(-32005, "too many subscriptions"));
        }
        self.last += 1;
        self.topics.insert(self.last, topic);
        Ok(json::quantity(self.last))
    }

    /// What a new block means to the subscribers.
    fn notifications(&self, block: &L2Block) -> Vec<Value> {
        let mut out = Vec::new();
        for (id, topic) in &self.topics {
            let results = match topic {
                Topic::Heads => vec![json::header(block)],
                Topic::Logs(filter) => filter.of_block(block),
            };
            out.extend(results.into_iter().map(|result| {
                json!({
                    "jsonrpc": "2.0",
                    "method": "eth_subscription",
                    "params": { "subscription": json::quantity(*id), "result": result },
                })
            }));
        }
        out
    }
}

/// Serves one connection until it closes or the node is gone.
pub(super) async fn serve(node: Arc<L2Node>, mut socket: WebSocket) {
    let mut subscriptions = Subscriptions::default();
    let mut blocks = node.new_blocks();
    loop {
        let replies = tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => {
                    request(&node, &mut subscriptions, text.as_bytes()).await
                }
                Some(Ok(Message::Binary(bytes))) => {
                    request(&node, &mut subscriptions, &bytes).await
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => Vec::new(),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
            block = blocks.recv() => match block {
                Ok(block) => subscriptions.notifications(&block),
                Err(RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "a subscriber is too slow");
                    Vec::new()
                }
                Err(RecvError::Closed) => return,
            },
        };
        for reply in replies {
            if socket
                .send(Message::Text(reply.to_string().into()))
                .await
                .is_err()
            {
                return;
            }
        }
    }
}

async fn request(node: &Arc<L2Node>, subscriptions: &mut Subscriptions, body: &[u8]) -> Vec<Value> {
    let parsed: Option<Value> = serde_json::from_slice(body).ok();
    if let Some(reply) = parsed
        .as_ref()
        .and_then(|request| subscriptions.answer(request))
    {
        return vec![reply];
    }
    let (node, body) = (Arc::clone(node), body.to_vec());
    let answered = tokio::task::spawn_blocking(move || answer(&node, &body)).await;
    answered.ok().flatten().into_iter().collect()
}
