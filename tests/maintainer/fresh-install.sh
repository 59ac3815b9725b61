#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Shows that this works where nothing was installed by hand. For maintainers; no part of CI. For every release: a new
# system by debootstrap, a clean clone of this repository in it, then ./bootstrap test, ./bootstrap setup once more
# (which has to be quick), ./bootstrap run, meson install with what README.md shows after it, and kernels for
# other devices, all that there are, with every compiler that the release has: what ./bootstrap installs brings one of
# them, or none.
#
#   tests/maintainer/fresh-install.sh [options] [RELEASE[=MIRROR]...]     (default: bookworm trixie sid noble)
#
#   --directory DIR   where the systems are built: about 5 GB each (default: /var/tmp/praxis-chroots)
#   --actions LIST    what to do in them, of test, setup, run, install, offline (default: all, in this order)
#   --working-tree    copy the files as they are, committed or not, instead of cloning
#   --keyring FILE    verify a mirror's signature by these keys: another distribution's than this machine's
#   --keep            leave the systems there; without it only the archives of the bare systems stay
#
# Needs root, debootstrap and network. The mirror of a Debian release is the one this machine's apt uses, that of noble
# is archive.ubuntu.com, its keys are this machine's or those that Debian 13 packages; another Ubuntu release needs its
# mirror. A release whose system cannot be made has failed.
set -euo pipefail

# shellcheck source=tests/maintainer/common.sh
. "$(dirname -- "$0")/common.sh"

actions="test setup run install offline"

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

# shellcheck disable=SC2016 # the shell in the system expands them
offline_steps='
apt-get -q update
clangs=$(apt-cache pkgnames | grep -E "^clang-(1[4-9]|[2-9][0-9])$")
compilers=
for package in $clangs intel-opencl-icd intel-ocloc libigc2 libigdfcl2; do
    case $(apt-cache policy "$package") in
    *"Candidate: (none)"* | "") ;;
    *) compilers="$compilers $package" ;;
    esac
done
DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $compilers
./bootstrap test --suite slow --verbose kernels-amd-all kernels-nvidia-all kernels-intel-all kernels-cpu-all \
    kernels-spir-all kernels-arrays-all'

try_release() {
    local release=${1%%=*} mirror='' action command
    case $1 in
    *=*) mirror=${1#*=} ;;
    noble) mirror=http://archive.ubuntu.com/ubuntu ;;
    esac
    new_system "$release" "$release" "$mirror" || return 0
    for action in $actions; do
        command=(./bootstrap "$action")
        case $action in
        install) command=(sh -euxc "$install_steps") ;;
        offline) command=(sh -euxc "$offline_steps") ;;
        esac
        step "$release" "$action" "${command[@]}" || true
    done
    end_system
}

while [ $# -gt 0 ]; do
    case $1 in
    --actions) actions=${2?} && shift ;;
    -*) take_option "$@" && shift $((taken - 1)) ;;
    *) break ;;
    esac
    shift
done
[ $# -gt 0 ] || set -- bookworm trixie sid noble
begin git

for release in "$@"; do
    try_release "$release"
done
print_results
