#!/usr/bin/env bash
# What people install: packs the command, installs the tarball into an empty folder, and does the job on the samples with
# it, on each Node version given (node packages of npm). bin/check-tarball.sh 22.23.3 24.21.0
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
(cd "$root" && npm pack --silent --pack-destination "$scratch" >/dev/null)
tarball=$(ls "$scratch"/*.tgz)
npm install --silent --global --prefix "$scratch/global" "$tarball"
mkdir "$scratch/empty"
for version in "$@"; do
  mkdir "$scratch/node-$version"
  echo '{"allowScripts":{"node":true}}' > "$scratch/node-$version/package.json"
  (cd "$scratch/node-$version" && npm install --silent "node@$version")
  (
    cd "$scratch/empty"
    export PATH="$scratch/node-$version/node_modules/.bin:$scratch/global/bin:$PATH"
    export HOME="$scratch/home-$version"
    mkdir "$HOME"
    [ "$(node --version)" = "v$version" ]
    archivist --version
    archivist start --data "archive-$version" 2>"$scratch/said" | tail -1 || { cat "$scratch/said"; exit 1; }
    archivist findings --data "archive-$version" --clip 'big wave' --csv | grep -c 'Gull Rock'
    archivist report --data "archive-$version" --out "report-$version"
    archivist completion bash >/dev/null
    if archivist status --every 0 --data "archive-$version" 2>/dev/null; then exit 1; else [ $? = 2 ]; fi
  )
  echo "The tarball works on Node $version."
done
# However it is started and ended, nothing is left.
(cd "$root" && PATH="$root/node_modules/.bin:$PATH" node test/e2e/endings.ts "$scratch/global/bin/archivist")
# npx takes the same tarball, without anything installed.
(cd "$scratch/empty" && npx --yes --package "$tarball" archivist --version)
