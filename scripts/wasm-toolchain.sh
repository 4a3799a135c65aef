#!/usr/bin/env bash
# Prints which toolchain builds WebAssembly here: an empty line for the default one, `+debian-web`
# for the one that `bootstrap.sh` makes of Debian's packages. Exit status 1 when there is none.
# It asks the compilers themselves: rustup knows nothing of a library that was not installed by it.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
: >"$scratch/empty.rs"

# LATCHKEY_WASM_FROM=debian passes over the default toolchain, to test the other way.
candidates=("" +debian-web)
[[ ${LATCHKEY_WASM_FROM:-} != debian ]] || candidates=(+debian-web)

for toolchain in "${candidates[@]}"; do
  # Linking is part of the question: Debian's linker is a package of its own.
  if "${RUSTC:-rustc}" ${toolchain:+"$toolchain"} --target wasm32-unknown-unknown --crate-type cdylib \
    -o "$scratch/empty.wasm" "$scratch/empty.rs" 2>/dev/null; then
    printf '%s\n' "$toolchain"
    exit
  fi
done
exit 1
