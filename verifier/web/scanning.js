// The camera's part of the page; the scanner itself is fetched when it is first
// asked for (scan.js).
import { offline_replaced } from "./offline.js";
import { $ } from "./show.js";
import { say } from "./words.js";

let scanner = null;
let on; // {code(text), changed()}

// scanning(): Returns whether the camera is on, or about to be.
export function scanning() {
	return scanner !== null;
}

// scanning_stop(): puts the camera out.
export function scanning_stop() {
	if (scanner === null)
		return;
	scanner.stop();
	scanner = null;
	on.changed();
}

// scanning_note(key): says what became of scanning; "" takes it back.
export function scanning_note(key) {
	$("scan_note").textContent = key === "" ? "" : say(key);
	$("scan_note").hidden = key === "";
}

function failed(key) {
	scanning_stop();
	scanning_note(key);
	$("scan_note").focus();
}

function offer({ torch, device, cameras }) {
	$("torch").hidden = !torch;
	$("torch").setAttribute("aria-pressed", "false");
	$("choice").hidden = cameras.length < 2;
	$("cameras").replaceChildren(...cameras.map(({ id, label }, i) =>
		new Option(label || `${say("camera_choice")} ${i + 1}`, id,
			id === device, id === device)));
}

async function start(device) {
	if (offline_replaced()) {
		location.reload(); // scanner and page are of one version
		return;
	}
	let mine = null;

	try {
		const { Scanner } = await import("./scan.js");

		scanner?.stop();
		mine = scanner = new Scanner($("video"),
			{ code: on.code, stopped: failed });

		scanning_note("");
		on.changed();
		$("camera_hint").focus();
		const offers = await mine.start(device);

		if (scanner === mine)
			offer(offers);
		else
			mine.stop();
	} catch (e) {
		if (scanner === mine) // and nobody has put it out meanwhile
			failed(typeof e === "string" ? e : "scanner_missing");
	}
}

async function toggle_torch() {
	const lit = $("torch").getAttribute("aria-pressed") !== "true";

	if (await scanner?.torch(lit))
		$("torch").setAttribute("aria-pressed", String(lit));
}

function stop() {
	scanning_stop();
	$("scan").focus();
}

// scanning_open(calls): from now on the buttons work. ${calls.code(text)} gets
// what was read, ${calls.changed()} is told when the camera goes on or out.
export function scanning_open(calls) {
	on = calls;
	for (const id of ["scan", "opened_scan"])
		$(id).addEventListener("click", () => start(""));
	$("scan_stop").addEventListener("click", stop);
	$("torch").addEventListener("click", toggle_torch);
	$("cameras").addEventListener("change", () => start($("cameras").value));
	document.addEventListener("keydown", (event) => {
		if (event.key === "Escape" && scanner !== null)
			stop();
	});
}
