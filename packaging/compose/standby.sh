# Copies the primary when there is nothing yet, and follows it under the name that it waits for.
set -euo pipefail
if [[ ! -s $PGDATA/PG_VERSION ]]; then
  source='host=db1 user=replicator application_name=standby'
  until pg_basebackup --pgdata="$PGDATA" --dbname="$source" --write-recovery-conf --checkpoint=fast; do sleep 1; done
  chmod 0700 "$PGDATA"
fi
exec postgres -c hot_standby=on
