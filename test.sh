#!/usr/bin/env bash
# Installs what is missing, builds once, runs every test project, and ends with "N passed, N failed, N skipped".
# Exit code 0 only when something ran and nothing failed.
# JOBS: test projects at a time (2). Arguments: names of test projects, such as Grains.Tests; all of them when none are given.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

configuration=Release
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

stop() {
  echo "$1"
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
}

has_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null; }
has_chromium() { command -v chromium >/dev/null; }
has_kannel() { [ -x /usr/sbin/bearerbox ] && [ -x /usr/lib/kannel/test/fakesmsc ]; }
has_npm() { command -v node >/dev/null && command -v npm >/dev/null; }

install_missing() {
  local missing=()
  has_postgresql || missing+=(postgresql)
  has_chromium || missing+=(chromium)
  has_npm || missing+=(nodejs npm)
  has_kannel || missing+=(kannel kannel-extras)
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || stop "Missing: ${missing[*]}. Install them as root: apt-get update && apt-get install -y ${missing[*]}"
    as_root=(sudo)
  fi
  command -v apt-get >/dev/null || stop "Missing: ${missing[*]}, and there is no apt-get here to install them with."
  echo "Installing ${missing[*]}"
  { "${as_root[@]}" apt-get update -q && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } \
    >"$results/apt.log" 2>&1 || { tail -n 20 "$results/apt.log"; stop "Could not install ${missing[*]}."; }
  # The tests start Kannel for themselves; the package's own service is not wanted.
  if [[ " ${missing[*]} " == *" kannel "* ]]; then
    "${as_root[@]}" sh -c 'invoke-rc.d kannel stop; update-rc.d kannel disable' >>"$results/apt.log" 2>&1
  fi
}

# Runs one project and prints its output in one piece, so that two at a time stay readable, with what a test has to show (the file REPORT).
# Leaves <name>.trx and <name>.exit.
run_project() {
  local name=$1
  REPORT="$results/$name.report" timeout --kill-after=20 540 dotnet test "tests/$name/$name.csproj" -c "$configuration" --no-build --nologo \
    --logger "trx;LogFileName=$name.trx" --results-directory "$results" >"$results/$name.log" 2>&1
  echo $? >"$results/$name.exit"
  printf '\n== %s\n%s\n' "$name" "$(cat "$results/$name.log" "$results/$name.report" 2>/dev/null)"
}
export -f run_project
export configuration results

# The value of one counter in a trx file; 0 if there is none.
counter() {
  local value
  value=$(grep -o '<Counters [^>]*' "$1" | grep -o " $2=\"[0-9]*" | head -n 1 | grep -o '[0-9]*$')
  echo "${value:-0}"
}

command -v dotnet >/dev/null || stop "Missing: the .NET SDK $(grep -o '10\.[0-9.]*' global.json | head -n 1), see https://dot.net"
install_missing
dotnet build Credits.sln -c "$configuration" --nologo -v quiet || stop "The build broke."

projects=("$@")
[ ${#projects[@]} -gt 0 ] || mapfile -t projects < <(cd tests && ls -d -- *.Tests)
printf '%s\n' "${projects[@]}" | xargs -P "${JOBS:-2}" -I{} bash -c 'run_project {}'

passed=0 failed=0 skipped=0
for name in "${projects[@]}"; do
  trx="$results/$name.trx"
  failed_here=0
  if [ -f "$trx" ]; then
    failed_here=$(($(counter "$trx" executed) - $(counter "$trx" passed)))
    passed=$((passed + $(counter "$trx" passed)))
    skipped=$((skipped + $(counter "$trx" total) - $(counter "$trx" executed)))
  fi
  # A run that broke off counts as one failure even though no test of it is marked.
  if [ "$failed_here" -eq 0 ] && [ "$(cat "$results/$name.exit" 2>/dev/null || echo 1)" -ne 0 ]; then
    echo "$name broke off."
    failed_here=1
  fi
  failed=$((failed + failed_here))
done
[ $((passed + failed)) -gt 0 ] || stop "No test ran."

# Once more in one place, so that the end of a long output tells what is wrong.
for name in "${projects[@]}"; do
  sed -n -E '/^  Failed [^ ]/,/^ *(Stack Trace:|Standard Output)/{ /^ *(Stack Trace:|Standard Output)/!p }' "$results/$name.log" 2>/dev/null | sed "s/^  Failed /\nFailed: $name /"
done

echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
