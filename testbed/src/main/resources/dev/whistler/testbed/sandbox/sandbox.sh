# Keeps a sandbox: NAME FILES UNIFIED HIERARCHY...
# NAME of its control groups, FILES a mount point, UNIFIED the version 2 hierarchy, then all hierarchies.
# Ends when its standard input does, thus also when its owner is killed, and takes everything along.
set -euo pipefail
name=$1 files=$2 unified=$3
shift 3
hierarchies=("$@")

down() {
  set +e
  # The owner's end may come as a signal to the whole process group.
  trap '' INT HUP TERM
  echo $$ >"$unified/cgroup.procs"
  for _ in {1..300}; do
    { echo 1 >"$unified/$name/cgroup.kill"; } 2>/dev/null
    left=0
    for hierarchy in "${hierarchies[@]}"; do
      find "$hierarchy/$name" -depth -type d -exec rmdir {} + 2>/dev/null
      [ ! -d "$hierarchy/$name" ] || left=1
    done
    [ $left = 1 ] || break
    sleep 0.1
  done
  exit "$left"
}
trap '' INT HUP
trap exit TERM
trap down EXIT

for hierarchy in "${hierarchies[@]}"; do
  mkdir "$hierarchy/$name"
  # A cpuset of version 1 without CPUs takes no process.
  for setting in cpuset.cpus cpuset.mems; do
    [ ! -f "$hierarchy/$name/$setting" ] || [ "$hierarchy" = "$unified" ] || cat "$hierarchy/$setting" >"$hierarchy/$name/$setting"
  done
done
# A group counts as one process among those of the machine's top group: not enough for all pods.
for hierarchy in "${hierarchies[@]}"; do
  [ ! -f "$hierarchy/$name/cpu.shares" ] || echo 10240 >"$hierarchy/$name/cpu.shares"
  [ ! -f "$hierarchy/$name/cpu.weight" ] || echo 1000 >"$hierarchy/$name/cpu.weight"
done
mkdir "$unified/$name/servers"
echo $$ >"$unified/$name/servers/cgroup.procs"

mount -t tmpfs -o mode=0755 whistler "$files"
for directory in run var/lib var/log; do
  mkdir -p "$files/$directory"
  mount --bind "$files/$directory" "/$directory"
done
mount -t tracefs tracefs /sys/kernel/tracing
mount -t bpf bpf /sys/fs/bpf
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
echo ready

read -r _ || true
