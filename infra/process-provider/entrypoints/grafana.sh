#!/bin/sh
# Grafana finds its own public files and defaults beside its bin folder, wherever it was unpacked.
set -eu
program=$1
shift
home=$(CDPATH= cd -- "$(dirname -- "$program")/.." && pwd)
exec "$program" "$@" --homepath "$home"
