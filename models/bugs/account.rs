//! A deposit, a withdrawal and, when both are done, an audit. The broken audit has the sign of the deposit
//! wrong, which only shows when it comes last.

use crate::models::spawned::{join_all, spawn};
use crate::sync::{Arc, Mutex};

const BEFORE: i32 = 1;
const DEPOSIT: i32 = 2;
const WITHDRAWAL: i32 = 4;

struct Account {
    balance: i32,
    deposited: bool,
    withdrawn: bool,
}

/// Audits for what the balance has to be.
pub fn account() -> String {
    audited_for(BEFORE + DEPOSIT - WITHDRAWAL)
}

/// Broken: audits for another balance.
pub fn account_bad() -> String {
    audited_for(BEFORE - DEPOSIT - WITHDRAWAL)
}

fn audited_for(expected: i32) -> String {
    let account = Arc::new(Mutex::new(Account { balance: BEFORE, deposited: false, withdrawn: false }));
    let deposit = spawn(&account, |account| {
        let mut account = account.lock().unwrap();
        account.balance += DEPOSIT;
        account.deposited = true;
    });
    let withdrawal = spawn(&account, |account| {
        let mut account = account.lock().unwrap();
        account.balance -= WITHDRAWAL;
        account.withdrawn = true;
    });
    let audit = spawn(&account, move |account| {
        let account = account.lock().unwrap();
        let (is_done, balance) = (account.deposited && account.withdrawn, account.balance);
        drop(account);
        assert!(!is_done || balance == expected, "the balance is {balance}, not {expected}");
    });
    join_all(vec![deposit, withdrawal, audit]);
    "the audit agrees".to_string()
}
