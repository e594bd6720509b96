// The words of the page, all of them from the core, in the language that was
// chosen on this device or that the browser asks for.
import { word_get, word_keep } from "./store.js";

const KEY = "language";
const DAY = 86400;
const MONTHS = ["january", "february", "march", "april", "may", "june", "july",
	"august", "september", "october", "november", "december"];

let judge;
let words;
let language;

function first() {
	const wanted = word_get(KEY) || navigator.language || "";
	const tag = wanted.slice(0, 2).toLowerCase();

	return judge.languages.includes(tag) ? tag : judge.languages[0];
}

// words_open(j): takes the words of ${j}, a judge.
export function words_open(j) {
	judge = j;
	language = first();
	words = judge.words(language);
}

// words_language(): Returns the language's tag.
export function words_language() {
	return language;
}

// words_next(): goes on to the next language, and remembers it.
export function words_next() {
	const all = judge.languages;

	language = all[(all.indexOf(language) + 1) % all.length];
	words = judge.words(language);
	word_keep(KEY, language);
}

// say(key, values): Returns the text of ${key} with its {places} filled in.
export function say(key, values = {}) {
	return (words.get(key) ?? "").replace(/\{([a-z]+)\}/g,
		(place, name) => values[name] ?? place);
}

// count(key, n): Returns the text of ${key} for ${n} things.
export function count(key, n) {
	const one = n === 1 ? words.get(`${key}_one`) : undefined;

	return (one ?? words.get(key) ?? "").replace("%", n);
}

// age(seconds): Returns "3 hours", in the largest unit that there is one of.
export function age(seconds) {
	if (seconds >= DAY)
		return count("days", Math.floor(seconds / DAY));
	if (seconds >= 3600)
		return count("hours", Math.floor(seconds / 3600));
	return count("minutes", Math.max(0, Math.floor(seconds / 60)));
}

function in_words(year, month, day) {
	return `${day} ${say(MONTHS[month - 1])} ${year}`;
}

// date(text): Returns "2028-11-21" in words.
export function date(text) {
	return in_words(...text.split("-").map(Number));
}

// moment(ms): Returns day and time by this device's clock, in words.
export function moment(ms) {
	const t = new Date(ms);
	const two = (n) => String(n).padStart(2, "0");

	return `${in_words(t.getFullYear(), t.getMonth() + 1, t.getDate())}, ` +
		`${two(t.getHours())}:${two(t.getMinutes())}`;
}

// words_fill(root): puts its text into everything that names a key.
export function words_fill(root) {
	for (const element of root.querySelectorAll("[data-t]"))
		element.textContent = say(element.dataset.t);
	root.documentElement.lang = language;
}
