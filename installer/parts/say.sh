# shellcheck shell=bash
# What the installer tells: one line for each step, details in a log that never holds a credential.

install_log=/var/log/stockade/install.log

say() { printf '%s\n' "$*"; }
step() { printf '\n==> %s\n' "$*"; }
# would TEXT: in a dry run says what would be done; else it is to be done:   would "…" || do it
dry_run=no
would() { [ "$dry_run" = yes ] && printf 'would %s\n' "$*"; }

warn() { printf 'warning: %s\n' "$*" >&2; }

# fail MESSAGE [HINT]: an operator's mistake or a missing piece; ends the installer
fail() {
  printf 'install: %s\n' "$1" >&2
  [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
  exit 1
}

open_log() {
  if [ "$dry_run" = yes ]; then install_log=/dev/null; return; fi
  install -d -m 0755 /var/lib/stockade
  install -d -m 0700 "$installer_state"
  [ -d /var/log/stockade ] || install -d -m 0750 /var/log/stockade
  touch "$install_log"
  chmod 0640 "$install_log"
  printf '\n--- %s\n' "$(date '+%F %T %z')" >> "$install_log"
}

# logged CMD…: runs CMD with its output in the log; returns its exit code. What CMD leaves running does not hold our lock.
logged() { "$@" >> "$install_log" 2>&1 < /dev/null 8>&-; }

# must CMD…: as logged, but shows the last lines and ends the installer when CMD fails
must() {
  logged "$@" && return
  tail -n 15 "$install_log" >&2
  fail "this failed: $*" "the whole output is in $install_log; run the installer again when the cause is gone"
}
