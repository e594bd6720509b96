// Goal: the page reads a card that a shaking hand holds before a real video
// pipeline, and whoever cannot use a camera is told what to do instead.
import assert from "node:assert/strict";
import path from "node:path";

import { code, device, digits, enter, eventually, kept, opened, picture, quiet, run,
	verdict, ward } from "./kit.mjs";

const FAKE = ["--use-fake-ui-for-media-stream",
	"--use-fake-device-for-media-stream"];

// A browser whose camera sees that file.
async function seeing(file, does, { away = false, flags = FAKE } = {}) {
	const w = await ward({ fresh: false, flags: file === null ? flags : [
		...flags, `--use-file-for-fake-video-capture=${path.resolve(file)}`] });
	const context = await device(w);

	try {
		await does(w, context);
		quiet(context, away);
		assert.deepEqual(w.front.reports, []);
	} finally {
		await w.close();
	}
}

const lit = (page) => page.evaluate(() =>
	document.getElementById("video").srcObject !== null);

async function scan(page) {
	await page.locator("#scan").click();
	return verdict(page);
}

const scanner_files = (w) => w.front.requests.map((r) => r.line)
	.filter((line) => /scan\.js|zxing/.test(line));

await (await ward()).close(); // makes w/
picture("valid", "card.mjpeg");
picture("withdrawn", "withdrawn.mjpeg");
picture("foreign", "foreign.mjpeg");
picture("https://wifi.example/join?name=Ward", "poster.mjpeg", "--plain");
picture("valid", "late.mjpeg", "--empty", "900");

const tests = {
	"a tilted, blurred card is read, and the camera put out": () =>
		seeing("card.mjpeg", async (w, context) => {
			const page = await opened(w, context);

			await kept(page);
			assert.deepEqual(scanner_files(w), []);
			assert.equal((await scan(page)).kind, "valid");
			assert.match(await page.locator("#facts").innerText(),
				/Margaret Thompson/);
			assert.equal(await lit(page), false);
			assert.ok(await page.locator("#camera").isHidden());
			assert.ok(await page.locator("#opened").isHidden());
			assert.equal(scanner_files(w).length, 2);
			// Another card, with the scanner that is there by now.
			assert.equal((await scan(page)).kind, "valid");
			assert.equal(scanner_files(w).length, 2);
		}),
	"server killed: it opens again and scans": () =>
		seeing("card.mjpeg", async (w, context) => {
			const page = await opened(w, context);

			await kept(page);
			await scan(page);
			await w.front.stop();
			await page.reload();
			await page.locator("body.ward-ready").waitFor();
			assert.equal((await scan(page)).kind, "valid");
			assert.match(await page.locator("#device_lists").innerText(),
				/2 hours old/);
			await w.front.start();
		}, { away: true }),
	"server killed before the scanner was ever there: it says so": () =>
		seeing("card.mjpeg", async (w, context) => {
			const page = await opened(w, context);

			await kept(page);
			await w.front.stop();
			await page.locator("#scan").click();
			await page.getByText("The scanner could not be loaded").waitFor();
			assert.equal((await enter(page, code("valid"))).kind, "valid");
			await w.front.start();
		}, { away: true }),
	"a card that was withdrawn": () =>
		seeing("withdrawn.mjpeg", async (w, context) => {
			const page = await opened(w, context);

			assert.equal((await scan(page)).headline,
				"This passport cannot be confirmed");
		}),
	"a card of another host is judged here, and nothing is opened": () =>
		seeing("foreign.mjpeg", async (w, context) => {
			const page = await opened(w, context);
			const v = await scan(page);

			assert.match(v.meaning, /evil\.example\.com/);
			assert.equal(page.url(), `${w.front.origin}/`);
			assert.equal(context.pages().length, 1);
		}),
	"a poster's code is no card, and nothing is opened": () =>
		seeing("poster.mjpeg", async (w, context) => {
			const page = await opened(w, context);

			assert.equal((await scan(page)).headline,
				"This is not a carer passport code");
			assert.equal(page.url(), `${w.front.origin}/`);
		}),
	"scanning stops by button, by Escape, and when nobody looks": () =>
		seeing("late.mjpeg", async (w, context) => {
			const page = await opened(w, context);
			const stops = [
				() => page.locator("#scan_stop").click(),
				() => page.keyboard.press("Escape"),
				() => page.evaluate(() => {
					Object.defineProperty(document, "visibilityState",
						{ value: "hidden", configurable: true });
					document.dispatchEvent(
						new Event("visibilitychange"));
				}),
			];

			for (const stop of stops) {
				await page.locator("#scan").click();
				await eventually("the camera is on", () => lit(page));
				await stop();
				await eventually("the camera is out", async () =>
					!await lit(page));
				assert.ok(await page.locator("#camera").isHidden());
			}
		}),
	"scanning stops by itself after two minutes": () =>
		seeing("late.mjpeg", async (w, context) => {
			const page = await context.newPage();

			await page.clock.install();
			await page.goto(`${w.front.origin}/`);
			await page.locator("body.ward-ready").waitFor();
			await page.locator("#scan").click();
			await eventually("the camera is on", () => lit(page));
			await page.clock.fastForward(90000);
			assert.equal(await lit(page), true);
			await page.clock.fastForward(31000);
			await page.getByText("stopped after two minutes").waitFor();
			assert.equal(await lit(page), false);
		}),
	"two cameras: one can be chosen": () =>
		seeing(null, async (w, context) => {
			const page = await opened(w, context);

			await page.locator("#scan").click();
			await page.locator("#choice").waitFor();
			assert.equal(await page.locator("#cameras option").count(), 2);
			await page.locator("#cameras").selectOption({ index: 1 });
			await eventually("the other one is on", () => lit(page));
			await eventually("the choice stays", () =>
				page.locator("#cameras").evaluate((s) =>
					s.selectedIndex === 1));
		}, { flags: ["--use-fake-ui-for-media-stream",
			"--use-fake-device-for-media-stream=device-count=2"] }),
	"a light, where the camera has one, goes on and out": () =>
		seeing("late.mjpeg", async (w, context) => {
			await context.addInitScript(() => {
				const track = MediaStreamTrack.prototype;

				globalThis.asked = [];
				track.getCapabilities = () => ({ torch: true });
				track.applyConstraints = async (c) =>
					void globalThis.asked.push(c.advanced[0].torch);
			});
			const page = await opened(w, context);
			const torch = page.locator("#torch");

			await page.locator("#scan").click();
			for (const pressed of ["true", "false"]) {
				await torch.click();
				await eventually(`pressed is ${pressed}`, async () =>
					await torch.getAttribute("aria-pressed") === pressed);
			}
			assert.deepEqual(await page.evaluate(() => globalThis.asked),
				[true, false]);
			await page.locator("#scan_stop").click();
		}),
	"at another host, without TLS: it judges, says where it is, has no camera":
	() => seeing(null, async (w, context) => {
		const page = await context.newPage();

		await page.goto(`http://false.example:${w.front.port}/` +
			`#${digits("valid")}`);
		assert.equal((await verdict(page)).kind, "valid");
		assert.equal(await page.locator("#opened_from").innerText(),
			"Opened from a card: check that the address bar says " +
			"pass.example.org");
		assert.ok(await page.locator("#opened_elsewhere").isVisible());
		assert.match(await page.locator("#opened_elsewhere").innerText(),
			/false\.example:\d+, which is not an address of this scheme/);
		await page.locator("#opened_scan").click();
		await page.getByText("There is no camera here").waitFor();
		// Chromium minds the missing TLS.
		context.said = context.said.filter((line) =>
			!/Cross-Origin-Opener-Policy/.test(line));
	}, { flags: ["--host-resolver-rules=MAP false.example 127.0.0.1"] }),
	"no camera: it says so and the field is there": () =>
		seeing(null, async (w, context) => {
			const page = await opened(w, context);

			await page.locator("#scan").click();
			await page.getByText("There is no camera here").waitFor();
			assert.equal((await enter(page, code("valid"))).kind, "valid");
			assert.ok(await page.locator("#scan_note").isHidden());
		}, { flags: ["--use-fake-ui-for-media-stream"] }),
	"camera denied: it says so and the field is there": () =>
		seeing(null, async (w, context) => {
			const page = await opened(w, context);

			await page.locator("#scan").click();
			await page.getByText("may not use the camera").waitFor();
			assert.equal((await enter(page, code("valid"))).kind, "valid");
		}, { flags: ["--use-fake-device-for-media-stream",
			"--deny-permission-prompts"] }),
};

await run(tests);
