//! Requests that are wrong: each is refused with its reason, and nothing is left behind.

use model::action::{Action, ActionSet};

use super::world::{ask, content_type, form, get, nupkg, push, sentence};
use crate::npm::world::{World, allow, draft};

async fn world(flags: &[&str]) -> (World, String) {
    let world = World::with(flags).await;
    let rules = vec![allow(ActionSet::of(&Action::ALL), &[], &[])];
    let token = world.make(world.ana, draft(rules)).await.1;
    (world, token)
}

#[tokio::test]
async fn bodies_that_are_no_push() {
    let (world, ana) = world(&["--max-package-size", "20kB", "--max-document-size", "64kB"]).await;
    let good = form(&nupkg("Demo", "1.0.0", "", &[]));
    let path = "main/api/v2/package/";
    let cut = ask(&world, "PUT", path, (&ana, ""), good[..good.len() - 20].to_vec()).await;
    assert_eq!((cut.status, sentence(&cut).contains("cut short")), (400, true));
    for body in [Vec::new(), b"--".to_vec(), b"\r\n\r\n".to_vec(), good[30..].to_vec()] {
        let reply = ask(&world, "PUT", path, (&ana, ""), body).await;
        assert_eq!(reply.status, 400, "{}", sentence(&reply));
    }
    for kind in ["application/json", "application/octet-stream", "multipart/form-data", "text"] {
        let headers = [("x-nuget-apikey", ana.as_str()), ("content-type", kind)];
        let reply = world.ask("PUT", path, "", &headers, good.clone()).await;
        assert_eq!((reply.status, sentence(&reply).contains("not a form")), (415, true), "{kind}");
    }
    assert!(content_type().starts_with("multipart/form-data"));
    let large: Vec<u8> =
        (0..30_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let reply = push(&world, "main", &ana, &nupkg("Demo", "1.0.0", "", &[("large", &large)])).await;
    assert_eq!(reply.status, 413);
    assert!(sentence(&reply).contains("larger than 20 kB"), "{}", sentence(&reply));
    assert!(world.files().is_empty());
}

#[tokio::test]
async fn other_addresses_are_nothing() {
    let (world, ana) = world(&[]).await;
    for path in [
        "api/v3/",
        "api/v3/flatcontainer",
        "api/v3/flatcontainer/demo/1.0.0/../../../index.json",
        "api/v3/registration/demo/index.json",
        "api/v3/registration/%2e%2e/index.json",
        "api/v3/flatcontainer/demo/one/demo.one.nupkg",
    ] {
        let reply = get(&world, &format!("main/{path}"), &ana).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(!reply.headers.contains_key("x-nuget-warning"), "{path}");
    }
}
