# One Makefile, no recursion but for other build kinds, no configure: each kind
# of build has its own folder under build/.
#   make [BUILD=debug|release|asan|ubsan|tsan|cov|fuzz|valgrind]      make help
BUILD      ?= debug
BUILDROOT  ?= build
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
MANDIR     ?= $(PREFIX)/share/man
DATADIR    ?= $(PREFIX)/share/carerpass
UNITDIR    ?= $(PREFIX)/lib/systemd/system
USERDIR    ?= $(PREFIX)/lib/sysusers.d
PKG_CONFIG ?= pkg-config
B          := $(BUILDROOT)/$(BUILD)

# --- what there is: a library a floor, a program a folder --------------------
LIBS   := issuer cards keys registry mirror verifier http passport base
PROGS  := carerpass carerpass-verify carerpass-scan carerpass-lists
DIR_carerpass          := issuer
DIR_carerpass-verify   := verifier
DIR_carerpass-scan     := verifier/scan
DIR_carerpass-lists    := verifier/mirror
NEEDS_carerpass        := cards keys registry passport base
NEEDS_carerpass-verify := http passport base
NEEDS_carerpass-scan   := base
NEEDS_carerpass-lists  := verifier passport base
PKGS_carerpass         := libsodium sqlite3 zlib libqrencode harfbuzz jansson \
	libseccomp inih libutf8proc libpng
XLIBS_carerpass        := -lhpdf -lm     # Debian 12 ships no .pc for libharu
PKGS_carerpass-verify  := libsodium zlib libmicrohttpd
PKGS_carerpass-scan    := zbar libpng libseccomp
PKGS_carerpass-lists   := libcurl libsodium zlib jansson
PKGS_test := cmocka $(PKGS_carerpass) libmicrohttpd

# --- flags -------------------------------------------------------------------
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wcast-qual -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes \
	-Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough -Werror
HARD := -fstack-protector-strong -fstack-clash-protection \
	$(if $(filter x86_64,$(shell uname -m)),-fcf-protection=full) \
	-fno-delete-null-pointer-checks -fno-strict-overflow \
	-fno-strict-aliasing -fPIE
SAN_OPTS := -fno-omit-frame-pointer -fno-sanitize-recover=all
OPT_debug    := -Og
OPT_valgrind := -Og
OPT_release  := -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 \
	-ftrivial-auto-var-init=zero -Wbidi-chars=any -Wtrampolines
OPT_asan     := -O1 -fsanitize=address,undefined $(SAN_OPTS)
OPT_ubsan    := -O1 -fsanitize=undefined,integer -fno-sanitize=unsigned-shift-base \
	-fno-sanitize=unsigned-integer-overflow $(SAN_OPTS)
OPT_tsan     := -O1 -fsanitize=thread $(SAN_OPTS)
OPT_cov      := -O0 -fprofile-instr-generate -fcoverage-mapping
OPT_fuzz     := -O1 -fsanitize=fuzzer-no-link,address,undefined $(SAN_OPTS)
ifeq ($(OPT_$(BUILD)),)
$(error BUILD=$(BUILD) is not a kind of build: see 'make help')
endif
ifneq ($(filter $(BUILD),ubsan cov fuzz),)
CC := clang
WARN += -Wno-string-concatenation    # sentences over several lines
endif
# cmocka has no flags of its own, so a release builds without the test tools.
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS_carerpass) zbar libpng libcurl)
CPPFLAGS += -Isrc -I. -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64
CFLAGS   ?= -g
CFLAGS   += -std=c17 $(WARN) $(HARD) $(OPT_$(BUILD)) $(PKG_CFLAGS)
comma    := ,
LDFLAGS  += -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,nodlopen -Wl,--as-needed \
	$(filter -fsanitize=% -fprofile%,$(subst fuzzer-no-link$(comma),,$(OPT_$(BUILD))))
MAKEFLAGS += --no-print-directory
ifneq ($(V),1)
Q   := @
say  = @printf '  %-5s %s\n' $(1) $(2)
endif

# --- rules -------------------------------------------------------------------
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
SRC_cards := $(wildcard cards/*.c)
SRC_keys  := $(wildcard keys/*.c)
$(foreach l,registry http passport base,$(eval SRC_$(l) := $(wildcard src/$(l)/*.c)))
# For the tests of their parts; the programs link their own objects, that of the
# verifier with the version of ed25519_point_ok that remembers.
SRC_issuer   := $(filter-out issuer/main.c,$(wildcard issuer/*.c))
SRC_verifier := $(filter-out verifier/main.c verifier/point_memo.c,$(wildcard verifier/*.c))
SRC_mirror   := $(filter-out verifier/mirror/main.c,$(wildcard verifier/mirror/*.c))
# The sandbox is chosen at link time: the strict one, or for instrumented
# builds, whose runtimes make system calls of their own, one that only warns.
WIDE_SANDBOX := $(filter $(BUILD),asan ubsan tsan cov fuzz valgrind)
SRC_base := $(filter-out src/base/sandbox$(if $(WIDE_SANDBOX),,_wide).c,$(SRC_base))
obj = $(patsubst %.c,$(B)/%.o,$(1))

$(B)/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

define lib_rule
$(B)/lib$(1).a: $(call obj,$(SRC_$(1)))
	$$(call say,AR,$$@)
	@rm -f $$@
	$(Q)$(AR) crs $$@ $$^
endef
$(foreach l,$(LIBS),$(eval $(call lib_rule,$(l))))

# Files that a program carries inside, as one C table: the schema of the registry
# and the ward page.
$(BUILDROOT)/embed: src/tools/embed.c
	@mkdir -p $(@D)
	$(Q)cc -O1 -o $@ $<
SQL := $(sort $(wildcard src/registry/sql/*.sql))
$(B)/gen/sql.c: $(BUILDROOT)/embed $(SQL)
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)$(BUILDROOT)/embed sql_assets $(SQL) > $@
$(B)/gen/web.c: $(BUILDROOT)/embed $(BUILDROOT)/web/index.html
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)$(BUILDROOT)/embed web_assets $(BUILDROOT)/web/* > $@
$(B)/gen/%.o: $(B)/gen/%.c
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -O0 -g0 -c -o $@ $<
$(B)/libregistry.a: $(B)/gen/sql.o
$(B)/libverifier.a $(B)/carerpass-verify: $(B)/gen/web.o

define prog_rule
$(B)/$(1): $(call obj,$(wildcard $(DIR_$(1))/*.c)) $(NEEDS_$(1):%=$(B)/lib%.a)
	$$(call say,LD,$$@)
	$(Q)$(CC) $(LDFLAGS) -o $$@ $$^ $$(shell $(PKG_CONFIG) --libs $(PKGS_$(1))) $(XLIBS_$(1))
endef
$(foreach p,$(PROGS),$(eval $(call prog_rule,$(p))))

ALL_LIBS := $(LIBS:%=$(B)/lib%.a)
TEST_LD   = $(ALL_LIBS) $(shell $(PKG_CONFIG) --libs $(PKGS_test)) -lhpdf -lm
UNITS    := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/test_*.c))
FUZZERS  := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCHES  := $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/bench_*.c))
FAULTS   := $(patsubst tests/faults/%.c,$(B)/faults/%,$(filter-out \
	tests/faults/preload_%,$(wildcard tests/faults/*.c)))
TESTKIT  := $(call obj,$(wildcard tests/kit/*.c))
$(B)/fuzz/%: LDX := -fsanitize=fuzzer
define test_rule
$(B)/$(1)/%: $(B)/tests/$(1)/%.o $(TESTKIT) $(ALL_LIBS)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$(Q)$(CC) $(LDFLAGS) $$(LDX) -o $$@ $$< $(TESTKIT) $$(TEST_LD)
endef
$(foreach t,unit fuzz bench faults,$(eval $(call test_rule,$(t))))
# Small programs that tests in other languages drive.
PRINTERS := $(patsubst %.c,$(B)/%,$(wildcard tests/cards/*.c))
ROUTES   := $(B)/tests/http/print_routes
$(PRINTERS) $(ROUTES): %: %.o $(ALL_LIBS)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(TEST_LD)

# The core for a browser: no C library, and of cryptography only the two calls
# that the page brings (tests/wasm checks that nothing else is imported).
W       := $(BUILDROOT)/wasm
WASM_C  := $(filter-out src/passport/ed25519_%,$(SRC_passport)) \
	src/base/date.c src/base/utf8.c verifier/record.c verifier/roots.c \
	$(wildcard verifier/wasm/*.c)
WASM_O  := $(WASM_C:%.c=$(W)/%.o)
WASM_CFLAGS := --target=wasm32 -std=c17 -Oz -ffreestanding -fno-builtin -nostdlib \
	-nostdlibinc -Iverifier/wasm/include -Iverifier/wasm -Isrc -I. $(WARN)
WASM_EXPORTS := $(shell sed -n 's/^[a-z].*[ *]\(judge_[a-z0-9_]*\).*;$$/\1/p' \
	verifier/wasm/judge.h)
$(W)/%.o: %.c
	$(call say,WASM,$<)
	@mkdir -p $(@D)
	$(Q)clang $(WASM_CFLAGS) -MMD -MP -c -o $@ $<
$(W)/core.wasm: $(WASM_O)
	$(call say,LD,$@)
	$(Q)wasm-ld --no-entry --allow-undefined --strip-all --stack-first \
		-z stack-size=65536 --max-memory=134217728 $(WASM_EXPORTS:%=--export=%) -o $@ $^
-include $(shell find $(BUILDROOT) -name '*.d' 2>/dev/null)

# The ward page: everything in build/web is carried inside carerpass-verify.
# npm is asked for what its lock file names, once; later builds need no network.
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --silent
%/node_modules/.package-lock.json: %/package-lock.json
	$(call say,NPM,$*)
	$(Q)cd $* && $(NPM_CI) && touch node_modules/.package-lock.json
WEB_SRC := $(wildcard verifier/web/*.*)
WEB_MODULES := verifier/web/node_modules/.package-lock.json
BROWSER_MODULES := tests/browser/node_modules/.package-lock.json
$(BUILDROOT)/web/index.html: $(W)/core.wasm $(WEB_SRC) $(WEB_MODULES)
	$(call say,WEB,$(@D))
	$(Q)node verifier/web/build.mjs $< $(@D)
	@touch $@

# --- what to type ------------------------------------------------------------
all: $(PROGS:%=$(B)/%)			## build the programs
release debug:				## build of that kind
	@$(MAKE) BUILD=$@ all
demo: release				## a scheme of its own, a card, a check
	@sh demo/run.sh $(BUILDROOT)/release $(BUILDROOT)/demo
demo-test: release			## what the demonstration says is true
	@sh tests/demo.sh $(BUILDROOT)
unit: $(UNITS)				## unit tests (cmocka)
	@sh tests/run.sh $(B) - $^
e2e: all				## numbered scenarios on the real programs
	@sh tests/e2e/run.sh $(B)
oracle: all				## independent checker and issuer, in Python
	@sh tests/run-oracle.sh $(B)
cards-test: all $(PRINTERS)		## cards as others draw and read them
	@sh tests/run.sh $(B) /usr/bin/python3 tests/cards/test_*.py
http: all $(ROUTES)			## the service, as others speak HTTP to it, and as they should not
	@SHOW=1 JOBS=1 sh tests/run.sh $(B) /usr/bin/python3 tests/http/test_*.py
dist-test: all $(FAULTS)			## systemd units and nginx configuration, tried
	@sh tests/run.sh $(B) /usr/bin/python3 tests/dist/test_*.py
faults: all $(FAULTS)			## kill -9, core dumps, forbidden system calls
	@sh tests/faults/run.sh $(B)
asan ubsan tsan:			## unit tests and scenarios under that sanitizer
	@$(MAKE) BUILD=$@ tests-built
	@$(MAKE) BUILD=$@ unit
	@$(MAKE) BUILD=$@ e2e
tests-built: all $(UNITS)
wasm: $(W)/core.wasm $(WEB_MODULES)	## the core for a browser, tests, a second judge
	@node tests/wasm/test_core.mjs $(W)/core.wasm
	@node tests/wasm/fuzz.mjs $(W)/core.wasm $${WASM_FUZZ:-60000}
channels: all $(W)/core.wasm $(WEB_MODULES) $(BROWSER_MODULES)	## one case file through all that judges
	@sh tests/cases/run.sh $(B) $(W)/core.wasm
web: $(BUILDROOT)/web/index.html		## the ward page, bundled
browser: all $(BROWSER_MODULES)		## the ward page in Chromium
	@SHOW=1 sh tests/run.sh $(B) node tests/browser/test_*.mjs
floors: release				## who includes, calls and links whom; manual pages against the programs
	@sh tests/lint/floors.sh $(BUILDROOT)/release
	@sh tests/lint/test_floors.sh $(BUILDROOT)/release
	@sh tests/lint/man.sh $(BUILDROOT)/release
lint:					## all that reads the sources without running them
	@sh tests/lint/lint.sh $(PKG_CFLAGS)
fuzz:					## each fuzzer for FUZZ_SECS (30) seconds
	@$(MAKE) BUILD=fuzz fuzz-run
fuzz-run: $(FUZZERS)
	@sh tests/fuzz/run.sh $(BUILDROOT) $^
valgrind:				## unit tests and commands under valgrind
	@$(MAKE) BUILD=valgrind valgrind-run
valgrind-run: all $(UNITS)
	@sh tests/valgrind.sh $(B) $(UNITS)
coverage:				## lines and branches, per file
	@$(MAKE) BUILD=cov coverage-run
coverage-run: all $(UNITS)
	@sh tests/coverage.sh $(B) $(UNITS)
bench:					## timings, each with its baseline
	@$(MAKE) BUILD=release bench-run
bench-run: all $(BENCHES)
	@sh tests/bench/run.sh $(B) $(BENCHES)
install-test: release
	@MAKE="$(MAKE)" sh tests/install.sh $(BUILDROOT)
check:					## everything, at most 15 minutes on 2 cores
	@MAKE="$(MAKE)" sh tests/check.sh $(BUILDROOT)
proof:					## the long runs whose figures the docs quote
	@MAKE="$(MAKE)" sh tests/proof.sh $(BUILDROOT)
format:					## rewrite the sources in house style
	@find src keys cards issuer verifier tests -name '*.[ch]' \
		-exec clang-format -i {} +
install: release			## PREFIX, DESTDIR
	@install -d $(DESTDIR)$(BINDIR)
	install -m 0755 $(PROGS:%=$(BUILDROOT)/release/%) $(DESTDIR)$(BINDIR)
	@for m in $(wildcard docs/man/*.[1-8]); do \
		install -D -m 0644 -t $(DESTDIR)$(MANDIR)/man$${m##*.} $$m || exit 1; \
	done
	@for e in $(wildcard docs/examples/*); do \
		install -D -m 0644 -t $(DESTDIR)$(DATADIR)/examples $$e || exit 1; \
	done
	@install -d $(DESTDIR)$(UNITDIR)
	@for u in $(notdir $(wildcard dist/systemd/*)); do \
		sed 's,/usr/local/bin,$(BINDIR),' dist/systemd/$$u \
			>$(DESTDIR)$(UNITDIR)/$$u || exit 1; \
		chmod 0644 $(DESTDIR)$(UNITDIR)/$$u; \
	done
	@install -D -m 0644 -t $(DESTDIR)$(USERDIR) dist/sysusers/carerpass.conf
	@install -D -m 0644 -t $(DESTDIR)$(DATADIR)/nginx dist/nginx/carerpass.conf
clean:					## remove build/
	rm -rf $(BUILDROOT)
help:					## this list
	@sed -n 's/^\([a-z0-9 -]*\):[^#]*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22
.PHONY: all release debug demo demo-test unit e2e oracle cards-test faults asan ubsan tsan tests-built wasm channels \
	web browser http dist-test floors lint fuzz fuzz-run valgrind valgrind-run coverage coverage-run \
	bench bench-run install-test check proof format install clean help
