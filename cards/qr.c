#include "cards/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

static enum err
err_of_errno(int e)
{
	if (e == ENOMEM)
		return ERR_MEM;
	return e == ERANGE ? ERR_TOOBIG : ERR_DATA;
}

static int
append(QRinput *in, QRencodeMode mode, const char *s)
{
	return QRinput_append(
	    in, mode, (int)strlen(s), (const unsigned char *)s);
}

/* copy(out, code): takes the modules over: bit 0 of a byte is dark. */
static enum err
copy(struct qr *out, const QRcode *code)
{
	if (code->width > QR_SIDE_MAX)
		return ERR_TOOBIG;
	out->side = code->width;
	for (int y = 0; y < out->side; y++)
		for (int x = 0; x < out->side; x++)
			out->dark[y][x] = code->data[y * out->side + x] & 1;
	return ERR_OK;
}

static enum err
encode(struct qr *out, const char *prefix, const char *digits, QRecLevel level)
{
	enum err err = ERR_OK;
	QRcode *code = NULL;
	QRinput *in;

	errno = ENOMEM;
	in = QRinput_new2(0, level);
	if (in == NULL || append(in, QR_MODE_8, prefix) != 0 ||
	    append(in, QR_MODE_NUM, digits) != 0 ||
	    (code = QRcode_encodeInput(in)) == NULL)
		err = err_of_errno(errno);
	else
		err = copy(out, code);
	QRcode_free(code);
	QRinput_free(in);
	return err;
}

enum err
qr_encode(struct qr *out, const char *prefix, const char *digits)
{
	size_t np = strnlen(prefix, QR_PREFIX_MAX + 1);
	size_t nd = strnlen(digits, QR_DIGITS_MAX + 1);
	enum err err;

	*out = (struct qr){0};
	if (np == 0 || np > QR_PREFIX_MAX || nd == 0 || nd > QR_DIGITS_MAX ||
	    strspn(digits, "0123456789") != nd)
		return ERR_DATA;
	out->level = QR_Q;
	err = encode(out, prefix, digits, QR_ECLEVEL_Q);
	if (err != ERR_TOOBIG)
		return err;
	out->level = QR_M;
	return encode(out, prefix, digits, QR_ECLEVEL_M);
}
