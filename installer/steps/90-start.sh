# shellcheck shell=bash

start_everything() {
  step "services"
  if has_systemd; then start_with_systemd; else start_without_systemd; fi
}

start_with_systemd() {
  if has_changed units || has_changed suricata-unit; then must systemctl daemon-reload; fi
  logged systemctl enable suricata.service stockaded.service stockade-respond.service stockade.target \
    stockade-execute.socket stockade-execute.path stockade-update-rules.timer stockade-selftest.timer || true
  start_unit suricata.service suricata suricata-unit
  start_unit postfix.service
  start_unit stockade-respond.service stockade units
  start_unit stockaded.service stockade units
  start_executor
  start_unit stockade.target
  start_unit stockade-update-rules.timer
  start_unit stockade-selftest.timer
  say "started; systemd keeps them running"
}

# start_unit UNIT [PART…]: restarted when one of its parts changed, started when it does not run
start_unit() {
  local unit=$1 part
  shift
  for part in "$@"; do
    if has_changed "$part"; then must systemctl restart "$unit"; return; fi
  done
  systemctl is-active --quiet "$unit" || must systemctl start "$unit"
}

# Its socket cannot be started anew while the process runs; what is to be undone starts the process again.
start_executor() {
  if has_changed stockade || has_changed units; then
    must systemctl stop stockade-execute.path stockade-execute.socket stockade-execute.service
  fi
  start_unit stockade-execute.socket
  start_unit stockade-execute.path
}

start_without_systemd() {
  if has_changed suricata; then stop_suricata; fi
  if has_changed stockade && logged stockade status; then must stockade restart; fi
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
