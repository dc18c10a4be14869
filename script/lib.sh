# Shared by the scripts here: where the project is, how to say what is going on, how to install. To be sourced.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

if [ -t 2 ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold='' dim='' plain=''; fi
step() { printf '%s==>%s %s\n' "$bold" "$plain" "$*" >&2; }

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

# install_packages LIST…: installs what is missing of the packages that the lists name.
install_packages() {
  local package missing=()
  while read -r package; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done < <(sed 's/#.*//; /^[[:space:]]*$/d; s/[[:space:]]*$//' "$@")
  [ ${#missing[@]} -eq 0 ] && return
  step "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# use_node: puts a Node.js that the page can be built with on the PATH. Debian 12's own is too old for that, but can fetch
# a newer one from npm, which is kept in build/node.
node_version=20.20.2 npm_version=11.19.1
use_node() {
  node_is_recent && return
  local architecture kept=build/node/node_modules
  architecture=$(dpkg --print-architecture | sed 's/amd64/x64/')
  if [ ! -x "$kept/node-linux-$architecture/bin/node" ]; then
    command -v npm >/dev/null || install_packages script/packages-node.txt
    step "Fetching Node.js $node_version"
    npm install --silent --no-save --prefix build/node "node-linux-$architecture@$node_version" "npm@$npm_version" >&2
  fi
  export PATH="$root/$kept/node-linux-$architecture/bin:$root/$kept/.bin:$PATH"
  node_is_recent && return
  echo "Node.js 20.19 or later is needed; $(node --version 2>&1) was found" >&2
  exit 1
}
node_is_recent() {
  node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

# install_npm_packages: what package-lock.json says, unless it is there already.
install_npm_packages() {
  use_node
  [ node_modules/.package-lock.json -nt package-lock.json ] && return
  step "Installing npm packages"
  npm ci --silent >&2
  touch node_modules/.package-lock.json
}

# build_page: into web/dist, unless that is newer than all that it is made of.
build_page() {
  local made_of=(web/src web/public web/index.html web/vite.config.ts packages/*/src package-lock.json)
  if [ -f web/dist/index.html ] && [ -z "$(find "${made_of[@]}" -newer web/dist/index.html -print -quit)" ]; then
    return
  fi
  step "Building the page"
  npm run build --silent --workspace web -- --logLevel warn >&2
}

# build PRESET TARGET…: configures when that was never done, and builds.
build() {
  local preset=$1
  shift
  if [ ! -f "build/$preset/build.ninja" ]; then
    step "Configuring the $preset build"
    cmake --preset "$preset" >&2
  fi
  step "Building ${*:-everything} (${preset})"
  if [ -t 2 ]; then
    ninja -C "build/$preset" "$@" >&2
  else
    ninja -C "build/$preset" --quiet "$@" >&2
  fi
}

# start_postgresql: a PostgreSQL server of one's own, on a free port of 127.0.0.1, in a temporary folder, gone with the
# script. ORBIT_TEST_POSTGRESQL names it from then on. It promises nothing in a power cut: it is for tests.
start_postgresql() {
  local binaries=/usr/lib/postgresql/15/bin user=() try
  postgresql_folder=$(mktemp -d "${TMPDIR:-/tmp}/orbit-postgresql-XXXXXX")
  trap stop_postgresql EXIT
  if [ "$(id -u)" -eq 0 ]; then
    chown postgres: "$postgresql_folder"
    user=(setpriv --reuid=postgres --regid=postgres --clear-groups)
  fi
  step "Starting PostgreSQL for the tests"
  (cd "$postgresql_folder" && "${user[@]}" "$binaries/initdb" --pgdata data --username orbit --auth trust \
    --encoding UTF8 --locale C --no-sync >/dev/null)
  for try in 1 2 3 4 5; do
    local port=$((20000 + RANDOM % 12000))
    (cd "$postgresql_folder" && exec "${user[@]}" "$binaries/postgres" -D data -p "$port" -k "$postgresql_folder" \
      -c listen_addresses=127.0.0.1 -c max_connections=300 -c fsync=off -c full_page_writes=off \
      -c shared_buffers=64MB -c autovacuum=off) >>"$postgresql_folder/log" 2>&1 &
    postgresql_process=$!
    until "$binaries/pg_isready" --quiet --host 127.0.0.1 --port "$port"; do
      kill -0 "$postgresql_process" 2>/dev/null || continue 2
      sleep 0.1
    done
    export ORBIT_TEST_POSTGRESQL="postgresql://orbit@127.0.0.1:$port"
    return
  done
  cat "$postgresql_folder/log" >&2
  exit 1
}
stop_postgresql() {
  if kill -INT "$postgresql_process" 2>/dev/null; then wait "$postgresql_process" || true; fi
  rm -rf "$postgresql_folder"
}
