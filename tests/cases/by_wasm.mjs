// Judges every case with core.wasm and judge.js in Node.
// Usage: node by_wasm.mjs BUILD_DIR CORE.WASM CASES
import { open_judge } from "../wasm/open.mjs";
import { input, load, read_cases } from "./cases.mjs";

const [, core, where] = process.argv.slice(2);
const judge = await open_judge(core);
const cases = read_cases(where);
const out = new Map();

// Those that share lists and state, one after the other.
function by_lists() {
	const groups = new Map();

	for (const c of cases) {
		const key = `${c.folder} ${c.state}`;

		if (!groups.has(key))
			groups.set(key, []);
		groups.get(key).push(c);
	}
	return groups.values();
}

function judged(c, language) {
	const what = input(c);
	const said = c.kind === "token" ? judge.token(what, c.now, language)
		: judge.text(what, c.now, language);

	return said.json;
}

for (const group of by_lists()) {
	load(judge, where, group[0]);
	for (const c of group)
		for (const language of ["en", "cy"])
			out.set(`${language}/${c.name}`, judged(c, language));
}
for (const language of ["en", "cy"]) {
	const lines = cases.map(({ name }) =>
		`${language}/${name}\t${out.get(`${language}/${name}`)}\n`);

	process.stdout.write(lines.join(""));
}
