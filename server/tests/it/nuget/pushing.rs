//! Publishing: one version once, whole or not at all.

use axum::body::{Body, Bytes};
use futures::{future, stream};
use model::action::{Action, ActionSet};
use serde_json::json;

use super::world::{
    PNG, ask, content_type, denial, form, get, json as read, nupkg, push, push_symbols, sentence,
};
use crate::npm::world::{World, allow, draft};

const SYMBOLS: &str = "<packageTypes><packageType name=\"SymbolsPackage\"/></packageTypes>";

/// A world and a token that may do everything.
async fn world() -> (World, String) {
    let world = World::new().await;
    let rules = vec![allow(ActionSet::of(&Action::ALL), &[], &[])];
    let token = world.make(world.ana, draft(rules)).await.1;
    (world, token)
}

#[tokio::test]
async fn what_is_pushed_is_served_byte_for_byte() {
    let (world, ana) = world().await;
    let more = "<readme>README.md</readme><icon>icon.png</icon><license type=\"file\">LICENSE.txt</license>";
    let files: [(&str, &[u8]); 4] = [
        ("README.md", b"# Demo"),
        ("icon.png", PNG),
        ("LICENSE.txt", b"As you like."),
        (".signature.p7s", b"signed"),
    ];
    let package = nupkg("Demo.Pkg", "1.02.0-RC.1+b7", more, &files);
    let pushed = push(&world, "main", &ana, &package).await;
    assert_eq!((pushed.status, pushed.body.len()), (201, 0), "{}", pushed.reason);

    let base = "main/api/v3/flatcontainer/demo.pkg";
    assert_eq!(
        read(&world, &format!("{base}/index.json"), &ana).await,
        json!({ "versions": ["1.2.0-rc.1"] })
    );
    let folder = format!("{base}/1.2.0-rc.1");
    let archive = get(&world, &format!("{folder}/demo.pkg.1.2.0-rc.1.nupkg"), &ana).await;
    assert_eq!((archive.status, archive.body), (200, package));
    for (file, content, kind) in [
        ("readme", &b"# Demo"[..], "text/plain; charset=utf-8"),
        ("license", b"As you like.", "text/plain; charset=utf-8"),
        ("icon", PNG, "image/png"),
    ] {
        let reply = get(&world, &format!("{folder}/{file}"), &ana).await;
        assert_eq!((reply.status, reply.body.as_slice()), (200, content), "{file}");
        assert_eq!(reply.header("content-type"), kind);
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert!(reply.header("content-security-policy").contains("sandbox"), "{file}");
    }
    let nuspec = get(&world, &format!("{folder}/demo.pkg.nuspec"), &ana).await;
    assert!(String::from_utf8(nuspec.body).unwrap().contains("<id>Demo.Pkg</id>"));
    assert_eq!(nuspec.headers["content-type"], "text/plain; charset=utf-8");
    let absent = get(&world, &format!("{folder}/demo.pkg.1.2.0-rc.1.snupkg"), &ana).await;
    assert_eq!(absent.status, 404);
}

#[tokio::test]
async fn a_version_stays_as_it_was_published() {
    let (world, ana) = world().await;
    assert_eq!(push(&world, "main", &ana, &nupkg("Demo", "1.0", "", &[])).await.status, 201);
    let files = world.files();
    // The same version, as NuGet sees it.
    for (id, version) in [("Demo", "1.0"), ("DEMO", "1.0.0.0"), ("demo", "01.0.0+other")] {
        let refused = push(&world, "main", &ana, &nupkg(id, version, "", &[("x", b"y")])).await;
        assert_eq!(denial(&refused), (409, "LK-EXISTS".to_owned()), "{id} {version}");
    }
    assert_eq!(world.files(), files);
    // An id that could be taken for it.
    assert_eq!(push(&world, "main", &ana, &nupkg("a.b", "1.0", "", &[])).await.status, 201);
    let taken = push(&world, "main", &ana, &nupkg("A-B", "1.0", "", &[])).await;
    assert_eq!(taken.status, 400);
    assert!(sentence(&taken).contains("could be taken for"));
    // Another feed is another matter.
    assert_eq!(push(&world, "side", &ana, &nupkg("Demo", "1.0", "", &[])).await.status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_wins() {
    let (world, ana) = world().await;
    let tries = (0..10_u8).map(|number| {
        let package = nupkg("Demo", "1.0.0", "", &[("number", &[number])]);
        let (world, ana) = (&world, &ana);
        async move { (push(world, "main", ana, &package).await, package) }
    });
    let results = future::join_all(tries).await;
    let (won, lost): (Vec<_>, Vec<_>) = results.iter().partition(|(reply, _)| reply.status == 201);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|(reply, _)| denial(reply) == (409, "LK-EXISTS".to_owned())));
    let path = "main/api/v3/flatcontainer/demo/1.0.0/demo.1.0.0.nupkg";
    assert_eq!(get(&world, path, &ana).await.body, won[0].1);
    assert!(world.files().iter().all(|file| !file.contains("staging")));
}

#[tokio::test]
async fn a_body_may_come_in_any_pieces() {
    let (world, ana) = world().await;
    let large = vec![7_u8; 700_000];
    let package = nupkg("Demo", "1.0.0", "", &[("lib/a.dll", &large)]);
    for (version, size) in [("1.0.0", 1), ("2.0.0", 1000), ("3.0.0", 1 << 20)] {
        let package = nupkg("Demo", version, "", &[("lib/a.dll", &large[..9 * size.min(70_000)])]);
        let pieces: Vec<_> = form(&package).chunks(size).map(Bytes::copy_from_slice).collect();
        let pieces = stream::iter(pieces.into_iter().map(Ok::<_, std::convert::Infallible>));
        let reply =
            ask(&world, "PUT", "main/api/v2/package", (&ana, ""), Body::from_stream(pieces)).await;
        assert_eq!(reply.status, 201, "{}", reply.reason);
        let path = format!("main/api/v3/flatcontainer/demo/{version}/demo.{version}.nupkg");
        assert_eq!(get(&world, &path, &ana).await.body, package);
    }
    assert_eq!(push(&world, "main", &ana, &package).await.status, 409);
    assert!(content_type().contains('"'), "the boundary is in quotes, as nuget.exe sends it");
}

#[tokio::test]
async fn symbols_join_the_version_they_belong_to() {
    let (world, ana) = world().await;
    let symbols = nupkg("Demo", "1.0.0", SYMBOLS, &[("lib/net45/Demo.pdb", b"BSJB")]);
    let early = push_symbols(&world, "main", &ana, &symbols).await;
    assert_eq!(early.status, 404);
    assert_eq!(
        sentence(&early),
        "Feed main has no Demo 1.0.0: push the package before its symbols."
    );
    assert!(!early.header("x-nuget-warning").is_empty());
    push(&world, "main", &ana, &nupkg("Demo", "1.0.0", "", &[])).await;
    assert_eq!(push_symbols(&world, "main", &ana, &symbols).await.status, 201);
    let path = "main/api/v3/flatcontainer/demo/1.0.0/demo.1.0.0.snupkg";
    assert_eq!(get(&world, path, &ana).await.body, symbols);
    let again = push_symbols(&world, "main", &ana, &symbols).await;
    assert_eq!(denial(&again), (409, "LK-EXISTS".to_owned()));
    // Each to its own address.
    let mixed = push(&world, "main", &ana, &symbols).await;
    assert!(sentence(&mixed).contains("symbol package"));
    let mixed = push_symbols(&world, "main", &ana, &nupkg("Demo", "2.0.0", "", &[])).await;
    assert!(sentence(&mixed).contains("not a symbol package"));
    // The version is still one version.
    let versions = read(&world, "main/api/v3/flatcontainer/demo/index.json", &ana).await;
    assert_eq!(versions, json!({ "versions": ["1.0.0"] }));
}

#[tokio::test]
async fn deleting_unlists_and_pushing_again_lists() {
    let (world, ana) = world().await;
    for version in ["1.0.0", "2.0.0-Beta.1"] {
        push(&world, "main", &ana, &nupkg("Demo", version, "", &[])).await;
    }
    let path = "main/api/v2/package/Demo/2.0.0-beta.1";
    for _ in 0..2 {
        let reply = ask(&world, "DELETE", path, (&ana, ""), "").await;
        assert_eq!((reply.status, reply.body.len()), (204, 0), "{}", reply.reason);
    }
    let listed = async || {
        let index = read(&world, "main/api/v3/registration-gz-semver2/demo/index.json", &ana).await;
        let leaves = index["items"][0]["items"].as_array().unwrap().clone();
        leaves
            .iter()
            .map(|leaf| leaf["catalogEntry"]["listed"].as_bool().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(listed().await, [true, false]);
    // It can still be had by its number.
    let file = "main/api/v3/flatcontainer/demo/2.0.0-beta.1/demo.2.0.0-beta.1.nupkg";
    assert_eq!(get(&world, file, &ana).await.status, 200);
    assert_eq!(ask(&world, "POST", path, (&ana, ""), "").await.status, 200);
    assert_eq!(listed().await, [true, true]);
    for absent in ["main/api/v2/package/Demo/9.0.0", "main/api/v2/package/other/1.0.0"] {
        let reply = ask(&world, "DELETE", absent, (&ana, ""), "").await;
        assert_eq!(reply.status, 404);
        assert!(reply.header("x-nuget-warning").starts_with("Feed main has no "));
    }
}
