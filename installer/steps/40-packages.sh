# shellcheck shell=bash

packages=(suricata suricata-update postfix libsasl2-modules iptables ipset conntrack iproute2 logrotate ca-certificates
  openssl procps attr)
new_packages=()   # those that were missing
mail_was_there=no # a Postfix that the admin had before us keeps its own ideas of whom to listen to
lists_are_new=no

install_packages() {
  step "packages"
  if is_installed postfix && ! came_with_stockade postfix; then mail_was_there=yes; fi
  local package
  for package in "${packages[@]}"; do is_installed "$package" || new_packages+=("$package"); done
  if ((${#new_packages[@]} == 0)); then say "all there"; return; fi
  [ "$debian" != bookworm ] || ! is_missing suricata || offer_backports
  would "install from Debian: ${new_packages[*]}" && return
  say "installing ${new_packages[*]}"
  preseed_postfix
  if [ "$debian" = bookworm ] && is_missing suricata; then
    apt_install --target-release bookworm-backports suricata
  fi
  apt_install "${new_packages[@]}"
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
is_missing() { ! is_installed "$1"; }

apt_install() {
  # Before, because an installation may break off half-way.
  record_installed "$@"
  [ "$lists_are_new" = yes ] || logged apt-get "${patience[@]}" update || no_packages
  lists_are_new=yes
  logged env DEBIAN_FRONTEND=noninteractive apt-get "${patience[@]}" install --yes --no-install-recommends "$@" || no_packages
}

patience=(-o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20)

# Where nothing can be fetched apt goes on with the lists that it has, and then says that there are no such packages.
no_packages() {
  local reason
  reason=$(tail -n 60 "$install_log" | grep -m 1 -oE 'Temporary failure resolving .*|Could not (resolve|connect).*|Network is unreachable.*|Connection (timed out|failed|refused).*') || true
  tail -n 5 "$install_log" >&2
  if [ -n "$reason" ]; then
    fail "Debian's packages cannot be fetched: $reason" \
      "this server does not reach its package mirror; try apt-get update, then run the installer again: it goes on from here"
  fi
  fail "Debian's packages could not be installed" "the whole output is in $install_log; run the installer again when the cause is gone"
}

# Debian 12 has Suricata in its backports only. Priority 100: nothing else is ever taken from there by itself.
offer_backports() {
  local mirror
  if apt-cache policy | grep -q 'bookworm-backports/main'; then return; fi
  mirror=$(apt-cache policy | sed -n 's|.* \(https\{0,1\}://[^ ]*\) bookworm/main .*|\1|p' | head -n 1)
  would "add ${mirror:=http://deb.debian.org/debian} bookworm-backports, for Suricata only" && return
  say "adding $mirror bookworm-backports, for Suricata only"
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s bookworm-backports main\n' "$mirror" \
    > /etc/apt/sources.list.d/stockade-backports.list
  printf 'Package: *\nPin: release n=bookworm-backports\nPin-Priority: 100\n' > /etc/apt/preferences.d/stockade-backports
  lists_are_new=no
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

record_installed() {
  local word
  for word; do case $word in --target-release | *-backports) ;; *) printf '%s\n' "$word" >> "$installer_state/packages" ;; esac; done
}
came_with_stockade() { grep -qxF "$1" "$installer_state/packages" 2>/dev/null; }

# What nobody but Stockade asked for goes when nothing needs it any more: apt-get autoremove.
leave_to_apt() {
  ((${#new_packages[@]} > 0)) || return 0
  must apt-mark auto "${new_packages[@]}"
}
