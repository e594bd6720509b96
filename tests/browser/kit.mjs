// For the tests of the ward page: the real service, what stands before it, and
// Debian's Chromium.  Run by tests/run.sh: BIN, ROOT, an empty folder.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import readline from "node:readline";

import { chromium } from "playwright-core";

import { Front } from "./front.mjs";

const { BIN, ROOT } = process.env;

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic",
	"--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync"];

export const WAIT = 20000; // ms that something may take on a busy machine

export const code = (kind) => fs.readFileSync(`w/code/${kind}`, "utf8");
export const digits = (kind) => code(kind).replace(/.*#/, "");

function python(script, ...args) {
	execFileSync("/usr/bin/python3", [`${ROOT}/tests/browser/${script}`,
		...args], { stdio: "inherit" });
}

async function service() {
	const child = spawn(`${BIN}/carerpass-verify`, ["serve", "--lists", "w/now",
		"--state", "state", "--listen", "127.0.0.1:0"],
	{ stdio: ["ignore", "pipe", "inherit"] });
	const lines = readline.createInterface({ input: child.stdout });

	for await (const line of lines) {
		const port = /:([0-9]+)$/.exec(line)?.[1];

		if (port !== undefined)
			return { child, port: Number(port) };
	}
	throw new Error("carerpass-verify serve did not start");
}

// ward({codes, flags, fresh}): Returns {front, browser, close}.
export async function ward({ codes = 0, flags = [], fresh = true } = {}) {
	if (fresh)
		python("ward.py", "w", "--codes", String(codes));
	const { child, port } = await service();
	const front = await new Front(port).start();
	const browser = await chromium.launch({ executablePath:
		"/usr/bin/chromium", headless: true, args: [...FLAGS, ...flags] });

	return {
		front, browser,
		async close() {
			await browser.close();
			await front.stop().catch(() => {});
			child.kill("SIGTERM");
		},
	};
}

// picture(kind, file, ...how): what a camera sees (camera.py) of a card of that
// kind, or of any text.
export function picture(kind, file, ...how) {
	python("camera.py", file,
		fs.existsSync(`w/code/${kind}`) ? code(kind) : kind, ...how);
}

// visit(w, {...options of the context}): a device of its own. Whatever its
// pages say on the console is kept in ${device.said}.
export async function device(w, options = {}) {
	const context = await w.browser.newContext({ locale: "en-GB",
		viewport: { width: 390, height: 844 }, ...options });

	context.said = [];
	context.on("console", (m) => {
		if (m.type() === "error" || m.type() === "warning")
			context.said.push(m.text());
	});
	context.on("weberror", (e) => context.said.push(String(e.error())));
	context.setDefaultTimeout(WAIT);
	return context;
}

// opened(w, context, fragment): a page of the device, ready to be used.
export async function opened(w, context, fragment = "") {
	const page = await context.newPage();

	await page.goto(`${w.front.origin}/${fragment}`);
	await page.locator("body.ward-ready").waitFor();
	return page;
}

// verdict(page): waits for a verdict. Returns {kind, headline, meaning}.
export async function verdict(page) {
	await page.locator("#result").waitFor();
	return {
		kind: await page.locator("#kind").textContent(),
		headline: await page.locator("#headline").textContent(),
		meaning: await page.locator("#meaning").textContent(),
	};
}

export async function enter(page, text) {
	await page.locator("#code").fill(text);
	await page.locator("#code").press("Enter");
	return verdict(page);
}

// kept(page): waits until the page will open without a network.
export async function kept(page) {
	await page.locator("#device_ready").waitFor();
	await page.waitForFunction(() =>
		navigator.serviceWorker.controller !== null);
}

// eventually(what, test): test() comes true, or fails with what it is about.
export async function eventually(what, test) {
	const end = Date.now() + WAIT;

	while (!await test()) {
		assert.ok(Date.now() < end, `never: ${what}`);
		await new Promise((done) => setTimeout(done, 50));
	}
}

// quiet(context): nothing was complained of, but for a network that was away.
export function quiet(context, away = false) {
	const said = context.said.filter((line) =>
		!(away && /net::ERR_|status of 404/.test(line)));

	assert.deepEqual(said, []);
}

// run(tests): each in turn; ends with "N passed, M failed".
export async function run(tests) {
	const only = process.env.ONLY;
	let failed = 0;
	let passed = 0;

	for (const [name, test] of Object.entries(tests)) {
		if (only !== undefined && !name.includes(only))
			continue;
		try {
			await test();
			passed++;
			console.log(`ok   ${name}`);
		} catch (e) {
			failed++;
			console.log(`FAIL ${name}\n     ${e.stack}`);
		}
	}
	console.log(`${passed} passed, ${failed} failed`);
	process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
