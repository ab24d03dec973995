#!/usr/bin/env bash
# Builds the guest ELFs into guests/artifacts/: one gzip and one line of SHA256SUMS for each.
# With names (kona-mips64, ortho-mips64, bench-mips64), only those.
#
# Inputs that decide the bytes: this repository, Cargo.lock beside this script, and a Rust 1.96
# with the source of its library. CARGO and RUSTC name the toolchain (default: those in the PATH);
# a stable one does, since RUSTC_BOOTSTRAP lets it build the library. The linker is LLVM's ld.lld.
#
# The build runs under a fixed path, and paths are remapped, so that two checkouts give one ELF and
# no path of the builder is in it.
set -euo pipefail

guests=$(cd "$(dirname "$0")" && pwd -P)
root=$(dirname "$guests")
cargo=${CARGO:-cargo}
rustc=${RUSTC:-rustc}
fixed=/tmp/endgame-guest-build

command -v ld.lld >/dev/null || { echo "ld.lld not found: install LLVM's lld" >&2; exit 1; }
version=$("$rustc" --version | cut -d' ' -f2)
case $version in
  1.96.*) ;;
  *) echo "rustc $version builds another ELF than 1.96, whose hash is kept" >&2 ;;
esac
sysroot=$("$rustc" --print sysroot)
library=$sysroot/lib/rustlib/src/rust/library
[ -d "$library" ] || { echo "no library source at $library: install rust-src" >&2; exit 1; }

# One build at a time: the fixed path is a link to this checkout.
exec 9>"$fixed.lock"
flock 9
ln -sfn "$root" "$fixed"

export RUSTC="$rustc" RUSTC_BOOTSTRAP=1 CARGO_INCREMENTAL=0
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$guests/target}
remap="--remap-path-prefix=$fixed=/endgame --remap-path-prefix=$root=/endgame"
remap+=" --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
remap+=" --remap-path-prefix=$(readlink -f "$library")=/rust/library"

wanted=" $* "

# build PACKAGE BINARY TARGET NAME RUSTFLAGS
build() {
  [[ $wanted == "  " || $wanted == *" $4 "* ]] || return 0
  RUSTFLAGS="-Clink-arg=-e_start $5 $remap" "$cargo" build --release --locked \
    --manifest-path "$fixed/guests/Cargo.toml" -p "$1" \
    -Zbuild-std=core,alloc -Zjson-target-spec --target "$fixed/guests/targets/$3.json"
  mkdir -p "$guests/artifacts"
  gzip -9nc "$CARGO_TARGET_DIR/$3/release/$2" >"$guests/artifacts/$4.elf.gz"
}

# The VM raises on division by zero by itself, so the compiler need not test for it.
build endgame-guest-kona kona mips64-unknown-none kona-mips64 \
  "-Cllvm-args=-mno-check-zero-division"
build endgame-guest-ortho ortho mips64-unknown-none ortho-mips64 \
  "-Cllvm-args=-mno-check-zero-division"
build endgame-guest-bench bench mips64-unknown-none bench-mips64 \
  "-Cllvm-args=-mno-check-zero-division"

cd "$guests/artifacts"
for elf in *.elf.gz; do
  printf '%s  %s\n' "$(gzip -dc "$elf" | sha256sum | cut -d' ' -f1)" "${elf%.gz}"
done >SHA256SUMS
cat SHA256SUMS
