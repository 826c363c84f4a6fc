#!/bin/sh
# Remake the locks in locks/.  `sh scripts/locks.sh` keeps every pin that still fits;
# `sh scripts/locks.sh --upgrade` takes the newest versions.
set -eu
cd "$(dirname "$0")/.."
. scripts/common.sh

UV=${UV:-.venv-dev/bin/uv}
[ -x "$UV" ] || UV=$(command -v uv) || die "No uv: run 'sh scripts/setup.sh dev' first. / 没有 uv：请先运行 'sh scripts/setup.sh dev'。"
PY=.venv-dev/bin/python
[ -x "$PY" ] || PY=python3
uv_like_pip "$PY"

# compile NAME "what it is for" ARGUMENTS...
compile() {
    _out=locks/$1.txt
    _title=$2
    shift 2
    _new=$_out.new
    # uv takes its preferences from the output file, so start from the present one
    if [ -f "$_out" ]; then cp "$_out" "$_new"; else rm -f "$_new"; fi
    "$UV" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --output-file "$_new" "$@"
    {
        say "# $_title"
        say "# Made by 'make locks'; do not edit by hand.  Python 3.11 to 3.14, every platform."
        cat "$_new"
    } >"$_out"
    rm -f "$_new"
    say "  $_out: $(grep -c '^[A-Za-z0-9]' "$_out") packages"
}

compile uv "uv itself, the installer." "$@" locks/uv.in
compile run "What pcf-engine needs to run, and to build its own wheel without a network." \
    "$@" pyproject.toml locks/build.in
compile dev "What 'make test' needs: run.txt, the tools and the extras." \
    "$@" --constraint locks/run.txt --extra dev --extra brightway --extra parquet --extra publisher --extra cluster pyproject.toml locks/build.in
compile legacy "brightway2 2.4.7 alone: it cannot share an environment with bw2data 4." \
    "$@" locks/legacy.in
