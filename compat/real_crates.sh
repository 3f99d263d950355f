#!/usr/bin/env bash
# Runs the loom tests of published crates twice: under loom, and under the drop-in, with nothing of theirs changed: cargo is
# told of the patch on its command line. Prints a table of verdicts, executions and seconds.
#
#   compat/real_crates.sh [CRATE]…      all crates of the table below, or these
#   SECONDS_MAX=20                      for each test
#   REAL_CRATES_DIR=…                   where they are kept and built (else in a directory that is removed)
#
# It takes them from the registry, so it is run by hand. Nothing of theirs is kept here but name, version and outcome, which
# tests/foreign.md has.
set -euo pipefail

here="$(cd "$(dirname "$0")/.." && pwd)"
seconds_max="${SECONDS_MAX:-20}"

# Name, version, the cfg that it asks for, and what cargo test is to run.
crates() {
    cat <<'TABLE'
async-event       0.2.1   async_event_loom     --lib
async-lock        3.4.0   loom                 --test loom --features loom
bytes             1.10.1  loom                 --lib
concurrent-queue  2.5.0   loom                 --test loom --features loom
cordyceps         0.3.4   loom                 --lib
crossbeam-epoch   0.9.18  crossbeam_loom       --test loom --features loom
diatomic-waker    0.2.3   diatomic_waker_loom  --lib
event-listener    5.4.0   loom                 --test loom --features loom
left-right        0.11.5  loom                 --test loom
maitake-sync      0.2.1   loom                 --lib
multishot         0.3.2   multishot_loom       --lib
oneshot           0.1.11  oneshot_loom         --test loom --test sync --test future --features async,loom
parking           2.2.1   loom                 --test loom --features loom
sharded-slab      0.1.7   loom                 --lib --features loom
st3               0.4.1   st3_loom             --test integration
tachyonix         0.3.1   tachyonix_loom       --lib
thingbuf          0.1.6   loom                 --lib
TABLE
}

if [ -n "${REAL_CRATES_DIR:-}" ]; then
    work="$REAL_CRATES_DIR"
    mkdir -p "$work"
else
    work="$(mktemp -d)"
    trap 'rm -rf "$work"' EXIT
fi

# The drop-in, as the version that a crate asks for.
drop_in() {
    local version="$1" folder="$work/loom-$1"
    mkdir -p "$folder"
    sed -e "s|^version = .*|version = \"$version.100\"|" -e "s|path = \"../..\"|path = \"$here\"|" \
        -e '/^\[dev-dependencies\]/,$d' "$here/compat/loom/Cargo.toml" >"$folder/Cargo.toml"
    printf '\n[lib]\npath = "%s/compat/loom/src/lib.rs"\n' "$here" >>"$folder/Cargo.toml"
    echo "$folder"
}

# Unpacks a crate, without its lock file: it may hold the very version of loom that is to be replaced.
unpack() {
    local name="$1" version="$2" side="$3" archive="$work/$1-$2.crate"
    [ -s "$archive" ] || curl -sfL "https://static.crates.io/crates/$name/$name-$version.crate" -o "$archive"
    mkdir -p "$work/$side"
    if [ ! -d "$work/$side/$name-$version" ]; then
        tar -xzf "$archive" -C "$work/$side"
        rm -f "$work/$side/$name-$version/Cargo.lock"
    fi
    echo "$work/$side/$name-$version"
}

# Builds the tests of a crate, and prints their programs.
build() {
    local folder="$1" flag="$2" side="$3" log="$1.build" optimized=conccheck
    shift 3
    [ "$side" = here ] || optimized=loom
    (cd "$folder" && RUSTFLAGS="--cfg $flag --cap-lints allow" CARGO_TARGET_DIR="$work/target-$side-$flag" cargo test \
        --no-run --config 'profile.dev.debug=false' --config "profile.dev.package.$optimized.opt-level=2" "$@") \
        >"$log" 2>&1 || { tail -20 "$log" >&2; return 1; }
    sed -n 's/.*Executable .*(\(.*\))$/\1/p' "$log" | sed "s|^\([^/]\)|$folder/\1|"
}

# What came of a test: a word for it, and how many executions it had, if it tells.
outcome() {
    local status="$1" text="$2" word executions
    executions="$(sed -nE 's/.*Completed in ([0-9]+) iterations.*/\1/p; s/^loom: the model at .* had ([0-9]+) executions$/\1/p;
        s/^(FAIL|HANG|FLAKY|SKIP) under native.*, ([0-9]+) executions?.*/\2/p' "$text" | awk '{ n += $1 } END { if (NR) print n }')"
    word="$(sed -nE 's/^(FAIL|HANG|FLAKY|SKIP) under native.*/\1/p' "$text" | head -1)"
    if [ "$status" = 124 ]; then
        word="cut"
    elif [ "$status" != 0 ]; then
        word="${word:-fail}"
    elif grep -q '^conccheck: ' "$text"; then
        word="bounded"
    else
        word="pass"
    fi
    echo "$word ${executions:--}"
}

# Runs a test of a program alone.
run() {
    local program="$1" test="$2" text="$work/output" status=0 begun ended
    shift 2
    begun="$(date +%s.%N)"
    env LOOM_LOG=loom::model=info "$@" timeout "$((seconds_max + 1))" "$program" --exact "$test" --nocapture >"$text" 2>&1 || status=$?
    ended="$(date +%s.%N)"
    mkdir -p "$work/outputs"
    cp "$text" "$work/outputs/$(basename "$program")-${test//::/-}"
    echo "$(outcome "$status" "$text") $(awk -v a="$begun" -v b="$ended" 'BEGIN { printf "%.2f", b - a }')"
}

printf '| crate | test | loom | executions | s | here | executions | s |\n|---|---|---|---|---|---|---|---|\n'
crates | while read -r name version flag targets; do
    if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
    folder="$(unpack "$name" "$version" loom)"
    wanted="$(sed -n '/loom.*\]$/,/^\[/{s/^version = "\(0\.[0-9]*\).*/\1/p}' "$folder/Cargo.toml" | head -1)"
    # shellcheck disable=SC2086
    theirs="$(build "$folder" "$flag" loom $targets)" || { echo "| $name $version | does not build under loom |"; continue; }
    patch="patch.crates-io.loom.path=\"$(drop_in "$wanted")\""
    # shellcheck disable=SC2086
    ours="$(build "$(unpack "$name" "$version" here)" "$flag" here --config "$patch" $targets)" \
        || { echo "| $name $version | does not build here |"; continue; }
    paste <(echo "$theirs") <(echo "$ours") | while read -r their our; do
        for test in $("$their" --list 2>/dev/null | sed -n 's/: test$//p'); do
            cd "$folder"
            read -r a b c <<<"$(run "$their" "$test")"
            read -r d e f <<<"$(run "$our" "$test" LOOM_MAX_DURATION="$seconds_max")"
            echo "| $name $version | $test | $a | $b | $c | $d | $e | $f |"
        done
    done
done
