#!/bin/sh
# A Chromium for the browser tests, a font with Chinese in it, and the one library that Playwright's driver
# needs beside.  As root on Debian or Ubuntu it installs what is missing; otherwise it prints the line to
# type.  With all there it does nothing.
set -eu
cd "$(dirname "$0")/.."
. scripts/common.sh

has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_library() {
    PATH=$PATH:/usr/sbin:/sbin
    ! command -v ldconfig || ldconfig -p | grep -q 'libatomic\.so\.1'
}
has_font() { command -v fc-list && [ -n "$(fc-list :lang=zh-cn family)" ]; }

PACKAGES=
has_browser >/dev/null 2>&1 || PACKAGES=chromium
has_font >/dev/null 2>&1 || PACKAGES="${PACKAGES:+$PACKAGES }fontconfig fonts-noto-cjk"
has_library >/dev/null 2>&1 || PACKAGES="${PACKAGES:+$PACKAGES }libatomic1"
[ -n "$PACKAGES" ] || exit 0

if ! is_root || ! command -v apt-get >/dev/null 2>&1; then
    die "Missing for the browser tests: $PACKAGES.  Type:  sudo sh scripts/chromium.sh
浏览器测试缺少：$PACKAGES。请运行：sudo sh scripts/chromium.sh"
fi

install() {
    DEBIAN_FRONTEND=noninteractive
    export DEBIAN_FRONTEND
    # shellcheck disable=SC2086  # several packages
    apt-get -qq -o DPkg::Lock::Timeout=300 update &&
        apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $PACKAGES
}
step "installing $PACKAGES with apt-get" install
