// Goal of this test: core.wasm and a second, independent judge (reference.mjs)
// say the same of cards that are nearly right: row, verdict, reason, and whose
// card it is. Half of the runs with signatures looked at, half with every
// signature taken for good in both, so that claims are reached.
// Usage: node tests/wasm/fuzz.mjs CORE.WASM [COUNT [SEED]]
import { readFileSync } from "node:fs";

import { judge_open } from "../../verifier/web/judge.js";
import { base_cards, clocks, mutation, rng } from "./mutate.mjs";
import { open_sodium } from "./open.mjs";
import { judge_reference } from "./reference.mjs";
import { make_scheme } from "./scheme.mjs";

const SHOWN = 10;
const [core, count = "20000", given] = process.argv.slice(2);
const seed = Number(given ?? Date.now() % 4294967296);
const scheme = make_scheme();
const cards = base_cards(scheme.keys);
const sodium = await open_sodium();

// A libsodium whose every signature holds.
const trusting_sodium = {
	crypto_sign_verify_detached: () => true,
	crypto_sign_ed25519_pk_to_curve25519:
		sodium.crypto_sign_ed25519_pk_to_curve25519,
};

function said_by_core(judge, input, now) {
	const said = input.token ? judge.token(input.token, now, "en")
		: judge.text(input.text, now, "en");
	const v = said.verdict;

	return `${said.row} ${v.reason} ${Boolean(v.foreign_host)} ` +
		`${v.name ?? "-"} ${said.index ?? "-"}`;
}

function said_by_reference(input, now, trusting) {
	const j = judge_reference(input, now, scheme.known, trusting);
	const c = j.row >= 10 || j.row === 0 ? j.claims : null;

	return `${j.row} ${j.reason} ${j.foreign} ${c ? c.name : "-"} ` +
		`${c ? Math.floor(c.index / 131072) : "-"}`;
}

function show(input, now, core_said, reference_said) {
	const [kind] = Object.keys(input);

	console.log(`FAIL ${kind} ${Buffer.from(input[kind]).toString("hex")}\n` +
		`     at ${now}: core ${core_said}\n     reference ${reference_said}`);
}

async function run(trusting, n) {
	const judge = await judge_open(readFileSync(core),
		trusting ? trusting_sodium : sodium);
	const r = rng(seed + (trusting ? 1 : 0));
	const rows = new Map();
	const start = process.hrtime.bigint();
	let differ = 0;

	if (judge.lists(scheme.handed) === null)
		throw new Error("the lists of the test are not good");
	for (let i = 0; i < n; i++) {
		const input = mutation(r, cards, scheme.keys, trusting);
		const now = clocks[r(clocks.length)];
		const a = said_by_core(judge, input, now);
		const b = said_by_reference(input, now, trusting);
		const row = Number(a.split(" ")[0]);

		rows.set(row, (rows.get(row) ?? 0) + 1);
		if (a !== b && ++differ <= SHOWN)
			show(input, now, a, b);
	}
	const seconds = Number(process.hrtime.bigint() - start) / 1e9;

	console.log(`signatures ${trusting ? "taken for good" : "looked at"}: ` +
		`${n} inputs, ${Math.round(n / seconds)} a second; by row ` +
		[...rows].sort((x, y) => x[0] - y[0])
			.map(([row, k]) => `${row}: ${k}`).join(", "));
	return { differ, rows };
}

console.log(`seed ${seed}`);
const half = Math.ceil(Number(count) / 2);
const results = [await run(false, half), await run(true, half)];
const differ = results[0].differ + results[1].differ;
// Rows that some input must have reached: all but 3 and 4, which are about the
// trust list alone, and 8 where no signature is looked at.
const missing = half < 5000 ? [] : [0, 1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
	.filter((row) => !results[0].rows.has(row) ||
		(row !== 8 && !results[1].rows.has(row)));

if (missing.length > 0)
	console.log(`FAIL no input reached row ${missing.join(", ")}`);
console.log(`${2 * half - differ} passed, ${differ + missing.length} failed`);
process.exitCode = differ + missing.length ? 1 : 0;
