/* Prints the routes of the service, "METHOD PATH" a line, for test_openapi.py.
 */
#include <stdio.h>

#include "verifier/service.h"

int
main(void)
{
	for (size_t i = 0; i < service_nroutes; i++)
		printf("%s %s\n", service_routes[i].method,
		    service_routes[i].path);
	return 0;
}
