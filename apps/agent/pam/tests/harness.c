/*
 * The module against a libpam, an agent and a clock of the test's own: `harness cases`, or `harness fuzz SEED COUNT`.
 * `make -C apps/agent/pam harness` builds it with AddressSanitizer and UBSan.
 */
#include "harness.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	alarm(300); /* A module that waits by another clock than the test's would wait for ever. */
	world_begin();
	int failures = -1;
	if (argc == 2 && strcmp(argv[1], "cases") == 0)
		failures = run_cases();
	else if (argc == 4 && strcmp(argv[1], "fuzz") == 0)
		failures = run_fuzz(strtoull(argv[2], NULL, 10), atoi(argv[3]));
	else
		fprintf(stderr, "usage: harness cases | harness fuzz SEED COUNT\n");
	world_end();
	return failures == 0 ? 0 : failures < 0 ? 2 : 1;
}
