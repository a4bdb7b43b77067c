# shellcheck shell=bash

remembered_answers=/etc/stockade/install.answers

ask_for_answers() {
  step "answers"
  recall_answers
  if [ "$unattended" = no ] && [ -t 0 ] && [ -t 1 ]; then ask_on_terminal; fi
  : "${answers[ADMIN_ADDRESS]=$(ssh_client)}"
  check_answers
  check_password
  remember_answers
  local mailbox="root's mailbox on this server"
  say "alerts go to ${answers[ADMIN_EMAIL]:-$mailbox}"
  say "never blocked: ${answers[ADMIN_ADDRESS]:-(no address given)}"
  case ${answers[BLOCKING]:-yes} in
    observe) say "nobody is blocked: who would have been is only told" ;;
    no) say "nobody is blocked" ;;
  esac
}

# What was answered before counts where nothing is said now.
recall_answers() {
  [ -r "$remembered_answers" ] || return 0
  local line
  while IFS= read -r line; do
    : "${answers[${line%%=*}]=${line#*=}}"
  done < <(grep -E "^($(IFS='|'; printf '%s' "${answer_keys[*]}"))=" "$remembered_answers")
}

ask_on_terminal() {
  say "Press Enter to take what stands in [brackets]; \"-\" takes nothing."
  ask ADMIN_EMAIL "mail address for alerts" ""
  ask MAILGUN_USER "Mailgun SMTP user, like postmaster@mail.example.com" ""
  if [ -n "${answers[MAILGUN_USER]}" ]; then
    ask RELAY_HOST "relay; smtp.eu.mailgun.org in Mailgun's EU region" "smtp.mailgun.org"
    ask_password
  fi
  ask ADMIN_ADDRESS "your own address, never to be blocked" "$(ssh_client)"
}

ask() { # KEY QUESTION PROPOSAL
  local proposal=${answers[$1]:-$3} answer
  read -r -p "$2 [${proposal:-none}]: " answer || answer=
  case $answer in '') answers[$1]=$proposal ;; -) answers[$1]= ;; *) answers[$1]=$answer ;; esac
}

ask_password() {
  [ -z "$mailgun_password" ] || return 0
  local known=
  [ ! -s /etc/postfix/sasl_passwd ] || known=" [as before]"
  read -r -s -p "its password, not shown$known: " mailgun_password || mailgun_password=
  say
}

# The address of the SSH session that this runs in; sudo drops the variable, so the terminal's own record helps.
ssh_client() {
  local client=${SSH_CONNECTION:-${SSH_CLIENT:-}}
  client=${client%% *}
  [ -n "$client" ] || client=$(who -m 2>/dev/null | sed -n 's/.*(\([0-9a-fA-F:.]*\))$/\1/p')
  ! is_address "$client" || printf '%s' "$client"
}

is_address() { [[ $1 =~ ^([0-9]{1,3}\.){3}[0-9]{1,3}$ || $1 =~ ^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$ ]]; }

remember_answers() {
  local key new
  new=$(printf '# What the installer was told; it asks again from here. The password is in /etc/postfix/sasl_passwd.\n'
    for key in "${answer_keys[@]}"; do printf '%s=%s\n' "$key" "${answers[$key]:-}"; done)
  [ "$new" = "$(cat "$remembered_answers" 2>/dev/null)" ] && return
  would "remember the answers in $remembered_answers" && return
  changed answers
  install -d -m 0755 /etc/stockade
  (umask 077 && printf '%s\n' "$new" > "$remembered_answers")
}
