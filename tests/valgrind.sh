#!/bin/sh
# Unit tests, and each kind of command once, under valgrind: no invalid access,
# no use of unset memory, no lost block, in any process that they start.
#   tests/valgrind.sh BUILD_DIR UNIT_TEST...
# The passphrase costs 256 MiB of Argon2id, half a minute here, so the scheme is
# made without valgrind and few commands unlock keys under it; and unit tests
# that take minutes here are left to VALGRIND_ALL=1 ('make proof').
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "$1" && pwd)
shift
said=$bin/valgrind
rm -rf "$said"
mkdir -p "$said"
WRAP="valgrind -q --error-exitcode=99 --leak-check=full --trace-children=yes
	--errors-for-leak-kinds=definite,possible
	--suppressions=$here/valgrind.supp
	--show-leak-kinds=definite,possible --log-file=$said/%p"
export WRAP
code=0

slow=' test_adoption test_audit test_card test_event test_holder test_issue
	test_issue_many test_keyfile test_ledger test_lists test_lost test_org
	test_registry_card test_sheet test_shelf test_signer test_signer_seal
	test_signer_wire test_status_pool test_trust '

# What valgrind wrote, also of processes whose exit code nobody sees.
verdict() {
	find "$said" -type f -size +0 | while read -r log; do
		sed 's/^/     /' "$log" | head -n 60
	done
	if find "$said" -type f -size +0 | grep -q .; then
		code=1
	fi
}

for test in "$@"; do
	shift
	case "${VALGRIND_ALL:-no}$slow" in
	no*[[:space:]]"$(basename "$test")"[[:space:]]*) ;;
	*) set -- "$@" "$test" ;;
	esac
done
TEST_SECS=${TEST_SECS:-1800} sh "$here/run.sh" "$bin" - "$@" || code=1
verdict

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
umask 077
export CARERPASS_DATA="$work/data"
ods=$here/data/ods
passed=0
echo "for this test only" >passphrase
{
	"$bin/carerpass" init --host carers.example \
		--passphrase-file passphrase
	"$bin/carerpass" org import "$ods/epraccur.csv"
	"$bin/carerpass" org enrol A81001 --passphrase-file passphrase
} >log 2>&1 || { cat log; exit 1; }

# expect CODE PROGRAM ARGUMENT...: the command under valgrind.
expect() {
	want=$1
	program=$2
	shift 2
	got=0
	# shellcheck disable=SC2086 # a command and its options
	$WRAP "$bin/$program" "$@" >out 2>err </dev/null || got=$?
	if [ $got = "$want" ]; then
		echo "ok   $program $1"
		passed=$((passed + 1))
	else
		echo "FAIL $program $1: exit $got, not $want"
		head -n 20 err | sed 's/^/     /'
		code=1
	fi
}

expect 0 carerpass org import "$ods/epraccur.csv" \
	"$ods/gp-reg-pat-prac-map.csv" "$ods/etr.csv"
expect 0 carerpass org list --json
expect 0 carerpass issue --org A81001 --name "Siân Wyn-Roberts" --ref r1 \
	--card card.pdf --json --passphrase-file passphrase
url=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' out)
expect 0 carerpass publish --out lists --passphrase-file passphrase
expect 0 carerpass-verify check --lists lists --state state "$url"
expect 1 carerpass-verify check --lists lists --state state "${url}1"
expect 0 carerpass-verify inspect "$url"
verdict
if [ $code = 0 ]; then
	echo "$(($# + passed)) passed, 0 failed"
fi
exit $code
