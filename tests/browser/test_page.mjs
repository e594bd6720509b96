// Goal: however a card's code reaches the page, it leaves the address at once,
// is judged here, and one plain verdict stands on the screen.
import assert from "node:assert/strict";

import { code, device, digits, enter, eventually, opened, quiet, run, verdict,
	ward } from "./kit.mjs";

const w = await ward();

// A test on a device of its own, which must have had nothing to complain of.
const on = (does, options) => async () => {
	const context = await device(w, options);

	try {
		await does(context);
		quiet(context);
	} finally {
		await context.close();
	}
};

const clean = (page) => page.evaluate(() => ({
	href: location.href, hash: location.hash, length: history.length,
	state: history.state }));

const KINDS = {
	valid: ["valid", /^Carer passport confirmed$/],
	young: ["valid", /^Carer passport confirmed$/],
	expired: ["not confirmed", /^This passport ended on \d+ \w+ \d{4}$/],
	early: ["not confirmed", /^This passport has not started yet$/],
	withdrawn: ["not confirmed", /^This passport cannot be confirmed$/],
	stranger: ["not confirmed", /^We do not know who issued this$/],
	forged: ["not confirmed", /^This code was changed or not made by/],
	elsewhere: ["cannot tell", /^We cannot check this now$/],
	soon: ["cannot tell", /^This device's clock looks wrong$/],
};

const tests = {
	"a code leaves the address at once and adds nothing to the history":
	on(async (context) => {
		const plain = await opened(w, context);
		const before = await clean(plain);
		const page = await opened(w, context, `#${digits("valid")}`);

		assert.equal((await verdict(page)).kind, "valid");
		assert.deepEqual(await clean(page), before);
		await page.reload();
		await page.locator("body.ward-ready").waitFor();
		assert.ok(await page.locator("#result").isHidden());
	}),
	"the code is gone from the address before anything else has loaded":
	on(async (context) => {
		const page = await context.newPage();
		let address;

		await page.route("**/ward.js", async (route) => {
			await eventually("the address is clean", async () =>
				(address = await page.evaluate(() => location.href)) ===
					`${w.front.origin}/`);
			await route.continue();
		});
		await page.goto(`${w.front.origin}/#${digits("valid")}`);
		assert.equal((await verdict(page)).kind, "valid");
		assert.equal(address, `${w.front.origin}/`);
	}),
	"a page that is open takes the next card from its address, too":
	on(async (context) => {
		const page = await opened(w, context, `#${digits("valid")}`);

		await verdict(page);
		await page.evaluate((d) => (location.hash = d), digits("withdrawn"));
		await page.getByText("This passport cannot be confirmed").waitFor();
		assert.equal((await clean(page)).href, `${w.front.origin}/`);
	}),
	"each kind of card has its verdict, its headline in focus": on(
		async (context) => {
			const page = await opened(w, context);

			for (const [kind, [said, headline]] of Object.entries(KINDS)) {
				const v = await enter(page, code(kind));

				assert.equal(v.kind, said, kind);
				assert.match(v.headline, headline, kind);
				assert.equal(await page.evaluate(() =>
					document.activeElement.id), "headline", kind);
				await page.locator("#clear").click();
			}
		}),
	"a good card: name, issuer, number to ring, last day, what to do": on(
		async (context) => {
			const page = await opened(w, context, `#${digits("valid")}`);

			await verdict(page);
			const text = await page.locator("#result").innerText();
			const facts = await page.locator("#facts dd").allInnerTexts();

			assert.deepEqual(facts.filter((_, i) => i !== 3), ["Margaret Thompson",
				"Riverside Surgery", "01632 960123", "M6SC-7N75-0"]);
			assert.match(facts[3], /^\d{1,2} \p{L}+ 20\d\d$/u);
			for (const part of ["Ask the person their name",
				"Ask the patient", "planning how the patient goes home",
				"This is not the patient's consent",
				"no reason to turn a carer away",
				"Checked against lists from"])
				assert.ok(text.includes(part), part);
			assert.equal(await page.locator("#facts a")
				.getAttribute("href"), "tel:01632960123");
		}),
	"a verdict is told by word and shape, not by colour alone": on(
		async (context) => {
			const page = await opened(w, context);
			const marks = new Set();

			for (const kind of ["valid", "withdrawn", "elsewhere"]) {
				await enter(page, code(kind));
				const seen = await page.locator(".ward-mark").evaluateAll(
					(all) => all.filter((m) => getComputedStyle(m).display !== "none")
						.map((m) => m.getAttribute("class")));

				assert.equal(seen.length, 1);
				marks.add(seen[0]);
				await page.locator("#clear").click();
			}
			assert.equal(marks.size, 3);
		}),
	"a young carer is not asked to do what is for an adult": on(
		async (context) => {
			const page = await opened(w, context);

			await enter(page, code("young"));
			assert.ok(await page.locator("#young").isVisible());
			assert.match(await page.locator("#young").innerText(),
				/under 18/);
			await page.locator("#clear").click();
			await enter(page, code("valid"));
			assert.ok(await page.locator("#young").isHidden());
		}),
	"opened from a card: the address to look for, the ward's phrase": on(
		async (context) => {
			const page = await opened(w, context, `#${digits("valid")}`);

			await verdict(page);
			assert.equal(await page.locator("#opened_from").innerText(),
				"Opened from a card: check that the address bar says " +
				"pass.example.org");
			assert.ok(await page.locator("#opened_phrase").isHidden());
			await page.getByText("Settings").click();
			await page.locator("#phrase").fill("green teapot");
			await page.locator("#phrase").press("Enter");
			assert.ok(await page.locator("#opened_phrase").isVisible());
			const next = await opened(w, context, `#${digits("young")}`);

			await verdict(next);
			assert.match(await next.locator("#opened_phrase").innerText(),
				/green teapot/);
			const own = await opened(w, context);

			await enter(own, code("valid"));
			assert.ok(await own.locator("#opened").isHidden());
		}),
	"a code of another host is judged, said to be of another host, not opened":
	on(async (context) => {
		const page = await opened(w, context);
		const v = await enter(page, code("foreign"));

		assert.equal(v.kind, "valid");
		assert.match(v.meaning, /evil\.example\.com/);
		assert.equal(page.url(), `${w.front.origin}/`);
		assert.equal(context.pages().length, 1);
	}),
	"names that should never have been signed are not shown": on(
		async (context) => {
			const page = await opened(w, context);

			for (let i = 0; i < 12; i++) {
				const v = await enter(page, code(`hostile${i}`));

				assert.equal(v.headline, "This is not a carer passport code");
				assert.deepEqual(await page.locator("#facts dt")
					.allInnerTexts(), ["Issued by", "Telephone"]);
				assert.doesNotMatch(await page.locator("main").innerText(),
					/Ann|alert|A{9}|eip/);
				await page.locator("#clear").click();
			}
		}),
	"text that is no code is text": on(async (context) => {
		const page = await opened(w, context);

		for (const text of ["<img src=x onerror=alert(1)>", "javascript:alert(1)",
			"https://pass.example.org/", "0".repeat(4096), "\u202e1", "%00"]) {
			const v = await enter(page, text);

			assert.equal(v.headline, "This is not a carer passport code");
			assert.equal(page.url(), `${w.front.origin}/`);
		}
		assert.equal(await page.locator("main img, main script").count(), 0);
	}),
	"long and accented names stay whole": on(async (context) => {
		const page = await opened(w, context);

		await enter(page, code("long"));
		assert.match(await page.locator("#facts").innerText(),
			/Bartholomew-Featherstonehaugh Cholmondeley-Marjoribanks/);
		assert.equal(await page.locator("#facts a").count(), 0);
		await page.locator("#clear").click();
		await enter(page, code("accents"));
		assert.match(await page.locator("#facts").innerText(),
			/Siân Ŵyn-O'Brien Łukaszewicz Ngô Thị Hường/);
	}),
	"a card's number is not a code": on(async (context) => {
		const page = await opened(w, context);

		for (const text of ["M6SC-7N75-0", "m6sc7n750"]) {
			const v = await enter(page, text);

			assert.equal(v.kind, "cannot tell");
			assert.match(v.headline, /card's number, not its code/);
		}
	}),
	"a scanner that types is caught wherever the focus is": on(
		async (context) => {
			const page = await opened(w, context, `#${digits("withdrawn")}`);

			await verdict(page);
			await page.keyboard.type(code("valid"));
			await page.keyboard.press("Enter");
			await page.getByText("Carer passport confirmed").waitFor();
			assert.equal(await page.locator("#code").inputValue(), "");
			await page.keyboard.type(code("valid").replace("#", "£"));
			await page.keyboard.press("Enter");
			await page.locator("#title").waitFor({ state: "hidden" });
			assert.equal((await verdict(page)).kind, "valid");
		}),
	"checks are counted on this device, by number and date alone": on(
		async (context) => {
			const page = await opened(w, context, `#${digits("valid")}`);

			await verdict(page);
			await enter(page, code("withdrawn"));
			await enter(page, "hello");
			await eventually("two are counted", async () =>
				await page.locator("#device_count").innerText() ===
					"2 checks today on this device");
			const kept = await page.evaluate(() => ({ ...localStorage }));

			assert.deepEqual(Object.keys(kept), ["carerpass.today"]);
			assert.match(kept["carerpass.today"], /^\d{4}-\d+-\d+ 2$/);
		}),
	"nothing of a person stays when a verdict is put away": on(
		async (context) => {
			const page = await opened(w, context, `#${digits("valid")}`);

			await verdict(page);
			await page.locator("#clear").click();
			const all = await page.content();

			assert.ok(!all.includes("Thompson"));
			assert.ok(!(await page.title()).includes("confirmed"));
			assert.ok(await page.locator("#opened").isHidden());
			assert.equal(await page.evaluate(() =>
				document.activeElement.id), "title");
		}),
	"Welsh, from the browser's wish or the switch, and back": on(
		async (context) => {
			const page = await opened(w, context, `#${digits("valid")}`);

			assert.match((await verdict(page)).headline, /gadarnhau/);
			assert.equal(await page.locator("html").getAttribute("lang"),
				"cy");
			await page.locator("#language").click();
			assert.equal((await verdict(page)).headline,
				"Carer passport confirmed");
			assert.equal(await page.locator("html").getAttribute("lang"),
				"en");
			const next = await opened(w, context);

			assert.equal(await next.locator("#title").innerText(),
				"Check a carer passport");
		}, { locale: "cy-GB" }),
	"no text is missing in either language": on(async (context) => {
		const page = await opened(w, context, `#${digits("young")}`);

		await verdict(page);
		for (let i = 0; i < 2; i++) {
			const empty = await page.locator("[data-t]").evaluateAll(
				(all) => all.filter((e) => e.textContent === "")
					.map((e) => e.dataset.t));

			assert.deepEqual(empty, []);
			assert.ok(!/\{[a-z]+\}/.test(
				await page.locator("body").textContent()));
			await page.locator("#language").click();
		}
	}),
};

await run(tests);
assert.deepEqual(w.front.reports, []);
await w.close();
