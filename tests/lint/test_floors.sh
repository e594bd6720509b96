#!/bin/sh
# Shows that floors.sh sees what it is for: every fault below is planted in a
# copy of the house, and must be named.
#   tests/lint/test_floors.sh BUILD_DIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
B=$(cd "$1" && pwd)
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT
passed=0 failed=0

fresh() {
	rm -rf "$house/src" "$house/build"
	mkdir -p "$house/src" "$house/build"
	for d in src keys cards issuer verifier; do
		(cd "$here/../.." && tar c --exclude=node_modules "$d") |
			tar x -C "$house/src"
		[ ! -d "$B/$d" ] || cp -R "$B/$d" "$house/build/"
	done
	cp "$B"/lib*.a "$B/carerpass" "$B/carerpass-verify" \
		"$B/carerpass-scan" "$B/carerpass-lists" "$house/build/"
}

# expect NAME PATTERN: floors.sh fails, and says PATTERN.
expect() {
	said=$house/said
	code=0
	sh "$here/floors.sh" "$house/build" "$house/src" >"$said" 2>&1 ||
		code=$?
	if [ $code = 1 ] && grep -q -- "$2" "$said"; then
		echo "ok   $1"
		passed=$((passed + 1))
	else
		echo "FAIL $1: exit $code, and it said:"
		head -n 5 "$said"
		failed=$((failed + 1))
	fi
	fresh
}

# plant FILE TEXT: a file, or one more line at the end of it.
plant() {
	printf '%s\n' "$2" >>"$house/src/$1"
}

# build FILE TEXT: the same, and its object.
build() {
	plant "$1" "$2"
	cc -w -c -o "$house/build/${1%.c}.o" "$house/src/$1"
}

fresh
sh "$here/floors.sh" "$house/build" "$house/src" >/dev/null
echo "ok   the house as it stands"
passed=1

plant src/base/planted.c '#include "passport/cbor.h"'
expect "base looks up to the core" 'src/base may include only base'
plant src/registry/planted.h '#include "keys/signer.h"'
expect "the registry sees keys" 'src/registry may include only'
plant cards/planted.c '#include "registry/db.h"'
expect "cards see the registry" 'cards may include only'
plant verifier/planted.c '#include "keys/signer.h"'
expect "the verifier sees keys" 'verifier may include only'
plant verifier/scan/planted.c '#include "passport/cbor.h"'
expect "the picture reader sees the core" 'verifier/scan may include only'
plant verifier/planted.c '#include "verifier/mirror/url.h"'
expect "the verifier sees the mirror" 'verifier may include only'
plant verifier/mirror/planted.c '#include "http/server.h"'
expect "the mirror sees the server" 'verifier/mirror may include only'
plant issuer/planted.c '#include "planted.h"'
expect "an include without its floor" 'issuer may include only'
plant src/passport/planted.c '#include <stdio.h>'
expect "the core asks for stdio" 'not a header for the core'
plant src/base/planted.h ''
plant src/base/planted.c '#include <string.h>'
expect "a file whose own header is not first" 'the first include must be'

build issuer/planted.c \
	'int crypto_sign_detached(); int f(void){return crypto_sign_detached();}'
expect "the issuer signs by itself" 'issuer/planted.c calls crypto_sign_det'
build cards/planted.c 'int sqlite3_open(); int f(void){return sqlite3_open();}'
expect "cards open a database" 'cards/planted.c calls sqlite3_open'
build verifier/planted.c \
	'int curl_easy_init(); int f(void){return curl_easy_init();}'
expect "the verifier asks the network" 'verifier/planted.c calls curl_easy'
build keys/planted.c 'int system(); int f(void){return system();}'
expect "keys run a shell" 'keys/planted.c calls system'

build src/passport/planted.c 'char *malloc(); char *f(void){return malloc(1);}'
ar q "$house/build/libpassport.a" "$house/build/src/passport/planted.o"
expect "the core allocates" 'src/passport calls malloc'
build src/passport/planted.c 'int count; int f(void){return count++;}'
ar q "$house/build/libpassport.a" "$house/build/src/passport/planted.o"
expect "the core keeps state" 'bytes of state'

cp "$B/carerpass" "$house/build/carerpass-verify"
expect "a verifier that could sign" 'has the symbol crypto_sign_detached'
cp "$B/carerpass" "$house/build/carerpass-verify"
expect "a verifier with a database library" 'carerpass-verify links libsqlite3'
cp "$B/carerpass-lists" "$house/build/carerpass-verify"
expect "a verifier that fetches" 'carerpass-verify links libcurl'
echo 'int main(void){return 0;}' |
	cc -no-pie -w -x c -o "$house/build/carerpass-scan" -
expect "a program that is no PIE" 'carerpass-scan is no PIE'
echo 'int main(void){return 0;}' |
	cc -pie -w -x c -z execstack -o "$house/build/carerpass-scan" -
expect "a program with an executable stack" 'has an executable stack'

echo "$passed passed, $failed failed"
[ $failed = 0 ]
