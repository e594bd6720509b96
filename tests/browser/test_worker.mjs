// Goal: the page replaces itself by a newer version as a whole or not at all, and
// never under somebody's eyes; and says so if it cannot start.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import { code, device, digits, enter, eventually, kept, opened, quiet, run,
	verdict, ward } from "./kit.mjs";

const { BIN, ROOT } = process.env;
const WEB = `${BIN}/../web`;
const w = await ward();

const on = (does, away = false) => async () => {
	const context = await device(w);

	w.front.web = "";
	try {
		await does(context);
		quiet(context, away);
	} finally {
		await context.close();
	}
};

const sha256 = (file) =>
	createHash("sha256").update(fs.readFileSync(file)).digest("hex");

// Another version of the page; ${whole}: its worker knows of the change.
function version(name, whole) {
	const dir = `w/web-${name}`;

	fs.cpSync(WEB, dir, { recursive: true });
	for (const file of fs.readdirSync(dir))
		if (file.endsWith(".gz"))
			fs.rmSync(`${dir}/${file}`);
	const before = sha256(`${dir}/index.html`);

	fs.writeFileSync(`${dir}/index.html`,
		fs.readFileSync(`${dir}/index.html`, "utf8")
			.replace("</main>", `<!-- ${name} --></main>`));
	const worker = fs.readFileSync(`${dir}/sw.js`, "utf8")
		.replace(/carerpass-[0-9a-f]{16}/, `carerpass-${name}`);

	assert.ok(worker.includes(before) && worker.includes(`carerpass-${name}`));
	fs.writeFileSync(`${dir}/sw.js`, whole ?
		worker.replace(before, sha256(`${dir}/index.html`)) : worker);
	return dir;
}

const is_new = async (page, name) =>
	(await page.content()).includes(`<!-- ${name} -->`);

// What the page does every ten minutes.
const look = (page) => page.evaluate(async () => {
	const r = await navigator.serviceWorker.getRegistration();

	await r.update().catch(() => {});
});

const workers = (page) => page.evaluate(async () => {
	const r = await navigator.serviceWorker.getRegistration();

	return { installing: r.installing !== null, waiting: r.waiting !== null,
		caches: (await caches.keys()).sort() };
});

async function hide(page) {
	await page.evaluate(() => {
		Object.defineProperty(document, "visibilityState",
			{ value: "hidden", configurable: true });
		document.dispatchEvent(new Event("visibilitychange"));
	});
}

const tests = {
	"a newer version waits while a verdict is shown, and then takes over": on(
		async (context) => {
			const page = await opened(w, context);

			await kept(page);
			await enter(page, code("valid"));
			w.front.web = version("second", true);
			await look(page);
			await eventually("it waits", async () =>
				(await workers(page)).waiting);
			assert.equal((await verdict(page)).kind, "valid");
			const again = await opened(w, context);

			assert.equal(await is_new(again, "second"), false);
			await again.close();
			await hide(page);
			await eventually("it is in charge", async () => {
				const { waiting, caches } = await workers(page);

				return !waiting && caches.join() === "carerpass-second";
			});
			assert.equal((await verdict(page)).kind, "valid");
			// Before it needs a file of the new version, it becomes one.
			await page.locator("#scan").click();
			await eventually("it is loaded anew", () =>
				is_new(page, "second").catch(() => false));
			const next = await opened(w, context, `#${digits("young")}`);

			assert.equal(await is_new(next, "second"), true);
			assert.equal((await verdict(next)).kind, "valid");
		}),
	"a version of which one file is another is not taken": on(
		async (context) => {
			const page = await opened(w, context);

			await kept(page);
			const before = await workers(page);

			w.front.web = version("broken", false);
			await look(page);
			await eventually("the attempt is over", async () =>
				!(await workers(page)).installing);
			assert.equal((await workers(page)).waiting, false);
			await hide(page);
			const next = await opened(w, context);

			assert.equal(await is_new(next, "broken"), false);
			const { caches } = await workers(next);

			assert.ok(caches.includes(before.caches[0]));
		}, true),
	"an installed page has the scanner before it is asked for": on(
		async (context) => {
			const page = await context.newPage();
			const scanner = () => page.evaluate(async () =>
				(await Promise.all(["scan.js", "zxing_reader.wasm"].map(
					(name) => caches.match(name))))
					.every((answer) => answer !== undefined));

			await page.goto(w.front.origin);
			await kept(page);
			assert.equal(await scanner(), false);
			await page.addInitScript(() => {
				const media = globalThis.matchMedia;

				globalThis.matchMedia = (query) =>
					query === "(display-mode: standalone)" ?
						{ matches: true } : media(query);
			});
			await page.reload();
			await eventually("the scanner is there", scanner);
		}),
	"a page of which a part is missing says that it could not start": on(
		async (context) => {
			const page = await context.newPage();

			await page.route("**/ward.js", (route) => route.abort());
			await page.goto(`${w.front.origin}/#${digits("valid")}`);
			await page.getByText("This page could not start").waitFor();
			assert.equal(page.url(), `${w.front.origin}/`);
			await page.unroute("**/ward.js");
			await page.route("**/core.wasm", (route) => route.abort());
			await page.goto(`${w.front.origin}/?2`);
			await page.getByText("This page could not start").waitFor();
			context.said = context.said.filter((line) =>
				!/Failed to fetch/.test(line));
		}, true),
	"what stands in the page itself are the words of the languages":
	async () => {
		const web = createRequire(`${ROOT}/verifier/web/`);
		const { judge_open } =
			await import(pathToFileURL(`${ROOT}/verifier/web/judge.js`));
		const sodium = web("libsodium-wrappers");
		const html = fs.readFileSync(`${WEB}/index.html`, "utf8");

		await sodium.ready;
		const judge = await judge_open(
			fs.readFileSync(`${WEB}/core.wasm`), sodium);

		for (const [key, [part]] of Object.entries({
			noscript: /<noscript>[^]*<\/noscript>/.exec(html),
			failed: /<div id="failed"[^]*?<\/div>/.exec(html),
		}))
			for (const language of judge.languages)
				assert.ok(part.includes(`<p lang="${language}">${
					judge.words(language).get(key)}</p>`),
				`${key} in ${language}`);
	},
};

await run(tests);
assert.deepEqual(w.front.reports, []);
await w.close();
