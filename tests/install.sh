#!/bin/sh
# Goal of this test: 'make install' puts the programs and their manual where a
# packager expects them, nothing else anywhere, and they run from there.
#   tests/install.sh BUILDROOT
set -eu
to=$(mktemp -d)
trap 'rm -rf "$to"' EXIT
cd "$(dirname "$0")/.."

${MAKE:-make} BUILDROOT="$1" DESTDIR="$to" PREFIX=/usr \
	install >/dev/null
for program in carerpass carerpass-verify carerpass-scan carerpass-lists; do
	[ "$(stat -c %a "$to/usr/bin/$program")" = 755 ] ||
		{ echo "FAIL $program is not there as 0755"; exit 1; }
	[ -f "$to/usr/share/man/man1/$program.1" ] ||
		{ echo "FAIL $program has no manual page"; exit 1; }
done
for program in carerpass carerpass-verify carerpass-lists; do
	"$to/usr/bin/$program" --version | grep -q "^$program [0-9]" ||
		{ echo "FAIL $program does not say its version"; exit 1; }
done
for unit in carerpass-verify.service carerpass-verify.socket \
	carerpass-lists.service carerpass-lists.timer \
	carerpass-publish.service carerpass-publish.timer; do
	file=$to/usr/lib/systemd/system/$unit
	[ "$(stat -c %a "$file")" = 644 ] && ! grep -q /usr/local/ "$file" ||
		{ echo "FAIL $unit is not there, or names another folder"; exit 1; }
done
others=$(find "$to" -type f ! -path "$to/usr/bin/carerpass*" \
	! -path "$to/usr/share/man/man[1-8]/*" \
	! -path "$to/usr/lib/systemd/system/carerpass-*" \
	! -path "$to/usr/lib/sysusers.d/carerpass.conf" \
	! -path "$to/usr/share/carerpass/*")
[ -z "$others" ] || { echo "FAIL also installed: $others"; exit 1; }
echo "install: programs, manual pages and nothing else"
