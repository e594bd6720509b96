#ifndef CARDS_WORDS_H
#define CARDS_WORDS_H

#include "base/buf.h"
#include "cards/card.h"

/*
 * What a card says, one file a language (words_en.c).  {name}, {issuer},
 * {phone}, {address}, {valid_to}, {serial} and {host} are filled in.  A line
 * break separates alternatives: the first whose parts are all known is used
 * (the last, where the card has little room); where none is, the sentence is
 * left out.
 */
enum word {
	WORD_TITLE,   /* of the document */
	WORD_HEADING, /* on the band */
	WORD_YOUNG,   /* badge of a young carer */
	WORD_NAME,
	WORD_STATEMENT,
	WORD_ISSUED_BY,
	WORD_ISSUER,
	WORD_VALID_TO,
	WORD_DATE,
	WORD_NUMBER,
	WORD_SERIAL,
	WORD_SERIAL_BACK,
	WORD_SCAN,
	WORD_HOST,
	WORD_WHAT_HEAD, /* the back: heads and sentences */
	WORD_WHAT,
	WORD_NO_CONSENT,
	WORD_CHECK_HEAD,
	WORD_CHECK,
	WORD_ADDRESS_BAR,
	WORD_YOUNG_HEAD,
	WORD_YOUNG_ASK,
	WORD_RING_HEAD,
	WORD_RING,
	WORD_NOT_AWAY,
	WORD_FOUND_HEAD,
	WORD_FOUND,
	WORD_ALT_FRONT, /* read out to people who cannot see the card */
	WORD_ALT_BACK,
	WORD_LETTER, /* the letter, to an adult */
	WORD_FROM,
	WORD_DEAR,
	WORD_THANKS,
	WORD_WHAT_IT_IS,
	WORD_IT_SAYS,
	WORD_HOW,
	WORD_CUT_OUT,
	WORD_SHOW,
	WORD_NOT_HEAD,
	WORD_NOT,
	WORD_NOT_CHECKED,
	WORD_ENDS_HEAD,
	WORD_ENDS,
	WORD_LOST_HEAD,
	WORD_LOST,
	WORD_OVER_HEAD,
	WORD_OVER,
	WORD_CLOSE,
	WORD_DEAR_YOUNG, /* to a child or teenager */
	WORD_THANKS_YOUNG,
	WORD_IT_SAYS_YOUNG,
	WORD_CUT_OUT_YOUNG,
	WORD_SHOW_YOUNG,
	WORD_NOT_YOUNG,
	WORD_PRIVATE_YOUNG,
	WORD_ENDS_YOUNG,
	WORD_LOST_YOUNG,
	WORD_OVER_HEAD_YOUNG,
	WORD_OVER_YOUNG,
	WORD_CLOSE_YOUNG,
	WORD_HINT, /* above the card to cut out */
	WORD_MORE,
	WORD_ALIGN_TITLE, /* the alignment page */
	WORD_ALIGN_FRONT,
	WORD_ALIGN_BACK,
	WORD_ALIGN_PRINT,
	WORD_ALIGN_SIZE,
	WORD_ALIGN_HOLD,
	WORD_ALIGN_READ,
	WORD_ALIGN_WRITE,
	WORD_ALIGN_AGAIN,
	WORD_ALIGN_USED,
	WORD_ALIGN_CARD,
	WORDS
};

struct card_words {
	const char *lang; /* BCP 47 */
	const char *text[WORDS];
};

extern const struct card_words card_words_en;

/*
 * words_fill(out, words, word, card, brief): appends the text of ${word} for
 * ${card}, line breaks in the address as ", "; the last alternative if
 * ${brief}; nothing where a part is unknown. Returns ERR_OK, ERR_MEM,
 * ERR_TOOBIG (the cap of ${out}) or ERR_INTERNAL (no such part).
 */
enum err words_fill(struct buf *out, const struct card_words *words,
    enum word word, const struct card_face *card, bool brief) MUST_CHECK;

#endif
