# shellcheck shell=bash

prefix=/usr/lib/stockade
# A dry run may come before anything is installed.
server_tool() { if [ "$dry_run" = yes ] && [ -x "$here/server/$1" ]; then printf %s "$here/server/$1"; else printf %s "$prefix/$1"; fi; }
sources=   # the sum of all that the package is made from; what is installed from the same sources is up to date
building=  # process id of the build
workshop=

# Made in the background, while Debian's packages are installed.
get_package() {
  step "Stockade"
  sources=$("$here/package/build" --sum)
  if [ -n "$package" ]; then
    [ -r "$package" ] || fail "cannot read the package \"$package\""
    sources=$(dpkg-deb -f "$package" Stockade-Sources)
  fi
  if is_up_to_date; then say "installed, up to date"; package=none; return; fi
  [ -n "$package" ] || package=$(ready_package)
  if [ -n "$package" ]; then say "taking $package"; return; fi
  would "make the package from this checkout" && return
  command -v curl > /dev/null || [ "$(node_major)" -ge 24 ] || apt_install curl ca-certificates
  say "making the package; that takes a minute"
  workshop=$(mktemp -d /var/tmp/stockade-install.XXXXXX)
  trap 'kill "$building" 2> /dev/null || true; rm -rf "$workshop"' EXIT
  "$here/package/build" --quick --output "$workshop" > "$workshop/log" 2>&1 < /dev/null &
  building=$!
}

is_up_to_date() {
  is_installed stockade && [ "$sources" = "$(dpkg-query -W -f '${Stockade-Sources}' stockade)" ] &&
    { [ -z "$package" ] || [ "$(dpkg-deb -f "$package" Version)" = "$(dpkg-query -W -f '${Version}' stockade)" ]; }
}

# Somebody has made one from these sources: npm run package
ready_package() {
  local file
  for file in "$checkout"/packages/stockade_*_"$(dpkg --print-architecture)".deb; do
    if [ -e "$file" ] && [ "$(dpkg-deb -f "$file" Stockade-Sources)" = "$sources" ]; then
      printf '%s' "$file"
      return
    fi
  done
}

node_major() { node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

await_package() {
  [ -n "$building" ] || return 0
  local failed=no
  wait "$building" || failed=yes
  cat "$workshop/log" >> "$install_log"
  [ "$failed" = no ] || { tail -n 5 "$workshop/log" >&2; fail "the package could not be made" "see $install_log"; }
  package=$(tail -n 1 "$workshop/log")
}

# The admin's settings are kept without a question. It starts nothing: settings come first.
install_stockade() {
  await_package
  if [ "$package" = none ]; then return; fi
  if would "install ${package:-Stockade} (installed: $(dpkg-query -W -f '${Version}' stockade 2> /dev/null || echo nothing))"; then
    changed stockade
    return
  fi
  local unit signatures
  unit=$(sum_below /usr/lib/systemd/system/suricata.service.d)
  signatures=$(sum_below "$prefix/rules/suricata")
  must env STOCKADE_INSTALLING=yes DEBIAN_FRONTEND=noninteractive \
    dpkg --force-confdef --force-confold --install "$package"
  leave_to_apt
  changed stockade
  [ "$unit" = "$(sum_below /usr/lib/systemd/system/suricata.service.d)" ] || changed suricata-unit
  [ "$signatures" = "$(sum_below "$prefix/rules/suricata")" ] || changed signatures
}

sum_below() { find "$1" -type f -exec sha256sum {} + 2>/dev/null | LC_ALL=C sort || true; }
