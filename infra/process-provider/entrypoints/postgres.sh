#!/bin/sh
# Prepares a data folder as the official image's entrypoint does, from the same variables:
# POSTGRES_USER, POSTGRES_PASSWORD_FILE, POSTGRES_DB, PGDATA. Then becomes the command.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # An initialisation that was interrupted is begun anew.
  rm -rf "$PGDATA.new"
  initdb --pgdata="$PGDATA.new" --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" \
    --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C --data-checksums --no-sync
  printf 'CREATE DATABASE "%s";\n' "$POSTGRES_DB" |
    postgres --single -D "$PGDATA.new" -c log_checkpoints=off postgres >/dev/null
  rmdir "$PGDATA" 2>/dev/null || true
  mv "$PGDATA.new" "$PGDATA"
fi

# Other machines' folder for the socket may be missing here, or belong to somebody else.
exec "$@" -c unix_socket_directories=
