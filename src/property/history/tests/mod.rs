//! Histories with known answers, generated histories against brute force, and long ones.

mod brute_force;
mod drawn;
mod equality;
mod known;
mod long;
mod objects;
