#!/usr/bin/env bash
# Tries the unit and the container file with a binary that is built already:
#
#   make build && sudo deploy/try.sh target/release/latchkey
#
# The image is made of the container file as it is, but for its compiler: a stand-in puts the binary
# where a build would have. The unit is installed as its comment says, in a container whose first
# process is systemd. It takes root, podman and about two minutes; and debootstrap where Debian's
# image cannot be downloaded, to make it of packages. No image and no container is left behind.
set -euo pipefail

binary=$(realpath "${1:?which binary?}")
cd "$(dirname "$0")/.."
release=trixie
base=docker.io/library/debian:$release-slim

# In a view of the file system of its own: crun wants version 1 or 2 of control groups, not both.
if [[ ${LATCHKEY_TRY:-} != inside ]]; then
  LATCHKEY_TRY=inside exec unshare --mount --propagation slave "$0" "$binary"
fi
! mountpoint --quiet /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified

scratch=$(mktemp -d)
# Images of its own, and limits that every machine may give: podman's are higher than some have.
cat >"$scratch/containers.conf" <<'END'
[containers]
default_ulimits = ["nofile=8192:16384", "nproc=4096:8192"]
[engine]
cgroup_manager = "cgroupfs"
END
printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/storage"\nrunroot = "%s/run"\n' \
  "$scratch" "$scratch" >"$scratch/storage.conf"
export CONTAINERS_CONF=$scratch/containers.conf CONTAINERS_STORAGE_CONF=$scratch/storage.conf

build() {
  podman build --quiet --pull=never --network host --ulimit nofile=8192:16384 --ulimit nproc=4096:8192 "$@" >/dev/null
}

clean_up() {
  local ending=$?
  if ((ending != 0)); then
    podman logs --tail 20 image 2>/dev/null || true
    podman exec unit journalctl --unit latchkey --lines 20 --no-pager 2>/dev/null || true
    echo "try: failed" >&2
  fi
  podman rm --all --force --time 10 >/dev/null 2>&1 || true
  mkdir -p "$scratch/groups"
  mount -t cgroup2 cgroup "$scratch/groups"
  find "$scratch/groups" -depth -type d -path "*/latchkey-try*" -exec rmdir {} + || true
  umount "$scratch/groups"
  ! mountpoint --quiet "$scratch/storage/overlay" || umount "$scratch/storage/overlay"
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'echo "try: line $LINENO: $BASH_COMMAND" >&2' ERR

say() { printf 'try: %s\n' "$*"; }

# Waits until a command succeeds; what it says at last is told when it never does.
eventually() {
  local deadline=$((SECONDS + 60)) said
  until said=$("$@" 2>&1); do
    ((SECONDS < deadline)) || { printf 'never came true: %s\n%s\n' "$*" "$said" >&2; return 1; }
    sleep 0.5
  done
}

is_ready() { [[ $(curl --silent --show-error --max-time 5 "$1/readyz") == ok ]]; }

# --- The base ---------------------------------------------------------------------------------

if ! timeout 300 podman pull --quiet "$base" >/dev/null 2>&1; then
  say "$base cannot be downloaded: making it of packages"
  debootstrap --variant=minbase "$release" "$scratch/base" >"$scratch/log" 2>&1 || { tail "$scratch/log"; exit 1; }
  rm -f "$scratch"/base/var/cache/apt/archives/*.deb
  tar -C "$scratch/base" -c . | podman import --quiet - "$base" >/dev/null
  rm -rf "$scratch/base"
fi

# --- The image --------------------------------------------------------------------------------

mkdir "$scratch/compiler" "$scratch/nothing"
cp "$binary" "$scratch/compiler/latchkey"
cat >"$scratch/compiler/cargo" <<'END'
#!/bin/sh
case "$*" in *--release*) install -D /stand-in/latchkey target/release/latchkey ;; esac
END
printf '#!/bin/sh\n' >"$scratch/compiler/rustup"
chmod +x "$scratch"/compiler/{cargo,rustup}
compiler=$(sed -n 's/^FROM \(.*\) AS build$/\1/p' deploy/Containerfile)
build --tag "$compiler" --file - "$scratch/compiler" <<END
FROM $base
COPY cargo rustup /usr/local/bin/
COPY latchkey /stand-in/latchkey
END
build --file deploy/Containerfile --tag latchkey .
say "the image is built"

mkdir "$scratch/key"
(umask 077 && head -c 32 /dev/urandom | base64 >"$scratch/key/master.key")
chown 10001 "$scratch/key/master.key"

start_image() {
  podman run --detach --pull never --name image --stop-timeout 30 --publish 127.0.0.1::3000 "$@" \
    --volume latchkey:/var/lib/latchkey --volume "$scratch/key/master.key:/run/secrets/master.key:ro" \
    --env LATCHKEY_PUBLIC_URL=https://packages.example.com --env LATCHKEY_TRUSTED_PROXY=10.0.0.0/8 \
    latchkey >/dev/null
  eventually image_is_ready
}
image_is_ready() { is_ready "http://$(podman port image 3000)"; }
image_knows_ana() { podman exec image latchkey user list | grep '^ana ' >/dev/null; }

start_image
[[ $(podman exec image id -u) == 10001 ]]
[[ $(podman exec image stat --format %a:%u /var/lib/latchkey) == 700:10001 ]]
podman exec image latchkey user create ana --email ana@example.com --admin 2>&1 |
  grep '^https://packages.example.com/invite/' >/dev/null
podman restart image >/dev/null
eventually image_is_ready
image_knows_ana
say "the image serves as user 10001, and its data outlives a restart"
podman stop image >/dev/null
[[ $(podman inspect --format '{{.State.ExitCode}}' image) == 0 ]]
podman rm image >/dev/null
start_image --read-only --cap-drop all --security-opt no-new-privileges
image_knows_ana
podman rm --force --time 30 image >/dev/null
say "it stops cleanly, and serves without capabilities and on a file system it cannot write to"

# --- The unit ---------------------------------------------------------------------------------

# What a container lacks of a machine: control groups of version 2 that are its own, mounts that
# services see. Kernel settings are the host's, and only read.
cat >"$scratch/boot" <<'END'
#!/bin/sh
set -e
umount -R /sys/fs/cgroup
mount -t cgroup2 cgroup /sys/fs/cgroup
group=/sys/fs/cgroup/latchkey-try
mkdir -p $group
echo $$ >$group/cgroup.procs
umount /sys/fs/cgroup
mount --bind /proc/sys /proc/sys
mount -o remount,ro,bind /proc/sys
mount --make-rshared /
export container=podman
exec unshare --cgroup sh -c 'mount -t cgroup2 cgroup /sys/fs/cgroup && exec /sbin/init'
END
chmod +x "$scratch/boot"
build --tag machine --file - "$scratch/nothing" <<END
FROM $base
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends systemd-sysv curl
END
podman run --detach --pull never --name unit --privileged --network none --systemd=false \
  --stop-signal SIGRTMIN+3 --stop-timeout 60 --tmpfs /run --tmpfs /tmp --volume "$scratch/boot:/boot.sh:ro" \
  --volume "$binary:/try/latchkey:ro" --volume "$PWD/deploy:/try/deploy:ro" machine /boot.sh >/dev/null

inside() { podman exec --interactive unit bash -euo pipefail -c "$(declare -f eventually is_ready); $1"; }
with_settings() {
  inside "mkdir -p /etc/systemd/system/latchkey.service.d
printf '%s\n' '[Service]' $* >/etc/systemd/system/latchkey.service.d/override.conf
systemctl daemon-reload && systemctl restart latchkey"
}
answers() { eventually inside 'is_ready http://127.0.0.1:3000'; }
shows() { [[ $(inside "systemctl show --value --property $1 latchkey") == "$2" ]]; }
command='latchkey --data /var/lib/latchkey --key-file /etc/latchkey/master.key'
knows_ana() { inside "$command user list" | grep '^ana ' >/dev/null; }

eventually inside '[[ -S /run/systemd/private ]]'
inside '
cd /try
install -m 0755 latchkey /usr/local/bin/latchkey
install -d -m 0700 /etc/latchkey
(umask 077; head -c 32 /dev/urandom | base64 > /etc/latchkey/master.key)
install -m 0644 deploy/latchkey.service /etc/systemd/system/latchkey.service
systemctl daemon-reload && systemctl enable --quiet --now latchkey'
answers
inside '
[[ $(curl --silent http://127.0.0.1:3000/healthz) == ok ]]
journalctl --unit latchkey --output cat | grep "http://127.0.0.1:3000/setup?code=" >/dev/null
main=$(systemctl show --value --property MainPID latchkey)
user=$(stat --format %u /proc/$main)
((user >= 61184 && user <= 65519))
[[ $(stat --format %a:%u /var/lib/private/latchkey) == 700:$user ]]
grep --quiet "^NoNewPrivs:.1" /proc/$main/status
grep --quiet "^CapBnd:.0*$" /proc/$main/status'
say "the unit serves as a user of its own, without capabilities"

inside "$command user create ana --email ana@example.com --admin >/dev/null 2>&1"
inside 'kill -KILL $(systemctl show --value --property MainPID latchkey)'
eventually shows NRestarts 1
answers
knows_ana
say "it is started again after SIGKILL"

# A system call that the unit forbids now ends the process instead of failing.
with_settings Environment=LATCHKEY_PUBLIC_URL=https://packages.example.com \
  Environment=LATCHKEY_TRUSTED_PROXY=127.0.0.1 Environment=LATCHKEY_METRICS_LISTEN=127.0.0.1:9464 \
  LimitNOFILE=1024:16384 SystemCallErrorNumber=kill
answers
inside 'curl --silent http://127.0.0.1:9464/metrics | grep "^process_resident_memory_bytes [1-9]" >/dev/null
main=$(systemctl show --value --property MainPID latchkey)
(($(awk "/^Max open files/ { print \$4 }" /proc/$main/limits) > 1024))'
inside "
cd /tmp
$command user create bob --email bob@example.com --password-stdin <<<'four words are enough' >/dev/null 2>&1
$command feed create main --owner bob >/dev/null 2>&1
token=\$($command token create --user bob --description try --write all 2>/dev/null | tail -n 1)
head -c 5000000 /dev/urandom >package.jar
url=http://127.0.0.1:3000/F/main/maven/com/example/try/1/try-1.jar
curl --fail --silent --show-error --user bob:\$token --upload-file package.jar \$url
curl --fail --silent --show-error --user bob:\$token --output back.jar \$url
cmp package.jar back.jar
answer=\$(curl --silent --show-error --output /dev/null --write-out %{http_code} --header 'Host: packages.example.com' \\
  --header 'Origin: https://packages.example.com' --data next= --data login=bob \\
  --data-urlencode 'password=four words are enough' http://127.0.0.1:3000/sign-in)
[[ \$answer == 303 ]]
$command backup /srv/backup >/dev/null 2>&1"
shows NRestarts 0
say "with other settings it signs people in, takes and gives packages, and makes no forbidden system call"

with_settings Environment=LATCHKEY_LISTEN=0.0.0.0:3000
eventually shows ActiveState failed
shows ExecMainStatus 2
shows NRestarts 0
say "with wrong settings it stops and stays so"

inside "systemctl revert latchkey 2>/dev/null
mv /var/lib/private/latchkey /var/lib/private/latchkey.old
$command restore /srv/backup --data /var/lib/private/latchkey >/dev/null 2>&1
systemctl start latchkey"
answers
knows_ana
inside 'systemctl stop latchkey'
shows ActiveState inactive
shows Result success
say "a backup is restored as the comment says, and it stops cleanly"

podman restart unit >/dev/null
answers
knows_ana
say "it starts with the machine; all is well"
