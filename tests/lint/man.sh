#!/bin/sh
# Goal of this test: the manual says what the programs do. Every option of every
# command's --help stands in its part of the manual page, and the other way
# round; the exit codes of the pages, of docs/DESIGN.md and of the sources are
# the same; every configuration key is described; every test that the documents
# name is there.
#   tests/lint/man.sh BUILD_DIR
set -eu
bin=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset CARERPASS_DATA
passed=0 failed=0

# same NAME WANTED FOUND: two files of one item a line, in any order.
same() {
	sort -u "$2" >"$work/a"
	sort -u "$3" >"$work/b"
	if [ -s "$work/a" ] && cmp -s "$work/a" "$work/b"; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "FAIL $1"
	[ -s "$work/a" ] || echo "     nothing to compare with"
	comm -23 "$work/a" "$work/b" | sed 's/^/     missing: /'
	comm -13 "$work/a" "$work/b" | sed 's/^/     is not there: /'
}

# The options that --help describes, one a line.
help_options() {
	sed -n 's/^  \(--*[a-z][a-z-]*\).*/\1/p'
}

# page_options PAGE SECTION: those of ".Ss SECTION", or of ".Sh SECTION".
page_options() {
	awk -v want="$2" '
		/^\.(Ss|Sh) / { here = substr($0, 5) == want }
		here && $1 == ".It" && $2 == "Fl" {
			print "-" $3
		}' "docs/man/$1"
}

# command PAGE PROGRAM WORDS: what --help and the page say of one command; the
# page's "Common options", if it has them, are those of every command.
command() {
	# shellcheck disable=SC2086 # one or two words
	"$bin/$2" $3 --help | help_options >"$work/help"
	{
		page_options "$1" "$3"
		page_options "$1" "Common options"
	} >"$work/page"
	same "options of $2 $3" "$work/help" "$work/page"
}

# The commands that a program's own --help lists.
commands() {
	"$bin/$1" --help | sed -n 's/^  \([a-z][a-z]*\( [a-z][a-z]*\)*\)  .*/\1/p'
}

for program in carerpass carerpass-verify; do
	commands "$program" >"$work/commands"
	sed -n 's/^\.Ss \([a-z][a-z ]*\)$/\1/p' "docs/man/$program.1" \
		>"$work/page"
	same "commands of $program" "$work/commands" "$work/page"
	while read -r words; do
		command "$program.1" "$program" "$words"
	done <"$work/commands"
done
for program in carerpass-scan carerpass-lists; do
	"$bin/$program" --help | help_options >"$work/help"
	page_options $program.1 DESCRIPTION >"$work/page"
	same "options of $program" "$work/help" "$work/page"
done

# --- exit codes: column ${1} of the table in docs/DESIGN.md, section 4 ---------
design_codes() {
	awk -F '|' -v column="$1" '
		/^## / { here = $0 ~ /^## 4\. Exit codes/ }
		here && $2 ~ /^ [0-9]+ $/ && (column == 0 || $column ~ /yes/) {
			gsub(/ /, "", $2)
			print $2
		}' docs/DESIGN.md
}

page_codes() {
	awk '/^\.Sh / { here = $0 == ".Sh EXIT STATUS" }
		here && $1 == ".It" { print $2 }' "docs/man/$1.1"
}

column=4
for program in carerpass carerpass-verify carerpass-scan carerpass-lists; do
	design_codes $column >"$work/design"
	page_codes $program >"$work/page"
	same "exit codes of $program" "$work/design" "$work/page"
	column=$((column + 1))
done
{
	sed -n 's/.*\[ERR_[A-Z]*\] = {"[^"]*", \([0-9]*\)}.*/\1/p' src/base/err.c
	sed -n 's/.*\[VERDICT_[A-Z_]*\] = \([0-9]*\).*/\1/p' src/passport/verdict.c
} >"$work/source"
design_codes 0 >"$work/design"
same "exit codes of the sources" "$work/source" "$work/design"

# --- configuration keys ----------------------------------------------------------
sed -n 's/^ *{"[a-z]*", "\([a-z_]*\)", CONF_.*/\1/p' issuer/app.c >"$work/source"
sed -n 's/^\.It Cm \([a-z_]*\).*/\1/p' docs/man/carerpass.conf.5 >"$work/page"
same "configuration keys" "$work/source" "$work/page"

# --- tests that the documents name: FILE/NAME --------------------------------
grep -ohE 'test_[a-z_]+/[a-z_0-9]+' docs/*.md | sort -u >"$work/cited"
while IFS=/ read -r file name; do
	for path in "tests/unit/$file.c" "tests/oracle/$file.py" \
		"tests/cards/$file.py"; do
		if [ -f "$path" ] && grep -qw "$name" "$path"; then
			echo "$file/$name"
		fi
	done
done <"$work/cited" >"$work/there"
same "tests that the documents name" "$work/cited" "$work/there"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
