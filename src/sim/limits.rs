//! The limits of the simulated host, by their names in the configuration of WinRM: those of Windows Server 2012 R2 and
//! later as it is installed, where nothing else is said.

/// `MaxEnvelopeSizekb`
pub(super) const ENVELOPE_SIZE_KB: u32 = 500;
/// `MaxTimeoutms`
pub(super) const TIMEOUT_MS: u64 = 60_000;
/// `MaxBatchItems`
pub(super) const BATCH_ITEMS: u32 = 32_000;
/// `MaxConcurrentOperationsPerUser`
pub(super) const OPERATIONS: usize = 1500;
/// `EnumerationTimeoutms`: how long an enumeration lives that nobody pulls from.
pub(super) const ENUMERATION_TIMEOUT_MS: u64 = 240_000;
/// `MaxConnections`; a host has 300.
pub(super) const CONNECTIONS: usize = 64;
/// `MaxPacketRetrievalTimeSeconds`: how long a body may take to arrive; a host gives it 120 s.
pub(super) const PACKET_RETRIEVAL_TIME_SECONDS: u64 = 30;
/// How many authorization entries there may be. Microsoft names no limit.
pub(super) const AUTHORIZATIONS: usize = 1000;
