//! A write that the store loses never becomes a version that anybody sees.

use testing::store;

use super::{
    proxy::{Proxy, Writes},
    site::Site,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_the_store_lost_is_not_published() {
    let proxy = Proxy::before(store::shared().address);
    let site = Site::on(testing::postgres(), proxy.address).await;
    let token = site.settle().await.value;
    let (one, other) = (site.node(), site.node());
    // The large one goes in parts, of which two are on their way at once.
    for (name, length) in [("small", 20), ("large", 20 << 20)] {
        for (number, writes) in
            [Writes::CutOff, Writes::Swallow, Writes::Refuse].into_iter().enumerate()
        {
            let version = format!("1.0.{number}");
            let demo = (name, version.as_str());
            // What is there already would be found, whoever wrote it.
            let archive: Vec<u8> = version.bytes().cycle().take(length).collect();
            proxy.set(writes);
            let said = site.publish(one.address, &token, demo, &archive).unwrap();
            println!("{name}, {writes:?} × {}: {}", proxy.met(), said.head.lines().next().unwrap());
            assert_eq!(said.status, 503, "{writes:?}: {}", said.text());
            assert!(proxy.met() > 0);
            assert!(!said.header("retry-after").is_empty());
            let words = said.text();
            assert!(words.contains("\"error\":\"Not at this moment: the package store"), "{words}");
            assert!(!words.contains(store::SECRET) && !words.contains(store::KEY), "{words}");
            for at in [one.address, other.address] {
                let document = site.read(at, &token, name).unwrap().text();
                assert!(!document.contains(&format!("\"{version}\":")), "{writes:?}: {document}");
            }
            proxy.set(Writes::PassOn);
            let said = site.publish(one.address, &token, demo, &archive).unwrap();
            assert_eq!(said.status, 201, "{writes:?}: {}", said.text());
            site.installs_soon(other.address, &token, demo, &archive);
        }
    }
    let (code, output, words) = site.run(&["verify"]);
    assert_eq!(code, 0, "{output}{words}");
    for node in [&one, &other] {
        assert!(!node.log().contains(store::SECRET) && !node.log().contains(&token));
    }
}
