#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Detection over many seeds: how often each planted attack outranks every harmless oddity, and what a network without attacks
# reports. Usage: tools/measure_detection.sh <ndr> <first seed> <last seed> [folder]
set -euo pipefail
ndr=$1
first=$2
last=$3
out=${4:-build/detection}
mkdir -p "$out"
attacked=()
quiet=()
run() {  # <name> <seed> [flags of simulate]
  local folder=$out/$1-$2
  if [ ! -s "$folder.jsonl" ] || [ ! -s "$folder.key.json" ]; then
    rm -rf "$folder"
    "$ndr" simulate --out "$folder/logs" --seed "$2" --gzip "${@:3}" > /dev/null
    "$ndr" replay --input "$folder/logs" --root "$folder/root" --quiet > /dev/null
    "$ndr" findings --root "$folder/root" --format json > "$folder.jsonl.new"
    cp "$folder/logs/answer-key.json" "$folder.key.json"
    mv "$folder.jsonl.new" "$folder.jsonl"
    rm -rf "$folder"
  fi
}
for seed in $(seq "$first" "$last"); do
  run attacked "$seed"
  run quiet "$seed" --no-attacks
  attacked+=("$out/attacked-$seed.key.json" "$out/attacked-$seed.jsonl")
  quiet+=("$out/quiet-$seed.key.json" "$out/quiet-$seed.jsonl")
  echo "seed $seed done" >&2
done
echo "With attacks, seeds $first to $last:"
"$ndr" simulate --judge "${attacked[@]}"
echo
echo "Without attacks, seeds $first to $last:"
"$ndr" simulate --judge "${quiet[@]}"
