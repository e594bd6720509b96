// From a code to a verdict on the screen, and what becomes of it there.  The code
// is kept for as long as its verdict is shown, here and nowhere else.
import { scanning, scanning_note, scanning_stop } from "./scanning.js";
import { $, show_nothing, show_verdict } from "./show.js";
import { word_get } from "./store.js";
import { today_add } from "./today.js";
import { moment, say, words_language } from "./words.js";

const PATIENCE = 8000; // ms that a first verdict waits for lists

let judge;
let lists;
let changed; // called when a card was checked
let shown = null; // {code, opened, result}

function judged(code) {
	return judge.text(code, Math.floor(Date.now() / 1000), words_language());
}

// --- what is on the screen ---

function is_loopback(host) {
	return /^(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?$/.test(host);
}

// Who opened a card with the camera's app sees a page that the card chose: what
// a false one cannot know is the ward's phrase, and cannot fake the address.
function tell_opened() {
	const hosts = lists.info?.hosts ?? [];
	const here = location.host;
	const host = hosts.includes(here) ? here : hosts[0];
	const phrase = word_get("phrase");

	$("opened_from").textContent = host === undefined ?
		say("opened_from_card_unknown") : say("opened_from_card", { host });
	$("opened_phrase").textContent = say("phrase_shown", { phrase });
	$("opened_phrase").hidden = phrase === "";
	$("opened_elsewhere").textContent = say("elsewhere", { here });
	$("opened_elsewhere").hidden = host === undefined || host === here ||
		is_loopback(here);
}

// checking_view(): shows the parts of the page that belong to its state.
export function checking_view() {
	const result = shown?.result !== undefined;

	$("opened").hidden = !shown?.opened || scanning();
	$("result").hidden = !result || scanning();
	$("camera").hidden = !scanning();
	$("start").hidden = scanning();
	$("title").hidden = result;
	$("start").setAttribute("aria-labelledby", result ? "scan" : "title");
	$("scan").textContent = say(result ? "scan_again" : "scan");
	if (shown?.opened)
		tell_opened();
}

function lists_sentence(v) {
	const issued = v.lists?.status_issued ?? v.lists?.trust_issued;

	return issued === undefined ? "" :
		say("lists_age", { lists: moment(Date.parse(issued)) });
}

function show(result) {
	shown.result = result;
	$("again").hidden = true;
	show_verdict(result, lists_sentence(result.verdict));
	checking_view();
}

// --- checking ---

// Whether newer lists, which are on their way, could say more.
function wants_lists(result) {
	return lists.refreshing !== null && ["no_lists", "lists_stale",
		"rolled_back"].includes(result.verdict.reason);
}

// The verdict of ${code}, after waiting for lists if that helps; null if another
// card came meanwhile.
async function with_lists(code) {
	const first = judged(code);

	if (!wants_lists(first))
		return first;
	const mine = shown;

	checking_view();
	$("checking").hidden = false;
	await Promise.race([lists.refreshing,
		new Promise((done) => setTimeout(done, PATIENCE))]);
	if (shown !== mine)
		return null;
	$("checking").hidden = true;
	return judged(code);
}

// check(code, opened): judges and shows; ${opened}: the address brought it.
export async function check(code, opened = false) {
	scanning_stop();
	scanning_note("");
	shown = { code, opened };
	show_nothing();
	const result = await with_lists(code);

	if (result === null)
		return;
	if (!["malformed", "serial_only"].includes(result.verdict.reason))
		today_add();
	show(result);
	changed();
	$("headline").focus({ preventScroll: true });
	scrollTo(0, 0);
}

// checking_again(): looks at the verdict on the screen again.  It may cease to be
// good while somebody looks; it never becomes good without being asked for.
export function checking_again() {
	if (shown?.result === undefined)
		return;
	const result = judged(shown.code);
	const { verdict, reason } = shown.result.verdict;

	if (result.verdict.verdict === "valid" && verdict !== "valid") {
		$("again").hidden = false;
	} else if (result.verdict.reason !== reason) {
		show(result);
		$("said").textContent = result.headline;
	} else if (result.headline !== shown.result.headline) {
		show(result); // its list grew older
	}
}

// checking_retell(): the same verdict, in the language of now.
export function checking_retell() {
	if (shown?.result === undefined)
		return;
	const result = judged(shown.code);

	if (result.verdict.verdict === "valid" &&
	    shown.result.verdict.verdict !== "valid")
		$("again").hidden = false;
	else
		show(result);
}

// checking_idle(): Returns whether there is nothing of a card on the screen.
export function checking_idle() {
	return shown === null && !scanning();
}

// checking_clear(): leaves nothing of a card, on the screen or in memory.
export function checking_clear() {
	shown = null;
	$("again").hidden = true;
	$("checking").hidden = true;
	show_nothing();
	checking_view();
}

function enter(event) {
	const code = $("code").value;

	event.preventDefault();
	$("code").value = "";
	if (code.trim() !== "")
		check(code);
}

// A scanner that types begins a code while nothing is ready for it.
function catch_scanner(event) {
	const inside = event.target.closest?.("input, select, textarea");

	if (!inside && /^[0-9h]$/.test(event.key) && !event.ctrlKey &&
	    !event.metaKey && !event.altKey && !scanning())
		$("code").focus({ preventScroll: true });
}

// checking_open(j, l, c): from now on codes are judged by ${j} with ${l};
// ${c}() is called after each.
export function checking_open(j, l, c) {
	judge = j;
	lists = l;
	changed = c;
	$("entry").addEventListener("submit", enter);
	document.addEventListener("keydown", catch_scanner);
	$("check_again").addEventListener("click", () => {
		show(judged(shown.code));
		$("headline").focus();
	});
	$("clear").addEventListener("click", () => {
		checking_clear();
		$("title").focus();
	});
}
