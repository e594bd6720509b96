#include "base/err.h"

#include <stddef.h>

static const struct {
	const char *name;
	int code;
} errs[] = {
    [ERR_OK] = {"ok", 0},
    [ERR_USAGE] = {"usage", 2},
    [ERR_DATA] = {"bad data", 65},
    [ERR_NOINPUT] = {"not found", 66},
    [ERR_UNAVAILABLE] = {"unavailable", 69},
    [ERR_IO] = {"input/output", 74},
    [ERR_PERM] = {"permission", 77},
    [ERR_CONFIG] = {"configuration", 78},
    [ERR_MEM] = {"no memory", 71},
    [ERR_TOOBIG] = {"too big", 65},
    [ERR_INTERNAL] = {"internal", 70},
    [ERR_POLICY] = {"refused by policy", 65},
};

const char *
err_name(enum err e)
{
	size_t i = (size_t)e;

	return i < sizeof(errs) / sizeof(*errs) ? errs[i].name : "unknown";
}

int
err_exit(enum err e)
{
	size_t i = (size_t)e;

	return i < sizeof(errs) / sizeof(*errs) ? errs[i].code : 70;
}
