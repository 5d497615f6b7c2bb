# Copies the primary when there is nothing yet, and follows it under the name that it waits for. Whatever the arguments,
# they are the server's.
set -euo pipefail
if [[ ! -e $PGDATA ]]; then
  source='host=db1 user=replicator application_name=standby'
  # What an earlier attempt left, when it was killed, is not a copy.
  until rm -rf "$PGDATA.part" &&
    pg_basebackup --pgdata="$PGDATA.part" --dbname="$source" --write-recovery-conf --checkpoint=fast; do sleep 1; done
  mv "$PGDATA.part" "$PGDATA"
fi
exec postgres "$@"
