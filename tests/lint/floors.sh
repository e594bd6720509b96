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
trap 'rm -f "$faults" "$faults.calls" "$faults.core"' EXIT

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
verifier/mirror	base passport verifier verifier/mirror
issuer		base passport http registry keys cards issuer
'

# foo.c begins with foo.h where there is one: the header stands on its own.
check_includes() {
	find src keys cards issuer verifier -name '*.[ch]' \
		! -path 'src/tools/*' ! -path 'verifier/wasm/*' -exec \
		grep -H '^[ 	]*#[ 	]*include' {} + |
	sed 's/:[ 	]*#[ 	]*include[ 	]*/ /' |
	floors=$floors awk '
	function folder(path) { sub(/\/[^\/]*$/, "", path); return path }
	function floor(path) {
		if (path ~ /^verifier\/(scan|mirror)\//)
			return folder(path)
		return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : "?"
	}
	BEGIN {
		n = split(ENVIRON["floors"], line, "\n")
		for (i = 1; i <= n; i++) {
			split(line[i], column, /\t+/)
			may[column[1]] = column[2]
		}
	}
	{
		here = folder($1)
		path = substr($2, 2, length($2) - 2)
		own = $1
		sub(/^src\//, "", own)
		if ($1 ~ /\.c$/ && !($1 in seen)) {
			seen[$1] = 1
			header = substr($1, 1, length($1) - 1) "h"
			sub(/c$/, "h", own)
			if ((getline text < header) >= 0 && path != own)
				print $1 ": the first include must be " own
			close(header)
		}
		if ($2 ~ /^</)
			next
		if (!(here in may))
			print $1 ": " here " is no floor of the house"
		else if (path ~ /\.\./ ||
		    index(" " may[here] " ", " " floor(path) " ") == 0)
			print $1 " includes " path ": " here \
			    " may include only " may[here]
	}' >>"$faults"
}

# The core may ask a C library for no more than this: it also runs in a page.
check_core_headers() {
	grep -n '^#include <' src/passport/*.[ch] src/base/date.[ch] \
		src/base/utf8.[ch] src/base/span.h src/base/err.h |
	grep -v -e '<stdbool\.h>' -e '<stddef\.h>' -e '<stdint\.h>' \
		-e '<string\.h>' -e '^src/passport/ed25519_[a-z]*\.c:' |
	while read -r line; do
		fault "$line: not a header for the core"
	done
}

# --- calls -------------------------------------------------------------------
# Undefined symbols of a kind, and the only folders whose objects may have them.
# Verification and plain hashes are nobody's privilege.
privileges='
secret keys	^crypto_(sign|sign_detached|sign_keypair|sign_seed_keypair|sign_final_create|sign_ed25519|sign_ed25519_detached|sign_ed25519_keypair|sign_ed25519_seed_keypair|secretbox.*|aead.*|pwhash.*|box.*|scalarmult.*|kdf.*)$	keys
database	^sqlite3_|^PQ[a-z]	src/registry
HTTP		^MHD_	src/http
PDF		^HPDF_	cards
QR codes	^QRcode_|^QRinput_	cards
fonts		^hb_	cards
pictures	^zbar_|^png_(create_read|read|image_begin_read|process|progressive)	verifier/scan
fetching	^curl_	verifier/mirror
pictures out	^png_(create_write|write|image_write)	cards
shell		^(system|popen)$	none
C library	^(gets|strcpy|strcat|sprintf|vsprintf|strtok|gmtime|localtime|asctime|ctime|atoi|atol|tmpnam|mktemp|rand|srand|random)$	none
'

undefined() {
	nm -u "$1" | sed -n 's/^ *[Uw] \([^@]*\).*/\1/p' | sort -u
}

# "folder/file.c symbol", for each object that belongs to a source of today.
all_calls() {
	for o in $(cd "$B" && find src keys cards issuer verifier -name '*.o')
	do
		[ ! -f "${o%.o}.c" ] || printf '%s\n' "$o"
	done | (cd "$B" && xargs nm -A -u) |
		sed -n 's/^\(.*\)\.o: *[Uw] \([^@]*\).*/\1.c \2/p'
}

check_calls() {
	awk -v what="$1" -v symbols="$2" -v owner="$3" '
	{
		folder = $1
		sub(/\/[^\/]*$/, "", folder)
		if (folder != owner && $2 ~ symbols)
			print $1 " calls " $2 " (" what " is for: " owner ")"
	}' "$faults.calls" >>"$faults"
}

# --- the core ----------------------------------------------------------------
# No allocation, no input or output, no clock, no state: what it may call, and
# that nothing in it can be written to.
core_may_call='^(mem(cmp|cpy|move|set)|strlen|strchr|__mem(cpy|move|set)_chk|__stack_chk_fail|date_[a-z_]*|utf8_[a-z_]*|crypto_sign_verify_detached|crypto_core_ed25519_is_valid_point|crypto_hash_sha256)$'

check_core() {
	nm -g --defined-only "$B/libpassport.a" |
		sed -n 's/^[0-9a-f]* [A-Z] //p' | sort -u >"$faults.core"
	undefined "$B/libpassport.a" | grep -vxF -f "$faults.core" |
		grep -vE "$core_may_call" |
	while read -r symbol; do
		fault "src/passport calls $symbol: the core has no heap, no" \
			"input or output and no clock"
	done
	size -A "$B/libpassport.a" | awk '$1 ~ /^\.(data|bss)$/ && $2 > 0' |
	while read -r section bytes _; do
		fault "src/passport has $bytes bytes of state ($section)"
	done
	for part in date utf8; do
		undefined "$B/src/base/$part.o" | grep -vE "$core_may_call" |
		while read -r symbol; do
			fault "src/base/$part.c calls $symbol: it is part of" \
				"the core"
		done
	done
}

# --- the programs that face a ward -------------------------------------------
# Libraries, and symbols that must not be there in any form.
programs='
carerpass-verify	libc libsodium libz libm libmicrohttpd ld-linux-.*	^(crypto_(sign|sign_detached|sign_.*keypair|sign_final_create|secretbox|aead|pwhash|box|kdf)|sqlite3_|HPDF_|QRcode_|QRinput_|PQ|hb_|zbar_|png_|curl_)
carerpass-lists	libc libcurl-gnutls libsodium libz libjansson libm ld-linux-.*	^(crypto_(sign|sign_detached|sign_.*keypair|sign_final_create|secretbox|aead|pwhash|box|kdf)|sqlite3_|HPDF_|QRcode_|QRinput_|PQ|hb_|zbar_|png_|MHD_)
carerpass-scan	libc libzbar libpng16 libseccomp libz libm ld-linux-.*	^(crypto_|sqlite3_|HPDF_|QRcode_|PQ|socket|connect)
'

needed() {
	readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\.so.*/\1/p'
}

check_program() {
	program=$1
	libraries=$2
	banned=$3
	needed "$B/$program" |
		grep -vxE "$(printf '%s' "$libraries" | tr ' ' '|')" |
	while read -r lib; do
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

check_includes
check_core_headers
all_calls >"$faults.calls"
each "$privileges" check_calls
check_core
each "$programs" check_program
for p in carerpass carerpass-verify carerpass-scan carerpass-lists; do
	check_hardening "$p"
done

if [ -s "$faults" ]; then
	sed 's/^/floors: /' "$faults" >&2
	exit 1
fi
echo "floors: includes, calls, core, programs and hardening as they should be"
