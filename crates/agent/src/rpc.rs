//! JSON-RPC with patience: an endpoint that is down is waited for, one that answers is believed.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use alloy::{
    eips::BlockId,
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    providers::{DynProvider, Provider, ProviderBuilder},
    rpc::{
        client::BatchRequest,
        types::{Block, TransactionRequest},
    },
    sol_types::SolCall,
    transports::{RpcError, TransportError, TransportErrorKind, http::reqwest::Url},
};
use tokio::time::{Instant, timeout};

use crate::{AgentError, revert};

/// The most calls put into one batch; public endpoints refuse larger ones.
const MAX_BATCH: usize = 50;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// How long an endpoint may take for one answer.
const DEADLINE: Duration = Duration::from_secs(30);

/// A connection to an execution node's JSON-RPC, or to one of several nodes of one chain.
#[derive(Clone, Debug)]
pub struct Rpc(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    first: DynProvider,
    others: Vec<DynProvider>,
    /// Which one answered last; 0 is the first.
    current: AtomicUsize,
    patience: Duration,
}

impl Rpc {
    /// Connects to `url` (`http://` or `https://`); each request is retried for up to `patience`
    /// while the endpoint cannot be reached.
    pub fn connect(url: &str, patience: Duration) -> Result<Self, AgentError> {
        Self::connect_any(url, &[], patience)
    }

    /// Connects to `first`, and to the others in turn while that cannot be reached.
    pub fn connect_any(
        first: &str,
        others: &[String],
        patience: Duration,
    ) -> Result<Self, AgentError> {
        Ok(Self(Arc::new(Inner {
            first: provider(first)?,
            others: others
                .iter()
                .map(|url| provider(url))
                .collect::<Result<_, _>>()?,
            current: AtomicUsize::new(0),
            patience,
        })))
    }

    /// The provider underneath.
    pub fn provider(&self) -> &DynProvider {
        let current = self.0.current.load(Ordering::Relaxed);
        current
            .checked_sub(1)
            .and_then(|index| self.0.others.get(index))
            .unwrap_or(&self.0.first)
    }

    /// Has the next endpoint asked from now on. Says whether it is the first one again.
    fn turn(&self) -> bool {
        let next = (self.0.current.load(Ordering::Relaxed) + 1) % (self.0.others.len() + 1);
        self.0.current.store(next, Ordering::Relaxed);
        next == 0
    }

    /// Runs `op` until an endpoint answers, or patience runs out.
    pub async fn retry<T, F, R>(&self, what: &'static str, op: F) -> Result<T, AgentError>
    where
        F: Fn(DynProvider) -> R,
        R: Future<Output = Result<T, TransportError>>,
    {
        let start = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let reason = match timeout(DEADLINE, op(self.provider().clone())).await {
                Ok(Ok(value)) => return Ok(value),
                Ok(Err(error)) if !may_pass(&error) => return Err(from_transport(what, error)),
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("no answer within {DEADLINE:?}"),
            };
            let waited = start.elapsed();
            if waited >= self.0.patience {
                return Err(AgentError::RpcDown {
                    what,
                    waited,
                    reason,
                });
            }
            if self.turn() {
                tracing::warn!(what, reason, ?pause, "RPC unreachable, trying again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            } else {
                tracing::warn!(what, reason, "RPC unreachable, trying the next one");
            }
        }
    }

    /// The chain's id.
    pub async fn chain_id(&self) -> Result<u64, AgentError> {
        self.retry("chain id", |p| async move { p.get_chain_id().await })
            .await
    }

    /// The latest block's number.
    pub async fn block_number(&self) -> Result<u64, AgentError> {
        self.retry(
            "block number",
            |p| async move { p.get_block_number().await },
        )
        .await
    }

    /// Time of the latest block (Unix seconds).
    pub async fn now(&self) -> Result<u64, AgentError> {
        Ok(self.block(BlockId::latest()).await?.header.timestamp)
    }

    /// A block without its transactions.
    pub async fn block(&self, id: BlockId) -> Result<Block, AgentError> {
        self.find_block(id).await?.ok_or(AgentError::BadResponse {
            what: "block",
            reason: format!("the node does not have {id:?}"),
        })
    }

    /// A block without its transactions, if the node has it.
    pub async fn find_block(&self, id: BlockId) -> Result<Option<Block>, AgentError> {
        self.retry("block", |p| async move { p.get_block(id).await })
            .await
    }

    /// Wei that the account has, in the latest block.
    pub async fn balance(&self, account: Address) -> Result<U256, AgentError> {
        self.retry("balance", |p| async move { p.get_balance(account).await })
            .await
    }

    /// Calls a function of a contract, reading only.
    pub async fn call<C: SolCall>(
        &self,
        to: Address,
        call: &C,
        at: BlockId,
    ) -> Result<C::Return, AgentError> {
        let request = TransactionRequest::default()
            .with_to(to)
            .with_input(call.abi_encode());
        let answer = self
            .retry(C::SIGNATURE, |p| {
                let request = request.clone();
                async move { p.call(request).block(at).await }
            })
            .await?;
        decode::<C>(to, &answer)
    }

    /// Calls a function with many arguments, reading only, in as few requests as may be.
    pub async fn call_many<C: SolCall>(
        &self,
        to: Address,
        calls: &[C],
        at: BlockId,
    ) -> Result<Vec<C::Return>, AgentError> {
        let mut returns = Vec::with_capacity(calls.len());
        for chunk in calls.chunks(MAX_BATCH) {
            let requests: Vec<_> = chunk
                .iter()
                .map(|call| {
                    TransactionRequest::default()
                        .with_to(to)
                        .with_input(call.abi_encode())
                })
                .collect();
            let answers = self
                .retry(C::SIGNATURE, |p| batch(p, requests.clone(), at))
                .await?;
            for answer in answers {
                returns.push(decode::<C>(to, &answer)?);
            }
        }
        Ok(returns)
    }
}

fn provider(url: &str) -> Result<DynProvider, AgentError> {
    let parsed: Url = url
        .parse()
        // The address is not repeated: it may hold a key.
        .map_err(|e| AgentError::Config(format!("RPC address: {e}")))?;
    Ok(ProviderBuilder::new()
        .disable_recommended_fillers()
        .connect_http(parsed)
        .erased())
}

async fn batch(
    provider: DynProvider,
    requests: Vec<TransactionRequest>,
    at: BlockId,
) -> Result<Vec<Bytes>, TransportError> {
    let mut batch = BatchRequest::new(provider.client());
    let mut waiters = Vec::with_capacity(requests.len());
    for request in &requests {
        waiters.push(batch.add_call::<_, Bytes>("eth_call", &(request, at))?);
    }
    batch.send().await?;
    let mut answers = Vec::with_capacity(waiters.len());
    for waiter in waiters {
        answers.push(waiter.await?);
    }
    Ok(answers)
}

fn decode<C: SolCall>(to: Address, answer: &Bytes) -> Result<C::Return, AgentError> {
    C::abi_decode_returns_validate(answer).map_err(|error| AgentError::BadResponse {
        what: C::SIGNATURE,
        reason: if answer.is_empty() {
            format!("no contract at {to}, or it lacks the function")
        } else {
            error.to_string()
        },
    })
}

/// Whether the failure is one of reaching the endpoint, so that asking again may help.
fn may_pass(error: &TransportError) -> bool {
    match error {
        RpcError::Transport(TransportErrorKind::HttpError(http)) => {
            http.status == 429 || http.status >= 500
        }
        RpcError::Transport(TransportErrorKind::PubsubUnavailable) => false,
        RpcError::Transport(_) => true,
        // -32005 and 429: too many requests.
        RpcError::ErrorResp(payload) => payload.code == -32005 || payload.code == 429,
        _ => false,
    }
}

/// Our error for a failed request.
pub(crate) fn from_transport(what: &'static str, error: TransportError) -> AgentError {
    match error {
        RpcError::ErrorResp(payload) => {
            let data = payload.as_revert_data();
            let reverted = data.is_some()
                || payload.code == 3
                || payload.message.to_ascii_lowercase().contains("revert");
            if reverted {
                AgentError::Reverted {
                    what: what.to_owned(),
                    reason: data.map_or_else(
                        || payload.message.to_string(),
                        |data| revert::describe(&data),
                    ),
                }
            } else {
                AgentError::Rpc {
                    what,
                    code: payload.code,
                    message: payload.message.to_string(),
                }
            }
        }
        RpcError::Transport(kind) => AgentError::RpcDown {
            what,
            waited: Duration::ZERO,
            reason: kind.to_string(),
        },
        other => AgentError::BadResponse {
            what,
            reason: other.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    /// An endpoint whose chain has this id.
    async fn node(chain_id: u64) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 4096];
                assert!(stream.read(&mut request).await.unwrap() > 0);
                let body = format!(r#"{{"jsonrpc":"2.0","id":0,"result":"0x{chain_id:x}"}}"#);
                let answer = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
                     content-length: {}\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        url
    }

    #[tokio::test]
    async fn next_endpoint_is_asked_while_the_first_is_down() {
        let (up, patience) = (node(7).await, Duration::from_secs(20));
        let down = "http://127.0.0.1:1";
        let rpc = Rpc::connect_any(down, &[down.to_owned(), up], patience).unwrap();
        let start = Instant::now();
        assert_eq!(rpc.chain_id().await.unwrap(), 7);
        assert!(start.elapsed() < Duration::from_secs(5));
        assert_eq!(rpc.chain_id().await.unwrap(), 7, "and stays the one");
    }

    #[tokio::test]
    async fn patience_ends_with_a_typed_error() {
        let rpc = Rpc::connect("http://127.0.0.1:1", Duration::from_millis(300)).unwrap();
        let error = rpc.chain_id().await.unwrap_err();
        assert!(matches!(error, AgentError::RpcDown { .. }), "{error}");
        assert!(error.is_transient());
    }

    #[test]
    fn addresses_that_are_none_are_refused_without_being_repeated() {
        let error = Rpc::connect("my secret", Duration::ZERO).unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
