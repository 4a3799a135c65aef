#!/usr/bin/env bash
# Checks and tests Latchkey, step by step; stops at the first step that fails. `make` calls it.
#
#   scripts/test.sh            everything
#   scripts/test.sh lint       format and lints
#   scripts/test.sh rust       the Rust tests
#   scripts/test.sh browser    the tests in a real browser
#   scripts/test.sh long       faults and several nodes, many more times than in the whole, with figures
set -euo pipefail
cd "$(dirname "$0")/.."

repository=$PWD
passed=0
failed=0
exec </dev/null
unset FORCE_COLOR # Colours in the runners' summaries would hide the numbers.

# --- Runners ----------------------------------------------------------------------------------

# The sum of the numbers before a word.
sum() { awk -v word="^$1" '{ for (i = 2; i <= NF; i++) if ($i ~ word) n += $(i - 1) } END { print n + 0 }'; }

# runner PATTERN COMMAND…: runs a test runner and adds what its summary says to the totals. The
# summary is the lines that match the pattern.
runner() {
  local pattern=$1 status=0 summary ran_well ran_badly
  shift
  "$@" 2>&1 | tee "$log" || status=$?
  summary=$(grep -E "$pattern" "$log" || true)
  ran_well=$(sum passed <<<"$summary")
  ran_badly=$(sum failed <<<"$summary")
  passed=$((passed + ran_well))
  failed=$((failed + ran_badly))
  if ((status == 0 && ran_well == 0)); then
    echo "no test ran: $*" >&2
    status=1
  fi
  return "$status"
}

# watched COMMAND…: a run that does not end is ended, and tried once more, so that its output shows
# whether it stands still again; twice is a failure.
watched() {
  local status=0
  timeout --kill-after=10 "${patience:-1500}" "$@" || status=$?
  ((status == 124)) || return "$status"
  echo "did not end within ${patience:-1500} seconds, once more: $*" >&2
  timeout --kill-after=10 "${patience:-1500}" "$@"
}

cargo_test() { runner '^test result:' watched cargo test --locked "$@"; }

playwright() {
  # `--forbid-only`: a single test singled out while writing it must not pass for the whole.
  (cd end2end && LATCHKEY_BIN=$repository/target/debug/latchkey \
    npx --no-install playwright test --forbid-only --reporter=list)
}

# --- Steps ------------------------------------------------------------------------------------

# `xtask` is always built by itself, as `cargo xtask` does: together with the other crates it would
# give the libraries they share other features, and all that uses them would be compiled twice.
workspace=(--workspace --exclude latchkey-frontend --exclude xtask)

tools() { scripts/bootstrap.sh test; }

format() { cargo fmt --all --check; }

clippy() {
  cargo clippy --locked "${workspace[@]}" --all-targets -- -D warnings
  cargo clippy --locked --package xtask --all-targets -- -D warnings
}

# The pages as the browser gets them, compiled for this machine: a lint need not link.
clippy_browser() { cargo clippy --locked --package latchkey-frontend -- -D warnings; }

# The browser tests themselves: Playwright runs TypeScript without looking at its types.
browser_types() { (cd end2end && npx --no-install tsc); }

rust_tests() {
  cargo_test "${workspace[@]}"
  cargo_test --package xtask
}

# The tests that do more when they are asked to, and what they found out: no figure decides anything.
long_tests() {
  local status=0
  export LATCHKEY_LONG=1 LATCHKEY_FIGURES=$figures
  patience=7200 cargo_test --package latchkey --test it -- faults:: nodes:: || status=$?
  cat "$figures"
  return "$status"
}

site() { cargo xtask site; }

server() { cargo build --locked --package latchkey --features embed; }

browser_tests() { runner '^ +[0-9]+ (passed|failed)' playwright; }

case ${1:-all} in
all) steps=(tools format clippy clippy_browser browser_types rust_tests site server browser_tests) ;;
lint) steps=(tools format clippy clippy_browser browser_types) ;;
rust) steps=(tools rust_tests) ;;
browser) steps=(tools site server browser_tests) ;;
long) steps=(tools long_tests) ;;
*)
  echo "usage: scripts/test.sh [lint|rust|browser|long]" >&2
  exit 2
  ;;
esac

# --- Run --------------------------------------------------------------------------------------

log=$(mktemp)
figures=$(mktemp)
current="before the first step"

finish() {
  local status=$?
  rm -f "$log" "$figures"
  if ((status != 0)); then
    printf '\n%s: FAILED\n' "$current" >&2
    # A step that is no test, or dies before its summary, is a failure too.
    ((failed > 0)) || failed=1
  fi
  printf '\ntotal: %s s\n%s passed, %s failed\n' "$SECONDS" "$passed" "$failed"
}
trap finish EXIT

number=0
for step in "${steps[@]}"; do
  number=$((number + 1))
  current="[$number/${#steps[@]}] ${step//_/ }"
  started=$SECONDS
  printf '\n%s …\n' "$current"
  "$step"
  printf '%s … %s s\n' "$current" $((SECONDS - started))
done
