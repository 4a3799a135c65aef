//! Before there is an account, and after.

use crate::support::Server;

#[tokio::test]
async fn every_page_leads_to_the_set_up() {
    let server = Server::new().await;
    server.build_site();
    for path in ["/", "/sign-in", "/profile/tokens", "/feeds/main", "/nowhere", "/setup/"] {
        let answer = server.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/setup"), "{path}");
    }
    assert_eq!(server.get("/setup").await.status, 200);
    assert_eq!(server.get("/setup?code=abc").await.status, 200);
    assert_eq!(server.get("/assets/0123456789abcdef/latchkey.js").await.status, 200);
}

#[tokio::test]
async fn programs_are_told_to_wait() {
    let server = Server::new().await;
    for path in ["/F/main/npm/left-pad", "/api/v1/token", "/_fn/tokens/list"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 503, "{path}");
        assert!(answer.text().contains("not set up yet"), "{path}");
        assert_eq!(answer.header("retry-after"), "60", "{path}");
    }
}

#[tokio::test]
async fn afterwards_there_is_no_way_back() {
    let server = Server::new().await;
    server.set_up().await;
    let answer = server.get("/setup").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"));
    assert_eq!(server.get("/sign-in").await.status, 200);
    assert_eq!(server.get("/nowhere").await.status, 404);
    assert_eq!(server.get("/F/main/nothing").await.status, 404);
}

#[tokio::test]
async fn pages_for_people_lead_through_the_sign_in_and_back() {
    let server = Server::new().await;
    let cookie = server.set_up().await;
    let answer = server.get("/profile/tokens?show=all&x=1").await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), "/sign-in?next=%2Fprofile%2Ftokens%3Fshow%3Dall%26x%3D1");
    let answer = server.ask("GET", "/profile/tokens", &[("cookie", &cookie)]).await;
    assert_eq!(answer.status, 200);
    let answer = server.ask("GET", "/profile/tokens", &[("cookie", "sid=wrong")]).await;
    assert_eq!(answer.status, 303);
}
