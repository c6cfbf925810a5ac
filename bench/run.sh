#!/usr/bin/env bash
# Prints one table of figures, each beside its yardstick, measured in turn on a PostgreSQL of its own.
#   bench/run.sh             everything
#   bench/run.sh a b         only these sections: a, b debits, c campaigns, d activation, e memory,
#                            f automations over HTTP, g campaigns of 100 accounts at once, k a campaign through Kannel (needs kannel, kannel-extras and wrk),
#                            m memory while a campaign is sent
#   bench/run.sh --quick     shorter rounds and smaller sizes, to see that it runs; its figures are no evidence
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
compgen -G '/usr/lib/postgresql/*/bin/pgbench' >/dev/null || command -v pgbench >/dev/null || { echo "Missing pgbench: apt-get install -y postgresql" >&2; exit 1; }
dotnet build bench/Bench/Bench.csproj -c Release --nologo -v quiet >&2
exec dotnet bench/Bench/bin/Release/net10.0/Bench.dll "$@"
