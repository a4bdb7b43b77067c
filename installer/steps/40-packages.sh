# shellcheck shell=bash

packages=(suricata suricata-update postfix libsasl2-modules iptables ipset conntrack iproute2 logrotate ca-certificates
  curl openssl procps)
mail_was_there=no # a Postfix that the admin had before us keeps its own ideas of whom to listen to

install_packages() {
  step "packages"
  if is_installed postfix && ! came_with_stockade postfix; then mail_was_there=yes; fi
  local missing=() package
  for package in "${packages[@]}"; do is_installed "$package" || missing+=("$package"); done
  if ((${#missing[@]} == 0)); then say "all there"; return; fi
  say "installing ${missing[*]}"
  [ "$debian" != bookworm ] || ! is_missing suricata || offer_backports
  preseed_postfix
  record_installed "${missing[@]}" # before, because an installation may break off half-way
  must apt-get update
  export DEBIAN_FRONTEND=noninteractive
  local from=()
  [ "$debian" != bookworm ] || from=(--target-release bookworm-backports)
  if is_missing suricata; then
    must apt-get install --yes --no-install-recommends "${from[@]}" suricata
  fi
  must apt-get install --yes --no-install-recommends "${missing[@]}"
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
is_missing() { ! is_installed "$1"; }

# Debian 12 has Suricata in its backports only. Priority 100: nothing else is ever taken from there by itself.
offer_backports() {
  local mirror
  if apt-cache policy | grep -q 'bookworm-backports/main'; then return; fi
  mirror=$(apt-cache policy | sed -n 's|.* \(https\{0,1\}://[^ ]*\) bookworm/main .*|\1|p' | head -n 1)
  say "adding ${mirror:=http://deb.debian.org/debian} bookworm-backports, for Suricata only"
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s bookworm-backports main\n' "$mirror" \
    > /etc/apt/sources.list.d/stockade-backports.list
  printf 'Package: *\nPin: release n=bookworm-backports\nPin-Priority: 100\n' > /etc/apt/preferences.d/stockade-backports
}

# The kind of set-up that neither listens to the network nor refuses to send; the relay is set later.
preseed_postfix() {
  is_missing postfix || return 0
  command -v debconf-set-selections > /dev/null || return 0
  debconf-set-selections << END
postfix postfix/main_mailer_type select Satellite system
postfix postfix/mailname string $(hostname -f 2>/dev/null || hostname)
postfix postfix/relayhost string
END
}

record_installed() { printf '%s\n' "$@" >> "$installer_state/packages"; }
came_with_stockade() { grep -qxF "$1" "$installer_state/packages" 2>/dev/null; }
