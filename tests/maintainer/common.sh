# shellcheck shell=bash disable=SC2034,SC2154 # what the scripts set and use
# SPDX-License-Identifier: MIT
#
# What the scripts beside this one share, which begin with: . "$(dirname -- "$0")/common.sh"
# Messages and usage, the options that they have in common, and steps: commands in a system of their own, each with a
# log in `directory`, which end in a table.

repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
. "$repository/tests/maintainer/chroot.sh"
[ "${1:-}" != --enter ] || { shift; enter "$@"; }

directory=/var/tmp/praxis-chroots
working_tree=
keyring=
keep=
root=
results=()

say() {
    printf '%s: %s\n' "$(basename -- "$0" .sh)" "$*" >&2
}

die() {
    say "$*"
    exit 1
}

# The comment that the script begins with, after its licence.
usage() {
    sed -n '4,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

# An option that several scripts have, with the words behind it: sets `taken`, how many words it is. Any other is a
# mistake.
take_option() {
    taken=1
    case $1 in
    --working-tree) working_tree=yes ;;
    --keep) keep=yes ;;
    --directory) directory=${2?} taken=2 ;;
    --keyring) keyring=${2?} taken=2 ;;
    *) usage ;;
    esac
}

# What has to be there, besides these programs; and the directory, which gets its absolute name.
begin() {
    local tool
    [ "$(id -u)" -eq 0 ] || die "must run as root"
    for tool in debootstrap unshare "$@"; do
        command -v "$tool" >/dev/null || die "$tool is not there: apt-get install $tool"
    done
    mkdir -p "$directory"
    directory=$(cd -- "$directory" && pwd)
}

note() {
    results+=("$(printf '%-10s %-10s %-12s %4d s' "$1" "$2" "$3" $((SECONDS - $4)))")
}

# A bare system for a name, at `root`, with this repository in it. False where it cannot be made, which is noted.
new_system() {
    local name=$1 release=$2 mirror=${3:-} architecture=${4:-} log="$directory/$1-system.log" start=$SECONDS
    root="$directory/system-$name"
    ! mountpoint -q "$root/dev" || die "$root/dev is a mount point: something still runs there"
    rm -rf --one-file-system "$root"
    say "$name: building the bare system in $root"
    if ! { make_base "$release" "$mirror" "$root" "$architecture" && copy_network "$root" && copy_source "$root"; } \
        >"$log" 2>&1; then
        note "$name" system FAILED "$start"
        tail -n 20 "$log" >&2
        return 1
    fi
}

end_system() {
    [ -n "$keep" ] || rm -rf --one-file-system "$root"
}

# Runs a command in the clone of the system at `root`; false where it failed.
step() {
    local name=$1 action=$2 log="$directory/$1-$2.log" start=$SECONDS outcome=passed
    shift 2
    say "$name: $action (log: $log)"
    run_in "$root" /root/praxis "$@" >"$log" 2>&1 || outcome="FAILED ($?)"
    note "$name" "$action" "$outcome" "$start"
    grep -E 'SKIP|^(Ok|Fail|Skipped):' "$log" | sed 's/^/    /' >&2 || true
    [ "$outcome" = passed ] || { tail -n 20 "$log" >&2; return 1; }
}

# The table; false where a step failed, or none was taken.
print_results() {
    [ ${#results[@]} -gt 0 ] || die "nothing was run"
    printf '%s\n' "${results[@]}"
    ! printf '%s\n' "${results[@]}" | grep -q FAILED
}
