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
