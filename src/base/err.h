#ifndef BASE_ERR_H
#define BASE_ERR_H

/*
 * What can go wrong, for programs and for people.  Numbers are never reused;
 * each error has one exit code (sysexits where there is one) in err.c.  A bad
 * card is not an error: it is a struct verdict.
 */
enum err {
	ERR_OK = 0,
	ERR_USAGE = 1,       /* the command line is off */
	ERR_DATA = 2,        /* input is malformed or breaks a rule */
	ERR_NOINPUT = 3,     /* a named file, folder or record is missing */
	ERR_UNAVAILABLE = 4, /* signer or registry is busy or gone */
	ERR_IO = 5,          /* the operating system refused to read or write */
	ERR_PERM = 6,        /* passphrase, file mode or owner */
	ERR_CONFIG = 7,      /* configuration, roots or scheme */
	ERR_MEM = 8,         /* no memory */
	ERR_TOOBIG = 9,      /* over a stated limit */
	ERR_INTERNAL = 10,   /* our own bug, caught */
	ERR_POLICY = 11,     /* the signer will not sign this */
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* err_name(e): Returns a lower-case word for ${e}, never NULL. */
const char *err_name(enum err e);

/* err_exit(e): Returns the exit code for ${e} (design.md 5; DESIGN.md 4). */
int err_exit(enum err e);

#endif
