//! The asyncio model.
