// Goal: the core compiled for the browser asks for two functions and nothing
// else, and judges as the C programs do for as far as it goes without lists.
// Usage: node tests/wasm/test_core.mjs build/wasm/core.wasm
import assert from "node:assert/strict";

import { compile, open } from "./core.mjs";

const NOW = 1800000000;
const module = compile(process.argv[2]);
const asked = [];
const core = open(module, {
	ed25519_verify: (...a) => (asked.push(a), 0),
	ed25519_point_ok: (...a) => (asked.push(a), 0),
});

// The annotated token of FORMAT.md 2, in numbers of our own; any signature.
function sample() {
	const hex =
		"d2844da20132044801020304050607" + "08" + "a0" + "583b" +
		"a5" + "0166413831303031" + "041a6efbf680" + "061a6b36ec80" +
		"0745a1b2c3d4e5" + "3a00010000a3" +
		"0171" + Buffer.from("Marged Llwyd-Owen").toString("hex") +
		"0200" + "03191267" + "5840" + "5a".repeat(64);
	return Buffer.from(hex, "hex");
}

// Seven bytes as seventeen digits (FORMAT.md 5), written anew from the text.
function digits(bytes) {
	const width = [0, 3, 5, 8, 10, 13, 15, 17];
	let out = "";

	for (let i = 0; i < bytes.length; i += 7) {
		const part = bytes.subarray(i, i + 7);

		out += BigInt("0x" + part.toString("hex"))
			.toString()
			.padStart(width[part.length], "0");
	}
	return out;
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
	"exports are what the page calls"() {
		const names = WebAssembly.Module.exports(module).map((e) => e.name);

		for (const name of ["memory", "verify_text", "verify_token",
			"trust_read", "status_read", "verdict_headline",
			"verdict_meaning", "verdict_json", "words_en"])
			assert.ok(names.includes(name), `${name} is missing`);
	},
	"text that is no code is malformed, with the sentence for staff"() {
		for (const text of ["", "hello", "https://carers.example/#12",
			"HTTPS://CARERS.EXAMPLE/#123", "12x"]) {
			const v = core.text(text, NOW);

			assert.equal(v.verdict, "not_valid", text);
			assert.equal(v.reason, "malformed", text);
			assert.match(v.sentence, /not a carer passport code/i);
			assert.equal(v.name, undefined);
		}
	},
	"a typed serial is named as one"() {
		// 0 mod 37 is 0; O and I are read as 0 and 1.
		assert.equal(core.text("0000-0000-0", NOW).reason, "serial_only");
		assert.equal(core.text("oooooooii", NOW).reason, "serial_only");
		assert.equal(core.text("0000-0000-1", NOW).reason, "malformed");
	},
	"a well-shaped code cannot be told without lists"() {
		const code = digits(sample());

		for (const text of [code, `https://carers.example/#${code}`]) {
			const v = core.text(text, NOW);

			assert.equal(v.verdict, "cannot_tell");
			assert.equal(v.reason, "no_lists");
			assert.equal(v.name, undefined);
		}
		assert.equal(core.token(sample(), NOW).reason, "no_lists");
	},
	"one byte more, less or other in the frame is malformed"() {
		const good = sample();

		for (const bad of [
			Buffer.concat([good, Buffer.from([0])]),
			good.subarray(0, good.length - 1),
			Buffer.from(good.map((b, i) => (i === 16 ? 0xa1 : b))),
		])
			assert.equal(core.token(bad, NOW).reason, "malformed");
	},
	"no signature is asked for before there is a list"() {
		assert.equal(asked.length, 0);
	},
};

let failed = 0;
for (const [name, run] of Object.entries(tests)) {
	try {
		run();
		console.log(`ok   ${name}`);
	} catch (e) {
		failed++;
		console.log(`FAIL ${name}\n     ${e.message}`);
	}
}
console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
