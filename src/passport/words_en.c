#include "passport/words.h"

/* A key is used in verifier/web; both languages have the same ones. */
static const struct words_text page[] = {
    {"title", "Check a carer passport"},
    {"opened_from_card",
	"Opened from a card: check that the address bar says {host}"},
    {"opened_from_card_better", "Better: scan from your ward's own page."},
    {"lists_none", "This device has no lists yet. Connect once."},
    {"lists_stale", "Our list is {age} old. Connect to get a newer one."},
    {"offline", "You are offline. Cards are checked against the lists that "
		"this device has kept."},
    {"offline_ready", "This page also works without a connection."},
    {"scan", "Scan a card"},
    {"scan_again", "Scan another card"},
    {"scan_stop", "Stop scanning"},
    {"scan_hint", "Hold the square code in front of the camera."},
    {"torch", "Light"},
    {"camera_choice", "Camera"},
    {"camera_denied", "This page may not use the camera. Change that in the "
		      "browser's settings, or type or paste the code below."},
    {"camera_none", "There is no camera here. Type or paste the code below."},
    {"camera_busy", "The camera does not start. Close other apps that use it, "
		    "or type or paste the code below."},
    {"paste_label", "The code, its address or the card's number"},
    {"paste_hint", "A scanner that types works here, too."},
    {"paste_button", "Check"},
    {"next_heading", "What to do next"},
    {"next_name", "Ask the person their name and compare."},
    {"next_patient",
	"Ask the patient how they would like this carer involved."},
    {"next_involve",
	"Involve the carer, also in planning how the patient goes home."},
    {"phrase_label", "Your ward's own phrase"},
    {"phrase_hint", "It is kept on this device only. No other page can "
		    "show it."},
    {"phrase_save", "Keep phrase"},
    {"phrase_shown", "Your ward's phrase: {phrase}"},
    {"count_today_one", "% check today on this device"},
    {"count_today", "% checks today on this device"},
    {"language_name", "English"},
    {"language_switch", "Cymraeg"},
    {"print", "Print"},
    {"report", "A card led you to another page? Tell the practice that is "
	       "printed on it."},
    {"noscript", "This page checks cards in your browser and needs JavaScript. "
		 "Turn it on, or ring the practice on the card."},
    {"failed", "This page could not start. Load it again, or ring the "
	       "practice on the card."},
    {"service", "Carer Passport"},
    {"skip", "Skip to main content"},
    {"checking", "Checking…"},
    {"opened_from_card_unknown",
	"Opened from a card: check that the address bar says the address that "
	"is printed on the card"},
    {"elsewhere", "This page is at {here}, which is not an address of this "
		  "scheme. Do not rely on what it says."},
    {"lists_held", "This device has lists from {lists}: {age} old."},
    {"lists_renewed",
	"Newer lists have come. This card should be checked again."},
    {"lists_unsigned",
	"The lists that came are not signed by this scheme, and were not "
	"taken. Tell whoever looks after this service."},
    {"older_kept", "We were given older lists than before, and keep to the "
		   "newer ones. Tell whoever looks after this service."},
    {"other_roots",
	"The service names other keys than this device knows. We keep to the "
	"lists that we have. Tell whoever looks after this service."},
    {"check_again", "Check again"},
    {"clear", "Clear"},
    {"kept", "Kept on this device."},
    {"scan_ended", "The camera was stopped after two minutes."},
    {"scanner_missing", "The scanner could not be loaded. Connect and try "
			"again, or type or paste the code below."},
    {"device", "On this device"},
    {"settings", "Settings"},
    {"forget_hint",
	"For whoever looks after this service: after its keys were changed, "
	"this device can start anew with what the service gives now."},
    {"forget", "Forget lists and keys"},
    {"forgotten", "Lists and keys were forgotten."},
};

const struct words words_en = {
    .language = "en-GB",
    .verdict =
	{
	    [REASON_OK] = {"Carer passport confirmed",
		"{issuer} knows {name} as a carer. Valid to {date}. Ask the "
		"person their name: it should be {name}. Ask the patient how "
		"they would like this carer involved."},
	    [REASON_EXPIRED] = {"This passport ended on {date}",
		"They may still be a carer. Ask, and let them know that "
		"{issuer} can renew it."},
	    [REASON_NOT_YET_VALID] = {"This passport has not started yet",
		"Its first day is {start}.[ Ring {issuer} on {phone} if this "
		"looks wrong.]"},
	    [REASON_WITHDRAWN] = {"This passport cannot be confirmed",
		"It may have been replaced or lost. Ask to see a newer card[, "
		"or ring {issuer} on {phone}]."},
	    [REASON_UNKNOWN_ISSUER] = {"We do not know who issued this",
		"The code is not from an organisation on our list. It cannot "
		"be confirmed here."},
	    [REASON_BAD_SIGNATURE] = {"This code was changed or not made by "
				      "the issuer it names",
		"It cannot be confirmed."},
	    [REASON_MALFORMED] = {"This is not a carer passport code",
		"Try again with the square code on the front of the card."},
	    [REASON_NO_LISTS] = {"We cannot check this now",
		"This device has no list to check against yet. Connect once "
		"and try again, or ring the practice on the card."},
	    [REASON_LISTS_STALE] = {"The code is genuine, but our list is "
				    "{age} old",
		"We cannot see whether it was withdrawn since. Connect and try "
		"again[, or ring {issuer} on {phone}]."},
	    [REASON_ROLLED_BACK] = {"We were given an older list than before",
		"We keep to the newer one and cannot check this now. Tell "
		"whoever looks after this service."},
	    [REASON_CLOCK_WRONG] = {"This device's clock looks wrong",
		"Correct date and time, then try again."},
	    [REASON_SERIAL_ONLY] = {"That is the card's number, not its code",
		"A number alone cannot be checked here. Scan the square code, "
		"or ring the practice on the card."},
	},
    .stale_unjudged_headline = "Our list is {age} old",
    .stale_unjudged_meaning = "We cannot check this now. Connect and try "
			      "again, or ring the practice on the card.",
    .foreign_host = "The code points to {host}, which is not this scheme's "
		    "address. Do not open it there.",
    .young = "This person is under 18. Do not ask them to do tasks or carry "
	     "news that are for an adult.",
    .no_consent = "This is not the patient's consent. Ask the patient.",
    .turn_nobody_away =
	"A card that cannot be confirmed is no reason to turn a carer away. "
	"When a patient is to go home, their carer should be involved (Care "
	"Act 2014, section 74).",
    .checked_against = "Checked against lists from {lists}.",
    .kind = {"valid", "not confirmed", "cannot tell"},
    .name = "Name",
    .issuer = "Issued by",
    .phone = "Telephone",
    .valid_to = "Valid to",
    .number = "Card number",
    .ago = {{"% minute", "% minutes"}, {"% hour", "% hours"},
	{"% day", "% days"}},
    .months = {"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December"},
    .page = page,
    .npage = sizeof(page) / sizeof(*page),
};
