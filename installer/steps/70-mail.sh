# shellcheck shell=bash

credentials=/etc/postfix/sasl_passwd
relay=         # [host]:port, empty without one
relay_trust=   # verified, unverified, unreachable

# All settings are read before any is written, and written at once: Postfix reads a main.cf only two seconds after a change.
mail_settings=  # all of Postfix's, "key = value" a line
mail_set_here=  # those that main.cf sets
mail_edits=()

set_up_mail() {
  step "mail"
  mail_settings=$(postconf 2>/dev/null || true)
  mail_set_here=$(postconf -n 2>/dev/null || true)
  if [ -n "${answers[MAILGUN_USER]:-}${answers[RELAY_HOST]:-}" ]; then
    find_relay
    write_credentials
    relay_settings
    say "relaying through $relay"
  else
    say "no relay: mail stays on this server"
  fi
  # A server that takes mail from others would go deaf.
  if [ "$mail_was_there" = no ] || was_set inet_interfaces loopback-only; then
    own_setting inet_interfaces loopback-only
  fi
  # Without a journal or a syslog Postfix would be mute, and nobody could say where a mail is.
  if ! has_systemd && [ ! -S /dev/log ]; then own_setting maillog_file /var/log/mail.log; fi
  root_alias
  if ((${#mail_edits[@]} > 0)); then must postconf -e "${mail_edits[@]}"; fi
  if has_changed mail; then restart_mail; fi
}

# Clouds close port 25 and some close 587; Mailgun answers on 2525 too.
find_relay() {
  local asked=${answers[RELAY_HOST]:-smtp.mailgun.org} host port
  host=${asked%:*}
  host=${host//[\[\]]/}
  port=${asked##*:}
  [ "$port" != "$asked" ] || port=587
  if [ "$port" = 587 ] && ! answers_on "$host" 587 && answers_on "$host" 2525; then port=2525; fi
  relay="[$host]:$port"
  relay_trust=$(trust_in "$host" "$port")
}

# shellcheck disable=SC2016 # the inner shell expands them
answers_on() { timeout 5 bash -c ': < "/dev/tcp/$1/$2"' _ "$1" "$2" 2> /dev/null; }

# One connection, and a polite one: a relay whose certificate is not good is not hung up on.
trust_in() { # HOST PORT
  local said
  said=$(timeout 15 openssl s_client -starttls smtp -connect "$1:$2" -servername "$1" -verify_hostname "$1" < /dev/null 2>&1) || true
  case $said in
    *"Verify return code: 0 (ok)"*) printf verified ;;
    *"Verify return code: "*) printf unverified ;;
    *) printf unreachable ;;
  esac
}

# Written with printf, a part of the shell: the password is never an argument of a program.
write_credentials() {
  local user=${answers[MAILGUN_USER]:-} line
  [ -n "$user" ] || return 0
  [ -n "$mailgun_password" ] || mailgun_password=$(known_password)
  line="$relay $user:$mailgun_password"
  if [ "$line" != "$(cat "$credentials" 2>/dev/null)" ]; then
    changed mail
    would "write the account of the relay to $credentials" && return
    (umask 077 && printf '%s\n' "$line" > "$credentials.new" && mv -f "$credentials.new" "$credentials")
  fi
  if [ "$dry_run" = yes ]; then return; fi
  chmod 0600 "$credentials"
}

known_password() { sed -n '1s/^[^ ]* [^:]*://p' "$credentials" 2>/dev/null; }

# The connection is always encrypted. A relay whose certificate was good today must have a good one tomorrow.
relay_settings() {
  local level=encrypt
  case $relay_trust in
    verified) level=secure ;;
    unreachable) ! was_set smtp_tls_security_level secure || level=secure ;;
  esac
  own_setting relayhost "$relay"
  own_setting smtp_host_lookup "native, dns" # the relay's name means what it means to every other program here
  own_setting smtp_tls_security_level "$level"
  own_setting smtp_tls_CAfile /etc/ssl/certs/ca-certificates.crt
  [ -n "${answers[MAILGUN_USER]:-}" ] || return 0
  own_setting smtp_sasl_auth_enable yes
  own_setting smtp_sasl_password_maps "texthash:$credentials"
  own_setting smtp_sasl_security_options noanonymous
}

# own_setting KEY VALUE: sets it, unless the admin has changed what was set here before. Recorded: key, found, ours.
own_setting() {
  local key=$1 value=$2 now found ours record=$installer_state/postfix
  now=$(value_in "$mail_settings" "$key")
  found=$(recorded 2 "$key")
  ours=$(recorded 3 "$key")
  if grep -qs "^$key	" "$record"; then
    if [ "$now" != "$ours" ] && [ "$now" != "$found" ]; then
      keep_note "Postfix: kept your $key = $now"
      return
    fi
  else
    found=$(value_in "$mail_set_here" "$key")
  fi
  if [ "$now" != "$value" ]; then
    changed mail
    would "set Postfix's $key = $value${now:+, now $now}" && return
    mail_edits+=("$key=$value")
  fi
  if [ "$dry_run" = yes ]; then return; fi
  [ "$value" != "$ours" ] || return 0
  touch "$record"
  sed -i "/^$key	/d" "$record"
  printf '%s\t%s\t%s\n' "$key" "$found" "$value" >> "$record"
}

value_in() { sed -n "s/^$2 = \{0,1\}//p" <<< "$1"; } # SETTINGS KEY
recorded() { awk -F '\t' -v key="$2" -v field="$1" '$1 == key { print $field }' "$installer_state/postfix" 2>/dev/null || true; }
was_set() { grep -q "^$1	.*	$2\$" "$installer_state/postfix" 2>/dev/null; }

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
}
