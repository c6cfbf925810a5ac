#!/usr/bin/env bash
# Plays the crash matrix and prints it: purchases killed (kill -9) after each of their durable steps, times every fault of the Stripe sandbox. Exit code 1 when a cell is wrong.
#   ./crash-matrix.sh --sending              the matrix of sends: campaigns and automation messages killed after each of their steps
#   ./crash-matrix.sh                        all cells
#   ./crash-matrix.sh --cells 300 --seed 7   a part that covers every point and every fault, and others up to 300; the same seed gives the same cells
#   ./crash-matrix.sh --cell "not killed"    only the cells whose name has this in it
#   ./crash-matrix.sh --postgres …           a silo that is killed and a separate API, on PostgreSQL
#   ./crash-matrix.sh --batch 200 …          cells on one program at a time (400)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if [[ " $* " == *" --help "* ]]; then sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' crash-matrix.sh; exit; fi
dotnet build tests/CrashMatrix/CrashMatrix.csproj -c Release --nologo -v quiet >&2
exec dotnet tests/CrashMatrix/bin/Release/net10.0/Credits.CrashMatrix.dll "$@"
