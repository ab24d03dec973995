//! One provider.

use std::{
    fmt::Display,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Client, Response, StatusCode, header};
use serde_json::value::RawValue;
use tokio::sync::Semaphore;
use url::Url;

use super::pacing::Pacer;
use crate::{HostError, Limits, poison::lock};

/// JSON-RPC's "method not found".
const METHOD_NOT_FOUND: i64 = -32601;
/// EIP-1474's "limit exceeded".
const LIMIT_EXCEEDED: i64 = -32005;

/// An HTTP server that is asked for JSON, with its limits.
#[derive(Debug)]
pub(crate) struct Endpoint {
    url: Url,
    label: String,
    http: Client,
    permits: Semaphore,
    pacer: Pacer,
    timeout: Duration,
    max_response: usize,
    request_id: AtomicU64,
    demoted_until: Mutex<Option<Instant>>,
}

#[derive(serde::Deserialize)]
struct RpcResponse<'a> {
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<RpcError>,
}

#[derive(serde::Deserialize)]
struct RpcError {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
}

impl Endpoint {
    pub(crate) fn new(url: &str, limits: &Limits) -> Result<Self, HostError> {
        let bad = |reason: String| HostError::BadUrl {
            url: Url::parse(url).map_or_else(|_| "(unreadable)".into(), |url| label(&url)),
            reason,
        };
        let parsed = Url::parse(url).map_err(|e| bad(e.to_string()))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(bad("neither http nor https".into()));
        }
        let http = Client::builder()
            .connect_timeout(limits.request_timeout)
            .pool_max_idle_per_host(limits.concurrency as usize)
            .build()
            .map_err(|e| bad(e.to_string()))?;
        Ok(Self {
            label: label(&parsed),
            url: parsed,
            http,
            permits: Semaphore::new(limits.concurrency.max(1) as usize),
            pacer: Pacer::new(limits.requests_per_second),
            timeout: limits.request_timeout,
            max_response: limits.max_response,
            request_id: AtomicU64::new(1),
            demoted_until: Mutex::new(None),
        })
    }

    /// The URL without what may be secret.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// Asked last for a while.
    pub(crate) fn demote(&self, period: Duration) {
        *lock(&self.demoted_until) = Some(Instant::now() + period);
    }

    pub(crate) fn is_demoted(&self) -> bool {
        lock(&self.demoted_until).is_some_and(|until| until > Instant::now())
    }

    /// Calls a JSON-RPC method; a result of `null` is none.
    pub(crate) async fn call(
        &self,
        method: &str,
        params: &serde_json::Value,
    ) -> Result<Option<Box<RawValue>>, HostError> {
        let id = self.request_id.fetch_add(1, Ordering::Relaxed);
        let body = serde_json::json!({
            "jsonrpc": "2.0", "id": id, "method": method, "params": params,
        })
        .to_string();
        let request = self
            .http
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        let (status, body) = self.exchange(method, request).await?;
        // Some servers put JSON-RPC errors under an HTTP error status.
        let parsed: Result<RpcResponse<'_>, _> = serde_json::from_slice(&body);
        let response = match parsed {
            Ok(response) => response,
            Err(_) if !status.is_success() => return Err(self.refused(method, status)),
            Err(error) => return Err(self.bad_response(method, error)),
        };
        match response {
            RpcResponse {
                error: Some(error), ..
            } => Err(self.rpc_error(method, error)),
            RpcResponse { result, .. } if status.is_success() => Ok(result
                .filter(|raw| raw.get() != "null")
                .map(ToOwned::to_owned)),
            RpcResponse { .. } => Err(self.refused(method, status)),
        }
    }

    /// Calls a JSON-RPC method and reads its result; `null` is none.
    pub(crate) async fn call_as<T: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        params: &serde_json::Value,
    ) -> Result<Option<T>, HostError> {
        self.call(method, params)
            .await?
            .map(|raw| self.parse(method, &raw))
            .transpose()
    }

    /// Reads a part of an answer.
    pub(crate) fn parse<T: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        raw: &RawValue,
    ) -> Result<T, HostError> {
        serde_json::from_str(raw.get()).map_err(|e| self.bad_response(method, e))
    }

    /// GETs JSON from a path below the URL; not found is none.
    pub(crate) async fn get_as<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<Option<T>, HostError> {
        let mut url = self.url.clone();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.set_query(Some(query));
        }
        let request = self
            .http
            .get(url)
            .header(header::ACCEPT, "application/json");
        let (status, body) = self.exchange(path, request).await?;
        match status {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => serde_json::from_slice(&body)
                .map(Some)
                .map_err(|e| self.bad_response(path, e)),
            status => Err(self.refused(path, status)),
        }
    }

    /// Sends, within the limits and the deadline; the whole body is read.
    async fn exchange(
        &self,
        method: &str,
        request: reqwest::RequestBuilder,
    ) -> Result<(StatusCode, Vec<u8>), HostError> {
        let _permit = self.permits.acquire().await;
        self.pacer.wait().await;
        let exchange = async {
            let response = request.send().await.map_err(|e| self.down(&e))?;
            let status = response.status();
            if status == StatusCode::TOO_MANY_REQUESTS {
                return Err(HostError::RateLimited {
                    provider: self.label.clone(),
                    retry_after: retry_after(&response),
                });
            }
            let body = self.read_body(method, response).await?;
            Ok((status, body))
        };
        tokio::time::timeout(self.timeout, exchange)
            .await
            .unwrap_or_else(|_| {
                Err(HostError::Deadline {
                    provider: self.label.clone(),
                    after: self.timeout,
                })
            })
    }

    async fn read_body(&self, method: &str, mut response: Response) -> Result<Vec<u8>, HostError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| self.down(&e))? {
            if body.len() + chunk.len() > self.max_response {
                return Err(self.bad_response(method, "longer than the limit on answers"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn down(&self, error: &reqwest::Error) -> HostError {
        // The error's own text contains the URL; its innermost cause does not.
        let mut cause: &dyn std::error::Error = error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        HostError::ProviderDown {
            provider: self.label.clone(),
            reason: cause.to_string(),
        }
    }

    fn refused(&self, method: &str, status: StatusCode) -> HostError {
        if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
            HostError::ProviderDown {
                provider: self.label.clone(),
                reason: format!("HTTP status {status}"),
            }
        } else {
            self.bad_response(method, format!("HTTP status {status}"))
        }
    }

    fn rpc_error(&self, method: &str, error: RpcError) -> HostError {
        let provider = self.label.clone();
        let text = error.message.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if error.code == METHOD_NOT_FOUND
            || says(&[
                "method not found",
                "does not exist/is not available",
                "unsupported method",
            ])
        {
            HostError::MethodMissing {
                provider,
                method: method.into(),
            }
        } else if error.code == LIMIT_EXCEEDED || error.code == 429 || says(&["rate limit"]) {
            HostError::RateLimited {
                provider,
                retry_after: None,
            }
        } else if says(&["header not found", "unknown block", "block not found"]) {
            HostError::UnknownBlock {
                provider,
                block: format!("asked for by {method}"),
            }
        } else {
            HostError::Rpc {
                provider,
                method: method.into(),
                code: error.code,
                message: error.message,
            }
        }
    }

    pub(crate) fn bad_response(&self, method: &str, reason: impl Display) -> HostError {
        HostError::BadResponse {
            provider: self.label.clone(),
            method: method.into(),
            reason: format!("{reason}"),
        }
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response
        .headers()
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}

/// Scheme, host, port and path; long path segments are API keys more often than not.
fn label(url: &Url) -> String {
    let mut label = format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default());
    if let Some(port) = url.port() {
        label.push(':');
        label.push_str(&port.to_string());
    }
    for segment in url.path_segments().into_iter().flatten() {
        if !segment.is_empty() {
            label.push('/');
            if segment.chars().count() > 12 {
                label.extend(segment.chars().take(4));
                label.push('…');
            } else {
                label.push_str(segment);
            }
        }
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_shows_the_host_and_hides_keys() {
        let cases = [
            ("http://127.0.0.1:8545/", "http://127.0.0.1:8545"),
            (
                "https://user:secret@node.example/v3/0123456789abcdef0123?key=hidden",
                "https://node.example/v3/0123…",
            ),
        ];
        for (url, expected) in cases {
            let endpoint = Endpoint::new(url, &Limits::default()).unwrap();
            assert_eq!(endpoint.label(), expected);
        }
    }

    #[test]
    fn unusable_url_is_refused() {
        for url in ["", "node.example", "ftp://node.example"] {
            assert!(matches!(
                Endpoint::new(url, &Limits::default()),
                Err(HostError::BadUrl { .. })
            ));
        }
    }
}
