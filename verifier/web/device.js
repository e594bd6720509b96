// What this device knows, in words: how old its lists are, what is wrong with
// them or with its clock, how many cards it has checked today.
import { $, show_lines } from "./show.js";
import { today_count } from "./today.js";
import { age, count, moment, say } from "./words.js";

const SKEW = 300000; // ms that a clock may be off

const seconds = () => Math.floor(Date.now() / 1000);

// The age that matters is that of the status lists: a trust list is good for
// months.  The oldest of them speaks for all.
function list_time(info) {
	const times = info.status.filter((s) => s.good).map((s) => s.iat);

	return times.length === 0 ? info.iat : Math.min(...times);
}

function is_stale(info) {
	return seconds() >= info.exp ||
		info.status.some((s) => s.good && seconds() >= s.exp);
}

// By the service's clock when lists were last fetched, and by our own since.
function is_clock_off(lists) {
	return Math.abs(lists.skew ?? 0) > SKEW ||
		Date.now() < lists.fetched - SKEW;
}

function notices(lists) {
	const texts = [];

	if (is_clock_off(lists))
		texts.push(`${say("clock_wrong")}. ${say("clock_wrong_do")}`);
	for (const key of ["other_roots", "older_kept", "lists_unsigned"])
		if (lists.notes.has(key))
			texts.push(say(key));
	if (!navigator.onLine || lists.notes.has("unreached"))
		texts.push(say(lists.info === null ? "lists_none" : "offline"));
	return texts;
}

function lists_text(info) {
	if (info === null)
		return say("lists_none");
	return say(is_stale(info) ? "lists_stale" : "lists_held", {
		lists: moment(list_time(info) * 1000),
		age: age(seconds() - list_time(info)),
	});
}

// device_tell(lists, ready): shows it all; ${ready}: the page opens without a
// network.
export function device_tell(lists, ready) {
	show_lines($("notices"), notices(lists));
	$("device_lists").textContent = lists_text(lists.info);
	$("device_count").textContent = count("count_today", today_count());
	$("device_ready").hidden = !ready;
}
