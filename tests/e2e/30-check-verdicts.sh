#!/bin/sh
# Goal: each kind of card gets its verdict, its exit code and no more shown
# than it may; of several codes the worst counts.
set -eu
. "$ROOT/tests/kit/scenario.sh"
folder p

while read -r kind exit reason; do
	exits "$exit" check --json "$(code "$kind")"
	has out "\"reason\":\"$reason\""
	is "$(wc -l <out)" 1
	exits "$exit" check "$(code "$kind")"
	has out "This is not the patient's consent. Ask the patient."
	has out "A card that cannot be confirmed is no reason to turn a carer"
	has out "Checked against lists from 2"
	exits "$exit" check --quiet "$(code "$kind")"
	is "$(cat out)" ""
done <<-END
	valid 0 ok
	young 0 ok
	expired 1 expired
	withdrawn 1 withdrawn
	early 1 not_yet_valid
	forged 1 bad_signature
	stranger 1 unknown_issuer
	elsewhere 3 no_lists
END

# What a nurse reads.
exits 0 check "$(code valid)"
has out "[valid] Carer passport confirmed"
has out "Riverside Surgery knows Margaret Thompson as a carer."
has out "Name         Margaret Thompson"
has out "Issued by    Riverside Surgery (A81001)"
has out "Telephone    01632 960123"
has out "Valid to     21 November 2028"
lacks out "under 18"
is "$(awk 'length > 78' out | wc -l)" 0
exits 0 check "$(code young)"
has out "This person is under 18."

# In Welsh: other sentences, the same members, reasons and exits.
exits 0 check --lang cy "$(code valid)"
has out "[dilys] Pasbort gofalwr wedi'i gadarnhau"
has out "Rhoddwyd gan Riverside Surgery (A81001)"
has out "Dilys hyd    21 Tachwedd 2028"
has out "Nid cydsyniad y claf yw hyn."
lacks out "patient"
is "$(awk 'length > 78' out | wc -l)" 0
exits 1 check --lang=cy --json "$(code expired)"
has out '"reason":"expired","sentence":"Daeth y pasbort hwn i ben ar '
has out '"valid_to":"20'
exits 0 check --lang en "$(code valid)"
has out "Carer passport confirmed"
exits 2 check --lang fr "$(code valid)"
has err "cy"

# Nothing of the card before its signature holds.
exits 1 check "$(code forged)"
lacks out Margaret
lacks out Riverside
exits 1 check --json "$(code stranger)"
lacks out Margaret

# Numbers and rubbish are verdicts, too.
exits 3 check --json M6SC-7N75-0
has out serial_only
exits 1 check --json ''
has out malformed
exits 1 check --json rubbish
has out malformed
exits 1 check --json -- --json
has out malformed

# Of several the worst.
exits 0 check "$(code valid)" "$(code young)"
exits 3 check "$(code valid)" "$(code elsewhere)"
exits 1 check "$(code elsewhere)" "$(code valid)" "$(code forged)"
exits 66 check "$(code forged)" nothing.png "$(code valid)"
has out "not made by the issuer"
has out "Carer passport confirmed"
exits 1 check --json "$(code valid)" "$(code forged)"
is "$(wc -l <out)" 2

# No colour but on a terminal.
exits 0 check "$(code valid)"
lacks out "$(printf '\033')"

# Times and lists.
exits 3 "$verify" check --lists p/lists --state s2 --now 2026-11-21T11:00:00Z \
	--json "$(code valid)"
has out clock_wrong
exits 3 "$verify" check --lists p/lists --state s2 --now 2027-11-22T11:00:00Z \
	--json "$(code valid)"
has out lists_stale

# The command line.
exits 2 "$verify"
exits 2 "$verify" nothing
exits 2 "$verify" check
exits 2 "$verify" check --lists p/lists
exits 2 check --now yesterday x
exits 2 check --colour x
exits 0 "$verify" --version
exits 0 "$verify" --help
has out inspect
exits 0 "$verify" check --help
has out "--lists DIR"
exits 66 "$verify" check --lists nowhere x
finish
