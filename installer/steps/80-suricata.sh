# shellcheck shell=bash

set_up_suricata() {
  step "Suricata"
  local tool word rest flags=()
  tool=$(server_tool set-up-suricata)
  [ "$dry_run" = no ] || flags=(--dry-run)
  while read -r word rest; do
    case $word in
      kept) keep_note "$rest" ;;
      changed) changed suricata; would "change: $rest" || true ;;
    esac
  done < <("$tool" "${flags[@]}" 2>> "$install_log")
  [ "$dry_run" = yes ] || [ -s /var/lib/stockade/suricata/network.yaml ] || fail "Suricata was not set up" "see $install_log"
}

watched_device() { sed -n 's/.*interface: //p' /var/lib/stockade/suricata/network.yaml; }

fetch_rules() {
  if has_rules_of_today && ! has_changed signatures; then return; fi
  would "fetch rules for Suricata" && return
  say "fetching rules"
  local before
  before=$(rules_sum)
  STOCKADE_INSTALLING=yes "$prefix/update-rules" 2>&1 | tee -a "$install_log"
  [ -s /var/lib/suricata/rules/suricata.rules ] || fail "there are no rules for Suricata" "see $install_log"
  [ "$before" = "$(rules_sum)" ] || changed suricata
}

rules_sum() { sha256sum /var/lib/suricata/rules/suricata.rules 2>/dev/null || true; }
rules_say() { sed -n "s/^$1=//p" /var/lib/stockade/suricata/rules-status 2>/dev/null; }

# Asked again when other rules are wanted, when the last try failed, or a day later.
has_rules_of_today() {
  [ -s /var/lib/suricata/rules/suricata.rules ] && [ -z "$(rules_say problem)" ] &&
    [ "$(rules_say url)" = "${answers[RULES_URL]:-}" ] && [ $(($(date +%s) - $(rules_say tried))) -lt 86400 ]
}
