#!/usr/bin/env bash
# Compares the MIPS64 VM with the real Cannon (prestates, states at random steps, proofs, reads of
# preimages), and with op-node what both programs read of corrupt channels and the transactions of
# network upgrades; with Jovian's bytecode from there the programs run on chains that cross Jovian. Go
# builds Cannon and what asks op-node from their modules; where Go or the module is missing, nothing is
# compared, and a line says so.
#
# CANNON names a built Cannon to take instead, PEERS_SEED repeats a run, PEERS_CHANNELS and
# PEERS_CHAINS are the numbers of channels (2000) and of made-up chains that cross Jovian (1000).
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd -P)
version=v1.19.6
work=$root/target/peers
mkdir -p "$work"

# build NAME PACKAGE: a program of op-node's version, left at $work/NAME
build() {
  command -v go >/dev/null || { echo "peers: skipped, Go is not installed"; return 1; }
  mkdir -p "$work/go"
  cp "$root"/scripts/peers/{channels,upgrades}.go "$work/go"
  # Cannon's own go.mod replaces go-ethereum; a module that requires it must say so again.
  cat >"$work/go/go.mod" <<MOD
module peers

go 1.26.0

require github.com/ethereum-optimism/optimism $version

replace github.com/ethereum/go-ethereum => github.com/ethereum-optimism/op-geth v1.101702.3-rc.7
MOD
  (cd "$work/go" && go build -mod=mod -o "../$1" "$2") >"$work/go-build.log" 2>&1 || {
    echo "peers: skipped, Go cannot build $1 $version:"
    tail -n 3 "$work/go-build.log"
    return 1
  }
}

theirs=${CANNON:-$work/cannon}
[ -x "$theirs" ] || build cannon github.com/ethereum-optimism/optimism/cannon || exit 0
cargo build --quiet --release --locked --manifest-path "$root/Cargo.toml" \
  -p endgame-cannon --example cannon
ours=${CARGO_TARGET_DIR:-$root/target}/release/examples/cannon

seed=${PEERS_SEED:-$RANDOM}
RANDOM=$seed
echo "peers: Cannon $version, seed $seed"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/ours" "$scratch/theirs"

# both ARGS...: the same command line to both, each in its own directory
both() {
  for side in ours theirs; do
    if ! (cd "$scratch/$side" && "${!side}" "$@" >stdout 2>log); then
      echo "peers: $side failed: $*"
      tail -n 3 "$scratch/$side/log"
      exit 1
    fi
  done
}

# same WHAT FILE...: the files are equal, whatever compresses them
same() {
  local what=$1
  shift
  for file in "$@"; do
    cmp <(gzip -dcf "$scratch/ours/$file") <(gzip -dcf "$scratch/theirs/$file") || {
      echo "peers: $what differs (PEERS_SEED=$seed)"
      exit 1
    }
  done
  echo "  same $what"
}

# Channels of which most are corrupt, and what op-node's readers make of them.
if [ -x "$work/channels" ] || build channels ./channels.go; then
  echo "channels"
  cargo run --quiet --release --locked --manifest-path "$root/Cargo.toml" \
    -p endgame-ortho-chain-differential --example channels -- "${PEERS_CHANNELS:-2000}" "$seed" \
    "$scratch/channels"
  "$work/channels" "$scratch/channels/channels.bin" | cmp - "$scratch/channels/strings.txt" || {
    echo "peers: strings of channels differ (PEERS_SEED=$seed)"
    exit 1
  }
  echo "  same strings"
fi

# The transactions of network upgrades, Jovian's bytecode among them.
if [ -x "$work/upgrades" ] || build upgrades ./upgrades.go; then
  echo "upgrades"
  mkdir "$scratch/upgrades"
  "$work/upgrades" "$scratch/upgrades"
  cargo run --quiet --release --locked --manifest-path "$root/Cargo.toml" \
    -p endgame-ortho-chain-differential --example upgrades -- "$scratch/upgrades" || {
    echo "peers: transactions of upgrades differ"
    exit 1
  }
  echo "  same transactions"
  cargo run --quiet --release --locked --manifest-path "$root/Cargo.toml" \
    -p endgame-ortho-chain-differential --example chains -- --jovian "$scratch/upgrades" \
    "${PEERS_CHAINS:-1000}" "$seed" || {
    echo "peers: the programs differ on chains that cross Jovian"
    exit 1
  }
fi

# Answers every request with 32 zero bytes and acknowledges no hint.
cat >"$scratch/host.sh" <<'HOST'
while [ "$(head -c 32 <&5 | wc -c)" = 32 ]; do
  printf '\000\000\000\000\000\000\000\040' >&6
  head -c 32 /dev/zero >&6
done
HOST

# A guest with threads, if Go is here to build it; run to its end.
if command -v go >/dev/null; then
  echo "threads"
  mkdir "$scratch/threads"
  cp "$root/scripts/peers/threads.go" "$scratch/threads"
  # Later language versions make system calls that Cannon does not know.
  printf 'module threads\n\ngo 1.24\n' >"$scratch/threads/go.mod"
  (cd "$scratch/threads" && GOOS=linux GOARCH=mips64 GOMIPS64=softfloat CGO_ENABLED=0 \
    go build -trimpath -o "$scratch/threads.elf" .)
  both load-elf --type multithreaded64-5 --path "$scratch/threads.elf" --out state.bin.gz \
    --meta meta.json
  both run --input state.bin.gz --output end.bin.gz --meta meta.json --snapshot-at %1000003 \
    --snapshot-fmt state-%d.bin.gz
  # Words on purpose: a list of names without spaces.
  # shellcheck disable=SC2046
  same "states on the way and at the end" \
    state.bin.gz $(cd "$scratch/theirs" && echo state-*.bin.gz) end.bin.gz
  rm "$scratch"/*/state-*.bin.gz
fi

for name in bench-mips64 kona-mips64; do
  echo "$name"
  elf=$scratch/$name.elf
  gzip -dc "$root/guests/artifacts/$name.elf.gz" >"$elf"
  both load-elf --type multithreaded64-5 --path "$elf" --out state.bin.gz --meta meta.json
  both witness --input state.bin.gz --output witness.bin
  same "prestate" state.bin.gz stdout witness.bin

  if [ $name = kona-mips64 ]; then
    # The first boot input: where it is read is found out by ours.
    both run --input state.bin.gz --output read.bin.gz --meta meta.json \
      --stop-at-preimage-type local -- sh "$scratch/host.sh"
    same "state after the first preimage" read.bin.gz
    (cd "$scratch/ours" && "$ours" witness --input read.bin.gz >stdout)
    step=$(($(sed -n 's/.*"step": \([0-9]*\).*/\1/p' "$scratch/ours/stdout") - 1))
    both run --input state.bin.gz --output read.bin --meta "" --proof-at "=$step" \
      --proof-fmt read-%d.json --stop-at-preimage "0x01@8" -- sh "$scratch/host.sh"
    same "proof of the read at step $step, and state after the next" "read-$step.json" read.bin
    continue
  fi

  # One run with a snapshot every so many steps.
  interval=$((RANDOM * 8 + 50000))
  last=$((interval * 4 + RANDOM))
  both run --input state.bin.gz --output end.bin.gz --meta meta.json \
    --snapshot-at %$interval --snapshot-fmt state-%d.bin.gz --stop-at =$last
  # Words on purpose: a list of names without spaces.
  # shellcheck disable=SC2046
  same "states on the way" $(cd "$scratch/theirs" && echo state-*.bin.gz)
  both witness --input end.bin.gz
  same "state at step $last" end.bin.gz stdout

  # Proofs at random steps, each in a process of its own: Cannon's next proof keeps the memory
  # proof of the one before if its step does not access memory.
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    step=$((last + (RANDOM << 6) + RANDOM))
    both run --input end.bin.gz --output far.bin.gz --meta "" --proof-at =$((step - 1)) \
      --proof-fmt far-%d.json --stop-at =$step
    both witness --input far.bin.gz
    same "state and proof at step $step" far.bin.gz "far-$((step - 1)).json" stdout
  done
done
echo "peers: no difference"
