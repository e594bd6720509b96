#!/bin/sh
# Goal: a verifier holds on to the roots and the scheme it saw first and never
# goes back to older lists; it says what to do, and --root is the way on.
set -eu
. "$ROOT/tests/kit/scenario.sh"
folder p
valid=$(code valid)

# First use pins; files are for the owner only; nothing is written twice.
exits 0 check "$valid"
is "$(stat -c %a state state/pin state/floors-*)" "700
600
600"
before=$(stat -c %i state/pin state/floors-*)
exits 0 check "$valid"
is "$(stat -c %i state/pin state/floors-*)" "$before"

# Another operator's folder, with everything in order: refused before judging.
folder other --root other
exits 78 "$verify" check --lists other/lists --state state --now $now "$valid"
is "$(cat out)" ""
grep -hv '#' p/lists/root.pub other/lists/root.pub >keys
while read -r key; do
	kid=$("$python" -c '
import sys; sys.path.insert(0, sys.argv[1]); import carer
print(carer.kid_of(bytes.fromhex(sys.argv[2])).hex())
' "$ROOT/tests/oracle" "$key")
	has err "$kid"
done <keys
has err "--root FILE"

# The same root, another scheme.
folder scheme --name "Hillside carers"
exits 78 "$verify" check --lists scheme/lists --state state --now $now "$valid"
has err "Hillside carers"
has err "Riverside carers"
exits 0 "$verify" check --lists scheme/lists --state state --now $now \
	--root p/lists/root.pub "$valid"
exits 78 check "$valid"
exits 0 check --root p/lists/root.pub "$valid"
exits 0 check "$valid"

# A second root is added by --root, and either may then be published alone.
folder two --extra-root second
exits 78 "$verify" check --lists two/lists --state state --now $now "$valid"
exits 0 "$verify" check --lists two/lists --state state --now $now \
	--root two/lists/root.pub "$valid"
exits 0 "$verify" check --lists two/lists --state state --now $now "$valid"
exits 0 check "$valid"
folder after --root second --seq 8
exits 0 "$verify" check --lists after/lists --state state --now $now \
	"$(cat after/code/valid)"
# From there the first list is an older one.
exits 3 check --json "$valid"
has out rolled_back

# --root counts also where the lists are not signed by it: from there on the
# folder's own root.pub is not enough.
rm -r state
exits 3 check --root after/lists/root.pub --json "$valid"
has out no_lists
exits 78 check "$valid"
exits 0 check --root p/lists/root.pub "$valid"
exits 0 check "$valid"

# The same number with other bytes; an older number; an older status list.
rm -r state
exits 0 check "$valid"
folder p --trust-iat 2026-11-21T12:00:01Z
exits 3 check --json "$valid"
has out rolled_back
folder p --seq 6
exits 3 check --json "$valid"
has out rolled_back
folder p --seq 8
exits 0 check "$valid"
folder p --seq 8 --status-iat 2026-11-22T10:59:59Z
exits 3 check --json "$valid"
has out rolled_back
folder p --seq 8 --status-iat 2026-11-23T12:00:01Z
exits 3 check --json "$valid"
has out no_lists
folder p --seq 8
exits 0 check "$valid"

# What cannot be used.
cp -r p/lists kept
echo damaged >state/pin
exits 78 check "$valid"
has err state/pin
exits 0 check --root p/lists/root.pub "$valid"
: >"$(echo state/floors-*)"
exits 78 check "$valid"
has err floors-
rm -r state
: >p/lists/root.pub
exits 78 check "$valid"
rm p/lists/root.pub
exits 78 check "$valid"
has err "--root FILE"
exits 0 check --root kept/root.pub "$valid"
exits 66 check --root nothing "$valid"
cp kept/root.pub p/lists/
rm p/lists/trust.cwt
exits 3 check --json "$valid"
has out no_lists
cp kept/root.pub p/lists/trust.cwt
exits 3 check --json "$valid"
has out no_lists
cp kept/trust.cwt p/lists/

# A state that cannot be kept costs a warning, not the verdict.
: >file
exits 0 "$verify" check --lists p/lists --state file/below --now $now "$valid"
has err warning:
is "$(grep -c warning: err)" 1
exits 0 env -u HOME "$verify" check --lists p/lists --now $now "$valid"
has err warning:

# Where it is kept without --state.
exits 0 "$verify" check --lists p/lists --now $now "$valid"
[ -f "$HOME/.local/state/carerpass-verify/pin" ]
exits 0 env XDG_STATE_HOME="$PWD/xdg" "$verify" check --lists p/lists \
	--now $now "$valid"
[ -f xdg/carerpass-verify/pin ]
exits 0 env STATE_DIRECTORY="$PWD/sd" "$verify" check --lists p/lists \
	--now $now "$valid"
[ -f sd/pin ]

# Many at once: the highest wins, nothing is damaged.
rm -r state
for seq in 5 6 7 8; do
	folder "p$seq" --seq $seq
done
for seq in 5 6 7 8 8 7 6 5 6 7 8 5; do
	"$verify" check --lists p$seq/lists --state state --now $now --quiet \
		"$valid" &
done
wait
has "$(echo state/floors-*)" "trust 8 "
exits 3 "$verify" check --lists p7/lists --state state --now $now "$valid"
finish
