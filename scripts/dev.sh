#!/usr/bin/env bash
# Builds the server for development, runs it with the given arguments, and does so again whenever a
# source file changes. `make dev` calls it.
set -euo pipefail
cd "$(dirname "$0")/.."

if cargo leptos --version >/dev/null 2>&1 && grep -q '^\[\[workspace.metadata.leptos\]\]' Cargo.toml; then
  exec cargo leptos watch -- "$@"
fi

server=

stop_server() {
  [[ -n $server ]] || return 0
  kill "$server" 2>/dev/null || true
  wait "$server" || true
  server=
}
trap stop_server EXIT
trap 'exit 0' INT TERM

# By content, not by time: it also notices what was removed, and not what was only touched.
sources() {
  find Cargo.toml Cargo.lock model registry app frontend server migrations style -type f \
    -exec cksum {} + | cksum
}

built=
while true; do
  now=$(sources)
  if [[ $now != "$built" ]]; then
    built=$now
    if cargo xtask site --dev && cargo build --package latchkey; then
      stop_server
      target/debug/latchkey "$@" &
      server=$!
    else
      echo "dev: it does not build; waiting for the next change" >&2
    fi
  fi
  sleep 1
done
