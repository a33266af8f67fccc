//! Every engine keeps the contract.

mod engine;

mod sqlite {
    tillsync_store::contract_suite!(crate::engine::SqliteEngine::new());
}

mod memory {
    tillsync_store::contract_suite!(tillsync_store::suite::memory::Memory::default());
}
