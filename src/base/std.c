#include "base/std.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"

enum err
std_open(void)
{
	/* The wrong way round: whoever uses it is told. */
	static const int mode[] = {O_WRONLY, O_RDONLY, O_RDONLY};

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", mode[fd]) != fd)
			return ERR_IO;
	return ERR_OK;
}

int
std_close(int code)
{
	bool lost = ferror(stdout) != 0;

	if (fflush(stdout) == 0 && !lost)
		return code;
	if (code != 0)
		return code;
	log_error("standard output could not be written; what was asked for "
		  "is done");
	return err_exit(ERR_IO);
}
