# shellcheck shell=sh
# For the scenarios of the issuer: sourced after "set -eu", on top of
# scenario.sh.  The data folder is ./data, the passphrase a file.
. "$ROOT/tests/kit/scenario.sh"
umask 077
echo "correct horse battery staple" >pass
ods=$SHARED/data/ods
# An instrumented program otherwise wants its own runtime before libfaketime.
export ASAN_OPTIONS="verify_asan_link_order=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
faketime=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1

# quick: for a long story: the passphrase is asked for as ever, but stretching it
# takes no half second. To be said before there is a scheme.
fast=
quick() {
	# shellcheck disable=SC2046 # words
	cc -shared -fPIC -o quick.so "$ROOT/tests/faults/preload_quick.c" \
		$(pkg-config --cflags --libs libsodium)
	fast=$PWD/quick.so
}

# carer COMMAND...: the issuer on ./data, "org" commands in two words.
carer() (
	# shellcheck disable=SC2030,SC2031 # only for this command
	[ -z "$fast" ] || export LD_PRELOAD="${LD_PRELOAD:+$LD_PRELOAD }$fast"
	words=1
	case $1 in org | root) words=2 ;; esac
	if [ $words = 2 ]; then
		word1=$1 word2=$2
		shift 2
		"$BIN/carerpass" "$word1" "$word2" --data data \
			--passphrase-file pass "$@"
	else
		word1=$1
		shift
		"$BIN/carerpass" "$word1" --data data --passphrase-file pass "$@"
	fi
)

# later OFFSET COMMAND...: the same at another time, like +40d.
later() {
	when=$1
	shift
	(
		# shellcheck disable=SC2030,SC2031 # only for this command
		export LD_PRELOAD="$faketime" FAKETIME="$when"
		carer "$@"
	)
}

# scheme: a scheme with the real organisations and one practice.
scheme() {
	exits 0 carer init --host pass.example.org --scheme "Example Carers"
	exits 0 carer org import "$ods/epraccur.csv" "$ods/etr.csv" \
		"$ods/gp-reg-pat-prac-map.csv"
	exits 0 carer org enrol A81001
}

# member NAME FILE: the text of a JSON member in the first line that has it.
member() {
	sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$2" | head -n 1
}

# judged WANT CODE: the verdict of CODE against the folder ./lists, now.
judged() {
	reason=$1
	case $reason in ok) code=0 ;; *) code=1 ;; esac
	exits $code "$BIN/carerpass-verify" check --lists lists --state ward \
		--json "$2"
	has out "\"reason\":\"$reason\""
}
