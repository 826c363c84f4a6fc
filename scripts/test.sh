#!/bin/sh
# Everything `make test` runs once .venv-dev is there: ruff, ruff format, mypy, pytest.
# All of them run even when one fails; the exit code says whether any did.  Arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
. scripts/common.sh
BIN=.venv-dev/bin

# Installs a browser only as root, and only where one is missing; without one the browser tests are
# skipped and say so (under PCF_CI=1 they fail).
sh scripts/chromium.sh || :

# Nothing beyond this machine: no proxy is to be asked for a loopback address.
NO_PROXY='127.0.0.1,localhost,::1'
no_proxy=$NO_PROXY
export NO_PROXY no_proxy

FAILED=
check() {
    _name=$1
    shift
    say "== $_name"
    _t0=$(date +%s)
    "$@" || FAILED="$FAILED $_name"
    say "   $_name: $(($(date +%s) - _t0)) s"
}
check lint "$BIN/ruff" check --quiet .
check format "$BIN/ruff" format --check --quiet .
check types "$BIN/mypy" --no-error-summary
# One process a core: tests share no file, no port and no database. Who runs out of tests takes some of another's.
check tests "$BIN/python" -m pytest -n auto --maxprocesses 4 --dist worksteal "$@"
[ -z "$FAILED" ] || die "Failed:$FAILED"
