#!/usr/bin/env bash
# A whole run of program kona in the MIPS64 VM, beside the real Cannon where it is there: one L2
# block of a devnet, preimages from a store that an earlier run filled, so that both VMs wait for
# the same host and for nothing else.
#
# CANNON names a built Cannon (`make peers` leaves one where this looks), ROUNDS (5) is how often
# each runs, ENDGAME a built binary (target/release/endgame).
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd -P)
rounds=${ROUNDS:-5}
endgame=${ENDGAME:-$root/target/release/endgame}
cannon=${CANNON:-$root/target/peers/cannon}
scratch=$(mktemp -d)
trap 'kill "$devnet" 2>/dev/null || true; rm -rf "$scratch"' EXIT
cd "$scratch"

port=$((20000 + RANDOM % 20000))
ENDGAME_ANVIL=$("$root/contracts/tools/foundry" anvil) "$endgame" devnet --scenario none --keep \
  --speed 20 --l1-port "$port" --l2-port $((port + 1)) >devnet.log 2>&1 &
devnet=$!

# ask URL METHOD PARAMS FIELD...: a field of a JSON-RPC answer
ask() {
  node -e '
    const [url, method, params, ...path] = process.argv.slice(1);
    fetch(url, { method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: JSON.parse(params) }) })
      .then((r) => r.json())
      .then((a) => { let v = a.result; for (const p of path) v = v[p];
        console.log(typeof v === "object" ? JSON.stringify(v) : v); })
      .catch(() => console.log(0));' "$@"
}
l1=http://127.0.0.1:$port
l2=http://127.0.0.1:$((port + 1))
block=0
while [ "${block:-0}" -lt 20 ]; do
  sleep 0.5
  block=$(ask "$l2" optimism_syncStatus '[]' safe_l2 number 2>/dev/null || echo 0)
done
hex() { printf '0x%x' "$1"; }
ask "$l2" optimism_rollupConfig '[]' >rollup.json
boot=(--rollup-config rollup.json --claimed-block "$block"
  --l1-head "$(ask "$l1" eth_getBlockByNumber '["latest",false]' hash)"
  --agreed-output-root "$(ask "$l2" optimism_outputAtBlock "[\"$(hex $((block - 1)))\"]" outputRoot)"
  --claimed-output-root "$(ask "$l2" optimism_outputAtBlock "[\"$(hex "$block")\"]" outputRoot)"
  --data-dir store)
"$endgame" prestate make --program kona --vm mips64 --rollup-config rollup.json --output state.bin.gz
host=("$endgame" host run --server "${boot[@]}")
run=(run --input state.bin.gz --output out.bin.gz --meta "" --proof-at never --info-at never)

echo "filling the store"
"$endgame" vm cannon "${run[@]}" -- "${host[@]}" --l1-rpc "$l1" --l2-rpc "$l2" >/dev/null 2>&1
kill "$devnet"
wait "$devnet" 2>/dev/null || true
TIMEFORMAT='%R'
for name in ours cannon; do
  command=("$endgame" vm cannon)
  [ "$name" = ours ] || command=("$cannon")
  command -v "${command[0]}" >/dev/null || { echo "$name: skipped, not there"; continue; }
  for _ in $(seq "$rounds"); do
    { time "${command[@]}" "${run[@]}" -- "${host[@]}" --offline >"$name.log" 2>&1; } 2>>"$name.times"
  done
  "$endgame" vm cannon witness --input out.bin.gz >end.json
  sed -n 's/.*"\(witnessHash\|step\)": "*\([0-9a-fx]*\).*/\2/p' end.json | xargs >"$name.end"
  printf '%-8s %s\n' "$name" "$(sort -n "$name.times" | tr '\n' ' ')seconds; state and steps at the end: $(cat "$name.end")"
done
if [ -f cannon.end ]; then
  cmp -s ours.end cannon.end || { echo "they end in different states" >&2; exit 1; }
fi
