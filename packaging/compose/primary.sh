# Runs once, when the primary's cluster is made: read by the image's own script, or run by it.
set -eo pipefail
# Nothing may wait for the standby yet: it is a copy of what is made here.
PGOPTIONS='-c synchronous_commit=local' psql --username postgres --no-psqlrc --set ON_ERROR_STOP=1 <<'SQL'
CREATE ROLE nexus LOGIN PASSWORD 'try-me';
CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'try-me';
CREATE DATABASE nexus OWNER nexus ENCODING 'UTF8' TEMPLATE template0;
SQL
echo 'host replication replicator all scram-sha-256' >>"$PGDATA/pg_hba.conf"
