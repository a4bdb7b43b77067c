# shellcheck shell=bash

prefix=/usr/lib/stockade

make_account_and_folders() {
  put "$checkout/config/sysusers.conf" /usr/lib/sysusers.d/stockade.conf 0644 stockade
  put "$checkout/config/tmpfiles.conf" /usr/lib/tmpfiles.d/stockade.conf 0644 stockade
  if command -v systemd-sysusers > /dev/null; then
    logged systemd-sysusers stockade.conf || true
  fi
  getent passwd stockade > /dev/null || must make_account
  must sh "$here/server/make-folders"
  install -d -m 0755 /etc/stockade /etc/stockade/rules /etc/stockade/decoders /etc/stockade/lists \
    /etc/stockade/active-response /etc/stockade/active-response/bin
}

# Where there is no systemd-sysusers.
make_account() {
  getent group systemd-journal > /dev/null || groupadd --system systemd-journal
  useradd --system --user-group --home-dir /var/lib/stockade/daemon --no-create-home --shell /usr/sbin/nologin \
    --comment Stockade --groups adm,systemd-journal stockade
}

install_stockade() {
  install -d -m 0755 "$prefix"
  if [ -n "$built" ]; then install_bundles; fi
  install_rules
  install_command
  install_completion
  local script
  for script in "$here"/server/*; do put "$script" "$prefix/$(basename "$script")" 0755 scripts; done
  put "$checkout/config/suricata/small-memory.conf" "$prefix/rules/suricata/small-memory.conf" 0644 signatures
  put "$checkout/config/suricata/by-service.conf" "$prefix/rules/suricata/by-service.conf" 0644 signatures
  put_kept "$checkout/config/logrotate.conf" /etc/logrotate.d/stockade 0644 logrotate
  ! has_systemd || install_units
}

install_bundles() {
  local bundle
  for bundle in "${bundles[@]}"; do put "$built/$bundle" "$prefix/$bundle" 0644 stockade; done
  install_node
  printf '%s\n' "$build_sum" > "$installer_state/build"
}

# Stripped it is 20 MB smaller; the sum of the original tells whether it is the same Node.
install_node() {
  local sum
  sum=$(sha256sum < "$build_node")
  if [ -x "$prefix/node" ] && [ "$sum" = "$(cat "$installer_state/node" 2>/dev/null)" ]; then return; fi
  install -m 0755 "$build_node" "$prefix/node.new"
  ! command -v strip > /dev/null || strip "$prefix/node.new" 2>/dev/null || true
  "$prefix/node.new" --version > /dev/null || fail "the Node that was fetched does not run here"
  mv -f "$prefix/node.new" "$prefix/node"
  printf '%s\n' "$sum" > "$installer_state/node"
  changed stockade
}

# A shipped file of rules or decoders that is gone from the checkout must not stay and judge.
install_rules() {
  local file
  for file in "$checkout"/rules/*.xml "$checkout"/rules/decoders/*.xml; do
    [ ! -e "$file" ] || put "$file" "$prefix/${file#"$checkout/"}" 0644 stockade
  done
  for file in "$prefix"/rules/*.xml "$prefix"/rules/decoders/*.xml; do
    [ ! -e "$file" ] || [ -e "$checkout/${file#"$prefix/"}" ] || { rm -f "$file"; changed stockade; }
  done
  for file in "$checkout"/rules/suricata/*.rules; do
    put "$file" "$prefix/rules/suricata/$(basename "$file")" 0644 signatures
  done
}

install_command() {
  local scratch
  scratch=$(mktemp)
  cat > "$scratch" << END
#!/bin/sh
exec $prefix/node --max-semi-space-size=1 $prefix/stockade.mjs "\$@"
END
  put "$scratch" /usr/sbin/stockade 0755 stockade
  rm -f "$scratch"
}

# bash-completion reads it when somebody completes the command for the first time; without that package nobody does.
install_completion() {
  local scratch folder=/usr/share/bash-completion/completions
  scratch=$(mktemp)
  must sh -c "$prefix/node $prefix/stockade.mjs completion bash > $scratch"
  install -d -m 0755 "$folder"
  put "$scratch" "$folder/stockade" 0644 completion
  rm -f "$scratch"
}

install_units() {
  local unit
  for unit in "$checkout"/systemd/*.{service,socket,path,timer,target}; do
    put "$unit" "/usr/lib/systemd/system/$(basename "$unit")" 0644 units
  done
  put "$checkout/systemd/suricata.service.d/stockade.conf" \
    /usr/lib/systemd/system/suricata.service.d/stockade.conf 0644 suricata-unit
}
