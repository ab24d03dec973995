//! Background tasks that end together.

use std::future::Future;

use tokio::{sync::watch, task::JoinHandle};

use crate::DevnetError;

/// Tasks whose first failure is kept, and which are aborted on drop.
#[derive(Debug)]
pub(crate) struct Tasks {
    handles: Vec<JoinHandle<()>>,
    failure: watch::Sender<Option<String>>,
}

impl Tasks {
    pub(crate) fn new() -> Self {
        Self {
            handles: Vec::new(),
            failure: watch::Sender::new(None),
        }
    }

    /// Runs a task that ends only on failure or when it is told to stop.
    pub(crate) fn spawn(
        &mut self,
        name: &'static str,
        task: impl Future<Output = Result<(), DevnetError>> + Send + 'static,
    ) {
        let failure = self.failure.clone();
        self.handles.push(tokio::spawn(async move {
            match task.await {
                Ok(()) => tracing::debug!(task = name, "task ended"),
                Err(error) => {
                    tracing::error!(task = name, %error, "task failed");
                    failure.send_if_modified(|first| {
                        let new = first.is_none();
                        if new {
                            *first = Some(format!("{name}: {error}"));
                        }
                        new
                    });
                }
            }
        }));
    }

    /// The first failure, and its coming.
    pub(crate) fn failure(&self) -> watch::Receiver<Option<String>> {
        self.failure.subscribe()
    }

    /// Aborts all and waits until they are gone.
    pub(crate) async fn stop(&mut self) {
        for handle in &self.handles {
            handle.abort();
        }
        for handle in self.handles.drain(..) {
            // An aborted task reports its abortion.
            let _ = handle.await;
        }
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        for handle in &self.handles {
            handle.abort();
        }
    }
}
