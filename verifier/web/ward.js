// The ward page: what happens when.  A code comes from the address, the camera
// or the field; the core judges it; the verdict is shown.  Nothing about a card
// leaves the device, and of a verdict nothing is kept once it is off the screen.
import sodium from "libsodium-wrappers";

import { check, checking_again, checking_clear, checking_idle, checking_open,
	checking_retell, checking_view } from "./checking.js";
import { device_tell } from "./device.js";
import { judge_open } from "./judge.js";
import { Lists } from "./lists.js";
import { offline_look, offline_open, offline_update } from "./offline.js";
import { scanning_open, scanning_stop } from "./scanning.js";
import { $ } from "./show.js";
import { word_get, word_keep } from "./store.js";
import { say, words_fill, words_next, words_open } from "./words.js";

const REFRESH = 600000; // ms between looks for newer lists
const LOOK_AGAIN = 20000; // ms between looks at the clock

let lists;
let ready = false; // to open without a network

const tell_device = () => device_tell(lists, ready);

function tell_all() {
	words_fill(document);
	document.title = say("title");
	$("phrase").value = word_get("phrase");
	checking_retell();
	checking_view();
	tell_device();
}

async function refresh() {
	if (await lists.refresh(Math.floor(Date.now() / 1000)))
		checking_again();
	checking_view();
	tell_device();
}

function tick() {
	checking_again();
	tell_device();
	if (checking_idle())
		offline_update();
}

function regular() {
	if (document.visibilityState === "visible") {
		refresh();
		offline_look();
	}
}

function seen_or_not() {
	if (document.visibilityState === "hidden") {
		scanning_stop();
		offline_update();
	} else {
		refresh();
	}
}

function keep_phrase(event) {
	event.preventDefault();
	word_keep("phrase", $("phrase").value.trim());
	$("said").textContent = say("kept");
	checking_view();
}

async function forget() {
	await lists.forget();
	checking_clear();
	$("said").textContent = say("forgotten");
	await refresh();
}

function listen() {
	const on = (id, what, does) => $(id).addEventListener(what, does);

	on("skip", "click", (event) => {
		event.preventDefault(); // the address is for cards
		$("main").focus();
	});
	on("settings", "submit", keep_phrase);
	on("print", "click", () => print());
	on("forget", "click", forget);
	on("language", "click", () => {
		words_next();
		tell_all();
	});
	document.addEventListener("visibilitychange", seen_or_not);
	addEventListener("online", refresh);
	addEventListener("offline", tell_device);
	setInterval(tick, LOOK_AGAIN);
	setInterval(regular, REFRESH);
}

// An installed page belongs to a ward: it gets the scanner before it is asked
// for, so that it is there without a network, and asks to be kept.
async function install() {
	if (!matchMedia("(display-mode: standalone)").matches)
		return;
	await navigator.storage?.persist?.();
	await (await import("./scan.js")).scan_ahead();
}

async function open() {
	const core = fetch("core.wasm", { credentials: "same-origin" });

	await sodium.ready;
	const judge = await judge_open(core, sodium);

	words_open(judge);
	lists = new Lists(judge);
	await lists.open();
	checking_open(judge, lists, tell_device);
	scanning_open({ code: (text) => check(text), changed: checking_view });
	listen();
	tell_all();
	document.body.classList.add("ward-ready");
	refresh();
	window.carerpassOpened((code) => check(code, true));
	ready = await offline_open();
	tell_device();
	await install().catch(() => {}); // without a network, say
}

await open();
