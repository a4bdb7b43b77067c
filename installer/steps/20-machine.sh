# shellcheck shell=bash

debian= # the suite's code name

need_root() { [ "$(id -u)" = 0 ] || fail "this needs root" "sudo $invoked_as"; }

check_machine() {
  need_root
  [ "$(uname -m)" = x86_64 ] || fail "this machine is $(uname -m); the installer is for x86_64 (amd64)" \
    "for arm64: installer/package/build --arch arm64 on another machine, then apt-get install the package here"
  [ -r /etc/os-release ] || fail "this is not Debian 12 or 13" "there is no /etc/os-release"
  # shellcheck source=/dev/null
  debian=$(. /etc/os-release && printf '%s:%s' "${ID:-}" "${VERSION_CODENAME:-}")
  case $debian in
    debian:bookworm | debian:trixie) debian=${debian#*:} ;;
    *) fail "this is ${debian/:/ }; Stockade is made for Debian 12 (bookworm) and 13 (trixie)" \
      "other systems are untested, so the installer changed nothing" ;;
  esac
  cat << END
Stockade on Debian $debian. This will
  - install Suricata, Postfix, iptables and ipset from Debian, and Stockade with its own Node below /usr/lib/stockade,
  - let Suricata watch the device of the default route, for alerts only,
  - mail alerts and block attackers for five minutes at a time,
  - keep every file and setting that you change, now or later.
END
  other_mail_server
}

other_mail_server() {
  local other
  other=$(dpkg-query -W -f '${Package} ${Status}\n' exim4-base sendmail-bin opensmtpd nullmailer 2>/dev/null |
    awk '$4 == "installed" { print $1; exit }') || true
  [ -z "$other" ] || warn "Postfix takes the place of ${other%-b*}, which Debian will remove"
}
