#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Shows that ./bootstrap works where nothing was installed by hand. For maintainers; no part of CI. For every release:
# a new system by debootstrap, a clean clone of this repository in it, then ./bootstrap test, ./bootstrap setup once
# more (which has to be quick) and ./bootstrap run.
#
#   tests/maintainer/fresh-install.sh [options] [RELEASE[=MIRROR]...]     (default: bookworm trixie)
#
#   --directory DIR   where the systems are built: about 3 GB each (default: /var/tmp/praxis-chroots)
#   --actions LIST    what to do in them, of test, setup, run (default: "test setup run")
#   --working-tree    copy the files as they are, committed or not, instead of cloning
#   --keyring FILE    verify a mirror's signature by these keys: another distribution's than this machine's
#   --keep            leave the systems there; without it only the archives of the bare systems stay
#
# Needs root, debootstrap and network. The mirror of a Debian release is the one this machine's apt uses. An Ubuntu
# release needs its own: noble=http://MIRROR/ubuntu with --keyring.
set -euo pipefail

repository=$(cd -- "$(dirname -- "$0")/../.." && pwd)
. "$repository/tests/maintainer/chroot.sh"
[ "${1:-}" != --enter ] || { shift; enter "$@"; }

directory=/var/tmp/praxis-chroots
actions="test setup run"
working_tree=
keyring=
keep=
results=()

say() {
    printf 'fresh-install: %s\n' "$*" >&2
}

die() {
    say "$*"
    exit 1
}

usage() {
    sed -n '4,19s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

copy_source() {
    local root=$1
    rm -rf "$root/root/praxis"
    if [ -n "$working_tree" ]; then
        mkdir -p "$root/root/praxis"
        git -C "$repository" ls-files -z --cached --others --exclude-standard |
            (cd "$repository" && tar --null --files-from=- --ignore-failed-read -cf -) |
            tar -C "$root/root/praxis" -xf -
    else
        git clone --quiet --no-hardlinks "file://$repository" "$root/root/praxis"
    fi
}

try_action() {
    local release=$1 root=$2 action=$3 log="$directory/$1-$3.log" start=$SECONDS outcome=passed
    say "$release: ./bootstrap $action (log: $log)"
    run_in "$root" /root/praxis ./bootstrap "$action" >"$log" 2>&1 ||
        outcome="FAILED ($?)"
    results+=("$(printf '%-10s %-6s %-12s %4d s' "$release" "$action" "$outcome" $((SECONDS - start)))")
    grep -E 'SKIPPED|^(Ok|Fail|Skipped):' "$log" | sed 's/^/    /' >&2 || true
    [ "$outcome" = passed ] || tail -n 20 "$log" >&2
}

try_release() {
    local release=${1%%=*} mirror=
    local root="$directory/$release"
    [[ $1 != *=* ]] || mirror=${1#*=}
    ! mountpoint -q "$root/dev" || die "$root/dev is a mount point: something still runs there"
    rm -rf --one-file-system "$root"
    say "$release: building the bare system in $root"
    make_base "$release" "$mirror" "$root" >"$directory/$release-base.log" 2>&1 || {
        tail -n 20 "$directory/$release-base.log" >&2
        die "$release: no bare system"
    }
    copy_network "$root"
    copy_source "$root"
    local action
    for action in $actions; do
        try_action "$release" "$root" "$action"
    done
    [ -n "$keep" ] || rm -rf --one-file-system "$root"
}

while [ $# -gt 0 ]; do
    case $1 in
    --directory) directory=${2?} && shift ;;
    --actions) actions=${2?} && shift ;;
    --keyring) keyring=${2?} && shift ;;
    --working-tree) working_tree=yes ;;
    --keep) keep=yes ;;
    -*) usage ;;
    *) break ;;
    esac
    shift
done
[ $# -gt 0 ] || set -- bookworm trixie
[ "$(id -u)" -eq 0 ] || die "must run as root"
for tool in debootstrap git unshare; do
    command -v "$tool" >/dev/null || die "$tool is not there: apt-get install $tool"
done
mkdir -p "$directory"
directory=$(cd -- "$directory" && pwd)

for release in "$@"; do
    try_release "$release"
done
printf '%s\n' "${results[@]}"
! printf '%s\n' "${results[@]}" | grep -q FAILED
