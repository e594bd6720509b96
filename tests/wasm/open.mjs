// What the page has around judge.js, for Node: libsodium and the file.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { judge_open } from "../../verifier/web/judge.js";

const need = createRequire(new URL("../../verifier/web/judge.js",
	import.meta.url));

export async function open_sodium() {
	const sodium = need("libsodium-wrappers");

	await sodium.ready;
	return sodium;
}

export async function open_judge(path) {
	return judge_open(readFileSync(path), await open_sodium());
}
