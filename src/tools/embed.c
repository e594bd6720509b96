/*
 * embed FILE...: writes a C table of the files on standard output, sorted as
 * given, each named by its last path component (see base/asset.h).
 */
#include <stdio.h>
#include <string.h>

static int
one(const char *path, int i)
{
	FILE *f = fopen(path, "rb");
	int c;

	if (f == NULL) {
		perror(path);
		return -1;
	}
	printf("static const unsigned char a%d[] = {", i);
	for (int n = 0; (c = getc(f)) != EOF; n++)
		printf("%s%d,", n % 24 == 0 ? "\n" : "", c);
	printf("0};\n");
	fclose(f);
	return 0;
}

int
main(int argc, char **argv)
{
	printf("#include \"base/asset.h\"\n");
	for (int i = 1; i < argc; i++)
		if (one(argv[i], i) != 0)
			return 1;
	printf("const struct asset assets[] = {\n");
	for (int i = 1; i < argc; i++) {
		const char *slash = strrchr(argv[i], '/');

		printf("\t{\"%s\", a%d, sizeof(a%d) - 1},\n",
		    slash != NULL ? slash + 1 : argv[i], i, i);
	}
	printf("};\nconst size_t nassets = %d;\n", argc - 1);
	return 0;
}
