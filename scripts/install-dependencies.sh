#!/usr/bin/env bash
# Installs the Debian packages that are missing: those that the build links against and, with --test, those whose
# programs the tests use. Does nothing, and asks for no rights, when all of them are there.
#
# Usage: scripts/install-dependencies.sh [--test]
set -euo pipefail

build_packages=(
    libunwind-dev # unwinding
    libelf-dev    # symbols
    zlib1g-dev    # compressed profiles
    liblzma-dev   # symbols that stripped files carry along
    libzstd-dev   # compressed recordings of perf's
    libsqlite3-dev # the store of results
    g++           # libsupc++: C++ names, bounded
    pkg-config    # finds them
)
test_packages=(
    gcc libc6-dev     # fixture programs, with g++
    binutils          # readelf: every unwind rule of whole libraries; c++filt, objcopy
    libc6-arm64-cross libstdc++6-arm64-cross # libraries of another architecture, to compare their unwind rules
    clang-14 llvm-14 dwz # debug information in all the ways that it is written; what llvm-symbolizer makes of it
    debuginfod libdebuginfod1 # debug files that only a server has
    gzip util-linux   # unpacking profiles; unshare and setpriv for namespaces and users
    python3 xz-utils  # real programs to record …
    redis-tools       # … and redis, from the package that starts no service
    linux-perf        # the peer to compare with
    git sqlite3       # repositories to bisect; stores as others write them
    valgrind          # counts allocations and calls in another way
    libjemalloc2      # an allocator with C++ operators of its own
    gcc-aarch64-linux-gnu qemu-user # programs of another architecture, to count what they allocate
    golang-go         # go tool pprof reads our files
    libdevel-nytprof-perl # flamegraph.pl reads our stacks
)

packages=("${build_packages[@]}")
case "${1-}" in
"") ;;
--test) packages+=("${test_packages[@]}") ;;
*)
    sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is no Debian system. Please install what these Debian packages contain: ${packages[*]}" >&2
    # Where the libraries are there already, the build does not need this script.
    if command -v pkg-config >/dev/null && pkg-config --exists libunwind-generic libelf zlib liblzma libzstd; then exit 0; fi
    exit 1
fi

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $status == installed ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then exit 0; fi

as_root=()
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        echo "Please install as root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi

install() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
}
echo "Installing: ${missing[*]}"
if ! install; then
    echo "Updating the package lists, then trying once more."
    "${as_root[@]}" apt-get update
    install
fi
