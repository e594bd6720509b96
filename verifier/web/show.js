// A verdict on the screen.  Names and numbers come from cards and lists that
// anybody may have made: they are text, and only ever text.
import { date, say } from "./words.js";

const KINDS = ["valid", "not_valid", "cannot_tell"];

// $(id): Returns the element of the page.
export const $ = (id) => document.getElementById(id);

// show_lines(element, texts): a notice for each; nothing is said anew where
// nothing has changed.
export function show_lines(element, texts) {
	if (element.textContent === texts.join(""))
		return;
	element.replaceChildren(...texts.map((text) => {
		const p = document.createElement("p");

		p.className = "ward-notice";
		p.textContent = text;
		return p;
	}));
}

function row(label, ...value) {
	const div = document.createElement("div");
	const dt = document.createElement("dt");
	const dd = document.createElement("dd");

	div.className = "nhsuk-summary-list__row";
	dt.className = "nhsuk-summary-list__key";
	dt.textContent = label;
	dd.className = "nhsuk-summary-list__value";
	dd.append(...value);
	div.append(dt, dd);
	return div;
}

// What a telephone can dial of what the list says; an extension is for people.
function dialled(phone) {
	return phone.split(/[^0-9+() .-]/)[0].replace(/[^0-9+]/g, "");
}

function telephone(phone) {
	const a = document.createElement("a");

	a.href = `tel:${dialled(phone)}`;
	a.textContent = phone;
	return a;
}

function facts(v) {
	const rows = [];

	if (v.name !== undefined)
		rows.push(row(say("name"), v.name));
	if (v.issuer?.name !== undefined)
		rows.push(row(say("issuer"), v.issuer.name));
	if (v.issuer?.phone !== undefined)
		rows.push(row(say("phone"), telephone(v.issuer.phone)));
	if (v.valid_to !== undefined)
		rows.push(row(say("valid_to"), date(v.valid_to)));
	if (v.serial !== undefined)
		rows.push(row(say("number"), v.serial));
	rows[0]?.classList.toggle("ward-name", v.name !== undefined);
	return rows;
}

function steps(v) {
	const keys = v.name === undefined ? ["next_patient", "next_involve"] :
		["next_name", "next_patient", "next_involve"];

	return keys.map((key) => {
		const li = document.createElement("li");

		li.textContent = say(key);
		return li;
	});
}

// show_verdict(r, lists): fills the result with ${r} of the judge; ${lists} is
// the sentence on their age, "" where there are none.
export function show_verdict(r, lists) {
	const v = r.verdict;

	for (const kind of KINDS)
		$("verdict").classList.toggle(`ward-verdict--${kind}`,
			kind === v.verdict);
	$("kind").textContent = say(`kind_${v.verdict}`);
	$("headline").textContent = r.headline;
	$("meaning").textContent = r.meaning;
	$("young").hidden = !r.young;
	$("facts").replaceChildren(...facts(v));
	$("facts").hidden = $("facts").childElementCount === 0;
	$("next").replaceChildren(...steps(v));
	$("lists_age").textContent = lists;
	$("lists_age").hidden = lists === "";
	// For whoever drives the page: the line that the command would print.
	document.dispatchEvent(
		new CustomEvent("verdict", { detail: r.json }));
}

// show_nothing(): leaves nothing of a person in the page.
export function show_nothing() {
	for (const id of ["kind", "headline", "meaning", "lists_age", "said"])
		$(id).textContent = "";
	$("facts").replaceChildren();
	$("next").replaceChildren();
}
