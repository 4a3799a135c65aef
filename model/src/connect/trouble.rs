//! What a client shows when it is refused or does not get through, and what to do.

use super::{Client, Family, Setup, Trouble};

pub(super) fn of(setup: &Setup) -> Vec<Trouble> {
    let trouble =
        |seen: &str, remedy: &str| Trouble { seen: seen.to_owned(), remedy: remedy.to_owned() };
    let unknown = match setup.client.family() {
        Family::Npm => {
            "The token did not arrive or is none. The line with the token must begin with the address of the registry, without http: and with the slash at its end; a variable that is not set is sent as it stands."
        }
        Family::Nuget => {
            "The token did not arrive or is none. The element with the credentials must be called as the source is, and percent signs go around a variable. NuGet remembers an answer for half an hour: dotnet nuget locals http-cache --clear forgets it."
        }
        Family::Maven => {
            "The token did not arrive or is none. The id of the server in settings.xml must be that of the repository; mvn -X says which settings are read."
        }
        Family::Bower => {
            "The token did not arrive or is none. It stands in the registry's address, before the @; a variable that is not set is sent as it stands."
        }
    };
    let refused = "The token is known, but may not do this. The message holds a code, LK-…, and a link that says which rule is missing and adds it.";
    let certificate = match setup.client {
        Client::Npm | Client::Pnpm | Client::Yarn1 => {
            "Your company signs its own certificates: name its authority by the setting cafile in your .npmrc, or by NODE_EXTRA_CA_CERTS. Never turn strict-ssl off: it sends the token to whoever answers."
        }
        Client::Yarn => {
            "Your company signs its own certificates: name its authority by httpsCaFilePath in .yarnrc.yml. Never turn enableStrictSsl off: it sends the token to whoever answers."
        }
        Client::Maven | Client::Gradle => {
            "Your company signs its own certificates: import its authority into the keystore of your JDK with keytool -importcert."
        }
        Client::Bower => {
            "Your company signs its own certificates: name its authority by the setting ca in .bowerrc or by NODE_EXTRA_CA_CERTS."
        }
        _ => {
            "Your company signs its own certificates: add its authority to those the machine trusts."
        }
    };
    let proxy = match setup.client {
        Client::Maven => "A proxy stands between: name it by the element proxies in settings.xml.",
        Client::Gradle => {
            "A proxy stands between: set systemProp.https.proxyHost in gradle.properties."
        }
        _ => "A proxy stands between: HTTPS_PROXY names it, NO_PROXY what is reached without it.",
    };
    let mut troubles = vec![
        trouble("401", unknown),
        trouble("403", refused),
        trouble(
            "404",
            "The feed or package is not there, or the token may not know that it is. Look at the feed's page: what you see there, your tokens can reach.",
        ),
        trouble("A certificate that is not trusted", certificate),
        trouble("No answer at all", proxy),
    ];
    if setup.is_plain_http() {
        let client = match setup.client {
            Client::Maven => {
                "Maven 3.8 and later refuse addresses without TLS, unless they are this machine's: use https."
            }
            Client::Dotnet | Client::VisualStudio => {
                ".NET 9 and later refuse addresses without TLS, unless allowInsecureConnections is set as in the file above."
            }
            _ => {
                "This feed is reached without TLS: passwords and tokens can be read on the network. Ask whoever runs it for https."
            }
        };
        troubles.push(trouble("Plain HTTP is refused", client));
    }
    troubles
}
