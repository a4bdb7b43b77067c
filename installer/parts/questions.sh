# shellcheck shell=bash
# What an installation can be told. Each setting has one name in three places: ADMIN_EMAIL in a file of answers,
# STOCKADE_ADMIN_EMAIL in the environment, --admin-email as a flag. A flag is stronger than the environment, that is stronger
# than the file, and the file than what was said the last time. installer/answers.example explains each of them.

declare -A answers=()   # what is known
declare -A said_by=()   # where it was said, for messages: file:line, flag, variable
declare -A layer_of=()  # in which of the three places
mailgun_password=       # kept apart: never remembered with the answers, never an argument of a program
package=                # a ready one; not remembered either
layer=

answer_keys=(ADMIN_EMAIL EMAIL_FROM MAILGUN_USER RELAY_HOST ADMIN_ADDRESS BLOCKING RULES_URL)
other_keys=(MAILGUN_PASSWORD MAILGUN_PASSWORD_FILE MAILGUN_REGION PACKAGE)

is_key() { [[ " ${answer_keys[*]} ${other_keys[*]} " = *" $1 "* ]]; }
flag_of() { local flag=${1,,}; printf -- '--%s' "${flag//_/-}"; }

# take KEY VALUE WHERE: what is said later counts; within one place a setting is said once, addresses as often as you like
take() {
  local key=$1 value=$2 one=$1
  case $key in MAILGUN_PASSWORD_FILE) one=MAILGUN_PASSWORD ;; MAILGUN_REGION) one=RELAY_HOST ;; esac
  if [ "${layer_of[$one]:-}" = "$layer" ]; then
    [ "$key" = ADMIN_ADDRESS ] || fail "$3: $key is said twice, first by ${said_by[$one]}"
    value="${answers[$key]} $value"
  fi
  layer_of[$one]=$layer
  said_by[$one]=$3
  case $key in
    MAILGUN_PASSWORD) mailgun_password=$value ;;
    MAILGUN_PASSWORD_FILE) read_password_file "$value" ;;
    MAILGUN_REGION) read_region "$value" ;;
    PACKAGE) package=$value ;;
    *) answers[$key]=$value ;;
  esac
}

# A file of answers is read, never run. The value is all that follows the first "=", without quotes around it.
read_answers() { # FILE, or "-" for standard input
  if [ "$1" = - ]; then take_lines "standard input"; return; fi
  can_read "$1" || fail "cannot read the file of answers \"$1\""
  take_lines "$1" < "$1"
  [ "$has_password" = no ] || warn_if_open "$1"
}

has_password=no

# A message never shows a line: it may be the one with the password.
take_lines() { # NAME
  local line key number=0
  layer="file"
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    [ "$number" != 1 ] || line=${line#$'\xef\xbb\xbf'}
    line=${line#"${line%%[![:space:]]*}"}
    case $line in '' | '#'*) continue ;; esac
    key=${line%%=*}
    [[ $line = *=* && $key =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] ||
      fail "$1:$number: expected KEY=VALUE, with no blanks before the \"=\"" "answers.example has every KEY"
    is_key "$key" || fail "$1:$number: unknown key \"$key\"" "known are: ${answer_keys[*]} ${other_keys[*]}"
    take "$key" "$(unquoted "${line#*=}")" "$1:$number"
    [ "$key" != MAILGUN_PASSWORD ] || has_password=yes
  done
}

can_read() { [ -r "$1" ] && [ ! -d "$1" ]; }

unquoted() {
  local value=$1
  value=${value%$'\r'}
  value=${value%"${value##*[![:space:]]}"}
  case $value in \"*\" | \'*\') [ ${#value} = 1 ] || value=${value:1:${#value}-2} ;; esac
  printf '%s' "$value"
}

# What is not a setting is none of ours: tests and the build have variables, too.
read_environment() {
  local variable key
  layer=environment
  for variable in $(compgen -e STOCKADE_ || true); do
    key=${variable#STOCKADE_}
    case $key in ANSWERS | INSTALLING | SHARED | TEST_*) continue ;; esac
    if ! is_key "$key"; then warn "the variable $variable means nothing here: see answers.example"; continue; fi
    take "$key" "${!variable}" "$variable"
    # Programs that are started from here need not know.
    unset "$variable"
  done
}

read_password_file() {
  local where=${said_by[MAILGUN_PASSWORD]}
  can_read "$1" || fail "$where: cannot read the password file \"$1\""
  IFS= read -r mailgun_password < "$1" || [ -n "$mailgun_password" ] || fail "$where: the password file \"$1\" is empty"
  mailgun_password=${mailgun_password%$'\r'}
  warn_if_open "$1"
}

# A pipe has no mode that would say anything.
warn_if_open() {
  [ -f "$1" ] || return 0
  case $(stat -L -c %a "$1") in
    *00) ;;
    *) warn "others than its owner may read \"$1\", which holds the relay's password: chmod 600 $1" ;;
  esac
}

# Another word for the relay.
read_region() {
  case $1 in
    us) answers[RELAY_HOST]=smtp.mailgun.org ;;
    eu) answers[RELAY_HOST]=smtp.eu.mailgun.org ;;
    *) fail "${said_by[RELAY_HOST]}: \"$1\" is no region of Mailgun" "us or eu" ;;
  esac
}

check_answers() {
  local key problem
  for key in "${answer_keys[@]}"; do
    problem=$(problem_with "$key" "${answers[$key]:-}")
    [ -z "$problem" ] || fail "${said_by[$key]:-$key}: $problem" "$(example_of "$key")"
  done
  [ -z "$package" ] || [ -r "$package" ] || fail "${said_by[PACKAGE]:-PACKAGE}: cannot read the package \"$package\""
}

problem_with() { # KEY VALUE
  local mailbox='^[^[:space:]@<>,;"&|\\]+@[^[:space:]@<>,;"&|\\]+$' item
  [ -n "$2" ] || return 0
  case $1 in
    ADMIN_EMAIL | EMAIL_FROM) [[ $2 =~ $mailbox ]] || printf '"%s" is no mail address' "$2" ;;
    MAILGUN_USER) [[ $2 =~ $mailbox ]] || printf '"%s" is no Mailgun user' "$2" ;;
    RELAY_HOST) [[ $2 =~ ^\[?[A-Za-z0-9.-]+\]?(:[0-9]{1,5})?$ ]] || printf '"%s" is no relay' "$2" ;;
    RULES_URL) [[ $2 =~ ^https?://[^[:space:]]+$ ]] || printf '"%s" is no web address' "$2" ;;
    BLOCKING) [[ $2 =~ ^(yes|observe|no)$ ]] || printf '"%s" is no way of blocking' "$2" ;;
    ADMIN_ADDRESS)
      for item in ${2//,/ }; do
        [[ $item =~ ^[0-9A-Za-z:._-]+(/[0-9]{1,3})?$ ]] || printf '"%s" is no address, network or host name' "$item"
      done
      ;;
  esac
}

example_of() {
  case $1 in
    ADMIN_EMAIL) printf 'it looks like name@example.com' ;;
    EMAIL_FROM) printf 'it looks like stockade@mail.example.com' ;;
    MAILGUN_USER) printf 'it looks like postmaster@mail.example.com' ;;
    RELAY_HOST) printf 'HOST or HOST:PORT' ;;
    BLOCKING) printf 'yes, observe or no' ;;
    RULES_URL) printf 'it begins with https:// or http://' ;;
    ADMIN_ADDRESS) printf 'with blanks or commas between several' ;;
  esac
}

check_password() {
  if [ -n "${answers[MAILGUN_USER]:-}" ] && [ -z "$mailgun_password" ] && [ ! -s /etc/postfix/sasl_passwd ]; then
    fail "there is a Mailgun user but no password" "--mailgun-password-file FILE"
  fi
}
