# shellcheck shell=bash

# One line of proof for each part: what was seen, not what was set. Shown on the status page.
proofs=()
lacks=()
is_broken=no # a part that does not work at all; the installer then ends with status 1
proof() { proofs+=("$1"); }
lack() { lacks+=("$1"); }
broken() { lack "$1"; is_broken=yes; }

prove_it_protects() {
  step "proof"
  prove_suricata
  prove_stockade
  prove_block
  prove_mail
}

prove_suricata() {
  local device seen
  device=$(watched_device)
  if ! is_running suricata.service /run/suricata.pid; then
    broken "Suricata does not run: tail /var/log/suricata/suricata.log"
    return
  fi
  wait_until 20 suricata_counts "$device" || true
  seen=$(packets_on "$device")
  if [ "${seen:-0}" -gt 0 ]; then
    proof "Suricata watches $device with $(rules_say rules) rules and has seen $seen packets"
  else
    lack "Suricata runs with $(rules_say rules) rules but has seen no packet on $device yet"
  fi
}

# A question to the resolver or the gateway, so that there is something to see.
suricata_counts() {
  timeout 2 getent hosts deb.debian.org > /dev/null 2>&1 || true
  ping -c 1 -W 1 "$(ip -4 route show default | awk '{ print $3; exit }')" > /dev/null 2>&1 || true
  [ "$(packets_on "$1")" -gt 0 ]
}

packets_on() {
  timeout 5 suricatasc -c "iface-stat $1" 2>/dev/null | sed -n 's/.*"pkts": *\([0-9]*\).*/\1/p'
}

prove_stockade() {
  if wait_until 15 stockade status; then
    proof "stockade status: everything runs"
  else
    broken "Stockade does not run as it should: stockade status"
  fi
}

prove_block() {
  local said
  if ! wait_until 15 test -S /run/stockade/respond.sock; then
    broken "the responder does not answer: nothing can be blocked"
  elif said=$(stockade selftest --only block 2>&1); then
    proof "a block of $(sed -n 's/.* ok  *block  *//p' <<< "$said")"
  else
    broken "blocking does not work here: ${said:-no reason given}"
  fi
}

# A real mail, once after each change of the mail settings, and what Postfix says became of it.
prove_mail() {
  local to=${answers[ADMIN_EMAIL]:-root} record=$installer_state/mail-proof since fate
  if [ -n "$relay_fault" ]; then
    lack "mail does not leave this server: $(relay_trouble)"
    rm -f "$record"
    return
  fi
  if has_changed mail || ! grep -q '^sent' "$record" 2>/dev/null; then
    say "sending a test mail to $to"
    since=$(date +%s)
    send_test_mail "$to" || { broken "Postfix takes no mail: tail /var/log/mail.log"; return; }
    wait_until 20 queue_is_empty || true
    fate_of_mail "$since" "$to" > "$record"
  fi
  fate=$(cat "$record")
  case $fate in
    sent*) proof "a test mail to $to was ${fate/sent/delivered}${relay:+, through $relay}" ;;
    unknown) proof "a test mail to $to left this server${relay:+ through $relay}; there is no mail log to say more" ;;
    *) lack "the test mail to $to did not arrive: $fate" ;;
  esac
}

relay_trouble() {
  case $relay_fault in
    refused) printf '%s refuses the user name or the password (%s)' "$relay" "$relay_reason" ;;
    silent) printf '%s does not answer (%s)' "$relay" "$relay_reason" ;;
  esac
}

send_test_mail() {
  local from
  from=$(mail_sender)
  sendmail -f "$from" "$1" << END
From: Stockade <$from>
To: $1
Subject: Stockade protects $(hostname)
Auto-Submitted: auto-generated

Stockade is installed on $(hostname). Alerts will come to this address; nothing needs to be done.
What it does now: sudo stockade status
END
}

queue_is_empty() { ! postqueue -j 2>/dev/null | grep -q .; }

# The last "status=sent (250 OK)" that Postfix logged for the address since then.
fate_of_mail() { # SINCE TO
  local fate
  fate=$({ mail_log_since "$1" | grep -F "to=<$2" | sed -n 's/.*status=\(.*\)/\1/p' | tail -n 1 | cut -c 1-200; } || true)
  if [ -n "$fate" ]; then printf '%s\n' "$fate"
  elif queue_is_empty; then echo unknown
  else postqueue -j | sed -n 's/.*"delay_reason": *"\([^"]*\)".*/waiting: \1/p' | tail -n 1 | cut -c 1-200; fi
}

mail_log_since() {
  if has_systemd; then
    journalctl --quiet --output=cat --since="@$1" --identifier=postfix/smtp --identifier=postfix/local \
      --identifier=postfix/bounce --identifier=postfix/error
  else
    tail -n 200 /var/log/mail.log 2>/dev/null
  fi
}
