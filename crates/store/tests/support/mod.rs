//! A case file in memory, for tests of its tables.

use vestige_store::{Connection, migration};

/// The tables of a case, and one acquisition.
pub fn tables() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    migration::apply(&connection, migration::KNOWN, 0).unwrap();
    connection
        .execute_batch("INSERT INTO acquisition VALUES(1,0,'test')")
        .unwrap();
    connection
}

/// An evidence item with this number.
pub fn item(connection: &Connection, id: i64) {
    connection
        .execute(
            "INSERT INTO evidence VALUES(?1,1,'e','e',zeroblob(32),1,1,0,'imported',NULL,NULL,0,NULL)",
            [id],
        )
        .unwrap();
}
