#!/bin/sh
# The browser tests drive Debian's chromium. Installs it where that needs no question; says what to do elsewhere.
set -eu
if command -v chromium >/dev/null; then exit 0; fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n apt-get update -qq && sudo -n apt-get install -y -qq --no-install-recommends chromium >/dev/null
else
    echo "No chromium found and it cannot be installed without a question: the browser tests will be skipped." >&2
    echo "Install it (Debian, Ubuntu: sudo apt-get install chromium) and run make test again." >&2
fi
