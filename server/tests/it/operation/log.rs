//! Every line about a request names it, however much is logged.

use std::time::Duration;

use serde_json::Value;

use super::data::{Data, archive, publish};

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let line = head.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_default().trim_start_matches(':').trim()
}

#[test]
fn an_internal_error_is_found_by_the_id_that_the_client_was_told() {
    for level in ["error", "info", "debug"] {
        let data = Data::new(None);
        let token = data.token();
        let mut run = data.serve(&["--log-format", "json", "--log", level]);
        assert!(publish(run.address, &token, "demo", "1.0.0"));
        std::fs::remove_dir_all(data.folder.path().join("data/blobs")).unwrap();
        let reply = archive(run.address, &token, "demo", "1.0.0");
        assert_eq!(reply.status, 500, "{reply:?}");
        let id = header(&reply.head, "x-request-id").to_owned();
        assert!(!id.is_empty(), "{reply:?}");
        run.signal("TERM");
        assert!(run.ends_within(Duration::from_secs(10)).success());

        let log = run.log();
        let lines: Vec<Value> =
            log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let about_requests: Vec<&Value> =
            lines.iter().filter(|line| line["fields"]["path"].is_string()).collect();
        for line in &about_requests {
            assert_eq!(line["span"]["name"], "request", "{line}");
            assert!(line["span"]["id"].as_str().is_some_and(|id| !id.is_empty()), "{line}");
        }
        let errors: Vec<&&Value> =
            about_requests.iter().filter(|line| line["level"] == "ERROR").collect();
        assert_eq!(errors.len(), 1, "{log}");
        assert_eq!(errors[0]["span"]["id"], *id, "{log}");
    }
}
