#!/usr/bin/env bash
# What stores, tables, handlers, commands and a move promise, on the newest database emulator that passes: built with cargo,
# in about five minutes, or the binary that is named; skipped where cargo cannot get it. bin/newest-emulator.sh [DYNOXIDE]
set -euo pipefail
cd "$(dirname "$0")/.."
version=3.2.0
export DYNOXIDE=${1:-}
if [ -z "$DYNOXIDE" ]; then
  if ! cargo info --quiet "dynoxide-rs@$version" >/dev/null; then
    echo 'Skipped: there is no cargo that gets it.'
    exit
  fi
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  cargo install --quiet --locked --root "$scratch" "dynoxide-rs@$version"
  DYNOXIDE=$scratch/bin/dynoxide
fi
# It calls itself 1.5.0.
"$DYNOXIDE" --version
export PATH="$PWD/node_modules/.bin:$PATH"
jest test/contracts/dynoxide.test.ts test/contracts/control-item.test.ts test/local/tables.test.ts test/functions/handlers \
  test/operating/tables.test.ts test/operating/reading.test.ts test/operating/transfer.test.ts
