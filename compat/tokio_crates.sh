#!/usr/bin/env bash
# Checks published crates that use tokio: their own async tests, and ours for them (`compat/tokio_crates`), each explored. Of
# theirs nothing is changed but where tokio, parking_lot and std come from: a line of the manifest, and one of the root of
# each crate. Prints a table of verdicts, executions and seconds.
#
#   compat/tokio_crates.sh [CRATE]…     all crates of the table below, or these
#   SECONDS_MAX=20                      for each test
#   TOKIO_CRATES_DIR=…                  where they are kept and built (else in a directory that is removed)
#
# It takes them from the registry, so it is run by hand. Nothing of theirs is kept here but name, version and outcome, which
# tests/foreign.md has.
set -euo pipefail

here="$(cd "$(dirname "$0")/.." && pwd)"
seconds_max="${SECONDS_MAX:-20}"

# Name, version, and which of its own tests are taken: `lib` for those in it, `-` for none. `old` is there for a check of what
# a later version mended; it is called `…_old`.
crates() {
    cat <<'TABLE'
async_singleflight  0.6.1   old
async_singleflight  0.6.2   lib
bb8                 0.9.1   test
deadpool            0.13.1  managed managed_cancellation managed_deadlock managed_hooks managed_resize managed_timeout managed_unreliable_manager unmanaged unmanaged_timeout
deadpool-runtime    0.3.1   -
kameo               0.22.2  lib
leaky-bucket        1.1.2   issue5 limits test_core_movements test_drop test_fast_path test_idle test_overflow test_rate_limit_target test_threaded test_try_acquire
qp                  0.2.1   lib counter
tokio-condvar       0.3.0   basic
tokio-stream        0.1.19  chunks_timeout join_set_stream mpsc_bounded_stream mpsc_unbounded_stream stream_chunks_timeout stream_close stream_merge stream_panic stream_stream_map stream_timeout time_throttle watch
tokio-test          0.4.5   -
tokio-util          0.7.20  abort_on_drop future mpsc panic poll_semaphore sync_cancellation_token task_join_map task_join_queue task_tracker time_delay_queue
TABLE
}

# What is to be built of them, besides what they have without being asked.
features() {
    case "$1" in
        deadpool) echo '"rt_tokio_1", ' ;;
        tokio-stream) echo '"sync", "time", ' ;;
        tokio-util) echo '"join-map", "rt", "time", ' ;;
    esac
}

if [ -n "${TOKIO_CRATES_DIR:-}" ]; then
    work="$TOKIO_CRATES_DIR"
    mkdir -p "$work"
else
    work="$(mktemp -d)"
    trap 'rm -rf "$work"' EXIT
fi

# A manifest with the drop-in for tokio, with std's stand-in, and without what the tests that are taken have no need of.
manifest() {
    local folder="$1" known="$2" name="$2"
    shift 2
    if [ "$*" = old ]; then name+=_old; fi
    sed -e "s/^name = \"$known\"/name = \"$name\"/" -e "s/^default = \[/default = [$(features "$name")/" "$folder/Cargo.toml.registry" | awk -v here="$here" -v wanted=" $* " '
        function flush(  is_tokio) {
            if (section == "") return
            is_tokio = section ~ /dependencies\.tokio\]$/ || body ~ /\npackage = "tokio"\n/
            if (section ~ /^\[\[(bench|example)\]\]/) return
            if (section ~ /^\[\[test\]\]/) {
                match(body, /name = "[^"]*"/)
                if (index(wanted, " " substr(body, RSTART + 8, RLENGTH - 9) " ") == 0) return
            }
            if (section ~ /^\[dev-dependencies\./ && !is_tokio &&
                section !~ /\.(async-stream|async-trait|futures|futures-test|futures-util|itertools|parking_lot|pin-project|tokio-stream|tokio-test|anyhow)\]$/) return
            if (section ~ /^\[target\..*cfg\(loom\)/ || section ~ /^\[(profile|lints)/) return
            if (is_tokio) {
                sub(/\nversion = "[^"]*"/, "\npath = \"" here "/compat/tokio\"", body)
                sub(/\nfeatures = \[[^]]*\]/, "", body)
            }
            printf "%s%s", section, body
        }
        /^\[/ { flush(); section = $0; body = "\n"; next }
        section != "" { body = body $0 "\n" }
        END {
            flush()
            printf "\n[dependencies.std_on_conccheck]\npath = \"%s/compat/std\"\n", here
        }' >"$folder/Cargo.toml"
}

# Unpacks a crate, and puts the drop-ins in.
prepare() {
    local name="$1" version="$2" archive="$work/$1-$2.crate" folder="$work/$1-$2" root
    shift 2
    [ -s "$archive" ] || curl -sfL "https://static.crates.io/crates/$name/$name-$version.crate" -o "$archive"
    if [ ! -d "$folder" ]; then
        tar -xzf "$archive" -C "$work"
        rm -f "$folder/Cargo.lock"
        mv "$folder/Cargo.toml" "$folder/Cargo.toml.registry"
        for root in "$folder"/src/lib.rs "$folder"/tests/*.rs; do
            if [ ! -f "$root" ]; then continue; fi
            sed -i 's/^extern crate std;//' "$root"
            printf '\nextern crate std_on_conccheck as std;\n' >>"$root"
        done
    fi
    manifest "$folder" "$name" "$@"
}

# One workspace of them all, so that conccheck is built once.
workspace() {
    local name version rest
    {
        echo '[workspace]'
        echo 'resolver = "2"'
        printf 'members = ["checks"'
        crates | while read -r name version rest; do printf ', "%s-%s"' "$name" "$version"; done
        echo ']'
        echo '[profile.dev]'
        echo 'debug = false'
        echo '[profile.dev.package.conccheck]'
        echo 'opt-level = 2'
        echo '[patch.crates-io]'
        echo "parking_lot = { path = \"$here/compat/parking_lot\" }"
        crates | while read -r name version rest; do
            if [ "$rest" != old ]; then echo "$name = { path = \"$name-$version\" }"; fi
        done
    } >"$work/Cargo.toml"
    mkdir -p "$work/checks/src"
    : >"$work/checks/src/lib.rs"
    {
        printf '[package]\nname = "checks"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\n'
        echo "conccheck = { path = \"$here\", default-features = false, features = [\"check\", \"tokio\"] }"
        echo "tokio = { path = \"$here/compat/tokio\" }"
        echo 'futures = "0.3"'
        crates | while read -r name version rest; do
            case "$name $rest" in
                tokio-test*) ;;
                *old) echo "${name}_old = { path = \"../$name-$version\" }" ;;
                *) echo "$name = { path = \"../$name-$version\" }" ;;
            esac
        done
        for file in "$here"/compat/tokio_crates/*.rs; do
            printf '[[test]]\nname = "%s"\npath = "%s"\n' "$(basename "$file" .rs)" "$file"
        done
    } >"$work/checks/Cargo.toml"
}

# Builds the tests of a package that are named, and prints their programs.
build() {
    local name="$1" log="$work/$1.build" targets=() target
    shift
    for target in "$@"; do
        if [ "$target" = lib ]; then targets+=(--lib); else targets+=(--test "$target"); fi
    done
    (cd "$work" && RUSTFLAGS="--cap-lints allow" CARGO_TARGET_DIR="$work/target" cargo test --no-run -p "$name" \
        "${targets[@]}") >"$log" 2>&1 || { grep -E '^error' -A 12 "$log" | head -60 >&2; return 1; }
    sed -n 's/.*Executable .*(\(.*\))$/\1/p' "$log" | sed "s|^\([^/]\)|$work/\1|"
}

# What came of a test: a word for it, and how many executions it had, if it tells.
outcome() {
    local status="$1" text="$2" word executions
    executions="$(sed -nE 's/.*tokio: the test at .* had ([0-9]+) executions?$/\1/p' "$text" | awk '{ n += $1 } END { if (NR) print n }')"
    word="$(sed -nE 's/^(FAIL|HANG) under native.*/\1/p; s/.*this program could not be checked.*/unsure/p; s/.*NOTHING SEEN.*/nothing/p' \
        "$text" | head -1)"
    if [ "$status" = 124 ]; then
        word="cut"
    elif [ "$status" != 0 ]; then
        word="${word:-fail}"
    elif grep -q ' 1 ignored;' "$text"; then
        word="ignored"
    elif grep -q 'conccheck: ' "$text"; then
        word="bounded"
    else
        word="pass"
    fi
    echo "$word ${executions:--}"
}

# Runs a test of a program alone.
run() {
    local program="$1" test="$2" text="$work/output" status=0 begun ended
    begun="$(date +%s.%N)"
    CONCCHECK_TOKIO_LOG=1 CONCCHECK_TOKIO_SECONDS="$seconds_max" \
        timeout "$((seconds_max + 10))" "$program" --exact "$test" --nocapture >"$text" 2>&1 || status=$?
    ended="$(date +%s.%N)"
    mkdir -p "$work/outputs"
    cp "$text" "$work/outputs/$(basename "$program")-${test//::/-}"
    echo "$(outcome "$status" "$text") $(awk -v a="$begun" -v b="$ended" 'BEGIN { printf "%.2f", b - a }')"
}

while read -r name version targets; do
    # shellcheck disable=SC2086
    prepare "$name" "$version" $targets
done < <(crates)
workspace

files=()
for file in "$here"/compat/tokio_crates/*.rs; do files+=("$(basename "$file" .rs)"); done

printf '| crate | of | test | verdict | executions | s |\n|---|---|---|---|---|---|\n'
{ crates; echo "checks - ${files[*]}"; } | while read -r name version targets; do
    if [ "$targets" = - ] || [ "$targets" = old ] || { [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; }; then continue; fi
    # shellcheck disable=SC2086
    programs="$(build "$name" $targets)" || { echo "| $name $version | | does not build |"; continue; }
    for program in $programs; do
        file="$(basename "$program")"
        for test in $("$program" --list 2>/dev/null | sed -n 's/: test$//p'); do
            read -r word executions seconds <<<"$(run "$program" "$test")"
            echo "| $name $version | ${file%-*} | $test | $word | $executions | $seconds |"
        done
    done
done
