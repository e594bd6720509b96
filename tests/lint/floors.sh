#!/bin/sh
# The floors of the house (docs/DESIGN.md): who may include whom, who may call
# what, and what the programs that face a ward are made of.
#   tests/lint/floors.sh BUILD_DIR [SOURCE_DIR]
# BUILD_DIR is a release build with all libraries.  Every broken rule is named;
# the exit code is 1 if there is one.
set -eu

B=$(cd "$1" && pwd)
cd "${2:-$(dirname "$0")/../..}"
faults=$(mktemp)
trap 'rm -f "$faults"' EXIT

fault() {
	printf '%s\n' "$*" >>"$faults"
}

# --- includes ----------------------------------------------------------------
# A folder, and the floors its files may include: its own and lower ones.
floors='
src/base	base
src/passport	base passport
src/http	base http
src/registry	base registry
keys		base passport keys
cards		base cards
verifier	base passport http verifier
verifier/scan	base verifier/scan
issuer		base passport http registry keys cards issuer
'

# The floor that an include path stands on.
floor_of() {
	case $1 in
	verifier/scan/*) echo verifier/scan ;;
	*/*) echo "${1%%/*}" ;;
	*) echo "" ;;
	esac
}

check_includes() {
	folder=$1
	allowed=$2
	for f in "$folder"/*.[ch]; do
		[ -f "$f" ] || continue
		sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$f" |
		while read -r path; do
			to=$(floor_of "$path")
			case " $allowed " in
			*" $to "*) ;;
			*) fault "$f includes \"$path\": $folder may include" \
				"only $allowed" ;;
			esac
			case $path in *..*) fault "$f includes \"$path\"" ;; esac
		done
		own_header_first "$f"
	done
}

# foo.c begins with foo.h, which shows that the header stands on its own.
own_header_first() {
	case $1 in *.c) ;; *) return 0 ;; esac
	[ -f "${1%.c}.h" ] || return 0
	own=${1#src/}
	own=${own%.c}.h
	first=$(sed -n 's/^#include[ \t]*["<]\([^">]*\)[">].*/\1/p' "$1" |
		head -n 1)
	[ "$first" = "$own" ] || fault "$1: the first include must be \"$own\""
}

# The core may ask a C library for no more than this: it also runs in a page.
check_core_headers() {
	grep -n '^#include <' src/passport/*.[ch] src/base/date.[ch] \
		src/base/span.h src/base/err.h 2>/dev/null |
	grep -v -e '<stdbool\.h>' -e '<stddef\.h>' -e '<stdint\.h>' \
		-e '<string\.h>' -e '^src/passport/ed25519_sodium\.c:' |
	while read -r line; do
		fault "$line: not a header for the core"
	done
}

# --- calls -------------------------------------------------------------------
# Undefined symbols of a kind, and the only folders whose objects may have them.
# Verification and plain hashes are nobody's privilege.
privileges='
secret keys	^crypto_(sign|sign_detached|sign_(seed_)?keypair|sign_final_create|sign_ed25519(|_detached|_(seed_)?keypair)|secretbox.*|aead.*|pwhash.*|box.*|scalarmult.*|kdf.*)$	keys
database	^sqlite3_|^PQ[a-z]	src/registry
PDF		^HPDF_	cards
QR codes	^QRcode_|^QRinput_	cards
fonts		^hb_	cards
pictures	^zbar_|^png_	verifier/scan
shell		^(system|popen)$	none
C library	^(gets|strcpy|strcat|sprintf|vsprintf|strtok|gmtime|localtime|asctime|ctime|atoi|atol|tmpnam|mktemp|rand|srand|random)$	none
'

undefined() {
	nm -u "$1" 2>/dev/null | sed -n 's/^ *[Uw] \([^@]*\).*/\1/p' | sort -u
}

check_calls() {
	what=$1
	symbols=$2
	owner=$3
	for folder in src/base src/passport src/http src/registry keys cards \
		issuer verifier verifier/scan; do
		[ "$folder" != "$owner" ] || continue
		for o in "$B/$folder"/*.o; do
			c=$folder/$(basename "$o" .o).c
			[ -f "$c" ] || continue # not of today's sources
			undefined "$o" | grep -E "$symbols" |
			while read -r symbol; do
				fault "$c calls $symbol ($what is for: $owner)"
			done
		done
	done
}

# --- the core ----------------------------------------------------------------
# No allocation, no input or output, no clock, no state: what it may call, and
# that nothing in it can be written to.
core_may_call='^(mem(cmp|cpy|move|set)|strlen|strchr|__mem(cpy|move|set)_chk|__stack_chk_fail|date_[a-z_]*|crypto_sign_verify_detached|crypto_core_ed25519_is_valid_point|crypto_hash_sha256)$'

check_core() {
	nm -g --defined-only "$B/libpassport.a" |
		sed -n 's/^[0-9a-f]* [A-Z] //p' | sort -u >"$faults.core"
	undefined "$B/libpassport.a" | grep -vxF -f "$faults.core" |
		grep -vE "$core_may_call" |
	while read -r symbol; do
		fault "src/passport calls $symbol: the core has no heap, no" \
			"input or output and no clock"
	done
	rm -f "$faults.core"
	size -A "$B/libpassport.a" | awk '$1 ~ /^\.(data|bss)$/ && $2 > 0' |
	while read -r section bytes _; do
		fault "src/passport has $bytes bytes of state ($section)"
	done
	undefined "$B/src/base/date.o" |
		grep -vE '^(mem(cmp|cpy|set)|strlen|__.*_chk|__stack_chk_fail)$' |
	while read -r symbol; do
		fault "src/base/date.c calls $symbol: it is part of core.wasm"
	done
}

# --- the programs that face a ward -------------------------------------------
# Libraries, and symbols that must not be there in any form.
programs='
carerpass-verify	libc libsodium libz libm ld-linux-.*	^(crypto_(sign|sign_detached|sign_.*keypair|sign_final_create|secretbox|aead|pwhash|box|kdf)|sqlite3_|HPDF_|QRcode_|QRinput_|PQ|hb_|zbar_|png_)
carerpass-scan	libc libzbar libpng16 libseccomp libz libm ld-linux-.*	^(crypto_|sqlite3_|HPDF_|QRcode_|PQ|socket|connect)
'

needed() {
	readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\.so.*/\1/p'
}

check_program() {
	program=$1
	libraries=$2
	banned=$3
	for lib in $(needed "$B/$program"); do
		match=no
		for ok in $libraries; do
			! printf '%s\n' "$lib" | grep -qx "$ok" || match=yes
		done
		[ $match = yes ] ||
			fault "$program links $lib: it may link only $libraries"
	done
	nm "$B/$program" | sed -n 's/^[0-9a-f ]* [A-Za-z] \([^@]*\).*/\1/p' |
		grep -E "$banned" | sort -u |
	while read -r symbol; do
		# crypto_sign_verify_detached is what a verifier is for.
		case $symbol in crypto_sign_verify_*) continue ;; esac
		fault "$program has the symbol $symbol"
	done
	nm "$B/$program" |
		grep -E ' [Tt] (sign|signer|keyfile|keyring|registry|db|card)_' |
	while read -r _ _ symbol; do
		fault "$program carries $symbol, which is issuing code"
	done
}

# --- hardening ---------------------------------------------------------------
check_hardening() {
	p=$1
	f=$B/$p
	readelf -hW "$f" | grep -q 'Type: *DYN' || fault "$p is no PIE"
	readelf -dW "$f" | grep -q 'FLAGS_1.*PIE' || fault "$p is no PIE"
	readelf -dW "$f" | grep -q 'FLAGS_1.*NOW' || fault "$p binds lazily"
	readelf -lW "$f" | grep -q 'GNU_RELRO' || fault "$p has no RELRO"
	readelf -lW "$f" | grep -q 'GNU_STACK.* RW ' ||
		fault "$p has an executable stack"
	! readelf -lW "$f" | grep -q 'LOAD.* RWE ' ||
		fault "$p has memory that is writable and executable"
	! readelf -dW "$f" | grep -qE 'TEXTREL|RPATH|RUNPATH' ||
		fault "$p has TEXTREL, RPATH or RUNPATH"
	undefined "$f" | grep -q '^__stack_chk_fail$' ||
		fault "$p has no stack protector"
	undefined "$f" | grep -q '^__[a-z]*_chk$' ||
		fault "$p was built without _FORTIFY_SOURCE"
}

# The rows of table ${1}, each given to the function ${2} with its columns.
each() {
	printf '%s\n' "$1" | tr -s '\t' | while IFS='	' read -r a b c; do
		[ -z "$a" ] || "$2" "$a" "$b" "${c:-}"
	done
}

each "$floors" check_includes
check_core_headers
each "$privileges" check_calls
check_core
each "$programs" check_program
for p in carerpass carerpass-verify carerpass-scan; do
	check_hardening "$p"
done

if [ -s "$faults" ]; then
	sed 's/^/floors: /' "$faults" >&2
	exit 1
fi
echo "floors: includes, calls, core, programs and hardening as they should be"
