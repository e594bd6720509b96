# One Makefile, no recursion but for other build kinds, no configure: each kind
# of build has its own folder under build/.
#   make [BUILD=debug|release|asan|ubsan|tsan|cov|fuzz]      make help
BUILD      ?= debug
BUILDROOT  ?= build
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
MANDIR     ?= $(PREFIX)/share/man
DATADIR    ?= $(PREFIX)/share/carerpass
PKG_CONFIG ?= pkg-config
B          := $(BUILDROOT)/$(BUILD)

# --- what there is: a library a floor, a program a folder --------------------
LIBS   := cards keys registry passport base
PROGS  := carerpass carerpass-verify carerpass-scan
DIR_carerpass          := issuer
DIR_carerpass-verify   := verifier
DIR_carerpass-scan     := verifier/scan
NEEDS_carerpass        := cards keys registry passport base
NEEDS_carerpass-verify := passport base
NEEDS_carerpass-scan   := base
PKGS_carerpass         := libsodium sqlite3 zlib libqrencode harfbuzz jansson \
	libseccomp inih libutf8proc
XLIBS_carerpass        := -lhpdf -lm     # Debian 12 ships no .pc for libharu
PKGS_carerpass-verify  := libsodium zlib
PKGS_carerpass-scan    := zbar libpng libseccomp
PKGS_test := cmocka $(PKGS_carerpass)

# --- flags -------------------------------------------------------------------
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wcast-qual -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes \
	-Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough -Werror
HARD := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
	-fno-delete-null-pointer-checks -fno-strict-overflow \
	-fno-strict-aliasing -fPIE
SAN_OPTS := -fno-omit-frame-pointer -fno-sanitize-recover=all
OPT_debug   := -Og
OPT_release := -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 \
	-ftrivial-auto-var-init=zero -Wbidi-chars=any -Wtrampolines
OPT_asan    := -O1 -fsanitize=address,undefined $(SAN_OPTS)
OPT_ubsan   := -O1 -fsanitize=undefined,integer -fno-sanitize=unsigned-shift-base \
	-fno-sanitize=unsigned-integer-overflow $(SAN_OPTS)
OPT_tsan    := -O1 -fsanitize=thread $(SAN_OPTS)
OPT_cov     := -O0 -fprofile-instr-generate -fcoverage-mapping
OPT_fuzz    := -O1 -fsanitize=fuzzer-no-link,address,undefined $(SAN_OPTS)
ifeq ($(OPT_$(BUILD)),)
$(error BUILD=$(BUILD) is not a kind of build: see 'make help')
endif
ifneq ($(filter $(BUILD),ubsan cov fuzz),)
CC := clang
endif
CPPFLAGS += -Isrc -I. -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64
CFLAGS   ?= -g
CFLAGS   += -std=c17 $(WARN) $(HARD) $(OPT_$(BUILD)) \
	$(shell $(PKG_CONFIG) --cflags $(PKGS_test) zbar libpng)
comma    := ,
LDFLAGS  += -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,nodlopen -Wl,--as-needed \
	$(filter -fsanitize=% -fprofile%,$(subst fuzzer-no-link$(comma),,$(OPT_$(BUILD))))
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
$(foreach l,registry passport base,$(eval SRC_$(l) := $(wildcard src/$(l)/*.c)))
# The sandbox is chosen at link time: the strict one, or for instrumented
# builds, whose runtimes make system calls of their own, one that only warns.
WIDE_SANDBOX := $(filter $(BUILD),asan ubsan tsan cov fuzz)
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

# The schema is carried inside the registry as one C table.
$(BUILDROOT)/embed: src/tools/embed.c
	@mkdir -p $(@D)
	$(Q)cc -O1 -o $@ $<
SQL := $(sort $(wildcard src/registry/sql/*.sql))
$(B)/gen/sql.c: $(BUILDROOT)/embed $(SQL)
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)$(BUILDROOT)/embed $(SQL) > $@
$(B)/gen/sql.o: $(B)/gen/sql.c
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(B)/libregistry.a: $(B)/gen/sql.o

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
TESTKIT  := $(call obj,$(wildcard tests/kit/*.c))
$(B)/fuzz/%: LDX := -fsanitize=fuzzer
define test_rule
$(B)/$(1)/%: $(B)/tests/$(1)/%.o $(TESTKIT) $(ALL_LIBS)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$(Q)$(CC) $(LDFLAGS) $$(LDX) -o $$@ $$< $(TESTKIT) $$(TEST_LD)
endef
$(foreach t,unit fuzz bench,$(eval $(call test_rule,$(t))))
-include $(shell find $(BUILDROOT) -name '*.d' 2>/dev/null)

# --- what to type ------------------------------------------------------------
all: $(PROGS:%=$(B)/%)			## build the programs
unit: $(UNITS)				## unit tests (cmocka)
	@for t in $^; do $$t || exit 1; done
e2e: all				## numbered scenarios on the real programs
	@sh tests/e2e/run.sh $(B)
release debug:				## build of that kind
	@$(MAKE) BUILD=$@ all
asan ubsan tsan:			## unit tests and scenarios under that sanitizer
	@$(MAKE) BUILD=$@ unit e2e
clean:					## remove build/
	rm -rf $(BUILDROOT)
help:					## this list
	@sed -n 's/^\([a-z0-9 -]*\):[^#]*## \(.*\)/\1\t\2/p' Makefile | expand -t 22
.PHONY: all unit e2e release debug asan ubsan tsan clean help
