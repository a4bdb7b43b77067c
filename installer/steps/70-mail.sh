# shellcheck shell=bash

credentials=/etc/postfix/sasl_passwd
relay=              # [host]:port, empty without one
relay_trust=unknown # verified, unverified, unknown
relay_fault=        # why mail does not leave: refused or silent; empty when all is well
relay_reason=       # what the relay said then

set_up_mail() {
  step "mail"
  local flags=() account=
  if [ -n "${answers[MAILGUN_USER]:-}${answers[RELAY_HOST]:-}" ]; then
    account=$(account_given)
    find_relay "$account"
    if [ "$relay_fault" = refused ] && [ -s "$credentials" ]; then account=; fi # what was there may be better
    flags=(--relay "${relay_door[@]}" "$relay_trust")
    say "relaying through $relay"
  else
    say "no relay: mail stays on this server"
  fi
  [ "$mail_was_there" = yes ] || flags+=(--loopback-only)
  set_up_postfix "$account" "${flags[@]}"
  root_alias
  if has_changed mail; then restart_mail; fi
}

set_up_postfix() { # USER:PASSWORD FLAGS…
  local account=$1 tool word rest said
  tool=$(server_tool set-up-mail)
  shift
  [ "$dry_run" = no ] || set -- --dry-run "$@"
  said=$("$tool" "$@" <<< "$account" 2>> "$install_log") || fail "Postfix was not set up" "see $install_log"
  while read -r word rest; do
    case $word in
      kept) keep_note "$rest" ;;
      changed) changed mail; would "change: $rest" || true ;;
    esac
  done <<< "$said"
}

# USER:PASSWORD, where the password may be the one of before; empty without a user.
account_given() {
  local user=${answers[MAILGUN_USER]:-}
  [ -n "$user" ] || return 0
  printf '%s:%s' "$user" "${mailgun_password:-$(known_password)}"
}

known_password() { sed -n '1s/^[^ ]* [^:]*://p' "$credentials" 2>/dev/null; }

# The first port that works, with the login tried and no mail sent: 587, 2525, 465. Clouds close some of them.
find_relay() { # USER:PASSWORD
  local asked=${answers[RELAY_HOST]:-smtp.mailgun.org} kind host port rest
  host=${asked%:*}
  host=${host//[\[\]]/}
  port=${asked##*:}
  [ "$port" != "$asked" ] || port=587
  relay_door=("$host" "$port")
  while read -r kind host port rest; do
    case $kind in
      works) relay_door=("$host" "$port") relay_trust=$rest relay_fault='' ;;
      refuses) relay_door=("$host" "$port") relay_fault=refused relay_reason=$rest ;;
      silent) relay_fault=silent relay_reason=$rest; say "$host:$port does not answer: $rest" ;;
    esac
  done < <(probe_relay "$asked" "$1")
  relay="[${relay_door[0]}]:${relay_door[1]}"
  other_region "$asked"
}

# As things are before the first installation nobody can ask; a dry run then takes the first port for granted.
probe_relay() { # RELAY USER:PASSWORD
  [ -x "$prefix/node" ] || return 0
  stockade mail probe "$1" <<< "$2" 2>> "$install_log" || true
}

# An account of Mailgun is known in one region only; where the other one takes it, that is remembered.
other_region() { # ASKED
  if [ -n "$relay_fault" ]; then return; fi
  case $1 in "${relay_door[0]}" | "${relay_door[0]}":* | "[${relay_door[0]}]"*) return 0 ;; esac
  say "the account is one of ${relay_door[0]}, not of $1"
  answers[RELAY_HOST]=${relay_door[0]}
  remember_answers
}

# root's mail goes to the admin; an alias that is there already is the admin's.
root_alias() {
  local email=${answers[ADMIN_EMAIL]:-} now
  [ -n "$email" ] || return 0
  now=$(sed -n 's/^root:[[:space:]]*//p' /etc/aliases 2>/dev/null | head -n 1) || true # there is none before Postfix
  [ "$now" != "$email" ] || return 0
  if [ -n "$now" ] && [ "$now" != "$(cat "$installer_state/root-alias" 2>/dev/null)" ]; then
    keep_note "/etc/aliases: root's mail still goes to $now"
    return
  fi
  changed mail
  would "send root's mail to $email, in /etc/aliases" && return
  [ -e /etc/aliases ] || printf 'postmaster: root\n' > /etc/aliases
  sed -i '/^root:/d' /etc/aliases
  printf 'root: %s\n' "$email" >> /etc/aliases
  printf '%s\n' "$email" > "$installer_state/root-alias"
  logged newaliases
}

restart_mail() {
  would "restart Postfix" && return
  if has_systemd; then
    must systemctl enable postfix.service
    must systemctl restart postfix.service
  elif logged postfix status; then
    must postfix reload
  else
    must postfix start
  fi
  [ -n "$relay_fault" ] || logged postqueue -f || true # what waited for the old settings
}
