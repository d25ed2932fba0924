//! Accounts: who may sign in as whom, and when.
//!
//! Two cases that need the same account never run at the same time: a server may allow one
//! session per dealer. Interchangeable dealers are a pool.

use std::sync::Mutex;

use serde_json::{Map, Value};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::model::role::Role;
use crate::suite::fixtures::{Fixture, Fixtures};

/// All fixtures of a run, to be borrowed by cases.
#[derive(Debug)]
pub(crate) struct Accounts {
    pools: Vec<Pool>,
}

#[derive(Debug)]
struct Pool {
    role: Role,
    fixtures: Vec<Fixture>,
    free: Mutex<Vec<usize>>,
    /// How many are lent at all.
    lendable: Mutex<usize>,
    permits: Semaphore,
}

/// The fixtures that one case works with, until it is dropped.
#[derive(Debug)]
pub(crate) struct Borrowed<'a> {
    lent: Vec<Lent<'a>>,
}

#[derive(Debug)]
struct Lent<'a> {
    pool: &'a Pool,
    index: usize,
    /// `None` once it is given back.
    permit: Option<SemaphorePermit<'a>>,
    is_withdrawn: bool,
}

impl Accounts {
    /// Takes the fixtures of a run.
    pub(crate) fn new(fixtures: &Fixtures) -> Accounts {
        let pools = Role::ALL.into_iter().filter_map(|role| {
            let fixtures = fixtures.of(role).to_vec();
            (!fixtures.is_empty()).then(|| Pool {
                role,
                free: Mutex::new((0..fixtures.len()).rev().collect()),
                lendable: Mutex::new(fixtures.len()),
                permits: Semaphore::new(fixtures.len()),
                fixtures,
            })
        });
        Accounts { pools: pools.collect() }
    }

    /// The roles that nobody supplied.
    pub(crate) fn missing(&self, roles: &[Role]) -> Vec<Role> {
        roles.iter().copied().filter(|role| self.pool(*role).is_none()).collect()
    }

    /// Waits until a fixture of each role is free and borrows them.
    ///
    /// Roles are borrowed in one fixed order, so that no two cases wait for each other.
    pub(crate) async fn borrow(&self, roles: &[Role]) -> Borrowed<'_> {
        let mut roles = roles.to_vec();
        roles.sort_unstable();
        roles.dedup();
        let mut lent = Vec::new();
        for pool in roles.into_iter().filter_map(|role| self.pool(role)) {
            lent.push(pool.lend().await);
        }
        Borrowed { lent }
    }

    fn pool(&self, role: Role) -> Option<&Pool> {
        self.pools.iter().find(|pool| pool.role == role)
    }
}

impl Pool {
    async fn lend(&self) -> Lent<'_> {
        let permit = self.permits.acquire().await.expect("the semaphore is never closed");
        let index = lock(&self.free).pop().expect("there are as many permits as free fixtures");
        Lent { pool: self, index, permit: Some(permit), is_withdrawn: false }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        match (self.is_withdrawn, self.permit.take()) {
            (true, Some(permit)) => permit.forget(),
            // The permit is given back after the fixture, for which somebody may wait.
            (_, permit) => {
                lock(&self.pool.free).push(self.index);
                drop(permit);
            }
        }
    }
}

impl Borrowed<'_> {
    /// The values by role and member, secrets exposed, and the number of each that is one of
    /// several.
    pub(crate) fn exposed(&self) -> Map<String, Value> {
        self.lent
            .iter()
            .map(|lent| {
                let mut members = lent.pool.fixtures[lent.index].exposed();
                if lent.pool.fixtures.len() > 1 {
                    let number = (lent.index + 1).to_string();
                    members.insert("number".to_owned(), Value::from(number));
                }
                (lent.pool.role.name().to_owned(), Value::Object(members))
            })
            .collect()
    }

    /// Takes those whose login is to be left alone out of their pools, unless nobody would be left
    /// in it: cases that would come to nothing with them go to the others.
    pub(crate) fn withdraw(&mut self, is_left_alone: impl Fn(&str) -> bool) {
        for lent in &mut self.lent {
            let login = lent.pool.fixtures[lent.index].login.as_deref();
            if login.is_some_and(&is_left_alone) {
                let mut lendable = lock(&lent.pool.lendable);
                if *lendable > 1 {
                    *lendable -= 1;
                    lent.is_withdrawn = true;
                }
            }
        }
    }

    /// A name for the account that the case's requests are counted against: the first real one.
    pub(crate) fn paced_as(&self) -> Option<String> {
        let account = self.lent.iter().find(|lent| lent.pool.role.is_real_account())?;
        Some(format!("{}[{}]", account.pool.role.name(), account.index))
    }
}

#[cfg(test)]
mod tests {
    use super::Accounts;
    use crate::model::role::Role;
    use crate::suite::fixtures::{Fixture, Fixtures};
    use crate::value::secret::Secret;

    fn accounts(logins: &[&str]) -> Accounts {
        let mut fixtures = Fixtures::default();
        for login in logins {
            let secret = Secret::new(format!("{login}-password"));
            fixtures.add(Role::Dealer, Fixture { login: Some((*login).to_owned()), secret });
        }
        Accounts::new(&fixtures)
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_is_never_lent_twice_at_a_time() {
        let accounts = accounts(&["1", "2"]);
        let first = accounts.borrow(&[Role::Dealer]).await;
        let second = accounts.borrow(&[Role::Dealer]).await;
        assert_ne!(first.exposed(), second.exposed());
        let wait = std::time::Duration::from_secs(60);
        assert!(tokio::time::timeout(wait, accounts.borrow(&[Role::Dealer])).await.is_err());
        let returned = first.exposed();
        drop(first);
        assert_eq!(accounts.borrow(&[Role::Dealer]).await.exposed(), returned);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_left_alone_is_lent_no_more_while_there_are_others() {
        let accounts = accounts(&["1", "2"]);
        let mut first = accounts.borrow(&[Role::Dealer]).await;
        let second = accounts.borrow(&[Role::Dealer]).await.exposed();
        first.withdraw(|login| login == "1");
        drop(first);
        for _ in 0..3 {
            let mut lent = accounts.borrow(&[Role::Dealer]).await;
            assert_eq!(lent.exposed(), second);
            // The last one stays, so that nobody waits for ever.
            lent.withdraw(|login| login == "2");
        }
    }

    #[test]
    fn missing_roles_are_named() {
        let accounts = accounts(&["1"]);
        assert_eq!(accounts.missing(&[Role::Dealer]), []);
        let missing = [Role::SecondDealer, Role::BlockedDealer];
        assert_eq!(accounts.missing(&[missing[0], Role::Dealer, missing[1]]), missing);
    }
}
