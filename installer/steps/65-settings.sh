# shellcheck shell=bash

settings=/etc/stockade/stockade.conf

# The shipped settings with the admin's answers in them; written again while nobody has changed the file.
write_settings() {
  local draft
  draft=$(mktemp)
  fill_in < "$shipped_settings" > "$draft"
  put_kept "$draft" "$settings" 0640 stockade stockade /usr/share/stockade/stockade.conf
  rm -f "$draft"
  # What dpkg laid beside it is in it now.
  if [ "$dry_run" = no ] && is_as_written "$settings"; then rm -f "$settings.dpkg-dist"; fi
  [ ! -e "$settings.dpkg-dist" ] || keep_note "the settings as this version ships them are in $settings.dpkg-dist"
}

# "stockade" at the domain that the relay knows: Mailgun refuses any other sender.
mail_sender() {
  local user=${answers[MAILGUN_USER]:-@localhost}
  printf '%s' "${answers[EMAIL_FROM]:-stockade@${user##*@}}"
}

fill_in() {
  local to=${answers[ADMIN_EMAIL]:-root@localhost} from blocking=
  from=$(mail_sender)
  case ${answers[BLOCKING]:-} in
    observe) blocking='<observe>yes</observe>' ;;
    no) blocking='<disabled>yes</disabled>' ;;
  esac
  awk -v to="$to" -v from="$from" -v never_blocked="${answers[ADMIN_ADDRESS]//,/ }" -v blocking="$blocking" '
    /<email_to>/   { sub(/>[^<]*</, ">" to "<") }
    /<email_from>/ { sub(/>[^<]*</, ">" from "<") }
    /<\/global>/   {
      count = split(never_blocked, item, " ")
      for (i = 1; i <= count; i++) print "    <white_list>" item[i] "</white_list>"
    }
    /<\/stockade_config>/ && blocking != "" { print "  <active-response>" blocking "</active-response>\n" }
    { print }'
}
