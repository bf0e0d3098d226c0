//! A tracking server of MLflow: requests with a limit of time, and what its errors say.
#![expect(
    clippy::disallowed_methods,
    reason = "reads the variables that MLflow's own client reads, and the clock"
)]

use crate::base::base64::base64;
use anyhow::{Context as _, bail};
use serde_json::Value;
use std::fmt;
use std::time::{Duration, Instant};
use ureq::http::Response;
use ureq::{Agent, AsSendBody, Body};

/// The longest that one answer may take, and to connect.
const PATIENCE: Duration = Duration::from_secs(10);
const CONNECTING: Duration = Duration::from_secs(3);

/// Where to log to.
#[derive(Debug)]
pub(crate) struct Server {
    agent: Agent,
    base: String,
    /// What proves who asks.
    authorization: Option<String>,
    /// When to give up, if all must be done by then.
    until: Option<Instant>,
}

/// What the server said instead of an answer.
#[derive(Debug)]
struct Refusal {
    code: String,
    message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MLflow says {}: {}", self.code, self.message)
    }
}

impl std::error::Error for Refusal {}

/// `None` where the server does not have what was asked for.
pub(super) fn unless_missing(answer: anyhow::Result<Value>) -> anyhow::Result<Option<Value>> {
    unless(answer, "RESOURCE_DOES_NOT_EXIST")
}

/// `None` where the server has it already.
pub(super) fn unless_there(answer: anyhow::Result<Value>) -> anyhow::Result<Option<Value>> {
    unless(answer, "RESOURCE_ALREADY_EXISTS")
}

fn unless(answer: anyhow::Result<Value>, code: &str) -> anyhow::Result<Option<Value>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) => match error.downcast_ref::<Refusal>() {
            Some(refusal) if refusal.code == code => Ok(None),
            _ => Err(error),
        },
    }
}

impl Server {
    /// The server at an address; with `budget`, all requests together may take no longer.
    pub(crate) fn new(address: &str, budget: Option<Duration>) -> anyhow::Result<Self> {
        let address = address.trim_end_matches('/');
        if !address.starts_with("http://") && !address.starts_with("https://") {
            bail!("`{address}` is no server: an address starts with http:// or https://");
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECTING))
            .user_agent(concat!("mlc/", env!("CARGO_PKG_VERSION")));
        Ok(Self {
            agent: config.build().into(),
            base: format!("{address}/api/2.0"),
            authorization: authorization(),
            until: budget.map(|budget| Instant::now() + budget),
        })
    }

    /// How long an answer may take now.
    fn patience(&self, most: Duration) -> anyhow::Result<Duration> {
        let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
        match left {
            Some(left) if left.is_zero() => bail!("MLflow takes too long"),
            Some(left) => Ok(left.min(most)),
            None => Ok(most),
        }
    }

    pub(super) fn get(&self, path: &str, query: &[(&str, &str)]) -> anyhow::Result<Value> {
        let mut request = self.agent.get(format!("{}/mlflow/{path}", self.base));
        for (key, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.query(key, value);
        }
        if let Some(proof) = &self.authorization {
            request = request.header("authorization", proof);
        }
        let request = request.config().timeout_global(Some(self.patience(PATIENCE)?)).build();
        self.answer(request.call())
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.agent.post(format!("{}/mlflow/{path}", self.base));
        let mut request = request.header("content-type", "application/json");
        if let Some(proof) = &self.authorization {
            request = request.header("authorization", proof);
        }
        let request = request.config().timeout_global(Some(self.patience(PATIENCE)?)).build();
        self.answer(request.send(body.to_string()))
    }

    /// Uploads a file through the server's proxy.
    pub(super) fn put(&self, path: &str, body: impl AsSendBody, size: u64) -> anyhow::Result<()> {
        // A minute more for each 10 MB.
        let most = PATIENCE + Duration::from_secs(60 * (size / 10_000_000));
        let path = path.split('/').map(encoded).collect::<Vec<_>>().join("/");
        let request = self.agent.put(format!("{}/mlflow-artifacts/artifacts/{path}", self.base));
        let mut request = request.header("content-length", size.to_string());
        if let Some(proof) = &self.authorization {
            request = request.header("authorization", proof);
        }
        let request = request.config().timeout_global(Some(self.patience(most)?)).build();
        self.answer(request.send(body)).map(|_| ())
    }

    fn answer(&self, said: Result<Response<Body>, ureq::Error>) -> anyhow::Result<Value> {
        let base = self.base.trim_end_matches("/api/2.0");
        let mut said = said.with_context(|| format!("MLflow at {base} does not answer"))?;
        let status = said.status();
        let text = said.body_mut().read_to_string().unwrap_or_default();
        let value = serde_json::from_str(&text);
        if status.is_success() {
            return value.or(Ok(Value::Null));
        }
        let value: Value = value.unwrap_or_default();
        let word = |key: &str| value.get(key)?.as_str().map(str::to_owned);
        let code = word("error_code").unwrap_or_else(|| status.to_string());
        let message = word("message").unwrap_or_else(|| format!("at {base}"));
        Err(Refusal { code, message }.into())
    }
}

/// A part of a path of a URL.
fn encoded(part: &str) -> String {
    let mut out = String::new();
    for byte in part.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A token, or a name and a password, from the variables that MLflow's own client reads.
fn authorization() -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|it| !it.is_empty());
    if let Some(token) = variable("MLFLOW_TRACKING_TOKEN") {
        return Some(format!("Bearer {token}"));
    }
    let (name, password) =
        (variable("MLFLOW_TRACKING_USERNAME")?, variable("MLFLOW_TRACKING_PASSWORD")?);
    Some(format!("Basic {}", base64(format!("{name}:{password}").as_bytes())))
}
