# What evolo and mvnw need before there is a Java: a JDK that is new enough, and archives that are fetched whole or not at all.
# They source it; it needs bash, curl or wget, and tar.

needed=25
settings=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P) || exit 1

say() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
}

fail() {
    say "$1"
    exit "${2:-1}"
}

offline() {
    [ "${EVOLO_OFFLINE:-0}" != 0 ]
}

# The feature version of the JDK in a folder; nothing where there is none.
version() {
    local line
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return
    if [ -r "$1/release" ]; then
        while IFS= read -r line; do
            case $line in
                JAVA_VERSION=*)
                    feature "$line"
                    return
                    ;;
            esac
        done <"$1/release"
    fi
    line=$("$1/bin/java" -version 2>&1) && feature "$line"
}

# 25 of: JAVA_VERSION="25.0.4"
feature() {
    local number=${1#*\"}
    printf '%s' "${number%%[!0-9]*}" # of 1.8 it is 1, which is old enough
}

new_enough() {
    local found
    found=$(version "$1")
    [ -n "$found" ] && [ "$found" -ge "$needed" ]
}

# Prints the home of a JDK that is new enough: what was asked for, what the PATH has, the usual folders.
find_jdk() {
    local path pattern candidate IFS=
    path=$(command -v javac 2>/dev/null)
    [ -z "$path" ] || path=$(readlink -f "$path" 2>/dev/null || printf '%s' "$path")
    for candidate in "${EVOLO_JAVA_HOME:-}" "${JAVA_HOME:-}" "${path%/bin/javac}"; do
        [ -z "$candidate" ] || ! new_enough "$candidate" || { printf '%s' "$candidate" && return; }
    done
    while read -r pattern; do
        case $pattern in '#'*) continue ;; '~'*) pattern=${HOME:-}${pattern#\~} ;; esac
        for candidate in $pattern; do
            ! new_enough "$candidate" || { printf '%s' "$candidate" && return; }
        done
    done <"$settings/jdk-folders.txt"
    return 1
}

# How to get a JDK on this system, which an os-release file describes.
hint() {
    local ID='' VERSION_ID='' NAME=''
    [ "$(uname -s)" != Darwin ] || { printf 'brew install openjdk@%s' "$needed" && return; }
    [ ! -r "$1" ] || . "$1"
    case $ID-${VERSION_ID%%.*} in
        debian-[1-9] | debian-1[0-2] | ubuntu-1? | ubuntu-2[01])
            printf '%s %s has no openjdk-%s package: ' "${NAME%% *}" "$VERSION_ID" "$needed"
            printf 'add the repository of Temurin as https://adoptium.net/installation/linux says, then apt install temurin-%s-jdk' "$needed"
            ;;
        debian-* | ubuntu-*) printf 'apt install openjdk-%s-jdk-headless' "$needed" ;;
        fedora-* | rhel-* | centos-* | rocky-* | almalinux-*) printf 'dnf install java-%s-openjdk-devel' "$needed" ;;
        alpine-*) printf 'apk add openjdk%s' "$needed" ;;
        *) printf 'install one from https://adoptium.net/temurin/releases, or set JAVA_HOME to where one is' ;;
    esac
}

# Whether programs are linked with musl; its loader beside glibc's does not make it so, nor glibc's on Alpine.
musl() {
    compgen -G '/lib/ld-musl-*' >/dev/null && { [ -e /etc/alpine-release ] || ! compgen -G '/lib*/ld-linux*' >/dev/null; }
}

no_jdk() {
    fail "no JDK $needed or later found, and none fetched: $1
  $(hint /etc/os-release)" 2
}

# Prints the home of a JDK that is new enough; fetches one where there is none.
jdk() (
    [ -z "${EVOLO_JAVA_HOME:-}" ] || new_enough "$EVOLO_JAVA_HOME" ||
        fail "EVOLO_JAVA_HOME is $EVOLO_JAVA_HOME, where no JDK $needed or later is" 2
    find_jdk && exit
    ! offline || no_jdk "EVOLO_OFFLINE is set"
    system=$(uname -s)-$(uname -m)
    ! musl || system=${system/-/-musl-}
    sha256='' address=''
    while read -r row sha256 address; do
        [ "$row" != "$system" ] || break
    done <"$settings/jdk-archives.txt"
    [ -n "$address" ] || no_jdk "there is no address for $system in .mvn/jdk-archives.txt"
    jdks=${HOME:-/nonexistent}/.jdks
    mkdir -p "$jdks" 2>/dev/null && { : >"$jdks/.evolo.lock"; } 2>/dev/null || no_jdk "$jdks cannot be written"
    if command -v flock >/dev/null; then # two first starts at once: one fetches, the other waits
        exec 9>"$jdks/.evolo.lock" && flock 9
        find_jdk && exit
    fi
    release=${address%/*} # https://…/jdk-25.0.4.1%2B1
    release=${release##*/jdk-}
    release=${release/\%2B/+}
    say "no JDK $needed or later found: fetching Temurin $release (some 140 MB) into $jdks"
    reason=$(fetch "$address" "$sha256" "$jdks/temurin-$release") || no_jdk "$reason"
    find_jdk || no_jdk "$address holds none"
)

# Fetches a tar.gz with this SHA-256 and makes what its one folder holds a new folder: under a temporary name, checked, then renamed.
# Prints what stopped it.
fetch() ( # address, SHA-256, folder
    parent=${3%/*}
    part=$(mktemp -d "$parent/.part.XXXXXX" 2>/dev/null) || { printf '%s cannot be written' "$parent" && exit 1; }
    trap 'rm -rf "$part"' EXIT
    trap 'exit 130' INT TERM HUP
    download "$1" "$part/archive" || { printf 'fetching %s failed' "$1" && exit 1; }
    found=$(sha256 "$part/archive") || { printf 'neither sha256sum nor shasum is here to check %s' "$1" && exit 1; }
    [ "$found" = "$2" ] || { printf '%s has SHA-256 %s, expected %s; nothing of it is kept' "$1" "$found" "$2" && exit 1; }
    mkdir "$part/${3##*/}" && tar -xzf "$part/archive" -C "$part/${3##*/}" --strip-components=1 ||
        { printf '%s cannot be unpacked to %s' "$1" "$parent" && exit 1; }
    mv "$part/${3##*/}" "$parent/" 2>/dev/null || [ -d "$3" ] || { printf '%s cannot be made' "$3" && exit 1; }
)

download() {
    if command -v curl >/dev/null; then
        local progress=-sS
        [ ! -t 2 ] || progress=--progress-bar
        curl -fL $progress --connect-timeout 20 --speed-limit 1000 --speed-time 60 -o "$2" "$1"
    elif command -v wget >/dev/null; then
        wget -nv -t 3 -T 30 -O "$2" "$1"
    else
        say "neither curl nor wget is here"
        return 1
    fi
}

sha256() {
    local line
    line=$(sha256sum "$1" 2>/dev/null) || line=$(shasum -a 256 "$1" 2>/dev/null) || return
    printf '%s' "${line%% *}"
}
