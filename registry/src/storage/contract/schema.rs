//! The two schemas are one: the same tables, columns, types, indexes and references.

use std::collections::{BTreeMap, BTreeSet};

use crate::storage::{Source, sql, test_databases::on_both};
use std::sync::Mutex;

/// Table and column with type and whether it may be absent.
type Columns = BTreeMap<(String, String), (String, bool)>;
type Schema = (Columns, BTreeSet<String>);

const SQLITE_COLUMNS: &str = "SELECT t.name, c.name, c.type, c.\"notnull\" = 0
    FROM sqlite_master AS t, pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\'";
const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES'
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";
const SQLITE_INDEXES: &str =
    "SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite%'";
const POSTGRES_INDEXES: &str = "SELECT i.indexname::text FROM pg_indexes AS i
    WHERE i.schemaname = 'public' AND NOT EXISTS
    (SELECT 1 FROM pg_constraint AS c WHERE c.conname = i.indexname)";

#[tokio::test]
async fn the_two_schemas_are_one() {
    let schemas: Mutex<Vec<Schema>> = Mutex::default();
    on_both(async |database| {
        let is_postgres = database.is_postgres();
        let (columns, indexes) = if is_postgres {
            (POSTGRES_COLUMNS, POSTGRES_INDEXES)
        } else {
            (SQLITE_COLUMNS, SQLITE_INDEXES)
        };
        let mut source = &database;
        let columns: Vec<(String, String, String, bool)> = source.all(sql(columns)).await.unwrap();
        let columns: Columns = columns
            .into_iter()
            .map(|(table, column, kind, nullable)| ((table, column), (kind, nullable)))
            .collect();
        let indexes: Vec<(String,)> = source.all(sql(indexes)).await.unwrap();
        let indexes = indexes.into_iter().map(|(name,)| name).collect();
        schemas.lock().unwrap().push((columns, indexes));
    })
    .await;
    let schemas = schemas.into_inner().unwrap();
    let [sqlite, postgres] = schemas.as_slice() else { panic!("both were read") };
    assert_eq!(sqlite.1, postgres.1, "indexes");
    assert!(sqlite.0.len() > 100, "the schema was read");
    assert_eq!(
        sqlite.0.keys().collect::<Vec<_>>(),
        postgres.0.keys().collect::<Vec<_>>(),
        "tables and columns"
    );
    for (column, (kind, nullable)) in &sqlite.0 {
        let (other_kind, other_nullable) = &postgres.0[column];
        assert_eq!(nullable, other_nullable, "{column:?} may be absent in one alone");
        let fits = matches!(
            (kind.as_str(), other_kind.as_str()),
            ("BLOB", "uuid" | "bytea") | ("INTEGER", "bigint" | "boolean") | ("TEXT", "text")
        );
        assert!(fits, "{column:?} is {kind} here and {other_kind} there");
        let is_flag = column.1.starts_with("is_");
        assert_eq!(other_kind == "boolean", is_flag, "{column:?}: flags are called is_…");
    }
}
