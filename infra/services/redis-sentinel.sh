#!/bin/sh
# Starts a Sentinel with its rendered configuration and with what it has learned and promised so far, which it keeps in
# its data folder.
# Usage: CONFIG FOLDER SERVER... (addresses as HOST:PORT).
set -eu
umask 077
config=$1 kept=$2/sentinel.conf
shift 2

memory='^sentinel (myid|monitor|current-epoch|config-epoch|leader-epoch|known-replica|known-sentinel) '
primary=
if [ -f "$kept" ]; then
  primary=$(awk '/^sentinel monitor / { print $4 ":" $5 }' "$kept")
fi
case " $* " in
*" $primary "*)
  {
    grep -Ev '^sentinel (monitor|known-replica) ' "$config"
    grep -E "$memory" "$kept"
  } >"$kept.new"
  ;;
*)
  # It knows nothing yet, or a server that is no more: then the rest is of no use either.
  cat "$config" >"$kept.new"
  ;;
esac
mv "$kept.new" "$kept"
exec redis-server "$kept" --sentinel
