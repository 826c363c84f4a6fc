# Shared by the scripts beside it; POSIX sh, meant to be sourced from the top of the repository.
# shellcheck shell=sh

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }
is_root() { [ "$(id -u)" = 0 ]; }

# step "words" command...: run quietly, say what and how long; show the output only when it fails.
step() {
    _words=$1
    shift
    _t0=$(date +%s)
    _log=$(mktemp "${TMPDIR:-/tmp}/pcf-step.XXXXXX")
    if "$@" >"$_log" 2>&1 </dev/null; then
        rm -f "$_log"
        say "  $_words: $(($(date +%s) - _t0)) s"
    else
        _rc=$?
        say "  $_words: failed after $(($(date +%s) - _t0)) s; the last lines:" >&2
        tail -n 15 "$_log" >&2
        rm -f "$_log"
        return "$_rc"
    fi
}

# uv does not read pip's configuration: pass on, at run time only, the index and the certificates that
# this machine's pip uses.  $1: a python with pip.
uv_like_pip() {
    if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
        _index=${PIP_INDEX_URL:-}
        [ -n "$_index" ] || _index=$("$1" -m pip config get install.index-url 2>/dev/null) || _index=
        [ -n "$_index" ] || _index=$("$1" -m pip config get global.index-url 2>/dev/null) || _index=
        if [ -n "$_index" ]; then
            UV_DEFAULT_INDEX=$_index
            export UV_DEFAULT_INDEX
        fi
    fi
    if [ -z "${SSL_CERT_FILE:-}" ]; then
        _cert=${PIP_CERT:-}
        [ -n "$_cert" ] || _cert=$("$1" -m pip config get global.cert 2>/dev/null) || _cert=
        if [ -n "$_cert" ]; then
            SSL_CERT_FILE=$_cert
            export SSL_CERT_FILE
        fi
    fi
    UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-180}
    UV_PYTHON_DOWNLOADS=never
    UV_NO_PROGRESS=1
    export UV_HTTP_TIMEOUT UV_PYTHON_DOWNLOADS UV_NO_PROGRESS
}
