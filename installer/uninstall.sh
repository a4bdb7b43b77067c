#!/usr/bin/env bash
# Takes Stockade off this server:   sudo ./installer/uninstall.sh [--purge]
# Suricata, Postfix and the other packages stay, with the settings they had before. Logs, settings and local rules stay
# too, unless --purge says otherwise.
set -Eeuo pipefail
umask 022
trap 'printf "uninstall: stopped at line %s: %s\n" "$LINENO" "$BASH_COMMAND" >&2' ERR

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=$(dirname "$here")
for part in "$here"/parts/*.sh; do . "$part"; done

units=(stockade.target stockaded.service stockade-respond.service stockade-execute.path stockade-execute.socket
  stockade-execute.service stockade-update-rules.service stockade-update-rules.timer stockade-selftest.service stockade-selftest.timer)
unit_folder=/usr/lib/systemd/system
purge=no

main() {
  case ${1:-} in
    '') ;;
    --purge) purge=yes ;;
    *) fail "unknown flag \"$1\"" "uninstall.sh [--purge]" ;;
  esac
  [ "$(id -u)" = 0 ] || fail "this needs root" "sudo ./installer/uninstall.sh"
  stop_stockade
  lift_blocks
  give_back_suricata
  give_back_mail
  remove_files
  restart_others
  remove_account
  say "Stockade is gone.$(what_stays)"
}

stop_stockade() {
  if has_systemd; then
    systemctl disable --quiet --now "${units[@]}" 2>/dev/null || true
  elif command -v stockade > /dev/null; then
    stockade stop || true
  fi
}

# All that could keep anybody out: the chain with its jumps, the sets, what commands have done, our section of hosts.deny.
lift_blocks() {
  local tool hook
  for tool in iptables ip6tables; do
    command -v "$tool" > /dev/null || continue
    for hook in INPUT FORWARD DOCKER-USER; do
      while "$tool" -w 5 -D "$hook" -j STOCKADE 2>/dev/null; do :; done
    done
    "$tool" -w 5 -F STOCKADE 2>/dev/null || true
    "$tool" -w 5 -X STOCKADE 2>/dev/null || true
  done
  if command -v ipset > /dev/null; then
    for set in stockade4 stockade6 stockade-allow4 stockade-allow6; do ipset destroy "$set" 2>/dev/null || true; done
  fi
  if [ -e /var/lib/stockade/execute/live.json ]; then
    /usr/lib/stockade/node /usr/lib/stockade/stockade-execute.mjs --undo || true
  fi
  [ ! -e /etc/hosts.deny ] || sed -i '/^# stockade begin /,/^# stockade end/d' /etc/hosts.deny
}

give_back_suricata() {
  local yaml=/etc/suricata/suricata.yaml
  [ ! -e "$yaml" ] || sed -i '/^include: stockade\.yaml # added by Stockade/d' "$yaml"
  if [ "$purge" = yes ] || is_as_written /etc/suricata/stockade.yaml; then rm -f /etc/suricata/stockade.yaml; fi
  rm -f /etc/logrotate.d/stockade
  if [ -n "$(dpkg-divert --list /etc/logrotate.d/suricata)" ]; then
    dpkg-divert --quiet --local --rename --remove /etc/logrotate.d/suricata
  fi
  rm -f "$unit_folder/suricata.service.d/stockade.conf"
  rmdir "$unit_folder/suricata.service.d" 2>/dev/null || true
}

# A value that is no longer ours is the admin's and stays.
give_back_mail() {
  local key found ours
  command -v postconf > /dev/null && [ -r "$installer_state/postfix" ] || return 0
  while IFS= read -r line; do
    key=$(cut -f 1 <<< "$line")
    found=$(cut -f 2 <<< "$line")
    ours=$(cut -f 3 <<< "$line")
    [ "$(postconf -h "$key")" = "$ours" ] || continue
    if [ -n "$found" ]; then postconf -e "$key=$found"; else postconf -X "$key" 2>/dev/null || true; fi
  done < "$installer_state/postfix"
  rm -f /etc/postfix/sasl_passwd
  if [ -s "$installer_state/root-alias" ]; then
    sed -i "/^root: $(sed 's/[.[\*^$/]/\\&/g' "$installer_state/root-alias")\$/d" /etc/aliases
    newaliases
  fi
}

remove_files() {
  local unit
  for unit in "${units[@]}"; do rm -f "$unit_folder/$unit"; done
  rm -f /usr/sbin/stockade /usr/lib/sysusers.d/stockade.conf /usr/lib/tmpfiles.d/stockade.conf \
    /etc/cron.daily/stockade-update-rules /etc/cron.weekly/stockade-selftest /etc/apt/sources.list.d/stockade-backports.list \
    /etc/apt/preferences.d/stockade-backports /usr/share/bash-completion/completions/stockade
  rm -rf /usr/lib/stockade /run/stockade /var/lib/stockade /var/lib/systemd/timers/stamp-stockade-update-rules.timer \
    /var/lib/systemd/timers/stamp-stockade-selftest.timer \
    /etc/stockade/install.answers
  [ "$purge" = no ] || rm -rf /etc/stockade /var/log/stockade
}

restart_others() {
  if has_systemd; then
    systemctl daemon-reload
    systemctl try-restart suricata.service postfix.service || true
  else
    ! pid_is_alive /run/suricata.pid || kill "$(cat /run/suricata.pid)" || true
    if postfix status 2>/dev/null; then postfix reload; fi
  fi
}

# While its logs stay, so does the name of their owner.
remove_account() {
  [ "$purge" = yes ] || return 0
  ! getent passwd stockade > /dev/null || userdel stockade
  ! getent group stockade > /dev/null || groupdel stockade
}

what_stays() {
  [ "$purge" = yes ] || printf ' Its logs are in /var/log/stockade, its settings in /etc/stockade (--purge removes both).'
  printf ' The packages stay; apt-get remove suricata takes out what you no longer want.'
}

main "$@"
