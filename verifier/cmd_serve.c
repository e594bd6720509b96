#include "verifier/cmd.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "base/args.h"
#include "base/log.h"
#include "http/listen.h"
#include "http/server.h"
#include "verifier/service.h"
#include "verifier/web.h"

struct options {
	struct lists_from from;
	const char *listen;
};

static const struct arg table[] = {
    {.name = "--lists",
	.kind = ARG_TEXT,
	.value = "DIR",
	.help = "the published folder: root.pub, trust.cwt, status/",
	.at = offsetof(struct options, from.dir),
	.needed = true},
    {.name = "--root",
	.kind = ARG_TEXT,
	.value = "FILE",
	.help = "root keys to go by from now on, in place of those known",
	.at = offsetof(struct options, from.root)},
    {.name = "--state",
	.kind = ARG_TEXT,
	.value = "DIR",
	.help = "where to remember the newest lists seen",
	.at = offsetof(struct options, from.state)},
    {.name = "--listen",
	.kind = ARG_TEXT,
	.value = "ADDR",
	.help = "HOST:PORT or unix:PATH (127.0.0.1:8080)",
	.at = offsetof(struct options, listen)},
};

static const struct args spec = {
    .command = VERIFIER_NAME " serve",
    .about = "Serves the ward page, checks codes over HTTP and hands the "
	     "lists on. Notices new\nlists in DIR within seconds. Ends at "
	     "SIGTERM.",
    .table = table,
    .n = sizeof(table) / sizeof(*table),
};

/* The signals that the loop waits for; no thread is interrupted by them. */
static void
block(sigset_t *set)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(set);
	(void)sigaddset(set, SIGTERM);
	(void)sigaddset(set, SIGINT);
	(void)sigaddset(set, SIGHUP);
	(void)pthread_sigmask(SIG_BLOCK, set, NULL);
}

/* Every second: is the folder another one? Until a signal says stop. */
static void
loop(const sigset_t *set, struct shelf *shelf)
{
	const struct timespec second = {1, 0};

	for (;;) {
		int got = sigtimedwait(set, NULL, &second);

		if (got == SIGTERM || got == SIGINT)
			return;
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return;
		if (shelf_refresh(shelf, service_now()))
			log_note("new lists are in use");
		listen_tell("WATCHDOG=1");
	}
}

static enum err
serve(const struct options *o, struct service *s, const sigset_t *set)
{
	const struct site site = {
	    service_routes, service_nroutes, s, service_done};
	char said[LISTEN_TEXT];
	int fd;
	enum err e = listen_open(&fd, o->listen, said);

	if (e == ERR_OK)
		e = server_new(&s->server, fd, &site);
	if (e != ERR_OK)
		return e;
	printf("listening on %s\n", said);
	(void)fflush(stdout);
	listen_tell("READY=1");
	loop(set, s->shelf);
	listen_tell("STOPPING=1");
	log_note("stopping");
	server_free(s->server);
	return ERR_OK;
}

int
cmd_serve(int argc, char **argv)
{
	struct options o = {.listen = "127.0.0.1:8080"};
	struct shelf *shelf = NULL;
	struct service s;
	sigset_t set;
	bool help;
	enum err e = args_parse(&spec, argc, argv, &o, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	block(&set);
	e = web_open();
	if (e == ERR_OK)
		e = shelf_new(&shelf, &o.from, service_now());
	if (e == ERR_OK)
		e = service_init(&s, shelf, service_now());
	if (e == ERR_OK) {
		e = serve(&o, &s, &set);
		service_wipe(&s);
	}
	shelf_free(shelf);
	return err_exit(e);
}
