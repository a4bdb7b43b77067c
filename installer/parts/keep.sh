# shellcheck shell=bash
# Files and values that both the installer and the admin may change: ours are updated, the admin's are kept.

installer_state=/var/lib/stockade/installer

# What changed in this run, one word a line; decides what is restarted.
changes=()
changed() { changes+=("$1"); }
has_changed() { local change; for change in "${changes[@]}"; do [ "$change" != "$1" ] || return 0; done; return 1; }

# Facts that the status page tells the admin, in the words that it shows.
kept=()
keep_note() { kept+=("$1"); }

# put SRC DST MODE PART: a file that belongs to Stockade alone; replaced at once and whole, and only when it differs
put() {
  local src=$1 dst=$2 mode=$3 part=$4
  if cmp -s "$src" "$dst" && [ "$(stat -c %a "$dst")" = "${mode#0}" ]; then return; fi
  if would "write $dst"; then
    [ ! -e "$dst" ] || diff --unified=0 "$dst" "$src" | sed '1,2d; s/^/    /' || true
    changed "$part"
    return
  fi
  mkdir -p "$(dirname "$dst")"
  install -m "$mode" "$src" "$dst.new"
  mv -f "$dst.new" "$dst"
  changed "$part"
}

# put_kept SRC DST MODE PART [GROUP [SHIPPED]]: as put, unless the admin changed the file since it was written or shipped
put_kept() {
  local src=$1 dst=$2 mode=$3 part=$4 group=${5:-root} shipped=${6:-/nonexistent}
  if [ -e "$dst" ] && ! is_as_written "$dst" && ! cmp -s "$shipped" "$dst"; then
    cmp -s "$src" "$dst" || keep_note "$dst is yours and was not touched"
    return
  fi
  put "$src" "$dst" "$mode" "$part"
  if [ "$dry_run" = yes ]; then return; fi
  chgrp "$group" "$dst"
  remember_file "$dst"
}

remember_file() {
  local sums=$installer_state/files
  touch "$sums"
  sed -i "\\|  $1\$|d" "$sums"
  sha256sum "$1" >> "$sums"
}

is_as_written() {
  [ -r "$installer_state/files" ] || return 1
  awk -v file="$1" '$2 == file' "$installer_state/files" | sha256sum --check --status 2>/dev/null
}
