# shellcheck shell=bash

declare -A answers=()      # what is known: ADMIN_EMAIL MAILGUN_USER RELAY_HOST ADMIN_ADDRESS RULES_URL
mailgun_password=          # kept apart: never remembered with the answers, never an argument of a program
unattended=no
package=                   # a ready one
answer_keys=(ADMIN_EMAIL MAILGUN_USER RELAY_HOST ADMIN_ADDRESS RULES_URL)

read_flags() {
  declare -A given=()
  while (($# > 0)); do
    case $1 in
      -h | --help) usage; exit 0 ;;
      --dry-run) dry_run=yes; unattended=yes; shift; continue ;;
      -y | --yes) unattended=yes; shift; continue ;;
      --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}"; continue ;;
    esac
    (($# > 1)) || fail "what is \"$1\"?" "see --help"
    case $1 in
      --admin-email) given[ADMIN_EMAIL]=$2 ;;
      --mailgun-user) given[MAILGUN_USER]=$2 ;;
      --mailgun-password-file) read_password_file "$2" ;;
      --relay-host) given[RELAY_HOST]=$2 ;;
      --admin-address) given[ADMIN_ADDRESS]="${given[ADMIN_ADDRESS]:+${given[ADMIN_ADDRESS]} }$2" ;;
      --rules-url) given[RULES_URL]=$2 ;;
      --package) package=$2 ;;
      --answers) unattended=yes; read_answers "$2" ;;
      *) fail "unknown flag \"$1\"" "see --help" ;;
    esac
    shift 2
  done
  local key # a flag is stronger than the file of answers, whatever their order
  for key in "${!given[@]}"; do answers[$key]=${given[$key]}; done
}

usage() {
  cat << 'END'
Installs Stockade on this Debian 12 or 13 server: Suricata watches the network, Stockade reads the logs, mails what
matters and blocks attackers for a while, Postfix relays the mail.

  sudo ./installer/install.sh [FLAGS]

  --admin-email ADDRESS            who gets the alerts                      [root's mailbox on this server]
  --mailgun-user USER@DOMAIN       the SMTP user that Mailgun shows         [no relay: mail stays on this server]
  --mailgun-password-file FILE     its password, alone in a file of mode 0600
  --relay-host HOST[:PORT]         the relay, if it is not Mailgun's        [smtp.mailgun.org:587]
  --admin-address ADDRESS          never blocked; may be repeated           [the SSH client that runs this]
  --rules-url URL                  Suricata rules, if not Emerging Threats Open
  --answers FILE                   all of the above as KEY=VALUE lines:
                                   ADMIN_EMAIL MAILGUN_USER MAILGUN_PASSWORD MAILGUN_PASSWORD_FILE
                                   RELAY_HOST ADMIN_ADDRESS RULES_URL
  --yes                            ask nothing
  --dry-run                        say every change that would be made, and make none; asks nothing
  --package FILE                   this package of Stockade, instead of one made from this checkout

On a terminal it asks for what is not given. Run it again at any time: it repairs and updates, and keeps your changes.
END
}

# A file of answers is read, never run. The value is all that follows the first "=", without quotes around it.
read_answers() {
  local line key value number=0
  [ -r "$1" ] || fail "cannot read the file of answers \"$1\""
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    case $line in '' | '#'*) continue ;; *=*) ;; *) fail "$1:$number: expected KEY=VALUE" ;; esac
    key=${line%%=*}
    value=$(unquoted "${line#*=}")
    case $key in
      ADMIN_EMAIL | MAILGUN_USER | RELAY_HOST | ADMIN_ADDRESS | RULES_URL) answers[$key]=$value ;;
      MAILGUN_PASSWORD) mailgun_password=$value ;;
      MAILGUN_PASSWORD_FILE) read_password_file "$value" ;;
      *) fail "$1:$number: unknown key \"$key\"" "see --help" ;;
    esac
  done < "$1"
}

unquoted() {
  local value=$1
  value=${value%$'\r'}
  case $value in \"*\" | \'*\') value=${value:1:${#value}-2} ;; esac
  printf '%s' "$value"
}

read_password_file() {
  [ -r "$1" ] || fail "cannot read the password file \"$1\""
  IFS= read -r mailgun_password < "$1" || [ -n "$mailgun_password" ] || fail "the password file \"$1\" is empty"
  mailgun_password=${mailgun_password%$'\r'}
}
