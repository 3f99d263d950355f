//! Checks of published connection pools.
