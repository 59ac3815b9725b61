# shellcheck shell=bash disable=SC2154 # directory, keyring: see below
# SPDX-License-Identifier: MIT
#
# Bare Debian and Ubuntu systems in folders, for common.sh, which sources this. Needs root, debootstrap and network.
# Whoever uses it defines say and die, and these variables:
#
#   directory   where archives of bare systems are kept: RELEASE.tar, and RELEASE-ARCHITECTURE.tar for another one
#   keyring     a file of keys to verify a mirror's signature with, or empty: this machine's
#   repository, working_tree   what copy_source takes: a clone, or where working_tree is not empty, the files as they are
#
# and calls enter with its arguments where the first is --enter.

# Where this machine's apt gets its own release from.
own_mirror() {
    # shellcheck disable=SC2016 # apt fills these in
    apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
        awk '$1 == "Debian" && $2 !~ /-/ { print $3; exit }'
}

# Whether a mirror is one of Ubuntu.
is_ubuntu() {
    [[ $1 =~ /ubuntu(-ports)?/?$ ]]
}

# The keys of Ubuntu's archive: this machine's, or those that Debian 13 has a package of, which apt verifies there.
ubuntu_keyring() {
    local file=/usr/share/keyrings/ubuntu-archive-keyring.gpg kept="$directory/ubuntu-archive-keyring.gpg" root
    [ ! -f "$file" ] || kept=$file
    if [ ! -f "$kept" ]; then
        root="$directory/keyring-system"
        rm -rf --one-file-system "$root"
        make_base trixie "" "$root" >&2 || return
        copy_network "$root"
        run_in "$root" /root apt-get -q update >&2 || return
        run_in "$root" /root apt-get -q download ubuntu-keyring >&2 || return
        dpkg-deb --fsys-tarfile "$root"/root/ubuntu-keyring_*.deb | tar -xOf - ".$file" >"$kept.part" || return
        mv "$kept.part" "$kept"
        rm -rf --one-file-system "$root"
    fi
    echo "$kept"
}

# A bare system of the release in the folder, from an archive of it if there is one: unpacking takes seconds,
# debootstrap minutes. An empty mirror is this machine's; the architecture is this machine's where none is given. May be
# called as a condition.
make_base() {
    local release=$1 mirror=$2 root=$3 architecture=${4:-} keys=$keyring
    local archive="$directory/$release${architecture:+-$architecture}.tar" options=(--variant=minbase) script=()
    mkdir -p "$root"
    if [ -f "$archive" ]; then
        tar -C "$root" -xf "$archive"
        return
    fi
    [ -n "$mirror" ] || mirror=$(own_mirror)
    [ -n "$mirror" ] || die "apt on this machine names no Debian mirror: give one as $release=URL"
    [[ $mirror != https:* ]] || options+=(--include=ca-certificates)
    [ -z "$architecture" ] || options+=("--arch=$architecture")
    if is_ubuntu "$mirror"; then
        options+=("--components=main,universe")
        [ -n "$keys" ] || keys=$(ubuntu_keyring) || return
    fi
    [ -z "$keys" ] || options+=("--keyring=$keys")
    # A release that this debootstrap does not know yet is built like those before it.
    if [ ! -e "/usr/share/debootstrap/scripts/$release" ]; then
        if is_ubuntu "$mirror"; then script=(gutsy); else script=(sid); fi
    fi
    debootstrap "${options[@]}" "$release" "$root" "$mirror" "${script[@]}" || return
    rm -f "$root"/var/cache/apt/archives/*.deb
    tar -C "$root" --one-file-system -cf "$archive.part" . && mv "$archive.part" "$archive"
}

# What a machine behind a proxy needs to reach its mirror. Nothing else of this machine enters the new system. May be
# called as a condition.
copy_network() {
    local root=$1
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/" || return
    apt-config dump | grep -E '^Acquire::(Check-|([a-z]+::)*(Proxy|Verify-|CaInfo|SslCert|SslKey))' \
        >"$root/etc/apt/apt.conf.d/90this-machine" || true
    if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
        mkdir -p "$root/usr/local/share/ca-certificates"
        cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/" || return
        [ ! -x "$root/usr/sbin/update-ca-certificates" ] || chroot "$root" update-ca-certificates >/dev/null
    fi
}

# This repository, as /root/praxis of the system. May be called as a condition.
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
