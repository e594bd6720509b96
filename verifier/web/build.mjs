// Puts the ward page together: one call of esbuild, the copied files, the
// service worker with a version made from all of that, and beside each file
// that gains by it the same compressed, for the server to send as it is.
// Usage: node verifier/web/build.mjs CORE.WASM OUT
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";

import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, "node_modules");
const copies = ["index.html", "manifest.webmanifest", "icon.svg",
	"icon-192.png", "icon-512.png"];

// What a first visit fetches and a later one has; the scanner comes when it is
// first asked for.
const later = ["scan.js", "zxing_reader.wasm"];

// The names of nhsuk-frontend that our files use.
function used() {
	const text = fs.readdirSync(here).filter((f) => /\.(html|js)$/.test(f))
		.map((f) => fs.readFileSync(path.join(here, f), "utf8")).join();

	return new Set(text.match(/nhsuk-[a-z0-9_-]+/g));
}

// The rules in which every class is in use: nhsuk-frontend's style sheet is
// made for pages of all kinds.  A rule with braces inside (@media) is looked
// into; a keyframe or a rule without a class stays.
function prune(css, names) {
	const wanted = (selector) => (selector.match(/\.nhsuk-[a-z0-9_-]+/g) ?? [])
		.every((c) => names.has(c.slice(1)));
	let out = "";

	for (let at = 0; at < css.length;) {
		const open = css.indexOf("{", at);
		let end = open + 1;

		if (open < 0)
			return out + css.slice(at);
		for (let depth = 1; depth > 0; end++)
			depth += css[end] === "{" ? 1 : css[end] === "}" ? -1 : 0;
		const head = css.slice(at, open);
		const body = css.slice(open + 1, end - 1);

		if (head.startsWith("@media") || head.startsWith("@supports")) {
			const inner = prune(body, names);

			out += inner === "" ? "" : `${head}{${inner}}`;
		} else {
			const kept = head.startsWith("@") ? head : head.split(",")
				.filter(wanted).join(",");

			out += kept === "" ? "" : `${kept}{${body}}`;
		}
		at = end;
	}
	return out;
}

// The look of nhsuk-frontend without its letters: Frutiger is licensed to
// others, and would be fetched from another host.
const style = {
	name: "nhsuk-style",
	setup(b) {
		b.onLoad({ filter: /nhsuk-frontend-.*\.min\.css$/ }, async (a) => ({
			contents: prune((await fs.promises.readFile(a.path, "utf8"))
				.replace(/^@charset[^;]*;/, "")
				.replace(/@font-face\{[^}]*\}/g, "")
				.replace(/Frutiger W01,\s*/g, "")
				.replaceAll("screen\\0 and", "not all and"), used()),
			loader: "css",
		}));
	},
};

async function bundle(out) {
	await build({
		absWorkingDir: here,
		entryPoints: ["first.js", "ward.js", "scan.js", "ward.css"],
		outdir: out,
		bundle: true,
		format: "esm",
		target: "es2022",
		minify: true,
		legalComments: "none",
		logLevel: "warning",
		external: ["./scan.js", "/assets/*"],
		plugins: [style],
	});
}

function copy(core, out) {
	for (const name of copies)
		fs.copyFileSync(path.join(here, name), path.join(out, name));
	fs.copyFileSync(core, path.join(out, "core.wasm"));
	fs.copyFileSync(path.join(modules,
		"zxing-wasm/dist/reader/zxing_reader.wasm"),
	path.join(out, "zxing_reader.wasm"));
}

// The digest of every file, "./" for the page itself.
function digests(out) {
	return Object.fromEntries(fs.readdirSync(out).sort().map((name) => [
		name === "index.html" ? "./" : name,
		createHash("sha256").update(fs.readFileSync(path.join(out, name)))
			.digest("hex")]));
}

async function worker(out) {
	const files = digests(out);
	const version = createHash("sha256").update(JSON.stringify(files))
		.digest("hex").slice(0, 16);

	await build({
		absWorkingDir: here,
		entryPoints: ["sw.js"],
		outdir: out,
		bundle: true,
		format: "iife",
		target: "es2022",
		minify: true,
		logLevel: "warning",
		define: {
			VERSION: JSON.stringify(version),
			FILES: JSON.stringify(files),
			FIRST: JSON.stringify(Object.keys(files)
				.filter((name) => !later.includes(name))),
		},
	});
}

function compress(out) {
	for (const name of fs.readdirSync(out)) {
		const file = path.join(out, name);
		const plain = fs.readFileSync(file);
		const small = gzipSync(plain, { level: constants.Z_BEST_COMPRESSION });

		if (!name.endsWith(".png") && small.length < plain.length * 0.95)
			fs.writeFileSync(`${file}.gz`, small);
	}
}

const [core, out] = process.argv.slice(2).map((f) => path.resolve(f));

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
await bundle(out);
copy(core, out);
await worker(out);
compress(out);
