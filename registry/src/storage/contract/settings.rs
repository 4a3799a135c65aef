//! Settings that are changed while the server runs.

use model::policy::Setting;

use crate::storage::{settings, sql, test_databases::on_both};

#[tokio::test]
async fn settings_are_kept_replaced_and_forgotten() {
    on_both(async |database| {
        let mut transaction = database.write().await.unwrap();
        settings::put(&mut transaction, Setting::SignUp, "open").await.unwrap();
        settings::put(&mut transaction, Setting::Reveal, "never").await.unwrap();
        settings::put(&mut transaction, Setting::SignUp, "domains").await.unwrap();
        // Of another version, or about something else.
        let other =
            "INSERT INTO settings (name, value) VALUES ('policy.colour', 'blue'), ('other', 'x')";
        transaction.execute(sql(other)).await.unwrap();
        let epoch = database.changes().epoch();
        transaction.commit().await.unwrap();
        assert_ne!(database.changes().epoch(), epoch, "whoever remembers the policy is told");
        let kept = async || settings::policy(&mut &database).await.unwrap();
        let both = [(Setting::Reveal, "never".to_owned()), (Setting::SignUp, "domains".to_owned())];
        assert_eq!(kept().await, both);
        let mut transaction = database.write().await.unwrap();
        settings::remove(&mut transaction, Setting::Reveal).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(kept().await, both[1..]);
    })
    .await;
}
