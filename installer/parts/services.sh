# shellcheck shell=bash
# Services with systemd and without it: a container has the same programs and nobody to start them.

has_systemd() { [ -d /run/systemd/system ]; }

is_running() { # UNIT PIDFILE
  if has_systemd; then systemctl is-active --quiet "$1"; else pid_is_alive "$2"; fi
}

# A process that ended stays as a zombie where PID 1 does not collect it, as in many containers.
pid_is_alive() { # PIDFILE
  [ -s "$1" ] && grep -q '^State:[[:space:]]*[^Z]' "/proc/$(head -n 1 "$1" | tr -d ' ')/status" 2>/dev/null
}

# wait_until SECONDS CMD…: asks ten times a second
wait_until() {
  local tries=$(($1 * 10))
  shift
  while ((tries-- > 0)); do
    ! "$@" > /dev/null 2>&1 || return 0
    sleep 0.1
  done
  return 1
}
