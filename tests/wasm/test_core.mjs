// Goal: the core compiled for the browser asks for two functions and nothing
// else; judge.js hands it lists and reads its verdicts; libsodium for the page
// takes and refuses the same signatures and keys as libsodium for C.
// Usage: node tests/wasm/test_core.mjs CORE.WASM
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import zlib from "node:zlib";

import { open_judge, open_sodium } from "./open.mjs";
import { DAY, HOST, NOW, card, digits, encode, make_scheme, sign1 }
	from "./scheme.mjs";

const path = process.argv[2];
const module = new WebAssembly.Module(fs.readFileSync(path));
const sodium = await open_sodium();
const scheme = make_scheme();
const { keys, handed } = scheme;

function vectors(name) {
	for (const base of ["../../../shared/vectors/", "../vectors/"]) {
		const url = new URL(base + name, import.meta.url);

		if (fs.existsSync(url))
			return JSON.parse(fs.readFileSync(url, "utf8"));
	}
	throw new Error(`no vectors ${name}`);
}

function link(token, host = HOST) {
	return `https://${host}/#${digits(token)}`;
}

// A judge with the lists of the scheme, some of it changed.
async function with_lists(change = {}) {
	const judge = await open_judge(path);

	judge.lists({ ...handed, ...change });
	return judge;
}

const tests = {
	"imports are the two curve operations and nothing else"() {
		assert.deepEqual(
			WebAssembly.Module.imports(module)
				.map((i) => `${i.module}.${i.name} ${i.kind}`)
				.sort(),
			["env.ed25519_point_ok function",
				"env.ed25519_verify function"]);
	},
	"exports are what judge.h declares and judge.js calls"() {
		const names = WebAssembly.Module.exports(module).map((e) => e.name);
		const called = fs.readFileSync(new URL(
			"../../verifier/web/judge.js", import.meta.url), "utf8")
			.match(/\bjudge_(?!open\b)[a-z0-9_]+/g);

		for (const name of called)
			assert.ok(names.includes(name), `${name} is missing`);
		for (const name of names)
			assert.ok(name === "memory" || called.includes(name),
				`${name} is not used`);
	},
	async "text that is no code is malformed, with the sentence for staff"() {
		const judge = await open_judge(path);

		for (const text of ["", "hello", "https://carers.example/#12",
			"HTTPS://CARERS.EXAMPLE/#123", "12x", "x".repeat(5000),
			" ".repeat(4097)]) {
			const said = judge.text(text, NOW, "en");

			assert.equal(said.verdict.verdict, "not_valid", text);
			assert.equal(said.verdict.reason, "malformed", text);
			assert.match(said.headline, /not a carer passport code/i);
			assert.ok(said.row === 1 || said.row === 2);
		}
	},
	async "without lists a well-shaped code cannot be told"() {
		const judge = await open_judge(path);
		const good = card(keys.practice);

		for (const said of [judge.text(digits(good), NOW, "en"),
			judge.text(link(good), NOW, "en"), judge.token(good, NOW, "en")]) {
			assert.equal(said.verdict.reason, "no_lists");
			assert.deepEqual([said.row, said.lists, said.date, said.index],
				[3, null, null, null]);
		}
		assert.equal(judge.text("0000-0000-0", NOW, "en").verdict.reason,
			"serial_only");
	},
	async "with lists a card is valid, and everything is told"() {
		const judge = await with_lists();
		const said = judge.text(link(card(keys.practice, { cls: 1 })), NOW,
			"en");

		assert.deepEqual(said.verdict.issuer, { ods: "A81001",
			name: "Riverside Surgery", phone: "01632 960123" });
		assert.equal(said.verdict.name, "Margaret Thompson");
		assert.deepEqual([said.row, said.young, said.index], [0, true, 0]);
		assert.equal(said.lists, "15 January 2027 07:00 UTC");
		assert.equal(said.date, "11 November 2027");
		assert.equal(said.start, "16 December 2026");
		assert.equal(said.age, "60 minutes");
		assert.equal(said.json, JSON.stringify(said.verdict));
	},
	async "what the lists say of themselves is told"() {
		const judge = await open_judge(path);
		const found = judge.lists(handed);
		const hex = (b) => Buffer.from(b).toString("hex");

		assert.deepEqual({ ...found, status: found.status.length }, {
			scheme: "Example Scheme", seq: 7, iat: scheme.known.iat,
			exp: scheme.known.exp, hosts: [HOST],
			roots: [hex(keys.root.kid)],
			sha256: crypto.createHash("sha256").update(handed.trust)
				.digest("hex"),
			status: 4,
		});
		assert.deepEqual(found.status[0], { n: 0, kid: hex(keys.status.kid),
			iat: NOW - 3600, exp: NOW + 6 * DAY, good: true });
	},
	async "SHA-256 is right at every length around its blocks"() {
		const judge = await open_judge(path);

		for (let n = 1; n <= 70; n++) {
			const payload = encode(new Map([[1, "X".repeat(n)], [4, NOW + 1],
				[6, NOW], [-65538, new Map([[1, 1], [2, []], [3, []], [4, []],
					[5, []]])]]));
			const trust = sign1(keys.root, payload, "carer-trust-1");
			const found = judge.lists({ roots: handed.roots, trust });

			assert.equal(found.sha256, crypto.createHash("sha256")
				.update(trust).digest("hex"));
		}
	},
	async "lists replace one another whole"() {
		const judge = await with_lists();
		const good = link(card(keys.practice));
		const reason = () => judge.text(good, NOW, "en").verdict.reason;

		assert.equal(reason(), "ok");
		judge.lists({ ...handed, status: [] });
		assert.equal(reason(), "no_lists");
		judge.lists(handed);
		assert.equal(reason(), "ok");
		assert.throws(() => judge.lists({ ...handed,
			roots: Buffer.from("x\n") }), /line 1/);
		assert.throws(() => judge.lists({ ...handed,
			roots: Buffer.from("\n# none\n") }), /no root key/);
		assert.equal(reason(), "ok");
		assert.equal(judge.lists({ ...handed, trust: null }), null);
		assert.equal(reason(), "no_lists");
		judge.lists(handed);
		assert.equal(judge.lists({ ...handed, trust: Buffer.concat(
			[handed.trust, Buffer.alloc(1)]) }), null);
		assert.equal(reason(), "no_lists");
		assert.equal(judge.lists({ ...handed,
			trust: Buffer.alloc(200 << 20) }), null);
		judge.lists({ ...handed, trustRolledBack: true });
		assert.equal(reason(), "rolled_back");
		judge.lists({ ...handed, status: handed.status.map((s) =>
			({ ...s, rolledBack: true })) });
		assert.equal(reason(), "rolled_back");
	},
	async "a bad status list is named and not judged with"() {
		const judge = await open_judge(path);
		const [first, second] = handed.status;
		const cut = first.bytes.subarray(0, first.bytes.length - 1);

		for (const bytes of [cut, Buffer.alloc(0), Buffer.alloc(65537),
			second.bytes, handed.trust]) {
			const found = judge.lists({ ...handed,
				status: [{ n: 0, bytes }, { n: 1, bytes: second.bytes }] });

			assert.deepEqual(found.status.map((s) => s.good),
				[false, true]);
			assert.equal(judge.text(link(card(keys.practice)), NOW, "en")
				.verdict.reason, "no_lists");
		}
		for (const n of [-1, 0.5, 2 ** 32, NaN, "0"])
			assert.ok(!judge.lists({ ...handed,
				status: [{ n, bytes: first.bytes }] }).status[0].good);
		// The same number twice: the first stays.
		const found = judge.lists({ ...handed, status: [first, first] });

		assert.deepEqual(found.status.map((s) => s.good), [true, false]);
	},
	async "a status list is one zlib stream of its size and no more"() {
		const judge = await open_judge(path);
		const bits = Buffer.alloc(16384);
		const good = zlib.deflateSync(bits);
		const flushed = zlib.deflateSync(bits, {
			finishFlush: zlib.constants.Z_SYNC_FLUSH });
		const is_good = (lst) => judge.lists({ ...handed, status: [{
			n: 0,
			bytes: sign1(keys.status, encode(new Map([
				[2, `https://${HOST}/lists/status/0.cwt`],
				[4, NOW + DAY], [6, NOW], [65533, new Map([["lst", lst],
					["bits", 1]])]])), ""),
		}] }).status[0].good;

		assert.ok(is_good(good));
		assert.ok(is_good(zlib.deflateSync(bits, { level: 0 })));
		for (const bad of [
			Buffer.concat([good, Buffer.alloc(1)]),
			Buffer.concat([good, good]), good.subarray(0, good.length - 1),
			good.subarray(0, good.length - 4), flushed, Buffer.alloc(0),
			zlib.gzipSync(bits), zlib.deflateRawSync(bits),
			zlib.deflateSync(bits.subarray(1)),
			zlib.deflateSync(Buffer.alloc(16385)),
			zlib.deflateSync(Buffer.alloc(64 << 20)),
			zlib.deflateSync(bits, { dictionary: Buffer.alloc(64) }),
		])
			assert.ok(!is_good(bad), bad.subarray(0, 20).toString("hex"));
	},
	async "many lists are held, and no more than there is room for"() {
		const judge = await open_judge(path);
		const status = [];
		const lst = zlib.deflateSync(Buffer.alloc(16384));

		for (let n = 0; n <= 4096; n++)
			status.push({ n, bytes: sign1(keys.status, encode(new Map([
				[2, `https://${HOST}/lists/status/${n}.cwt`],
				[4, NOW + DAY], [6, NOW], [65533, new Map([["lst", lst],
					["bits", 1]])]])), "") });
		const found = judge.lists({ ...handed, status });

		assert.equal(found.status.filter((s) => s.good).length, 4096);
		assert.ok(!found.status[4096].good);
		for (const [index, reason] of [[4095 * 131072, "ok"],
			[4096 * 131072, "no_lists"]])
			assert.equal(judge.token(card(keys.practice, { index }), NOW, "en")
				.verdict.reason, reason);
	},
	async "a foreign host is named from what was scanned, in any order"() {
		const judge = await with_lists();
		const said = judge.text(link(card(keys.practice), "x.example"), NOW,
			"en");

		assert.equal(said.verdict.foreign_host, true);
		assert.match(said.meaning, /points to x\.example, which/);
		assert.match(said.verdict.sentence, /points to x\.example, which/);
	},
	async "one byte more, less or other in the frame is malformed"() {
		const judge = await with_lists();
		const good = card(keys.practice);

		for (const bad of [
			Buffer.concat([good, Buffer.from([0])]),
			good.subarray(0, good.length - 1), good.subarray(0, 0),
			Buffer.concat([good, Buffer.alloc(70000)]),
			Buffer.from(good.map((b, i) => (i === 16 ? 0xa1 : b))),
		])
			assert.equal(judge.token(bad, NOW, "en").row, 2);
	},
	async "the time is whole seconds"() {
		const judge = await open_judge(path);

		for (const now of [NaN, 1.5, Infinity, "1", undefined, 2 ** 60])
			assert.throws(() => judge.text("x", now, "en"), RangeError);
	},
	async "every language has the same words, and Welsh is spoken"() {
		const judge = await with_lists();
		const [en, cy] = ["en", "cy-GB"].map((l) => judge.words(l));
		const said = judge.text(link(card(keys.practice)), NOW, "cy");

		assert.deepEqual(judge.languages, ["en", "cy"]);
		assert.deepEqual([...en.keys()], [...cy.keys()]);
		assert.equal(cy.get("name"), "Enw");
		assert.equal(said.headline, "Pasbort gofalwr wedi'i gadarnhau");
		assert.equal(said.date, "11 Tachwedd 2027");
		assert.equal(judge.text("x", NOW, "fr").headline,
			judge.text("x", NOW, "en").headline);
	},
	"libsodium for the page verifies as that for C: Wycheproof"() {
		let n = 0;

		for (const group of vectors("wycheproof/ed25519_test.json").testGroups)
			for (const t of group.tests) {
				const [sig, msg, key] = [t.sig, t.msg, group.publicKey.pk]
					.map((h) => Uint8Array.from(Buffer.from(h, "hex")));
				let ok = false;

				try {
					ok = sodium.crypto_sign_verify_detached(sig, msg, key);
				} catch {
					// A signature of another length: the core never asks.
				}
				assert.equal(ok, t.result === "valid", `tcId ${t.tcId}`);
				n++;
			}
		assert.equal(n, 151);
	},
	"libsodium for the page verifies as that for C: speccheck"() {
		const found = vectors("ed25519-speccheck/cases.json").map((c) =>
			sodium.crypto_sign_verify_detached(...[c.signature, c.message,
				c.pub_key].map((h) => Uint8Array.from(Buffer.from(h, "hex"))))
				? "V" : "X").join("");

		assert.equal(found, "XXXVXXXXXXXX");
	},
};

let failed = 0;
for (const [name, run] of Object.entries(tests)) {
	try {
		await run();
		console.log(`ok   ${name}`);
	} catch (e) {
		failed++;
		console.log(`FAIL ${name}\n     ${e.message}`);
	}
}
const raw = fs.readFileSync(path);
console.log(`the core has ${raw.length} bytes, ` +
	`${zlib.gzipSync(raw, { level: 9 }).length} compressed`);
console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
