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
	    [WORD_LETTER] = "Your carer passport",
	    [WORD_FROM] = "From {issuer}, {address}. Telephone "
			  "{phone}.\n"
			  "From {issuer}. Telephone {phone}.\n"
			  "From {issuer}, {address}.\n"
			  "From {issuer}.",
	    [WORD_DEAR] = "Dear {name},",
	    [WORD_THANKS] = "Thank you for looking after someone. This "
			    "letter brings your carer passport: the card at "
			    "the foot of this page.",
	    [WORD_WHAT_IT_IS] = "What it is",
	    [WORD_IT_SAYS] = "It is a card that says: {issuer} knows me as an "
			     "unpaid carer. It helps hospital and care staff "
			     "to see who you are and to involve you. It says "
			     "nothing about the person you look after.",
	    [WORD_HOW] = "How to use it",
	    [WORD_CUT_OUT] = "Cut the card out, fold it in the middle and "
			     "keep it with you.",
	    [WORD_SHOW] = "Show it to staff and say: “I look after "
			  "someone. Please involve me.” They can check it "
			  "with the camera of any phone.",
	    [WORD_NOT_HEAD] = "What it does not do",
	    [WORD_NOT] = "It is not consent to share information: staff "
			 "will ask the person you look after. It does not "
			 "let you see anyone’s health records.",
	    [WORD_NOT_CHECKED] =
		"If staff cannot check your card, they should "
		"still not turn you away. Ask them to ring us on "
		"{phone}.\n"
		"If staff cannot check your card, they should "
		"still not turn you away.",
	    [WORD_ENDS_HEAD] = "When it ends",
	    [WORD_ENDS] = "Your card is good until the end of {valid_to}. "
			  "To renew it, please ring us on {phone} about a "
			  "month before.\n"
			  "Your card is good until the end of {valid_to}. "
			  "To renew it, please ask us about a month before.",
	    [WORD_LOST_HEAD] = "If you lose it",
	    [WORD_LOST] = "Please ring us on {phone} as soon as you can. "
			  "We will stop the lost card and make you a new "
			  "one.\n"
			  "Please tell us as soon as you can. We will stop "
			  "the lost card and make you a new one.",
	    [WORD_OVER_HEAD] = "When caring ends",
	    [WORD_OVER] = "We are sorry if this has happened. Please tell "
			  "us when you can: there is no hurry. We will "
			  "stop the card, and you can still talk to us.",
	    [WORD_CLOSE] = "With our thanks and best wishes, {issuer}",
	    [WORD_DEAR_YOUNG] = "Hello {name},",
	    [WORD_THANKS_YOUNG] =
		"You help to look after someone. That is a big "
		"thing to do. Your carer passport is the card at "
		"the foot of this page. You can read this letter "
		"with a grown-up if you like.",
	    [WORD_IT_SAYS_YOUNG] =
		"It is a card that says you are a young carer. "
		"{issuer} made it for you. It helps nurses and "
		"doctors to see that you are a carer, to listen "
		"to you and to talk with you. It does not say "
		"who you look after, or why.",
	    [WORD_CUT_OUT_YOUNG] =
		"Cut the card out, fold it in the middle and "
		"keep it somewhere safe.",
	    [WORD_SHOW_YOUNG] =
		"If you want to, show it to a nurse or a doctor "
		"and say: “I am a young carer. Please talk to me "
		"too.” They can check it by pointing a phone at "
		"the square. You never have to show it.",
	    [WORD_NOT_YOUNG] =
		"It does not mean that you should do more. "
		"Nobody should ask you to do tasks or carry news "
		"that are for an adult. If it happens, it is "
		"fine to say no and to tell a grown-up you trust.",
	    [WORD_PRIVATE_YOUNG] =
		"Some things are private to the person you look "
		"after. Staff will ask them first what you may "
		"be told.",
	    [WORD_ENDS_YOUNG] =
		"Your card is good until the end of {valid_to}. "
		"Before then, you or a grown-up can ring us on "
		"{phone} for a new one.\n"
		"Your card is good until the end of {valid_to}. "
		"Before then, you or a grown-up can ask us for a "
		"new one.",
	    [WORD_LOST_YOUNG] = "Do not worry, nobody will be cross. You or a "
				"grown-up can ring us on {phone}, and we will "
				"make you a new one.\n"
				"Do not worry, nobody will be cross. Tell us, "
				"and we will make you a new one.",
	    [WORD_OVER_HEAD_YOUNG] = "When caring stops",
	    [WORD_OVER_YOUNG] =
		"One day you may not be a carer any more. We are "
		"sorry if something sad has happened. Please "
		"tell us when you can: there is no hurry, and "
		"you can still talk to us.",
	    [WORD_CLOSE_YOUNG] = "Thank you for all you do. {issuer}",
	    [WORD_HINT] = "Cut along the line. Fold in the middle.",
	    [WORD_MORE] = "There is more on the next page.",
	    [WORD_ALIGN_TITLE] = "Alignment page",
	    [WORD_ALIGN_FRONT] = "Front of the sheet",
	    [WORD_ALIGN_BACK] =
		"Back of the sheet. Hold it against the light: each number "
		"lies behind the same number on the front.",
	    [WORD_ALIGN_PRINT] =
		"1. Print these two pages on plain paper just as you print "
		"cards: in actual size (100 %), on both sides, turned on the "
		"long edge.",
	    [WORD_ALIGN_SIZE] =
		"2. Measure the line below. It must be 70 mm long. If it is "
		"not, the printer changes the size: turn off “fit to page”.",
	    [WORD_ALIGN_HOLD] =
		"3. Lay the page on a sheet of your cards, the paper’s "
		"corners together, and hold both against the light.",
	    [WORD_ALIGN_READ] =
		"4. Look at the cross at the lower right corner of card 10. "
		"Its marks are half a millimetre apart. Read where the edges "
		"of your card cross it: right and down are plus, left and up "
		"are minus.",
	    [WORD_ALIGN_WRITE] =
		"5. Write both numbers into the file carerpass.conf, in its "
		"part [sheet], first right, then down. For example:",
	    [WORD_ALIGN_AGAIN] =
		"6. Do the same with the back: its line begins with back. "
		"Then print these pages again. If there were numbers before, "
		"add the new ones to them.",
	    [WORD_ALIGN_USED] = "Made with:",
	    [WORD_ALIGN_CARD] = "Card",
	},
};
