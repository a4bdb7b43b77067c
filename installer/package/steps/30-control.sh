# shellcheck shell=bash

maintainer='Stockade maintainers <stockade@packages.debian.org>'

# Depends is what it does not protect without; the reasons are in docs/decisions/0017.
write_control() { # TREE
  local control=$1/DEBIAN script enabled
  enabled=$(enabled_units)
  mkdir -p "$control"
  sed -e "s|@version@|$version|; s|@architecture@|$architecture|; s|@maintainer@|$maintainer|" \
    -e "s|@size@|$(du -sk --apparent-size --exclude=DEBIAN "$1" | cut -f 1)|; s|@sources@|$(sum_of_sources)|" \
    "$here/debian/control" > "$control/control"
  (cd "$1" && find etc -type f | LC_ALL=C sort | sed 's|^|/|') > "$control/conffiles"
  (cd "$1" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) > "$control/md5sums"
  for script in preinst postinst prerm postrm; do
    [ -e "$here/debian/$script" ] || continue
    with_parts < "$here/debian/$script" | sed "s|@enabled@|$enabled|" > "$control/$script"
    chmod 0755 "$control/$script"
  done
}

# Units that are started at boot; the services of the target come with it.
enabled_units() {
  (cd "$checkout/systemd" && grep -l '^\[Install\]' -- *.{path,service,socket,target,timer} | LC_ALL=C sort | tr '\n' ' ')
}

# "#INCLUDE FILE" in a maintainer script: a part that it needs when the package's own files are not there.
with_parts() {
  local line
  while IFS= read -r line; do
    case $line in
      '#INCLUDE '*) sed '/^#!/d' "$here/${line#'#INCLUDE '}" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done
}
