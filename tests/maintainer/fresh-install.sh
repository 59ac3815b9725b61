#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Shows that this works where nothing was installed by hand. For maintainers; no part of CI. For every release: a new
# system by debootstrap, a clean clone of this repository in it, then ./bootstrap test, ./bootstrap setup once more
# (which has to be quick), ./bootstrap run, and meson install with what README.md shows after it.
#
#   tests/maintainer/fresh-install.sh [options] [RELEASE[=MIRROR]...]     (default: bookworm trixie sid noble)
#
#   --directory DIR   where the systems are built: about 3 GB each (default: /var/tmp/praxis-chroots)
#   --actions LIST    what to do in them, of test, setup, run, install (default: "test setup run install")
#   --working-tree    copy the files as they are, committed or not, instead of cloning
#   --keyring FILE    verify a mirror's signature by these keys: another distribution's than this machine's
#   --keep            leave the systems there; without it only the archives of the bare systems stay
#
# Needs root, debootstrap and network. The mirror of a Debian release is the one this machine's apt uses, that of noble
# is archive.ubuntu.com, its keys are this machine's or those that Debian 13 packages; another Ubuntu release needs its
# mirror. A release whose system cannot be made has failed.
set -euo pipefail

repository=$(cd -- "$(dirname -- "$0")/../.." && pwd)
. "$repository/tests/maintainer/chroot.sh"
[ "${1:-}" != --enter ] || { shift; enter "$@"; }

directory=/var/tmp/praxis-chroots
actions="test setup run install"
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
    sed -n '4,20s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

# What README.md shows of an installed library, in the words it has there: the command is found, and so is the library
# by the program.
# shellcheck disable=SC2016 # the shell in the system expands them
install_steps='
meson install -C build
cd /
praxis devices
sed -n "/^\`\`\`c$/,/^\`\`\`$/{/^\`\`\`/d;p}" /root/praxis/README.md >/root/program.c
cc /root/program.c $(pkg-config --cflags --libs praxis) -o /root/program
/root/program'

try_action() {
    local release=$1 root=$2 action=$3 log="$directory/$1-$3.log" start=$SECONDS outcome=passed
    local command=(./bootstrap "$action")
    [ "$action" != install ] || command=(sh -euxc "$install_steps")
    say "$release: $action (log: $log)"
    run_in "$root" /root/praxis "${command[@]}" >"$log" 2>&1 ||
        outcome="FAILED ($?)"
    note "$release" "$action" "$outcome" "$start"
    grep -E 'SKIP|^(Ok|Fail|Skipped):' "$log" | sed 's/^/    /' >&2 || true
    [ "$outcome" = passed ] || tail -n 20 "$log" >&2
}

note() {
    results+=("$(printf '%-10s %-8s %-12s %4d s' "$1" "$2" "$3" $((SECONDS - $4)))")
}

try_release() {
    local release=${1%%=*} mirror='' action start=$SECONDS
    local root="$directory/$release"
    case $1 in
    *=*) mirror=${1#*=} ;;
    noble) mirror=http://archive.ubuntu.com/ubuntu ;;
    esac
    ! mountpoint -q "$root/dev" || die "$root/dev is a mount point: something still runs there"
    rm -rf --one-file-system "$root"
    say "$release: building the bare system in $root"
    if ! make_base "$release" "$mirror" "$root" >"$directory/$release-base.log" 2>&1; then
        note "$release" system FAILED "$start"
        tail -n 20 "$directory/$release-base.log" >&2
        return
    fi
    copy_network "$root"
    copy_source "$root"
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
[ $# -gt 0 ] || set -- bookworm trixie sid noble
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
