#!/usr/bin/env bash
# Steps a second of the MIPS64 VM on the bench guest, beside qemu-mips64 and the real Cannon where
# they are there, all in one run: absolute figures move with the machine, ratios less.
#
# ROUNDS (5) is how often each is run; Cannon, which is slow, once. CANNON names a built Cannon;
# `make peers` leaves one where this looks.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd -P)
rounds=${ROUNDS:-5}
cannon=${CANNON:-$root/target/peers/cannon}
target=${CARGO_TARGET_DIR:-$root/target}
cargo build --quiet --release --locked --manifest-path "$root/Cargo.toml" \
  -p endgame-mips -p endgame-cannon --examples
measure=$target/release/examples/measure
ours=$target/release/examples/cannon

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
gzip -dc "$root/guests/artifacts/bench-mips64.elf.gz" >guest
chmod +x guest
"$ours" load-elf --type multithreaded64-5 --path guest --out state.bin.gz --meta ""

# timed NAME COMMAND...: appends real and processor seconds to a file
timed() {
  local name=$1 TIMEFORMAT='%R %U %S'
  shift
  { time "$@" >"$name.out" 2>&1; } 2>>"$name.times"
}

# peak COMMAND...: the most resident memory of a process, in MiB
peak() {
  "$@" >/dev/null 2>&1 &
  local pid=$! most=0 now
  while now=$(awk '/VmHWM/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
    most=$now
    sleep 0.02
  done
  wait "$pid" || true
  echo $((most / 1024))
}

for _ in $(seq "$rounds"); do
  timed ours "$measure" fast guest
  if command -v qemu-mips64 >/dev/null; then timed qemu qemu-mips64 ./guest; fi
done
timed reference "$measure" reference guest
steps=$(sed -n 's/^\([0-9]*\) steps.*/\1/p' ours.out)
echo "$steps steps, $rounds rounds, $(nproc) cores, $(date -u +%F)"

# report NAME LABEL: median, least and most of the rates, by the clock and by the processor
report() {
  if [ ! -f "$1.times" ]; then
    echo "$2: skipped, not installed"
    return
  fi
  awk -v steps="$steps" '{ print steps / $1 / 1e6, steps / ($2 + $3) / 1e6 }' "$1.times" >"$1.rates"
  local column
  printf '%-28s' "$2"
  for column in 1 2; do
    cut -d' ' -f$column "$1.rates" | sort -n | awk '
      { rate[NR] = $1 }
      END { printf "  %7.1f (%.1f-%.1f)", rate[int((NR + 1) / 2)], rate[1], rate[NR] }'
  done
  echo
}

median() { cut -d' ' -f2 "$1.rates" | sort -n | awk '{ r[NR] = $1 } END { print r[int((NR + 1) / 2)] }'; }

echo "M steps/s, median (least-most)      by the clock          by processor time"
report ours "endgame"
report reference "endgame, reference"
report qemu "qemu-mips64"
if [ -x "$cannon" ]; then
  timed cannon "$cannon" run --input state.bin.gz --output "" --meta "" --info-at never
  report cannon "Cannon"
  awk -v a="$(median ours)" -v b="$(median cannon)" \
    'BEGIN { printf "endgame is %.1f times Cannon by processor time\n", a / b }'
else
  echo "Cannon: skipped, not built (make peers builds it)"
fi
if [ -f qemu.rates ]; then
  awk -v a="$(median ours)" -v b="$(median qemu)" \
    'BEGIN { printf "endgame is %.2f times qemu-mips64 by processor time\n", a / b }'
fi

echo "start-up: a run that stops at step 0; memory: the most that was resident in a whole run"
sed -n 's/.*ready \(after [^;]*\); \(.*\); exit.*/  endgame: ready \1, \2/p' ours.out
timed start "$ours" run --input state.bin.gz --output "" --meta "" --stop-at =0
echo "  endgame: $(awk '{ print $1 * 1000 }' start.times) ms, process and state file included"
if [ -x "$cannon" ]; then
  timed slow "$cannon" run --input state.bin.gz --output "" --meta "" --stop-at =0
  echo "  Cannon: $(awk '{ print $1 * 1000 }' slow.times) ms," \
    "$(peak "$cannon" run --input state.bin.gz --output "" --meta "" --stop-at =20000000) MiB"
fi
