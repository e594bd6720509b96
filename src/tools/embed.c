/*
 * embed NAME FILE...: writes C of a "const struct assets NAME" of the files on
 * standard output, sorted as given, each named by its last path component (see
 * base/asset.h).
 */
#include <stdio.h>
#include <string.h>

/* The assembler brings the bytes in; as numbers they would take a compiler
 * seconds. */
static int
one(const char *table, const char *path, int i)
{
	FILE *f = fopen(path, "rb");
	long n;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0) {
		perror(path);
		return -1;
	}
	fclose(f);
	printf("extern const unsigned char %s_%d[]\n"
	       "    __attribute__((visibility(\"hidden\")));\n"
	       "enum { n%d = %ld };\n"
	       "__asm__(\".section .rodata\\n.balign 16\\n%s_%d:\\n\"\n"
	       "	\".incbin \\\"%s\\\"\\n.byte 0\\n.previous\");\n",
	    table, i, i, n, table, i, path);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	printf("#include \"base/asset.h\"\n");
	for (int i = 2; i < argc; i++)
		if (one(argv[1], argv[i], i) != 0)
			return 1;
	printf("static const struct asset v[] = {\n");
	for (int i = 2; i < argc; i++) {
		const char *slash = strrchr(argv[i], '/');

		printf("\t{\"%s\", %s_%d, n%d},\n",
		    slash != NULL ? slash + 1 : argv[i], argv[1], i, i);
	}
	printf("};\nextern const struct assets %s;\n"
	       "const struct assets %s = {v, %d};\n",
	    argv[1], argv[1], argc - 2);
	return 0;
}
