#!/usr/bin/env bash
# Installs Stockade, Suricata and a Postfix relay on this Debian server:   sudo ./installer/install.sh
# Running it again repairs and updates; what the admin changed in between stays. See --help.
set -Eeuo pipefail
umask 022
trap 'printf "install: stopped at %s:%s: %s\n" "${BASH_SOURCE[0]}" "$LINENO" "$BASH_COMMAND" >&2' ERR

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=$(dirname "$here")
for part in "$here"/parts/*.sh "$here"/steps/*.sh; do . "$part"; done
invoked_as=./installer/install.sh
shipped_settings=$checkout/config/stockade.conf

main() {
  read_flags "$@"
  check_machine
  open_log
  ask_for_answers
  get_package
  install_packages
  install_stockade
  write_settings
  set_up_suricata
  fetch_rules
  start_suricata
  set_up_mail
  start_everything
  finish
}

main "$@"
