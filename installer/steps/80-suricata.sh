# shellcheck shell=bash

suricata_yaml=/etc/suricata/suricata.yaml
include_line='include: stockade.yaml # added by Stockade; uninstall.sh takes it out'

set_up_suricata() {
  step "Suricata"
  put_kept "$checkout/config/suricata/stockade.yaml" /etc/suricata/stockade.yaml 0644 suricata
  find_network
  include_our_settings
  take_over_rotation
}

# The same script runs before each start of Suricata.
find_network() {
  local before
  before=$(cat /var/lib/stockade/suricata/network.yaml 2>/dev/null || true)
  must "$prefix/suricata-network"
  [ "$before" = "$(cat /var/lib/stockade/suricata/network.yaml)" ] || changed suricata
}

watched_device() { sed -n 's/.*interface: //p' /var/lib/stockade/suricata/network.yaml; }

# One line at the end, where it replaces what stands above. An admin who commented it out has his reasons.
include_our_settings() {
  if grep -q '^include:.*stockade\.yaml' "$suricata_yaml"; then return; fi
  if grep -q '^#.*include: stockade\.yaml' "$suricata_yaml"; then
    keep_note "$suricata_yaml: you took out the line that includes stockade.yaml"
    return
  fi
  printf '%s\n' "$include_line" >> "$suricata_yaml"
  changed suricata
}

# Debian's rotation copies and truncates, and loses the lines written in between. dpkg-divert keeps it for later.
take_over_rotation() {
  local theirs=/etc/logrotate.d/suricata
  [ -e "$theirs" ] || return 0
  if ! dpkg-query -W -f '${Conffiles}\n' suricata | grep -q "$theirs $(md5sum "$theirs" | cut -d ' ' -f 1)"; then
    keep_note "$theirs is yours and was kept; ours in /etc/logrotate.d/stockade cannot rotate the same files"
    return
  fi
  logged dpkg-divert --local --rename --divert "$theirs.disabled" --add "$theirs"
}

fetch_rules() {
  if has_rules_of_today && ! has_changed signatures; then return; fi
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
