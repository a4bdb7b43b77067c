#!/usr/bin/env bash
# Takes Stockade off this server and proves that nothing is left:   sudo ./installer/uninstall.sh [--purge] [--verify]
# The same as `stockade uninstall`, for when that is gone already: then it only proves. Suricata, Postfix and the other
# packages stay, with the settings they had before. Logs, settings and local rules stay too, unless --purge is given.
exec sh "$(dirname "${BASH_SOURCE[0]}")/server/uninstall" "$@"
