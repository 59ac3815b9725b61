# shellcheck shell=bash disable=SC2154 # directory, keyring: see below
# SPDX-License-Identifier: MIT
#
# Bare Debian and Ubuntu systems in folders, for the scripts beside this one, which source it. Needs root, debootstrap
# and network. A script that uses it defines say and die, and these variables:
#
#   directory   where archives of bare systems are kept: RELEASE.tar
#   keyring     a file of keys to verify a mirror's signature with, or empty
#
# and begins with: [ "${1:-}" != --enter ] || { shift; enter "$@"; }

# Where this machine's apt gets its own release from.
own_mirror() {
    # shellcheck disable=SC2016 # apt fills these in
    apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
        awk '$1 == "Debian" && $2 !~ /-/ { print $3; exit }'
}

# A bare system of the release in the folder, from an archive of it if there is one: unpacking takes seconds,
# debootstrap minutes. An empty mirror is this machine's.
make_base() {
    local release=$1 mirror=$2 root=$3 archive="$directory/$1.tar"
    local options=(--variant=minbase) script=()
    mkdir -p "$root"
    if [ -f "$archive" ]; then
        tar -C "$root" -xf "$archive"
        return
    fi
    [ -n "$mirror" ] || mirror=$(own_mirror)
    [ -n "$mirror" ] || die "apt on this machine names no Debian mirror: give one as $release=URL"
    [ -z "$keyring" ] || options+=("--keyring=$keyring")
    [[ $mirror != https:* ]] || options+=(--include=ca-certificates)
    case $mirror in
    */ubuntu | */ubuntu/) options+=("--components=main,universe") ;;
    esac
    # A release that this debootstrap does not know yet is built like those before it.
    if [ ! -e "/usr/share/debootstrap/scripts/$release" ]; then
        case $mirror in
        */ubuntu | */ubuntu/) script=(gutsy) ;;
        *) script=(sid) ;;
        esac
    fi
    debootstrap "${options[@]}" "$release" "$root" "$mirror" "${script[@]}"
    rm -f "$root"/var/cache/apt/archives/*.deb
    tar -C "$root" --one-file-system -cf "$archive.part" .
    mv "$archive.part" "$archive"
}

# What a machine behind a proxy needs to reach its mirror. Nothing else of this machine enters the new system.
copy_network() {
    local root=$1
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    apt-config dump | grep -E '^Acquire::(Check-|([a-z]+::)*(Proxy|Verify-|CaInfo|SslCert|SslKey))' \
        >"$root/etc/apt/apt.conf.d/90this-machine" || true
    if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
        mkdir -p "$root/usr/local/share/ca-certificates"
        cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/"
        [ ! -x "$root/usr/sbin/update-ca-certificates" ] || chroot "$root" update-ca-certificates >/dev/null
    fi
}

# Runs a command in a folder of the system. Mounts are made in a mount namespace of their own, so they are gone
# whichever way this ends.
run_in() {
    unshare --mount --propagation private -- bash "$0" --enter "$@"
}

# Inside that namespace: PoCL 6 aborts without /sys. No terminal, no standard input, a clean environment.
enter() {
    local root=$1 folder=$2 variable
    shift 2
    mount --rbind --make-rslave /dev "$root/dev"
    mount -t proc proc "$root/proc"
    mount --rbind --make-rslave /sys "$root/sys"
    local environment=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8)
    for variable in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
        [ -z "${!variable:-}" ] || environment+=("$variable=${!variable}")
    done
    # shellcheck disable=SC2016 # the inner shell expands them
    exec env -i "${environment[@]}" chroot "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$folder" "$@" </dev/null
}
