#include "cards/words.h"

/* Plain English, reading age 9 to 11; the carer speaks. */
const struct card_words card_words_en = {
    .lang = "en-GB",
    .text =
	{
	    [WORD_TITLE] = "Carer passport",
	    [WORD_HEADING] = "CARER PASSPORT",
	    [WORD_YOUNG] = "Young carer",
	    [WORD_NAME] = "{name}",
	    [WORD_STATEMENT] = "I look after someone. Please involve me.",
	    [WORD_ISSUED_BY] = "Issued by",
	    [WORD_ISSUER] = "{issuer}",
	    [WORD_VALID_TO] = "Valid to",
	    [WORD_DATE] = "{valid_to}",
	    [WORD_NUMBER] = "No.",
	    [WORD_SERIAL] = "{serial}",
	    [WORD_SERIAL_BACK] = "No. {serial}",
	    [WORD_SCAN] = "Scan to check at",
	    [WORD_HOST] = "{host}",
	    [WORD_WHAT_HEAD] = "What this card is",
	    [WORD_WHAT] = "{issuer} knows me as an unpaid carer.",
	    [WORD_NO_CONSENT] = "It is not consent to share information: "
				"please ask the person I look after.",
	    [WORD_CHECK_HEAD] = "To check it",
	    [WORD_CHECK] = "Point any phone camera at the code.",
	    [WORD_ADDRESS_BAR] = "The address must begin https://{host}/",
	    [WORD_YOUNG_HEAD] = "I am a young carer",
	    [WORD_YOUNG_ASK] = "Please talk to me too. Please do not ask me to "
			       "do tasks or carry news that are for an adult.",
	    [WORD_RING_HEAD] = "Cannot be confirmed?",
	    [WORD_RING] = "Ring {phone}.",
	    [WORD_NOT_AWAY] = "Please do not turn me away.",
	    [WORD_FOUND_HEAD] = "Found this card?",
	    [WORD_FOUND] = "Please return it to {issuer}, {address}.\n"
			   "Please return it to {issuer}.",
	    [WORD_ALT_FRONT] = "Carer passport of {name}, issued by {issuer}, "
			       "valid to {valid_to}, number {serial}. A square "
			       "code opens https://{host}/ to check it.",
	    [WORD_ALT_BACK] = "Back of the carer passport: {issuer} knows "
			      "{name} as an unpaid carer. It is not consent to "
			      "share information.",
	},
};
