#include "issuer/pile.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "issuer/progress.h"
#include "issuer/render.h"
#include "passport/serial.h"

enum err
pile_add(struct pile *p, int64_t serial)
{
	size_t size = p->size == 0 ? 64 : p->size * 2;
	int64_t *more;

	if (p->n == p->size) {
		more = realloc(p->serial, size * sizeof(*more));
		if (more == NULL) {
			log_error("no memory for the list of cards");
			return ERR_MEM;
		}
		p->serial = more;
		p->size = size;
	}
	p->serial[p->n++] = serial;
	return ERR_OK;
}

enum err
pile_add_once(struct pile *p, int64_t serial)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->serial[i] == serial)
			return ERR_OK;
	return pile_add(p, serial);
}

void
pile_free(struct pile *p)
{
	free(p->serial);
	*p = (struct pile){0};
}

/* Where the drawing is in the pile. */
struct dealing {
	struct app *app;
	const struct pile *pile;
	size_t at;
};

static enum err
next_card(void *arg, struct card *c, struct card_text *text, bool *more)
{
	struct dealing *d = arg;
	int64_t serial;
	enum err e;

	*more = d->at < d->pile->n;
	if (!*more)
		return ERR_OK;
	if (d->at > 0 && d->at % PROGRESS_STEP == 0)
		progress_show(d->app, "cards drawn", d->at, d->pile->n);
	serial = d->pile->serial[d->at++];
	e = card_get(d->app->db, serial, c);
	return e == ERR_OK
		   ? card_open(d->app->db, &d->app->sealer, serial, text)
		   : e;
}

/* The front of one card, for a phone. */
static enum err
draw_picture(struct app *app, int64_t serial, const char *path)
{
	struct card_text text;
	struct card c;
	enum err e = card_get(app->db, serial, &c);

	if (e == ERR_OK)
		e = card_open(app->db, &app->sealer, serial, &text);
	if (e != ERR_OK)
		return e;
	e = render_card(app, &c, &text, path, NULL);
	explicit_bzero(&text, sizeof(text));
	return e;
}

static void
say_undrawn(const struct pile *p)
{
	char serial[SERIAL_TEXT];

	serial_text(serial, (uint64_t)p->serial[0]);
	if (p->n == 1)
		log_error("the passport %s was issued, so do not issue it "
			  "again; only its card could not be drawn: carerpass "
			  "card %s -o FILE.pdf",
		    serial, serial);
	else
		log_error("the passports were issued; only their cards could "
			  "not be drawn: mend what is said above and run the "
			  "same command again, which issues nothing twice");
}

enum err
pile_draw(
    struct app *app, const struct pile *p, const char *layout, const char *path)
{
	struct dealing d = {app, p, 0};
	size_t drawn = 0;
	enum err e;

	if (path == NULL || p->n == 0)
		return ERR_OK;
	if (p->n == 1 && render_is_picture(path))
		e = draw_picture(app, p->serial[0], path);
	else
		e = render_batch(app, next_card, &d, layout, path, &drawn);
	progress_clear(app);
	if (e != ERR_OK)
		say_undrawn(p);
	else if (!app->args->json && render_is_picture(path))
		printf("The card is in %s, for a phone.\n", path);
	else if (!app->args->json && drawn == 1)
		printf("The card is in %s: print it on both sides.\n", path);
	else if (!app->args->json)
		printf("The %zu cards are in %s: print it on both sides.\n",
		    drawn, path);
	return e;
}
