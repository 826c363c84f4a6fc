#!/bin/sh
# Make one of this project's environments from its hash-pinned lock.
#
#   sh scripts/setup.sh run       .venv         to run pcf
#   sh scripts/setup.sh dev       .venv-dev     to run the tests
#   sh scripts/setup.sh legacy    .venv-legacy  brightway2 2.4.7, alone (Python 3.11 or 3.12)
#
# Options after the name:  --dir DIR      put it there instead
#                          --wheel FILE   install this wheel of ours instead of the working tree
# Environment:             PCF_PYTHON     the Python to use instead of the first fit one
# A second run with nothing changed does nothing.
set -eu
cd "$(dirname "$0")/.."
. scripts/common.sh

usage() { die "usage: sh scripts/setup.sh run|dev|legacy [--dir DIR] [--wheel FILE]"; }

NAME=${1:-}
WHEEL=
NEWEST=14
case $NAME in
    run) DIR=.venv ;;
    dev) DIR=.venv-dev ;;
    legacy) DIR=.venv-legacy NEWEST=12 ;;
    *) usage ;;
esac
shift
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
        --dir) DIR=$2 ;;
        --wheel) WHEEL=$2 ;;
        *) usage ;;
    esac
    shift 2
done
LOCK=locks/$NAME.txt
PY=$DIR/bin/python

# What would make this environment another one.
fingerprint() {
    pwd
    cat "$LOCK" locks/uv.txt pyproject.toml scripts/setup.sh
    [ -z "$WHEEL" ] || cksum "$WHEEL"
}
STAMP=$DIR/.pcf-stamp
WANT=$(fingerprint | cksum)
if [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$WANT" ] && [ -x "$PY" ]; then
    exit 0
fi

unset PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV UV_SYSTEM_PYTHON 2>/dev/null || :
PIP_DISABLE_PIP_VERSION_CHECK=1
PIP_NO_INPUT=1
export PIP_DISABLE_PIP_VERSION_CHECK PIP_NO_INPUT
START=$(date +%s)

# --- a Python ----------------------------------------------------------------------------------------
# fits PYTHON EXTRA-IMPORTS: is it new enough, not too new, and has it these modules?
fits() {
    "$1" -c "import sys, $2; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, $NEWEST))" >/dev/null 2>&1
}
CANDIDATES=${PCF_PYTHON:-"python3 python3.14 python3.13 python3.12 python3.11"}
BASE=
HAS_VENV=no
for c in $CANDIDATES; do
    if fits "$c" "venv, ensurepip"; then
        BASE=$c HAS_VENV=yes
        break
    fi
done
if [ -z "$BASE" ]; then
    for c in $CANDIDATES; do
        if fits "$c" os; then
            BASE=$c
            break
        fi
    done
fi
[ -n "$BASE" ] || die "No Python from 3.11 to 3.$NEWEST found (looked for: $CANDIDATES).
On Debian 12 or Ubuntu 24.04:  sudo apt-get install -y python3 python3-venv
没有找到 3.11 到 3.$NEWEST 的 Python（找过：$CANDIDATES）。
在 Debian 12 或 Ubuntu 24.04 上请运行：sudo apt-get install -y python3 python3-venv"
VERSION=$("$BASE" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
say "Setting up $DIR (Python $VERSION, $LOCK)"

# --- the empty environment ---------------------------------------------------------------------------
if [ -e "$DIR" ]; then
    [ -f "$DIR/pyvenv.cfg" ] || [ -z "$(ls -A "$DIR")" ] ||
        die "$DIR exists and is not a Python environment; move it away first. / $DIR 已存在且不是 Python 环境，请先移走。"
    rm -rf "$DIR"
fi

apt_venv() {
    DEBIAN_FRONTEND=noninteractive
    export DEBIAN_FRONTEND
    apt-get -qq -o DPkg::Lock::Timeout=300 update &&
        apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "python$VERSION-venv"
}
from_system() { "$BASE" -c 'import sys; sys.exit(sys.base_prefix != "/usr")'; }

if [ "$HAS_VENV" = no ] && is_root && from_system && command -v apt-get >/dev/null 2>&1; then
    step "installing python$VERSION-venv with apt-get" apt_venv || :
    if fits "$BASE" "venv, ensurepip"; then HAS_VENV=yes; fi
fi

TOOL_UV=
if [ "$HAS_VENV" = yes ]; then
    step "making the environment" "$BASE" -m venv "$DIR"
else
    # No venv module: a pinned uv can make an environment without it.
    if "$BASE" -m pip --version >/dev/null 2>&1; then
        [ -x .tools/bin/uv ] ||
            step "fetching uv into .tools" "$BASE" -m pip install -q --require-hashes --target .tools -r locks/uv.txt || :
        if [ -x .tools/bin/uv ]; then TOOL_UV=.tools/bin/uv; fi
    fi
    [ -n "$TOOL_UV" ] || TOOL_UV=$(command -v uv) || die "This Python $VERSION cannot make environments (its venv module is missing), and this is not root.
Type this line, then try again:  sudo apt-get update && sudo apt-get install -y python$VERSION-venv
这个 Python $VERSION 缺少 venv 模块，且当前用户不是 root。
请运行这一行，然后重试：sudo apt-get update && sudo apt-get install -y python$VERSION-venv"
    uv_like_pip "$BASE"
    step "making the environment with uv" "$TOOL_UV" venv -q --seed --python "$BASE" "$DIR"
fi

# --- the packages ------------------------------------------------------------------------------------
UV=$DIR/bin/uv
if ! step "fetching uv" "$PY" -m pip install -q --require-hashes -r locks/uv.txt; then UV=$TOOL_UV; fi
uv_like_pip "$PY"

OURS="-e ."
[ -z "$WHEEL" ] || OURS=$WHEEL

with_uv() { "$UV" pip install -q --python "$PY" "$@"; }
with_pip() { "$PY" -m pip install -q "$@"; }
with_either() {
    if [ -n "$UV" ] && with_uv "$@"; then return 0; fi
    echo "(uv could not; trying pip)"
    with_pip "$@"
}

step "installing $(grep -c '^[A-Za-z0-9]' "$LOCK") locked packages" with_either --require-hashes -r "$LOCK"
if [ "$NAME" != legacy ]; then
    # shellcheck disable=SC2086  # two words on purpose
    step "installing pcf-engine" with_either --no-deps --no-build-isolation $OURS
fi

printf '%s\n' "$WANT" >"$STAMP"
say "  $DIR is ready: $(($(date +%s) - START)) s in all"
