#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The demo: a small company's days with planted attacks, replayed, and where each attack ranks. Usage: tools/demo.sh <ndr> [folder]
set -euo pipefail
ndr=$1
out=${2:-build/demo}
rm -rf "$out"
mkdir -p "$out"
began=$(date +%s)
"$ndr" simulate --out "$out/logs" --seed 7 --gzip
echo
"$ndr" replay --input "$out/logs" --root "$out/root" --quiet
echo
echo "The answer key knows what was planted; this is where it ranks among the findings:"
"$ndr" findings --root "$out/root" --format json > "$out/findings.jsonl"
"$ndr" simulate --judge "$out/logs/answer-key.json" "$out/findings.jsonl"
echo
echo "Done in $(($(date +%s) - began)) s. Look further:"
echo "  $ndr findings --root $out/root --min-severity medium"
echo "  $ndr show fg_a --root $out/root --window w_1h --columns host_ip,role,sessions_cnt,peer_ip_nunique"
