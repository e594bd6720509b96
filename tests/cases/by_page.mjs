// Judges cases in the ward page, in Debian's Chromium: typed into its field, in
// both languages, with the folder of the case in place of the service's lists and
// what a device would remember.  It takes what holds by a real clock and can be
// typed; of the folders every PAGE_EVERY-th (20); of the many small changes of one
// card, and of the folder that most cases share, every PAGE_BULK-th (10).
// Usage: node by_page.mjs BUILD_DIR CORE.WASM CASES
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";

import { chromium } from "../browser/node_modules/playwright-core/index.mjs";

import { input, read_cases, read_folder, read_state } from "./cases.mjs";

const EVERY = Number(process.env.PAGE_EVERY ?? 20);
const BULK = Number(process.env.PAGE_BULK ?? 10);
const AT_ONCE = 2;
const LANGUAGES = ["en", "cy"];
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic",
	"--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync"];

const [build, , where] = process.argv.slice(2);
const cases = read_cases(where);

// A token is typed as its digits (FORMAT.md 3).
function digits(bytes) {
	const width = [0, 3, 5, 8, 10, 13, 15, 17];
	let out = "";

	for (let i = 0; i < bytes.length; i += 7) {
		const part = bytes.subarray(i, i + 7);

		out += BigInt("0x" + Buffer.from(part).toString("hex"))
			.toString().padStart(width[part.length], "0");
	}
	return out;
}

function text_of(c) {
	const given = input(c);

	return c.kind === "token" ? digits(given) : given;
}

// What a field of one line lets through, and the form does not pass over.
function can_be_typed(text) {
	return typeof text === "string" && !/[\r\n\0]/.test(text) &&
		text.trim() !== "" && text.length <= 4096;
}

function chosen() {
	const folders = [...new Set(cases.map((c) => c.folder))];
	const most = folders.map((f) =>
		[cases.filter((c) => c.folder === f).length, f])
		.sort((a, b) => b[0] - a[0])[0][1];
	const wanted = new Set(folders.filter((f, i) =>
		i % EVERY === 0 || f === most));
	let many = 0;

	return cases.filter((c) => c.timeless && !c.long &&
		(c.state !== null || wanted.has(c.folder)) &&
		can_be_typed(text_of(c)) &&
		(!(c.bulk || c.folder === most) || many++ % BULK === 0));
}

async function service() {
	const state = fs.mkdtempSync(path.join(os.tmpdir(), "carerpass-page."));
	const child = spawn(path.join(build, "carerpass-verify"), ["serve",
		"--lists", path.join(where, cases[0].folder), "--state", state,
		"--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "ignore"] });

	for await (const line of readline.createInterface({ input: child.stdout }))
		if (line.startsWith("listening on "))
			return { child, origin: line.slice("listening on ".length),
				end: () => {
					child.kill();
					fs.rmSync(state, { recursive: true });
				} };
	throw new Error("the service does not start");
}

// The lists as the folder of the case has them, good or not.
async function hand_out(context, folder) {
	const files = read_folder(where, folder);
	const named = new Map([["root.pub", files.roots],
		["trust.cwt", files.trust],
		["index.json", Buffer.from(JSON.stringify({
			status: files.status.map(({ n }) => ({ n })) }))],
		...files.status.map(({ n, bytes }) => [`status/${n}.cwt`, bytes])]);

	await context.route("**/lists/**", (route) => {
		const name = route.request().url().split("/lists/")[1];
		const bytes = named.get(name) ?? null;

		return bytes === null ? route.fulfill({ status: 404, body: "" }) :
			route.fulfill({ status: 200, body: Buffer.from(bytes) });
	});
}

// What a device that has seen these lists remembers (verifier/web/lists.js).
function record_of(state) {
	const { roots, floors } = read_state(where, state);

	return {
		roots: Array.from(roots),
		floor: floors.trust,
		floors: [...floors.status].map(([k, iat]) =>
			[k.replace(" ", "/"), iat]),
	};
}

function remember(record) {
	return new Promise((resolve, reject) => {
		const request = indexedDB.open("carerpass", 1);

		request.onupgradeneeded = () =>
			request.result.createObjectStore("records");
		request.onerror = () => reject(request.error);
		request.onsuccess = () => {
			const t = request.result.transaction("records", "readwrite");

			t.objectStore("records").put({
				shape: 1,
				pin: { roots: new Uint8Array(record.roots), scheme: null },
				trust: null,
				status: [],
				floor: record.floor,
				floors: Object.fromEntries(record.floors),
				skew: null,
				fetched: 0,
			}, "lists");
			t.oncomplete = () => {
				request.result.close();
				resolve();
			};
			t.onabort = () => reject(t.error);
		};
	});
}

// In the page: types each text, and takes what it says in each language.
async function type_all({ texts, languages }) {
	const $ = (id) => document.getElementById(id);
	const said = () => new Promise((resolve) =>
		document.addEventListener("verdict", (e) => resolve(e.detail),
			{ once: true }));
	const out = [];

	for (const text of texts) {
		const lines = {};

		for (const language of languages) {
			const next = said();

			if (language === languages[0]) {
				$("code").value = text;
				$("entry").requestSubmit();
			} else {
				$("language").click();
			}
			lines[language] = await next;
		}
		$("clear").click();
		$("language").click();
		out.push(lines);
	}
	return out;
}

async function judged(browser, origin, members) {
	const context = await browser.newContext({ locale: "en-GB",
		serviceWorkers: "block" });

	try {
		const { folder, state } = members[0];
		const page = await context.newPage();

		await hand_out(context, folder);
		if (state !== null) {
			await page.goto(`${origin}/icon.svg`);
			await page.evaluate(remember, record_of(state));
		}
		await page.goto(origin);
		await page.waitForSelector("body.ward-ready");
		return await page.evaluate(type_all,
			{ texts: members.map(text_of), languages: LANGUAGES });
	} finally {
		await context.close();
	}
}

function groups(some) {
	const found = new Map();

	for (const c of some) {
		const key = `${c.folder} ${c.state}`;

		found.set(key, [...found.get(key) ?? [], c]);
	}
	return [...found.values()];
}

const some = chosen();
const left = groups(some);
const out = new Map();
const { origin, end } = await service();
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium",
	headless: true, args: FLAGS });

async function work() {
	for (let members = left.shift(); members !== undefined;
		members = left.shift()) {
		const lines = await judged(browser, origin, members);

		members.forEach((c, i) => LANGUAGES.forEach((language) =>
			out.set(`${language}/${c.name}`, lines[i][language])));
	}
}

try {
	await Promise.all(Array.from({ length: AT_ONCE }, work));
} finally {
	await browser.close();
	end();
}
console.log(`# lacks ${LANGUAGES.length * (cases.length - some.length)}`);
for (const [name, line] of out)
	console.log(`${name}\t${line}`);
