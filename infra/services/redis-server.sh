#!/bin/sh
# Starts one of several Redis servers in the role that the Sentinels give it: a primary that was replaced while it was
# away must not take writes when it comes back.
# Usage: CONFIG FOLDER QUESTION OWN SENTINEL... (addresses as HOST:PORT). FOLDER is for what no restart needs.
set -eu
umask 077
config=$1 folder=$2 question=$3 own=$4
shift 4
trap 'exit 0' TERM INT

# Prints "EPOCH HOST:PORT" for each Sentinel that answers within a second. The password is a line of the question,
# which comes through standard input: arguments and variables of redis-cli can be seen by others.
ask_all() {
  asked=
  for sentinel in "$@"; do
    redis-cli -h "${sentinel%:*}" -p "${sentinel##*:}" <"$question" >"$folder/answer-$sentinel" 2>/dev/null &
    asked="$asked $!"
  done
  sleep 1
  # shellcheck disable=SC2086
  kill $asked 2>/dev/null || true
  wait
  for sentinel in "$@"; do
    awk 'before == "config-epoch" { epoch = $0 } { host = before; before = $0 }
      END { if (epoch != "") print epoch, host ":" before }' "$folder/answer-$sentinel"
  done
}

# More than half of them have to answer; the one with the newest failover is right.
said=
until primary=$(ask_all "$@" | sort -n | awk -v least=$(($# / 2 + 1)) '
  { primary = $2 } END { if (NR < least) exit 1; print primary }'); do
  [ -n "$said" ] || echo "waits until more than half of the Sentinels say who is the primary"
  said=1
done

if [ "$primary" = "$own" ]; then
  role=
  echo "starts as the primary"
else
  role="replicaof ${primary%:*} ${primary##*:}"
  echo "starts as a replica of $primary"
fi
# A copy, because the Sentinels let the server note its role in its configuration.
{
  cat "$config"
  echo "$role"
} >"$folder/server.conf"
exec redis-server "$folder/server.conf"
