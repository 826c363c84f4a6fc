#!/bin/sh
# The three roles and the database, in a PostgreSQL image that starts for the first time.
set -eu
psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" \
    -v owner="$PCF_OWNER_PASSWORD" -v app="$PCF_APP_PASSWORD" <<'SQL'
CREATE ROLE pcf_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE pcf_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app';
CREATE ROLE pcf_auditor NOLOGIN NOSUPERUSER NOBYPASSRLS;
CREATE DATABASE pcf OWNER pcf_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE pcf FROM PUBLIC;
GRANT CONNECT ON DATABASE pcf TO pcf_app, pcf_auditor;
SQL
