// Goal: the page checks without a network after one visit, never with lists
// that are older than those it has seen, and always says how old they are.
import assert from "node:assert/strict";

import { code, device, digits, enter, eventually, kept, opened, quiet, run,
	verdict, ward } from "./kit.mjs";

const w = await ward();
const DAY = 86400000;

// A test on a device of its own; the service is as at first when it begins.
const on = (does, away = false) => async () => {
	const context = await device(w);

	w.front.lists = "";
	w.front.date_off = 0;
	try {
		await does(context);
		quiet(context, away);
	} finally {
		await context.close();
	}
};

const notices = (page) => page.locator("#notices").innerText();

// What the page is asked to do every ten minutes, or when it is looked at.
async function look(page) {
	await page.evaluate(() => dispatchEvent(new Event("online")));
}

const told = (page, pattern) => eventually(`it says ${pattern}`, async () =>
	pattern.test(await notices(page)));

async function aged(page, text) {
	await eventually(`lists are ${text}`, async () =>
		(await page.locator("#device_lists").innerText()).includes(text));
}

// The number of the trust list that a good card is judged with.
async function trust_seq(page) {
	const said = page.evaluate(() => new Promise((done) =>
		document.addEventListener("verdict", (e) => done(e.detail),
			{ once: true })));

	assert.equal((await enter(page, code("valid"))).kind, "valid");
	return JSON.parse(await said).lists.trust_seq;
}

async function forget_lists(page, change) {
	await page.evaluate(async (what) => {
		const db = await new Promise((done) => {
			const open = indexedDB.open("carerpass", 1);

			open.onsuccess = () => done(open.result);
		});
		const t = db.transaction("records", "readwrite");
		const records = t.objectStore("records");
		const get = records.get("lists");

		get.onsuccess = () => records.put(what === "rubbish" ?
			{ shape: 1, status: "rubbish" } :
			{ ...get.result, trust: null, status: [] }, "lists");
		await new Promise((done) => (t.oncomplete = done));
		db.close();
	}, change);
}

const tests = {
	"after one visit it opens and checks with the server killed": on(
		async (context) => {
			const page = await opened(w, context);

			await kept(page);
			await aged(page, "2 hours");
			await w.front.stop();
			try {
				const next = await opened(w, context,
					`#${digits("valid")}`);

				assert.equal((await verdict(next)).kind, "valid");
				assert.equal(next.url(), `${w.front.origin}/`);
				await told(next, /offline/i);
				await next.reload();
				await next.locator("body.ward-ready").waitFor();
				const v = await enter(next, code("withdrawn"));

				assert.equal(v.kind, "not confirmed");
				const query = await context.newPage();

				await query.goto(`${w.front.origin}/?from=home`);
				await query.locator("body.ward-ready").waitFor();
			} finally {
				await w.front.start();
			}
		}, true),
	"without any list it cannot tell, and can when there are some": on(
		async (context) => {
			w.front.lists = null;
			const page = await opened(w, context, `#${digits("valid")}`);
			const v = await verdict(page);

			assert.equal(v.kind, "cannot tell");
			assert.equal(v.headline, "We cannot check this now");
			assert.match(await page.locator("#opened_from").innerText(),
				/printed on the card/);
			w.front.lists = "";
			await look(page);
			await page.locator("#check_again").waitFor();
			// Never green by itself.
			assert.equal((await verdict(page)).kind, "cannot tell");
			await page.locator("#check_again").click();
			assert.equal((await verdict(page)).kind, "valid");
		}, true),
	"a verdict waits for lists that are on their way": on(
		async (context) => {
			const page = await context.newPage();
			let go;

			await page.route("**/lists/trust.cwt", async (route) => {
				await new Promise((done) => (go = done));
				await route.continue();
			});
			await page.goto(`${w.front.origin}/#${digits("valid")}`);
			await page.locator("#checking").waitFor();
			assert.ok(await page.locator("#result").isHidden());
			go();
			assert.equal((await verdict(page)).kind, "valid");
		}),
	"a withdrawal reaches a verdict that is on the screen": on(
		async (context) => {
			const page = await opened(w, context, `#${digits("valid")}`);

			assert.equal((await verdict(page)).kind, "valid");
			w.front.lists = "w/withdrawing";
			await look(page);
			await page.getByText("This passport cannot be confirmed")
				.first().waitFor();
			assert.equal((await verdict(page)).kind, "not confirmed");
			assert.match(await page.locator("#said").textContent(),
				/cannot be confirmed/);
		}),
	"lists that come later are taken and their age shown": on(
		async (context) => {
			const page = await opened(w, context);

			await aged(page, "2 hours old");
			w.front.lists = "w/newer";
			await look(page);
			await aged(page, "1 hour old");
			assert.equal(await notices(page), "");
		}),
	"stale status lists cannot tell": on(async (context) => {
		w.front.lists = "w/stale";
		const page = await opened(w, context);

		await aged(page, "8 days old");
		const v = await enter(page, code("valid"));

		assert.equal(v.kind, "cannot tell");
		assert.equal(v.headline, "The code is genuine, but our list is 8 days old");
	}),
	"a trust list past its end cannot tell": on(async (context) => {
		w.front.lists = "w/ended";
		const page = await opened(w, context);

		await aged(page, "Connect to get a newer one");
		assert.equal((await enter(page, code("valid"))).headline,
			"Our list is 40 days old");
	}),
	"a verdict grows stale on the screen by itself": on(async (context) => {
		const page = await context.newPage();

		await page.clock.install();
		await page.goto(`${w.front.origin}/#${digits("valid")}`);
		assert.equal((await verdict(page)).kind, "valid");
		await w.front.stop();
		try {
			await page.clock.fastForward(7 * DAY);
			await page.getByText(/but our list is 7 days old/)
				.first().waitFor();
			assert.equal((await verdict(page)).kind, "cannot tell");
		} finally {
			await w.front.start();
		}
	}, true),
	...Object.fromEntries(["older", "older_status", "twin"].map((name) => [
		`older lists are refused and the newer kept: ${name}`, on(
			async (context) => {
				const page = await opened(w, context);

				await aged(page, "2 hours old");
				w.front.lists = `w/${name}`;
				await look(page);
				await told(page, /older lists than before/);
				await aged(page, "2 hours old");
				assert.equal(await trust_seq(page), 7);
				await page.reload();
				await page.locator("body.ward-ready").waitFor();
				await told(page, /older lists than before/);
				await aged(page, "2 hours old");
				w.front.lists = "w/newer";
				await look(page);
				await aged(page, "1 hour old");
				assert.equal(await notices(page), "");
			})])),
	"an older trust list is refused, the newer status lists taken": on(
		async (context) => {
			const page = await opened(w, context);

			await aged(page, "2 hours old");
			w.front.lists = "w/older_trust";
			await look(page);
			await told(page, /older lists than before/);
			await aged(page, "1 hour old");
			assert.equal(await trust_seq(page), 7);
		}),
	...Object.fromEntries(["older", "older_trust", "older_status"].map((name) =>
		[`older lists, with the newer ones lost, cannot tell: ${name}`, on(
			async (context) => {
				const page = await opened(w, context);

				await aged(page, "2 hours old");
				w.front.lists = `w/${name}`;
				await forget_lists(page, "lists");
				await page.reload();
				await page.locator("body.ward-ready").waitFor();
				await told(page, /older lists than before/);
				const v = await enter(page, code("valid"));

				assert.equal(v.kind, "cannot tell");
				assert.match(v.headline, /older list than before/);
			})])),
	"a record that is rubbish counts as none": on(async (context) => {
		const page = await opened(w, context);

		await aged(page, "2 hours old");
		await forget_lists(page, "rubbish");
		await page.reload();
		await page.locator("body.ward-ready").waitFor();
		await aged(page, "2 hours old");
		assert.equal((await enter(page, code("valid"))).kind, "valid");
	}),
	"a device that keeps nothing checks with what it fetches": on(
		async (context) => {
			await context.addInitScript(() => {
				const refuse = () => {
					throw new DOMException("no", "SecurityError");
				};

				Object.defineProperty(window, "indexedDB",
					{ get: refuse });
				Object.defineProperty(window, "localStorage",
					{ get: refuse });
			});
			const page = await opened(w, context, `#${digits("valid")}`);

			assert.equal((await verdict(page)).kind, "valid");
		}),
	...Object.fromEntries(["other", "renamed"].map((name) => [
		`other keys or another scheme are not taken: ${name}`, on(
			async (context) => {
				const page = await opened(w, context);

				await aged(page, "2 hours old");
				w.front.lists = `w/${name}`;
				await look(page);
				await told(page, /names other keys/);
				await aged(page, "2 hours old");
				assert.equal((await enter(page, code("valid"))).kind,
					"valid");
				await page.getByText("Settings").click();
				await page.locator("#forget").click();
				await aged(page, "1 hour old");
				assert.equal(await notices(page), "");
			})])),
	"one list that is gone for now is kept": on(async (context) => {
		const page = await opened(w, context);

		await aged(page, "2 hours old");
		w.front.lists = "w/few";
		const start = w.front.requests.length;

		await look(page);
		await eventually("it asked", () => w.front.requests.slice(start)
			.some((r) => r.line.includes("/lists/status/2.cwt")));
		await aged(page, "2 hours old");
		const count = await page.evaluate(() => new Promise((done) => {
			const open = indexedDB.open("carerpass", 1);

			open.onsuccess = () => {
				const get = open.result.transaction("records")
					.objectStore("records").get("lists");

				get.onsuccess = () => {
					open.result.close();
					done(get.result.status.length);
				};
			};
		}));

		assert.equal(count, 3);
	}, true),
	"a clock that differs from the service's is said": on(
		async (context) => {
			w.front.date_off = 20 * 60000;
			const page = await opened(w, context);

			await told(page, /This device's clock looks wrong/);
			w.front.date_off = 0;
			await look(page);
			await eventually("the notice goes", async () =>
				await notices(page) === "");
		}),
	"a clock that is a year behind cannot tell, and says why": on(
		async (context) => {
			const page = await context.newPage();

			await page.clock.setFixedTime(Date.now() - 365 * DAY);
			await page.goto(`${w.front.origin}/#${digits("valid")}`);
			const v = await verdict(page);

			assert.equal(v.kind, "cannot tell");
			assert.equal(v.headline, "This device's clock looks wrong");
			await told(page, /This device's clock looks wrong/);
		}),
	"a clock that is a year ahead does not make lists old for good": on(
		async (context) => {
			const page = await context.newPage();

			await page.clock.setFixedTime(Date.now() + 365 * DAY);
			await page.goto(`${w.front.origin}/#${digits("valid")}`);
			assert.equal((await verdict(page)).kind, "cannot tell");
			await told(page, /This device's clock looks wrong/);
			await page.clock.setFixedTime(Date.now());
			const next = await opened(w, context, `#${digits("valid")}`);

			assert.equal((await verdict(next)).kind, "valid");
			await eventually("the notice goes", async () =>
				await notices(next) === "");
		}),
};

await run(tests);
assert.deepEqual(w.front.reports, []);
await w.close();
