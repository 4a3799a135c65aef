//! What a server has stored, to see that nothing changed.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::support::Server;

/// What is stored, by table.
type Stored = BTreeMap<String, Vec<String>>;

/// Every row of every table, as SQL would write it, once what is gathered for a second has been
/// written: two looks at it are the same.
pub(crate) async fn everything(server: &Server) -> Stored {
    let mut before = Stored::new();
    loop {
        server.services.usage.flush().await.unwrap();
        server.services.denials.flush().await.unwrap();
        let now = rows(server).await;
        if now == before {
            return now;
        }
        before = now;
    }
}

async fn rows(server: &Server) -> Stored {
    let file = server.folder.path().join("data/latchkey.db");
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut database = SqliteConnection::connect_with(&options).await.unwrap();
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT tables.name, 'quote(\"' || group_concat(columns.name, '\") || '','' || quote(\"') || '\")'
         FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' GROUP BY tables.name",
    )
    .fetch_all(&mut database)
    .await
    .unwrap();
    let mut stored = Stored::new();
    for (table, columns) in columns {
        let rows = AssertSqlSafe(format!("SELECT {columns} FROM \"{table}\" ORDER BY 1"));
        let rows: Vec<(String,)> = sqlx::query_as(rows).fetch_all(&mut database).await.unwrap();
        stored.insert(table, rows.into_iter().map(|(row,)| row).collect());
    }
    stored
}
