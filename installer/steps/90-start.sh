# shellcheck shell=bash

units=(suricata.service postfix.service stockade-respond.service stockaded.service stockade-integrity.service stockade-execute.socket
  stockade-execute.path stockade.target stockade-update-rules.timer stockade-selftest.timer
  stockade-attacker.socket)

# First, because it takes a while to load its rules.
start_suricata() {
  if ! has_systemd || [ "$dry_run" = yes ]; then return; fi
  if has_changed stockade; then must systemctl daemon-reload; fi
  systemctl is-enabled --quiet suricata.service || logged systemctl enable suricata.service || true
  start_unit suricata.service suricata suricata-unit
}

start_everything() {
  step "services"
  if would_start; then return; fi
  if has_changed stockade; then take_over; fi
  if has_systemd; then start_with_systemd; else start_without_systemd; fi
}

would_start() {
  [ "$dry_run" = yes ] || return 1
  local unit
  if ! has_systemd; then would "start what does not run" || true; return; fi
  for unit in "${units[@]}"; do
    if ! systemctl is-active --quiet "$unit"; then
      would "start $unit" || true
    elif would_restart "$unit"; then
      would "restart $unit" || true
    fi
  done
}

would_restart() {
  case $1 in
    suricata.service) has_changed suricata || has_changed suricata-unit ;;
    stockade*.service) has_changed stockade ;;
    *) false ;;
  esac
}

# As after any upgrade: only if the settings are in order; what does not run yet is started below.
take_over() {
  "$prefix/take-over" 2>&1 8>&- | tee -a "$install_log" ||
    broken "this version refuses the settings: stockade config check"
}

start_with_systemd() {
  local unit
  for unit in "${units[@]}"; do start_unit "$unit"; done
  say "started; systemd keeps them running"
}

# start_unit UNIT [PART…]: restarted when one of its parts changed, started when it does not run
start_unit() {
  local unit=$1 part
  shift
  for part in "$@"; do
    if has_changed "$part"; then must systemctl restart "$unit"; return; fi
  done
  if systemctl is-active --quiet "$unit"; then return; fi
  changed services
  must systemctl start "$unit"
}

start_without_systemd() {
  if has_changed suricata; then stop_suricata; fi
  must "$prefix/start-all"
  daily_without_timer
  weekly_without_timer
  say "started; there is no systemd here, so after a boot run $prefix/start-all"
}

stop_suricata() {
  pid_is_alive /run/suricata.pid || return 0
  kill "$(cat /run/suricata.pid)"
  wait_until 30 suricata_is_gone || true
}

suricata_is_gone() { ! pid_is_alive /run/suricata.pid; }

weekly_without_timer() {
  local job=/etc/cron.weekly/stockade-selftest
  [ -d /etc/cron.weekly ] || return 0
  printf '#!/bin/sh\nexec /usr/sbin/stockade selftest --alert > /dev/null\n' > "$job"
  chmod 0755 "$job"
}

daily_without_timer() {
  if [ -d /etc/cron.daily ]; then
    ln -sfn "$prefix/update-rules" /etc/cron.daily/stockade-update-rules
  else
    keep_note "there is neither systemd nor cron here: run $prefix/update-rules once a day"
  fi
}
