//! Locks that a panicking thread does not take with it: what they guard is replaced in single steps,
//! so it is whole whenever the lock is free.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

pub(crate) trait Unpoison<T> {
    fn unpoisoned_read(&self) -> RwLockReadGuard<'_, T>;
    fn unpoisoned_write(&self) -> RwLockWriteGuard<'_, T>;
}

impl<T> Unpoison<T> for RwLock<T> {
    fn unpoisoned_read(&self) -> RwLockReadGuard<'_, T> {
        self.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn unpoisoned_write(&self) -> RwLockWriteGuard<'_, T> {
        self.write().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
