# shellcheck shell=bash

lay_out_tree() { # TREE
  local lib=$1/usr/lib/stockade
  mkdir -p "$lib"
  file 0755 "$scratch/node" "$lib/node"
  files 0644 "$lib" "${bundles[@]/#/$built/}"
  files 0644 "$lib/rules" "$checkout"/rules/*.xml
  files 0644 "$lib/rules/decoders" "$checkout"/rules/decoders/*.xml
  files 0644 "$lib/rules/suricata" "$checkout"/rules/suricata/*.rules "$checkout"/config/suricata/*.conf
  files 0755 "$lib" "$checkout"/installer/server/*[a-z]
  files 0644 "$lib/installer/parts" "$checkout"/installer/parts/*.sh
  files 0644 "$lib/installer/steps" "$checkout"/installer/steps/*.sh
  chmod 0644 "$lib"/*.mjs
  lay_out_command "$1"
  lay_out_settings "$1"
  lay_out_units "$1/usr/lib/systemd/system"
  lay_out_documents "$1"
}

file() { install -D -m "$1" "$2" "$3"; } # MODE FILE PLACE

files() { # MODE FOLDER FILE…
  local one
  for one in "${@:3}"; do file "$1" "$one" "$2/$(basename "$one")"; done
}

lay_out_command() {
  mkdir -p "$1/usr/sbin"
  cat > "$1/usr/sbin/stockade" << 'END'
#!/bin/sh
exec /usr/lib/stockade/node --max-semi-space-size=1 /usr/lib/stockade/stockade.mjs "$@"
END
  chmod 0755 "$1/usr/sbin/stockade"
  completion bash "$1/usr/share/bash-completion/completions/stockade"
  completion zsh "$1/usr/share/zsh/vendor-completions/_stockade"
  completion fish "$1/usr/share/fish/vendor_completions.d/stockade.fish"
}

completion() { # SHELL PLACE
  mkdir -p "$(dirname "$2")"
  "$host_node" "$built/stockade.mjs" completion "$1" > "$2"
}

# Below /etc everything is a conffile: dpkg keeps what the admin changed.
lay_out_settings() {
  local folder
  file 0640 "$checkout/config/stockade.conf" "$1/etc/stockade/stockade.conf"
  file 0644 "$checkout/config/stockade.conf" "$1/usr/share/stockade/stockade.conf"
  for folder in rules decoders lists active-response/bin; do mkdir -p "$1/etc/stockade/$folder"; done
  file 0644 "$checkout/config/suricata/stockade.yaml" "$1/etc/suricata/stockade.yaml"
  file 0644 "$checkout/config/logrotate.conf" "$1/etc/logrotate.d/stockade"
  file 0644 "$checkout/config/sysusers.conf" "$1/usr/lib/sysusers.d/stockade.conf"
  file 0644 "$checkout/config/tmpfiles.conf" "$1/usr/lib/tmpfiles.d/stockade.conf"
}

lay_out_units() {
  files 0644 "$1" "$checkout"/systemd/*.{path,service,socket,target,timer}
  files 0644 "$1/suricata.service.d" "$checkout"/systemd/suricata.service.d/*
}

lay_out_documents() {
  local documents=$1/usr/share/doc/stockade page place
  mkdir -p "$documents"
  for page in "$checkout"/docs/man/*.[1-8]; do
    place=$1/usr/share/man/man${page##*.}/$(basename "$page")
    file 0644 "$page" "$place"
    gzip -9n "$place"
  done
  files 0644 "$documents" "$checkout"/docs/[a-z]*.md
  write_changelog | gzip -9n > "$documents/changelog.gz"
  write_copyright > "$documents/copyright"
  file 0644 "$checkout/installer/answers.example" "$documents/answers.example"
  mkdir -p "$1/usr/share/lintian/overrides"
  file 0644 "$here/debian/lintian-overrides" "$1/usr/share/lintian/overrides/stockade"
}

# In Debian's form: an entry is indented, its lines are short.
write_changelog() {
  printf 'stockade (%s) stable; urgency=medium\n\n' "$version"
  sed -n 's/^- /* /p; s/^  \([^ ]\)/  \1/p' "$checkout/CHANGELOG.md" | fold -s -w 74 |
    sed 's/^  *//; s/ *$//; /^\*/!s/^/  /; s/^/  /'
  printf '\n -- %s  %s\n' "$maintainer" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
}

# Ours, and that of each npm package that is in a bundle: esbuild names the file above each piece.
write_copyright() {
  local package
  printf 'Stockade is licensed under the Apache License, version 2.0: /usr/share/common-licenses/Apache-2.0\n'
  printf 'Copyright: the Stockade maintainers.\n\nIt contains the following, each under its own licence.\n'
  for package in $(bundled_packages); do
    printf '\n\n--- %s %s\n\n' "$package" "$(said_of "$package" version)"
    licence_of "$package" || return
  done
  printf '\n\n--- Node.js %s, /usr/lib/stockade/node\n\n' "$(locked version)"
  cat "$scratch/node.licence"
}

# Some packages say what licence they have, and forget its text.
licence_of() {
  local file
  if [ "$(said_of "$1" license)" = Apache-2.0 ]; then
    printf 'Copyright %s. Apache License, version 2.0: /usr/share/common-licenses/Apache-2.0\n' "$(said_of "$1" author)"
    return
  fi
  file=$(find "$modules/$1" -maxdepth 1 -iname 'licen[cs]e*' -type f | LC_ALL=C sort | head -n 1)
  if [ -n "$file" ]; then
    cat "$file"
  elif [ "$(said_of "$1" license)" = MIT ]; then
    printf 'MIT License\n\nCopyright (c) %s\n\n' "$(said_of "$1" author)"
    cat "$here/debian/licence-mit"
  else
    fail "the npm package $1 is in a bundle and has no licence"
  fi
}

said_of() { sed -n 's/^ *"'"$2"'": "\(.*\)",*$/\1/p' "$modules/$1/package.json" | head -n 1; }

bundled_packages() {
  grep -o '"node_modules/[^"]*"' "$built/inputs.json" |
    sed 's|.*node_modules/\(@[^/]*/[^/]*\)/.*|\1|; t; s|.*node_modules/\([^/]*\)/.*|\1|' | LC_ALL=C sort -u
}
