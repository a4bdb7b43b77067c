# shellcheck shell=bash

status_page=$installer_state/status

finish() {
  if [ "$dry_run" = yes ]; then
    ! has_changed mail || would "send a test mail to ${answers[ADMIN_EMAIL]:-root}" || true
    say "a dry run: nothing was changed"
    return
  fi
  prove_it_protects
  show_status_page
}

show_status_page() {
  note_what_is_weak
  compose_status_page | tee "$status_page"
  compose_changes
  [ "$is_broken" = no ] || exit 1
}

compose_status_page() {
  printf '\nStockade on %s, %s\n' "$(hostname)" "$(date '+%F %T %Z')"
  section "protects" "${proofs[@]}"
  section "missing" "${lacks[@]}"
  section "kept as you had it" "${kept[@]}"
  section "to do" "${todo[@]}"
  printf '\nstockade status\n'
  stockade status 2>&1 | sed 's/^/  /' || true
  printf '\nThis page again: %s. Settings: %s, then stockade config check && stockade reload\n' "$status_page" "$settings"
}

section() {
  local title=$1 line
  shift
  (($# > 0)) || return 0
  printf '\n%s\n' "$title"
  for line in "$@"; do printf '  - %s\n' "$line"; done
}

todo=()
note_what_is_weak() {
  case $(rules_say source) in
    bundled)
      lack "$(rules_say problem): Suricata works with the $(rules_say rules) signatures that came with Stockade"
      todo+=("nothing: Emerging Threats Open is tried again every day; or give --rules-url")
      ;;
    fetched)
      [ -z "$(rules_say problem)" ] || lack "$(rules_say problem); the older ones stay in use"
      ;;
  esac
  [ -n "${answers[ADMIN_ADDRESS]:-}" ] ||
    todo+=("name your own address so that it is never blocked: <white_list> in $settings")
  if [ -z "${answers[ADMIN_EMAIL]:-}" ]; then
    todo+=("alerts lie in root's mailbox here; to get them: $invoked_as --admin-email YOU@EXAMPLE.COM")
  elif [ -z "$relay" ]; then
    todo+=("mail to ${answers[ADMIN_EMAIL]} needs a relay: --mailgun-user and --mailgun-password-file")
  fi
  case $relay_fault in
    refused) todo+=("give the relay's password: sudo stockade mail relay --password-file FILE [--user USER@DOMAIN]; what waits is sent then") ;;
    silent) todo+=("let this server reach the relay, on port 587, 2525 or 465, then: sudo stockade mail relay; mail waits and is tried again") ;;
  esac
  [ "$relay_trust" != unverified ] ||
    todo+=("the certificate of $relay cannot be verified: the connection is encrypted, but with whom is unproven")
}

# For whoever runs it unattended: what this run changed, or that it changed nothing.
compose_changes() {
  local words
  words=$(printf '%s\n' "${changes[@]}" | sort -u | xargs)
  printf '\nchanged: %s\n' "${words:-nothing}"
}
