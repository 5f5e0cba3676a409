//! How instances are read as what they are in Rust.

use crate::{
    cim::{typed::Class, wql::Select},
    client::Client,
    error::{Error, Result},
};

/// `WBEM_E_INVALID_CLASS`
const INVALID_CLASS: u32 = 0x8004_1010;
/// What WinRM says of a query on a class that is not there, and of an enumeration of it.
const NO_CLASS: [u32; 2] = [2_150_858_778, 2_150_858_752];

/// All instances of a class.
pub(super) async fn all<T: Class>(client: &Client) -> Result<Vec<T>> {
    select(client, Select::all_of(T::CLASS)?).await
}

/// What a query on a class gives.
pub(super) async fn select<T: Class>(client: &Client, query: Select) -> Result<Vec<T>> {
    client.query(T::NAMESPACE, query).of::<T>().collect().await
}

/// What a query gives; nothing where the host is too old to have the class.
///
/// A query that is made from parts is never wrong, so a host that refuses one has no such class.
pub(super) async fn find<T: Class>(client: &Client, query: Select) -> Result<Option<Vec<T>>> {
    match select(client, query).await {
        Ok(rows) => Ok(Some(rows)),
        Err(error) if is_missing_class(&error) => {
            tracing::debug!(class = T::CLASS, %error, "the host does not have the class");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn is_missing_class(error: &Error) -> bool {
    error.fault().is_some_and(|fault| {
        NO_CLASS.iter().any(|code| fault.has_code(*code))
            || fault.best_code().is_some_and(|code| code.0 == INVALID_CLASS)
    })
}
