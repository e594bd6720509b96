#include "http/resp.h"

static const struct {
	unsigned status;
	const char *title;
} titles[] = {
    {200, "OK"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

const char *
resp_title(unsigned status)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "Error";
}

void
resp_text(struct resp *a, unsigned status, const char *type)
{
	a->status = status;
	a->type = type;
	a->body = buf_span(&a->own);
}

void
resp_problem(struct resp *a, unsigned status, const char *detail)
{
	buf_free(&a->own);
	a->own = (struct buf)BUF_INIT(RESP_OWN_MAX);
	buf_printf(&a->own,
	    "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%u,"
	    "\"detail\":\"%s\"}\n",
	    resp_title(status), status, detail);
	resp_text(a, status, "application/problem+json");
}
