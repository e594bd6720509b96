#!/bin/sh
# Everything that reads the sources without running them.
#   tests/lint/lint.sh [INCLUDE_FLAG...]      LINT="format tidy": only those
set -eu
cd "$(dirname "$0")/../.."
flags="-std=c17 -Isrc -I. -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $*"
jobs=$(nproc)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Our files of some kinds, never what is under build/; no name has a space.
files() {
	find . \( -name .git -o -name build -o -name node_modules \
		-o -name __pycache__ \) -prune -o -type f "$@" -print |
		sed 's/^\.\///' | sort
}

c_sources() {
	files \( -name '*.c' -o -name '*.h' \)
}

# Text that we wrote: no vectors, sample data or fuzz seeds of others.
our_text() {
	files | grep -vE '^(tests/(vectors|data|fuzz/corpus)/|LICENSE)' |
		xargs grep -lI ''
}

# none MESSAGE: fails if anything comes in, and says what is wrong with it.
none() {
	if grep . ; then
		echo "^ $1"
		return 1
	fi
}

check_format() {
	c_sources | xargs clang-format --dry-run -Werror
}

# Our sources with our flags. The analyser is held to 30,000 nodes a function:
# the whole house in seconds instead of minutes ('make proof' has no bound).
check_tidy() {
	# shellcheck disable=SC2016 # $FLAGS is for the inner shell to split
	files -name '*.c' | grep -E '^(src|keys|cards|issuer|verifier)/' |
		grep -vE '^(src/tools|verifier/wasm)/' |
		FLAGS="$flags ${TIDY_BOUND--Xclang -analyzer-config -Xclang max-nodes=30000}" \
		xargs -n 2 -P "$jobs" sh -c \
		'clang-tidy --quiet "$@" -- $FLAGS 2>/dev/null' tidy
}

# cppcheck 2.10 takes a compound literal after ?: for a syntax error and a
# buffer filled through its address for an unset one; compilers, the analyser
# above and valgrind look for the latter.
check_cppcheck() {
	cppcheck -j "$jobs" --quiet --error-exitcode=1 --std=c11 -Isrc -I. \
		-D_GNU_SOURCE --enable=warning,performance,portability \
		--inline-suppr --suppress=missingIncludeSystem \
		--suppress=internalAstError --suppress=uninitvar \
		src keys cards issuer verifier
}

check_shellcheck() {
	# SC2015: "a && b || fail" is said as it is meant.
	# shellcheck disable=SC2046 # names without spaces, see files
	shellcheck -x -e SC2015 bootstrap .ci/run .githooks/* $(files -name '*.sh')
}

check_python() {
	files -name '*.py' | xargs -r /usr/bin/python3 -c '
import ast, sys
for name in sys.argv[1:]:
    ast.parse(open(name, encoding="utf-8").read(), name)'
}

check_javascript() {
	files \( -name '*.mjs' -o -name '*.js' \) | xargs -r -n 1 node --check
}

check_man() {
	files -path './docs/man/*' | xargs -r mandoc -Tlint |
		grep -v 'STYLE: referenced manual not found' |
		none "what mandoc finds"
}

check_lengths() {
	# A test is a list of cases: it may be longer than what it tests.
	files \( -name '*.[ch]' -o -name '*.mjs' \) | xargs wc -l |
		awk '$2 != "total" && $1 > ($2 ~ /^tests/ ? 900 : 500) {
			print $2 ": " $1 " lines" }' |
		none "a file has 500 lines at most: look for its second idea"
}

check_functions() {
	# shellcheck disable=SC2016 # awk's own $0
	files -name '*.c' | xargs awk '
		FNR == 1 { at = 0 }
		/^[a-z_][a-zA-Z0-9_]*\(/ { at = FNR; name = $0 }
		/^}/ && at {
			if (FNR - at + 1 > 60)
				print FILENAME ":" at ": " FNR - at + 1 \
				    " lines: " name
			at = 0
		}' |
		none "a function has 60 lines at most"
}

# What compilers do not mind. (Banned library calls: floors.sh, from objects.)
check_words() {
	c_sources | xargs grep -nE '^typedef (struct|enum|union)[^(]*$' |
		none "no typedef hides a struct (docs/STYLE.md)" &&
	our_text | xargs grep -nE '\<(TODO|FIXME|XXX)\>' |
		grep -v '^tests/lint/lint.sh:' |
		none "a task is an issue, not a comment" &&
	our_text | xargs grep -nE '(^|[^A-Za-z0-9_.])/(root|Users|mnt|work)/' |
		none "a path of one machine" &&
	our_text | xargs grep -nP \
		'[\x{202A}-\x{202E}\x{2066}-\x{2069}\x{200B}-\x{200F}\x{FEFF}]' |
		none "an invisible or direction-changing character" &&
	files | grep -vE '^(keys/[^/]*\.c|docs/|tests/)' |
		xargs grep -lI '^carerpass secret key' |
		none "a secret key file" &&
	files -size +1024k | none "over 1 MiB: cut it down"
}

passed=0 failed=0
for check in ${LINT:-format tidy cppcheck shellcheck python javascript man \
	lengths functions words}; do
	start=$(date +%s)
	if "check_$check" >"$log" 2>&1; then
		passed=$((passed + 1))
		echo "ok   $check, $(($(date +%s) - start)) s"
	else
		failed=$((failed + 1))
		head -n 60 "$log" | sed 's/^/     /'
		echo "FAIL $check"
	fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
