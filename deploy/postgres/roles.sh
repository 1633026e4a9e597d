#!/bin/sh
# Runs once, when the database is made: the role that the server has, with its password. What it may
# do is granted by the migrations.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$APP_PASSWORD" -U postgres -d holdfast <<'SQL'
create role holdfast_app login password :'password';
SQL
