# shellcheck shell=bash

# What is installed says something else of itself.
invoked_as=installer
purpose='Installs Stockade on this Debian 12 or 13 server: Suricata watches the network, Stockade reads the logs, mails what
matters and blocks attackers for a while, Postfix relays the mail.'
shipped_settings=

unattended=no
answers_file=${STOCKADE_ANSWERS:-}

read_flags() {
  local given=() flag
  while (($# > 0)); do
    case $1 in
      -h | --help) usage; exit 0 ;;
      --dry-run) dry_run=yes; unattended=yes; shift; continue ;;
      -y | --yes) unattended=yes; shift; continue ;;
      --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}"; continue ;;
    esac
    case $1 in
      --mailgun-password) fail "no password belongs on a command line, where everybody can read it" "--mailgun-password-file FILE" ;;
      --answers) ;;
      --*) is_key "$(key_of "$1")" || fail "unknown flag \"$1\"" "see --help" ;;
      *) fail "what is \"$1\"?" "see --help" ;;
    esac
    (($# > 1)) || fail "$1 wants a value" "see --help"
    if [ "$1" = --answers ]; then answers_file=$2; else given+=("$1" "$2"); fi
    shift 2
  done
  if [ -n "$answers_file" ]; then unattended=yes; read_answers "$answers_file"; fi
  read_environment
  layer=flags
  set -- "${given[@]}"
  while (($# > 0)); do
    take "$(key_of "$1")" "$2" "$1"
    shift 2
  done
  check_answers
}

key_of() { local flag=${1#--}; flag=${flag^^}; printf '%s' "${flag//-/_}"; }

usage() {
  local package_flag=
  ! is_key PACKAGE ||
    package_flag='  --package FILE                   this package of Stockade, instead of one made from this checkout'$'\n'
  cat << END
$purpose

  sudo $invoked_as [FLAGS]

  --admin-email ADDRESS            who gets the alerts                      [root's mailbox on this server]
  --email-from ADDRESS             who sends them                           [stockade@ the Mailgun user's domain]
  --mailgun-user USER@DOMAIN       the SMTP user that Mailgun shows         [no relay: mail stays on this server]
  --mailgun-password-file FILE     its password, alone in a file of mode 0600
  --mailgun-region us|eu           where Mailgun has the domain             [the one that takes the password]
  --relay-host HOST[:PORT]         the relay, if it is not Mailgun's        [port 587, else 2525, else 465]
  --admin-address ADDRESS          never blocked; may be repeated           [the SSH client that runs this]
  --blocking yes|observe|no        block attackers, only tell whom, or never [yes]
  --rules-url URL                  Suricata rules, if not Emerging Threats Open
$package_flag  --answers FILE                   all of the above as KEY=VALUE lines; "-" is standard input.
                                   answers.example explains every KEY
  --yes                            ask nothing
  --dry-run                        say every change that would be made, and make none; asks nothing

Each of them may also be in the environment: STOCKADE_ADMIN_EMAIL, …, STOCKADE_MAILGUN_PASSWORD, STOCKADE_ANSWERS.
A flag is stronger than the environment, that is stronger than the file, and the file than what was said the last time.

On a terminal it asks for what is not given. Run it again at any time: it repairs and updates, and keeps your changes.
END
}
