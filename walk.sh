#!/usr/bin/env bash
# Walks through the main job over HTTP on a fresh program of its own, checks every step and tells it in sentences; exit code 1 at the first step that is not as it must be.
#   ./walk.sh           buy 1,000 credits, send to 1,500 recipients, duplicate the remaining, top up, finish, let the rest expire
#   ./walk.sh --kill    the same with kill -9 in the middle of the send and of the second purchase
#   ./walk.sh --great [recipients] [kills]   one campaign of 1,000,000 recipients, ended by kill -9 3 times while it sends; every row, the gateway's records and the ledger are checked
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
dotnet build tests/Walk/Walk.csproj -c Release --nologo -v quiet >&2
exec dotnet tests/Walk/bin/Release/net10.0/Credits.Walk.dll "$@"
