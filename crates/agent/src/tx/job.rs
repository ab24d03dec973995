//! Transactions that must be sent once, kept on disk from before they are sent.

use std::path::Path;

use alloy::primitives::{Address, B256, Bytes, U256};
use redb::{Database, DatabaseError, ReadableDatabase, TableDefinition};
use serde::{Deserialize, Serialize};

use crate::{AgentError, TxInfo};

const JOBS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("jobs");

/// One way in which a job's transaction was signed: a higher fee makes another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The transaction's hash; unknown while a remote end has not answered.
    pub hash: Option<B256>,
    /// Its bytes, if we have them.
    pub raw: Option<Bytes>,
    /// Wei a unit of gas, at most.
    pub max_fee: u128,
    /// Of that to the block's proposer, at most.
    pub tip: u128,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobStatus {
    /// Recorded; perhaps sent, perhaps not.
    Open,
    /// Mined and confirmed.
    Done {
        /// Hash of the attempt that was mined.
        hash: B256,
        /// The block that holds it.
        block: u64,
        /// Gas that it used.
        gas_used: u64,
        /// Whether it had an effect.
        success: bool,
    },
}

impl JobStatus {
    /// The mined transaction, if it had an effect.
    pub const fn succeeded(&self) -> Option<TxInfo> {
        match *self {
            Self::Done {
                hash,
                block,
                gas_used,
                success: true,
            } => Some(TxInfo {
                hash,
                block,
                gas_used,
            }),
            _ => None,
        }
    }
}

/// A transaction that must be sent once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// What it is, in words for people.
    pub what: String,
    /// The called contract.
    pub to: Address,
    /// Wei sent along.
    pub value: U256,
    /// The call.
    pub data: Bytes,
    /// Gas limit.
    pub gas: u64,
    /// The account's nonce that all attempts share: at most one can be mined.
    pub nonce: u64,
    /// The block at which the job was recorded.
    pub since_block: u64,
    /// All attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// How it stands.
    pub status: JobStatus,
}

/// Jobs by key, on disk. Every change is durable when the call returns.
#[derive(Debug)]
pub struct JobStore {
    db: Database,
}

fn store(error: impl std::fmt::Display) -> AgentError {
    AgentError::Store(error.to_string())
}

impl JobStore {
    /// Opens or creates the store; one process at a time can have it open.
    pub fn open(path: &Path) -> Result<Self, AgentError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(store)?;
        }
        let db = Database::create(path).map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => AgentError::StoreBusy(path.display().to_string()),
            other => store(other),
        })?;
        let write = db.begin_write().map_err(store)?;
        write.open_table(JOBS).map_err(store)?;
        write.commit().map_err(store)?;
        Ok(Self { db })
    }

    /// The job with this key.
    pub fn get(&self, key: &str) -> Result<Option<Job>, AgentError> {
        let read = self.db.begin_read().map_err(store)?;
        let table = read.open_table(JOBS).map_err(store)?;
        let found = table.get(key).map_err(store)?;
        found
            .map(|bytes| serde_json::from_slice(bytes.value()).map_err(store))
            .transpose()
    }

    /// Records a job, replacing what was recorded under its key.
    pub fn put(&self, key: &str, job: &Job) -> Result<(), AgentError> {
        let bytes = serde_json::to_vec(job).map_err(store)?;
        let write = self.db.begin_write().map_err(store)?;
        {
            let mut table = write.open_table(JOBS).map_err(store)?;
            table.insert(key, bytes.as_slice()).map_err(store)?;
        }
        write.commit().map_err(store)
    }

    /// Forgets a job.
    pub fn remove(&self, key: &str) -> Result<(), AgentError> {
        let write = self.db.begin_write().map_err(store)?;
        {
            let mut table = write.open_table(JOBS).map_err(store)?;
            table.remove(key).map_err(store)?;
        }
        write.commit().map_err(store)
    }

    /// Keys and jobs under `prefix` that are not done, by nonce.
    pub fn open_jobs(&self, prefix: &str) -> Result<Vec<(String, Job)>, AgentError> {
        let read = self.db.begin_read().map_err(store)?;
        let table = read.open_table(JOBS).map_err(store)?;
        let mut jobs = Vec::new();
        for entry in table.range(prefix..).map_err(store)? {
            let (key, bytes) = entry.map_err(store)?;
            if !key.value().starts_with(prefix) {
                break;
            }
            let job: Job = serde_json::from_slice(bytes.value()).map_err(store)?;
            if job.status == JobStatus::Open {
                jobs.push((key.value().to_owned(), job));
            }
        }
        jobs.sort_by_key(|(_, job)| job.nonce);
        Ok(jobs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(nonce: u64, status: JobStatus) -> Job {
        Job {
            what: "test".into(),
            to: Address::ZERO,
            value: U256::from(1),
            data: Bytes::from_static(b"data"),
            gas: 21_000,
            nonce,
            since_block: 0,
            attempts: vec![Attempt {
                hash: Some(B256::repeat_byte(1)),
                raw: Some(Bytes::from_static(b"raw")),
                max_fee: u128::MAX,
                tip: 1,
            }],
            status,
        }
    }

    #[test]
    fn jobs_survive_reopening() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sub/jobs.redb");
        let store = JobStore::open(&path).unwrap();
        store.put("a/1", &job(3, JobStatus::Open)).unwrap();
        drop(store);
        let store = JobStore::open(&path).unwrap();
        assert_eq!(store.get("a/1").unwrap(), Some(job(3, JobStatus::Open)));
        store.remove("a/1").unwrap();
        assert_eq!(store.get("a/1").unwrap(), None);
    }

    #[test]
    fn open_jobs_come_by_nonce_and_account() {
        let dir = tempfile::tempdir().unwrap();
        let store = JobStore::open(&dir.path().join("jobs.redb")).unwrap();
        let done = JobStatus::Done {
            hash: B256::ZERO,
            block: 1,
            gas_used: 1,
            success: true,
        };
        store.put("a/1", &job(9, JobStatus::Open)).unwrap();
        store.put("a/2", &job(4, JobStatus::Open)).unwrap();
        store.put("a/3", &job(5, done)).unwrap();
        store.put("b/1", &job(1, JobStatus::Open)).unwrap();
        let nonces: Vec<_> = store
            .open_jobs("a/")
            .unwrap()
            .iter()
            .map(|(_, job)| job.nonce)
            .collect();
        assert_eq!(nonces, [4, 9]);
    }

    #[test]
    fn second_opening_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("jobs.redb");
        let _first = JobStore::open(&path).unwrap();
        assert!(matches!(
            JobStore::open(&path),
            Err(AgentError::StoreBusy(_))
        ));
    }
}
