#!/usr/bin/env bash
# Installs what building or testing Latchkey needs and this machine lacks, and says what it does.
#
#   scripts/bootstrap.sh build   C compiler and Rust's WebAssembly library
#   scripts/bootstrap.sh test    also linters, browsers, PostgreSQL, Node.js, its packages, and the
#                                package clients that Latchkey is tested with
#   scripts/bootstrap.sh lighthouse   Chromium, Node.js and Lighthouse
#   scripts/bootstrap.sh bench   nginx, wrk, sqlite3, Node.js and its packages, and the servers that
#                                Latchkey is compared with
#   scripts/bootstrap.sh wasm    only Rust's WebAssembly library, of Debian's packages
#
# Packages come from apt and need root; without it the one command to run is printed instead.
# LATCHKEY_WASM_FROM=debian builds the WebAssembly library of Debian's packages even where rustup
# could download it.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'bootstrap: %s\n' "$*"; }

stop() {
  printf 'bootstrap: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Runs a download that may hang where there is no network.
limited() {
  if has timeout; then timeout 180 "$@"; else "$@"; fi
}

# --- Debian packages --------------------------------------------------------------------------

missing=()

require() { missing+=("$@"); }

# The version apt would install; nothing when it knows no such package.
candidate() { apt-cache policy "$1" 2>/dev/null | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'; }

apt() { DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes -o Dpkg::Use-Pty=0 "$@" </dev/null; }

# Brings apt's lists up to date, once: old ones name packages that the mirror has no more, and
# browsers that are too old.
has_lists=
know_packages() {
  [[ -z $has_lists ]] || return 0
  say "updating the lists of Debian packages"
  apt update
  has_lists=yes
}

install_missing() {
  [[ ${#missing[@]} -gt 0 ]] || return 0
  has apt-get ||
    stop "please install, by your system's means: ${missing[*]} (the names are Debian's)"
  [[ $EUID -eq 0 ]] ||
    stop "please run: sudo apt-get install --no-install-recommends ${missing[*]}"
  know_packages
  say "installing Debian packages: ${missing[*]}"
  apt install --no-install-recommends "${missing[@]}"
  missing=()
}

# --- To build ---------------------------------------------------------------------------------

check_rust() {
  local wanted found command
  wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
  found=$(rustc --version 2>/dev/null | cut -d ' ' -f 2 || true)
  if has cargo && [[ -n $found ]] && printf '%s\n' "$wanted" "$found" | sort -C -V; then
    return
  fi
  if has rustup; then
    command="rustup update stable && rustup default stable"
  elif has apt-cache && printf '%s\n' "$wanted" "$(candidate cargo-web)" | sort -C -V; then
    command="sudo apt-get install --no-install-recommends rustc-web cargo-web"
  else
    stop "Rust $wanted or later is missing: see https://www.rust-lang.org/tools/install"
  fi
  stop "Rust $wanted or later is missing, please run: $command"
}

check_c_compiler() {
  # SQLite and the TLS library are C, and built with Latchkey.
  printf '#include <stdio.h>\nint main(void) { return 0; }\n' |
    cc -x c -o /dev/null - 2>/dev/null || require gcc libc6-dev
}

can_build_wasm() { scripts/wasm-toolchain.sh >/dev/null; }

ensure_wasm() {
  can_build_wasm && return
  if [[ ${LATCHKEY_WASM_FROM:-} != debian ]] && has rustup; then
    say "adding Rust's WebAssembly library by rustup"
    limited rustup target add wasm32-unknown-unknown || true
    can_build_wasm && return
    say "rustup cannot download it: building it of Debian's packages"
  fi
  build_debian_wasm
  # Where Debian's compiler is the default one, there is nothing to name.
  if has rustup; then
    say "naming Debian's Rust toolchain debian-web in rustup"
    rustup toolchain link debian-web /usr
  fi
  can_build_wasm || stop "Debian's Rust toolchain cannot build WebAssembly either"
}

# Debian packs a compiler that can build WebAssembly and the source of the library, but not the
# library itself.
build_debian_wasm() {
  LATCHKEY_WASM_FROM='' RUSTC=/usr/bin/rustc can_build_wasm && return
  has apt-get || stop "please install Rust's library for the target wasm32-unknown-unknown"
  [[ $EUID -eq 0 ]] || stop "please run: sudo $PWD/scripts/bootstrap.sh wasm"

  know_packages
  local llvm package
  # The linker must be of the LLVM that the compiler was built with.
  llvm=$(apt-cache depends rust-web-llvm | grep -o 'llvm-[0-9]*$' | head -n 1) ||
    stop "Debian's rust-web-llvm names no LLVM version"
  for package in rustc-web cargo-web rust-web-src rust-web-llvm "${llvm/llvm/lld}"; do
    [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      require "$package"
  done
  install_missing

  say "building Rust's WebAssembly library of Debian's source (half a minute)"
  local version library scratch
  version=$(/usr/bin/rustc --version | cut -d ' ' -f 2)
  library=$(/usr/bin/rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib
  scratch=$(mktemp -d)
  # shellcheck disable=SC2064 # The path as it is now: the variable ends with this function.
  trap "rm -rf '$scratch'" EXIT
  cp -r "/usr/src/rustc-$version/library" "$scratch/library"
  (
    cd "$scratch"
    # The library uses features that only a compiler's own library may.
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
      RUSTFLAGS="-Zforce-unstable-if-unmarked -Cembed-bitcode=yes" \
      /usr/bin/cargo build --quiet --release --manifest-path library/sysroot/Cargo.toml \
      --target wasm32-unknown-unknown --target-dir built
  )
  # What an older compiler left there would only confuse this one.
  rm -rf "$library"
  mkdir -p "$library"
  cp "$scratch"/built/wasm32-unknown-unknown/release/deps/*.rlib "$library/"
}

# --- To test ----------------------------------------------------------------------------------

check_linters() {
  cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1 && return
  if has rustup; then
    say "adding clippy and rustfmt by rustup"
    limited rustup component add clippy rustfmt
  else
    require rust-web-clippy rustfmt-web
  fi
}

check_chromium() {
  has chromium || require chromium
  # What pages are drawn with where a machine has no fonts of its own.
  compgen -G '/usr/share/fonts/truetype/dejavu/*' >/dev/null || require fonts-dejavu-core
}

# Playwright speaks to Firefox in words that older ones do not know.
firefox_will_do() {
  [[ $(firefox-esr --version 2>/dev/null || true) =~ ([0-9]+)\. && ${BASH_REMATCH[1]} -ge 153 ]]
}

check_services() {
  check_chromium
  firefox_will_do || require firefox-esr
  # Makes the certificates that tests of TLS use.
  has openssl || require openssl
  # Debian keeps it outside PATH, one folder for each version.
  has initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || require postgresql
}

# nuget.exe is a program for the .NET Framework; these are the parts of Mono that it uses.
check_mono() {
  has mono && [[ -e /usr/lib/mono/4.5/System.Data.Services.Client.dll ]] && return
  require mono-runtime libmono-system-componentmodel-composition4.0-cil \
    libmono-system-net-http4.0-cil libmono-system-io-compression4.0-cil \
    libmono-system-xml-linq4.0-cil libmono-system-runtime-serialization4.0-cil \
    libmono-microsoft-csharp4.0-cil libmono-microsoft-build-utilities-v4.0-4.0-cil \
    libmono-system-componentmodel-dataannotations4.0-cil libmono-system-data4.0-cil \
    libmono-windowsbase4.0-cil libmono-system-servicemodel4.0a-cil \
    libmono-system-data-services-client4.0-cil
}

# Debian's Maven comes with a repository of its own; these are what the tests use of it.
check_maven() {
  has mvn || require maven
  local package folder=/usr/share/maven-repo/org/apache/maven/plugins
  for package in deploy dependency install; do
    [[ -e $folder/maven-$package-plugin ]] || require "libmaven-$package-plugin-java"
  done
  [[ -e /usr/share/maven-repo/junit/junit ]] || require junit4
}

# Whether a version, as `node` or apt writes it, is one that the tests run on.
node_will_do() { [[ $1 =~ ^(v|[0-9]+:)?([0-9]+)\. && ${BASH_REMATCH[2]} -ge 20 ]]; }

ensure_node() {
  if ! node_will_do "$(node --version 2>/dev/null || true)"; then
    if ! node_will_do "$(candidate nodejs || true)"; then
      stop "Node.js 20 or later with npm is missing: see https://nodejs.org/en/download"
    fi
    require nodejs
    install_missing
  fi
  # Asked afterwards: some packages of Node.js bring npm, and refuse another.
  has npm || require npm
  install_missing
}

# Installs what a folder's `package.json` names, and nothing while that is there already.
ensure_node_packages() {
  local folder=$1 how=ci list=$1/package-lock.json installed=$1/node_modules/.installed.json
  # Where every package is named with its version and brings its own, there is no lock file.
  [[ -e $list ]] || { how=install list=$folder/package.json; }
  cmp --quiet "$list" "$installed" && return
  say "installing the Node.js packages of $folder"
  (cd "$folder" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm "$how" --no-audit --no-fund)
  cp "$list" "$installed"
}

# A server that Latchkey is compared with. Without it the comparison says so.
ensure_pypiron() {
  [[ -x bench/python/bin/pypiron ]] && return
  say "installing pypiron"
  { python3 -m venv bench/python && limited bench/python/bin/pip install --quiet pypiron==0.0.29; } ||
    say "pypiron cannot be installed (it takes python3-venv and pip's index): it will not be measured"
}

case ${1:-} in
build)
  check_rust
  check_c_compiler
  install_missing
  ensure_wasm
  ;;
test)
  check_rust
  check_c_compiler
  check_linters
  check_services
  check_mono
  check_maven
  install_missing
  ensure_wasm
  ensure_node
  ensure_node_packages end2end
  ensure_node_packages end2end/clients
  ;;
lighthouse)
  check_chromium
  install_missing
  ensure_node
  ensure_node_packages end2end
  ensure_node_packages end2end/clients
  ensure_node_packages end2end/lighthouse
  ;;
bench)
  check_rust
  has nginx || require nginx-light
  has wrk || require wrk
  has sqlite3 || require sqlite3
  install_missing
  ensure_node
  ensure_node_packages bench
  ensure_pypiron
  ;;
wasm)
  build_debian_wasm
  ;;
*)
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
  exit 2
  ;;
esac
