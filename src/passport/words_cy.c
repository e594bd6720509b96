#include "passport/words.h"

/*
 * Welsh, to be checked by a translator.  It says "chi" throughout, and a value
 * that is filled in never stands where it would have to mutate.
 */
static const struct words_text page[] = {
    {"title", "Gwirio pasbort gofalwr"},
    {"opened_from_card", "Agorwyd o gerdyn: gwiriwch fod y bar cyfeiriad yn "
			 "dweud {host}"},
    {"opened_from_card_better",
	"Gwell: sganiwch o dudalen eich ward eich hun."},
    {"lists_none", "Nid oes gan y ddyfais hon restrau eto. Cysylltwch â'r "
		   "rhyngrwyd unwaith."},
    {"lists_stale", "Mae ein rhestr yn {age} oed. Cysylltwch â'r rhyngrwyd i "
		    "gael un fwy diweddar."},
    {"offline", "Nid ydych wedi'ch cysylltu. Caiff cardiau eu gwirio yn erbyn "
		"y rhestrau a gadwodd y ddyfais hon."},
    {"offline_ready", "Mae'r dudalen hon yn gweithio heb gysylltiad hefyd."},
    {"scan", "Sganio cerdyn"},
    {"scan_again", "Sganio cerdyn arall"},
    {"scan_stop", "Stopio sganio"},
    {"scan_hint", "Daliwch y cod sgwâr o flaen y camera."},
    {"torch", "Golau"},
    {"camera_choice", "Camera"},
    {"camera_denied", "Ni chaiff y dudalen hon ddefnyddio'r camera. Newidiwch "
		      "hynny yng ngosodiadau'r porwr, neu teipiwch neu "
		      "gludwch y cod isod."},
    {"camera_none", "Nid oes camera yma. Teipiwch neu gludwch y cod isod."},
    {"camera_busy", "Nid yw'r camera yn cychwyn. Caewch apiau eraill sy'n ei "
		    "ddefnyddio, neu teipiwch neu gludwch y cod isod."},
    {"paste_label", "Y cod, ei gyfeiriad neu rif y cerdyn"},
    {"paste_hint", "Mae sganiwr sy'n teipio yn gweithio yma hefyd."},
    {"paste_button", "Gwirio"},
    {"next_heading", "Beth i'w wneud nesaf"},
    {"next_name", "Gofynnwch beth yw enw'r person, a'i gymharu."},
    {"next_patient", "Gofynnwch i'r claf sut yr hoffai gynnwys y gofalwr hwn."},
    {"next_involve", "Cynhwyswch y gofalwr, hefyd wrth gynllunio sut y bydd y "
		     "claf yn mynd adref."},
    {"phrase_label", "Ymadrodd eich ward eich hun"},
    {"phrase_hint", "Ar y ddyfais hon yn unig y caiff ei gadw. Ni all unrhyw "
		    "dudalen arall ei ddangos."},
    {"phrase_save", "Cadw'r ymadrodd"},
    {"phrase_shown", "Ymadrodd eich ward: {phrase}"},
    {"count_today_one", "% gwiriad heddiw ar y ddyfais hon"},
    {"count_today", "% gwiriad heddiw ar y ddyfais hon"},
    {"language_name", "Cymraeg"},
    {"language_switch", "English"},
    {"print", "Argraffu"},
    {"report", "A aeth cerdyn â chi i dudalen arall? Rhowch wybod i'r feddygfa "
	       "sydd arno."},
    {"noscript", "Mae'r dudalen hon yn gwirio cardiau yn eich porwr ac mae "
		 "angen JavaScript arni. Trowch ef ymlaen, neu ffoniwch y "
		 "feddygfa sydd ar y cerdyn."},
    {"failed", "Ni allai'r dudalen hon gychwyn. Llwythwch hi eto, neu ffoniwch "
	       "y feddygfa sydd ar y cerdyn."},
    {"service", "Pasbort Gofalwr"},
    {"skip", "Neidio i'r prif gynnwys"},
    {"checking", "Yn gwirio…"},
    {"opened_from_card_unknown",
	"Agorwyd o gerdyn: gwiriwch fod y bar cyfeiriad yn dweud y cyfeiriad "
	"sydd wedi'i argraffu ar y cerdyn"},
    {"elsewhere", "Mae'r dudalen hon yn {here}, nad yw'n gyfeiriad i'r cynllun "
		  "hwn. Peidiwch â dibynnu ar yr hyn a ddywed."},
    {"lists_held", "Mae gan y ddyfais hon restrau o {lists}: {age} oed."},
    {"lists_renewed", "Mae rhestrau mwy diweddar wedi cyrraedd. Dylid gwirio'r "
		      "cerdyn hwn eto."},
    {"lists_unsigned", "Nid yw'r rhestrau a ddaeth wedi'u llofnodi gan y "
		       "cynllun hwn, ac ni chawsant eu derbyn. Rhowch wybod i "
		       "bwy bynnag sy'n gofalu am y gwasanaeth hwn."},
    {"older_kept",
	"Cawsom restrau hŷn nag o'r blaen, ac rydym yn cadw at y rhai mwy "
	"diweddar. Rhowch wybod i bwy bynnag sy'n gofalu am y gwasanaeth hwn."},
    {"other_roots",
	"Mae'r gwasanaeth yn enwi allweddi gwahanol i'r rhai y mae'r ddyfais "
	"hon yn eu hadnabod. Rydym yn cadw at y rhestrau sydd gennym. Rhowch "
	"wybod i bwy bynnag sy'n gofalu am y gwasanaeth hwn."},
    {"check_again", "Gwirio eto"},
    {"clear", "Clirio"},
    {"kept", "Wedi'i gadw ar y ddyfais hon."},
    {"scan_ended", "Stopiwyd y camera ar ôl dwy funud."},
    {"scanner_missing",
	"Ni ellid llwytho'r sganiwr. Cysylltwch â'r rhyngrwyd a rhowch gynnig "
	"arall arni, neu teipiwch neu gludwch y cod isod."},
    {"device", "Ar y ddyfais hon"},
    {"settings", "Gosodiadau"},
    {"forget_hint", "I bwy bynnag sy'n gofalu am y gwasanaeth hwn: ar ôl newid "
		    "ei allweddi, gall y ddyfais hon ddechrau o'r newydd "
		    "gyda'r hyn y mae'r gwasanaeth yn ei roi yn awr."},
    {"forget", "Anghofio rhestrau ac allweddi"},
    {"forgotten", "Anghofiwyd y rhestrau a'r allweddi."},
};

const struct words words_cy = {
    .language = "cy-GB",
    .verdict =
	{
	    [REASON_OK] = {"Pasbort gofalwr wedi'i gadarnhau",
		"Mae {issuer} yn adnabod {name} fel gofalwr. Dilys hyd {date}. "
		"Gofynnwch beth yw enw'r person: {name} ddylai'r ateb fod. "
		"Gofynnwch i'r claf sut yr hoffai gynnwys y gofalwr hwn."},
	    [REASON_EXPIRED] = {"Daeth y pasbort hwn i ben ar {date}",
		"Gall y person fod yn ofalwr o hyd. Gofynnwch, a dywedwch y "
		"gall {issuer} ei adnewyddu."},
	    [REASON_NOT_YET_VALID] = {"Nid yw'r pasbort hwn wedi dechrau eto",
		"Ei ddiwrnod cyntaf yw {start}.[ Ffoniwch {issuer} ar {phone} "
		"os yw hyn yn edrych yn anghywir.]"},
	    [REASON_WITHDRAWN] = {"Ni ellir cadarnhau'r pasbort hwn",
		"Efallai fod cerdyn arall wedi'i roi yn ei le, neu ei fod ar "
		"goll. Gofynnwch am weld cerdyn mwy diweddar[, neu ffoniwch "
		"{issuer} ar {phone}]."},
	    [REASON_UNKNOWN_ISSUER] = {"Ni wyddom pwy a gyhoeddodd hwn",
		"Nid yw'r cod yn dod oddi wrth sefydliad sydd ar ein rhestr. "
		"Ni ellir ei gadarnhau yma."},
	    [REASON_BAD_SIGNATURE] = {"Newidiwyd y cod hwn, neu nid y "
				      "cyhoeddwr y mae'n ei enwi a'i gwnaeth",
		"Ni ellir ei gadarnhau."},
	    [REASON_MALFORMED] = {"Nid cod pasbort gofalwr yw hwn",
		"Rhowch gynnig arall gyda'r cod sgwâr ar flaen y cerdyn."},
	    [REASON_NO_LISTS] = {"Ni allwn wirio hyn nawr",
		"Nid oes gan y ddyfais hon restr i wirio yn ei herbyn eto. "
		"Cysylltwch â'r rhyngrwyd unwaith a rhowch gynnig arall arni, "
		"neu ffoniwch y feddygfa sydd ar y cerdyn."},
	    [REASON_LISTS_STALE] = {"Mae'r cod yn un go iawn, ond mae ein "
				    "rhestr yn {age} oed",
		"Ni allwn weld a gafodd ei dynnu'n ôl ers hynny. Cysylltwch "
		"â'r rhyngrwyd a rhowch gynnig arall arni[, neu ffoniwch "
		"{issuer} ar {phone}]."},
	    [REASON_ROLLED_BACK] = {"Cawsom restr hŷn nag o'r blaen",
		"Rydym yn cadw at yr un ddiweddaraf ac ni allwn wirio hyn "
		"nawr. Dywedwch wrth bwy bynnag sy'n gofalu am y gwasanaeth "
		"hwn."},
	    [REASON_CLOCK_WRONG] = {"Mae cloc y ddyfais hon i'w weld yn "
				    "anghywir",
		"Cywirwch y dyddiad a'r amser, yna rhowch gynnig arall arni."},
	    [REASON_SERIAL_ONLY] = {"Rhif y cerdyn yw hwnna, nid ei god",
		"Ni ellir gwirio rhif ar ei ben ei hun yma. Sganiwch y cod "
		"sgwâr, neu ffoniwch y feddygfa sydd ar y cerdyn."},
	},
    .stale_unjudged_headline = "Mae ein rhestr yn {age} oed",
    .stale_unjudged_meaning =
	"Ni allwn wirio hyn nawr. Cysylltwch â'r rhyngrwyd a rhowch gynnig "
	"arall arni, neu ffoniwch y feddygfa sydd ar y cerdyn.",
    .foreign_host = "Mae'r cod yn pwyntio at {host}, sef cyfeiriad nad yw'n "
		    "perthyn i'r cynllun hwn. Peidiwch â'i agor yno.",
    .young = "Mae'r person hwn o dan 18 oed. Peidiwch â gofyn i berson ifanc "
	     "wneud tasgau, na chario newyddion, sydd ar gyfer oedolyn.",
    .no_consent = "Nid cydsyniad y claf yw hyn. Gofynnwch i'r claf.",
    .turn_nobody_away =
	"Nid yw cerdyn na ellir ei gadarnhau yn rheswm dros droi gofalwr i "
	"ffwrdd. Pan fydd claf yn mynd adref, dylid cynnwys y gofalwr (Deddf "
	"Gofal 2014, adran 74).",
    .checked_against = "Gwiriwyd yn erbyn rhestrau dyddiedig {lists}.",
    .kind = {"dilys", "heb ei gadarnhau", "ni ellir dweud"},
    .name = "Enw",
    .issuer = "Rhoddwyd gan",
    .phone = "Ffôn",
    .valid_to = "Dilys hyd",
    .number = "Rhif cerdyn",
    .ago = {{"% munud", "% munud"}, {"% awr", "% awr"},
	{"% diwrnod", "% diwrnod"}},
    .months = {"Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin",
	"Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"},
    .page = page,
    .npage = sizeof(page) / sizeof(*page),
};
