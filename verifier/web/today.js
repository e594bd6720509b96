// How many cards this device has checked today: a number and a date, on this
// device only.
import { word_get, word_keep } from "./store.js";

const KEY = "today";

function day() {
	const t = new Date();

	return `${t.getFullYear()}-${t.getMonth() + 1}-${t.getDate()}`;
}

// today_count(): Returns the number.
export function today_count() {
	const [when, n] = word_get(KEY).split(" ");

	return when === day() && /^[0-9]{1,6}$/.test(n) ? Number(n) : 0;
}

// today_add(): one more.
export function today_add() {
	word_keep(KEY, `${day()} ${today_count() + 1}`);
}
