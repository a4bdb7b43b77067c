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
  ready_for_changes
  cat << END
Stockade on Debian $debian. This will
  - install Suricata, Postfix, iptables and ipset from Debian, and Stockade with its own Node below /usr/lib/stockade,
  - let Suricata watch the device of the default route, for alerts only,
  - mail alerts and block attackers for five minutes at a time,
  - keep every file and setting that you change, now or later.
END
  other_mail_server
}

ready_for_changes() {
  [ "$dry_run" = no ] || return 0
  alone
  can_write /etc /usr /var/lib /var/log
  has_room
}

# Two at once would undo each other's settings. The lock is held until this process ends.
alone() {
  exec 8>> /run/stockade-install.lock
  flock --nonblock 8 || fail "another installation is running on this server" "wait for its end; nothing was changed by this one"
}

# A disk with errors is made read-only by the kernel; an image may be read-only by intention.
can_write() {
  local folder said
  for folder; do
    said=$(LC_ALL=C touch "$folder/.stockade-can-write" 2>&1) || fail "$folder cannot be written: ${said##*: }" \
      "nothing was changed. mount -o remount,rw / (dmesg says whether its disk has errors), then run the installer again"
    rm -f "$folder/.stockade-can-write"
  done
}

# What is installed already is only updated.
has_room() {
  local free wanted=500
  ! is_installed stockade || wanted=50
  free=$(df --output=avail -m /usr | tail -n 1)
  ((free >= wanted)) || fail "only ${free# } MB are free for /usr, $wanted are needed" "nothing was changed. apt-get clean; du -xh / | sort -h | tail"
}

other_mail_server() {
  local other
  other=$(dpkg-query -W -f '${Package} ${Status}\n' exim4-base sendmail-bin opensmtpd nullmailer 2>/dev/null |
    awk '$4 == "installed" { print $1; exit }') || true
  [ -z "$other" ] || warn "Postfix takes the place of ${other%-b*}, which Debian will remove"
}
