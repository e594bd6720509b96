// Goal: whoever uses a screen reader, a keyboard, a narrow screen, large text
// or paper gets the same verdict.
import assert from "node:assert/strict";
import fs from "node:fs";

import { code, device, digits, enter, eventually, opened, quiet, run, verdict,
	ward } from "./kit.mjs";

const { ROOT } = process.env;
const AXE = fs.readFileSync(
	`${ROOT}/tests/browser/node_modules/axe-core/axe.min.js`, "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
	"best-practice"];
const GOLDEN = `${ROOT}/tests/browser/golden`;

const w = await ward();

const on = (does, options) => async () => {
	const context = await device(w, options);

	w.front.lists = "";
	try {
		await does(context);
		quiet(context);
	} finally {
		await context.close();
	}
};

async function faults(page) {
	return page.evaluate(async (rules) => {
		const { violations } = await globalThis.axe.run(document,
			{ runOnly: { type: "tag", values: rules } });

		return violations.map((v) =>
			`${v.id}: ${v.nodes.map((n) => n.html).join(" | ")}`);
	}, RULES);
}

const overflow = (page) => page.evaluate(() =>
	document.documentElement.scrollWidth -
	document.documentElement.clientWidth);

// Every state that a page can be in, one after another.
async function states(page, look) {
	await look("start");
	await page.getByText(/^(Settings|Gosodiadau)$/).click();
	await look("settings");
	await page.getByText(/^(Settings|Gosodiadau)$/).click();
	for (const kind of ["valid", "young", "long", "accents", "withdrawn",
		"expired", "stranger", "elsewhere", "soon", "foreign"]) {
		await enter(page, code(kind));
		await look(kind);
		await page.locator("#clear").click();
	}
	await page.locator("#scan").click();
	await page.locator("#scan_note").waitFor();
	await look("no camera");
}

// What stands in the snapshots must not change from day to day.
function steady(text) {
	return text
		.replace(/\d{1,2} [\p{L}]+ 20\d\d(, \d\d:\d\d| \d\d:\d\d UTC)?/gu,
			"DATE")
		.replace(/\d+ (checks? today|gwiriad)/g, "N $1");
}

async function golden(page, name) {
	const seen = steady(await page.locator("body").ariaSnapshot()) + "\n";
	const file = `${GOLDEN}/${name}.txt`;

	if (process.env.UPDATE_GOLDEN !== undefined)
		fs.writeFileSync(file, seen);
	assert.equal(seen, fs.readFileSync(file, "utf8"), name);
}

const tests = {
	"axe finds nothing in any state, in either language": on(
		async (context) => {
			await context.addInitScript({ content: AXE });
			const page = await opened(w, context, `#${digits("valid")}`);

			await verdict(page);
			assert.deepEqual(await faults(page), [], "opened from a card");
			await page.locator("#clear").click();
			for (let i = 0; i < 2; i++) {
				await states(page, async (state) =>
					assert.deepEqual(await faults(page), [], state));
				await page.locator("#language").click();
			}
		}),
	"axe would see a fault": on(async (context) => {
		await context.addInitScript({ content: AXE });
		const page = await opened(w, context);

		await page.evaluate(() => {
			document.documentElement.lang = "";
			document.querySelector("label[for=code]").remove();
		});
		const found = (await faults(page)).join();

		assert.match(found, /html-has-lang/);
		assert.match(found, /label/);
	}),
	"nothing sticks out at 320 pixels, nor with text twice the size": on(
		async (context) => {
			const page = await opened(w, context);

			for (const size of ["100%", "200%"]) {
				await page.evaluate((s) => {
					const sheet = new CSSStyleSheet();

					sheet.replaceSync(`html { font-size: ${s} }`);
					document.adoptedStyleSheets = [sheet];
				}, size);
				await states(page, async (state) =>
					assert.equal(await overflow(page), 0,
						`${state} at ${size}`));
			}
		}, { viewport: { width: 320, height: 640 } }),
	"what a screen reader is told": on(async (context) => {
		const page = await opened(w, context, `#${digits("valid")}`);

		await verdict(page);
		await eventually("all is said", () =>
			page.locator("#device_ready").isVisible());
		await golden(page, "opened");
		await page.locator("#clear").click();
		await golden(page, "start");
		for (const kind of ["young", "withdrawn", "elsewhere"]) {
			await enter(page, code(kind));
			await golden(page, kind);
			await page.locator("#clear").click();
		}
		await page.locator("#language").click();
		await golden(page, "start.cy");
		await enter(page, code("valid"));
		await golden(page, "valid.cy");
	}),
	"everything is done with the keyboard, and focus is always seen": on(
		async (context) => {
			const page = await opened(w, context, `#${digits("valid")}`);
			const reached = [];

			await verdict(page);
			for (let i = 0; i < 12; i++) {
				await page.keyboard.press("Tab");
				const at = await page.evaluate(() => {
					const e = document.activeElement;
					const s = getComputedStyle(e);

					return { id: e.id || e.tagName,
						seen: s.boxShadow !== "none" ||
						s.outlineStyle !== "none" };
				});

				reached.push(at.id);
				assert.ok(at.seen || at.id === "BODY",
					`${at.id} shows no focus`);
			}
			for (const id of ["clear", "print", "scan", "code", "SUMMARY"])
				assert.ok(reached.includes(id), id);
			await page.locator("#code").focus();
			await page.keyboard.type(code("withdrawn"));
			await page.keyboard.press("Enter");
			await page.getByText("This passport cannot be confirmed")
				.waitFor();
			await page.locator(".nhsuk-skip-link").focus();
			await page.keyboard.press("Enter");
			assert.equal(await page.evaluate(() =>
				document.activeElement.id), "main");
			assert.equal(page.url(), `${w.front.origin}/`);
			await page.getByText("Cymraeg").focus();
			await page.keyboard.press("Enter");
			await page.getByText("Ni ellir").first().waitFor();
		}),
	"targets are large enough for a gloved finger": on(async (context) => {
		const page = await opened(w, context, `#${digits("valid")}`);

		await verdict(page);
		const small = await page.locator("button, input, summary")
			.evaluateAll((all) => all.filter((e) => {
				const { width, height } = e.getBoundingClientRect();

				return width > 0 && e.checkVisibility() &&
					(width < 40 || height < 24 ||
					(e.tagName !== "SUMMARY" && height < 40));
			}).map((e) => e.id || e.outerHTML));

		assert.deepEqual(small, []);
	}),
	"on paper: the verdict, the facts, no buttons, no ink for colour": on(
		async (context) => {
			const page = await opened(w, context, `#${digits("valid")}`);

			await verdict(page);
			await page.emulateMedia({ media: "print" });
			for (const id of ["print", "clear", "scan", "code", "language",
				"device"])
				assert.ok(await page.locator(`#${id}`).isHidden(), id);
			for (const id of ["headline", "facts", "next", "lists_age",
				"opened_from"])
				assert.ok(await page.locator(`#${id}`).isVisible(), id);
			assert.equal(await page.locator("#verdict").evaluate((e) =>
				getComputedStyle(e).backgroundColor), "rgba(0, 0, 0, 0)");
			const pdf = await page.pdf({ format: "A4" });

			assert.equal(pdf.toString("latin1").match(/\/Type ?\/Page\b/g)
				.length, 1);
		}),
	"nothing moves for whoever wants no motion": on(async (context) => {
		const page = await opened(w, context, `#${digits("valid")}`);

		await verdict(page);
		const moving = await page.locator("body *").evaluateAll((all) =>
			all.filter((e) => {
				const s = getComputedStyle(e);

				return s.animationName !== "none" ||
					parseFloat(s.transitionDuration) > 0;
			}).map((e) => e.outerHTML));

		assert.deepEqual(moving, []);
	}, { reducedMotion: "reduce" }),
};

await run(tests);
assert.deepEqual(w.front.reports, []);
await w.close();
