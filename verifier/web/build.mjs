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

// The look of nhsuk-frontend without its letters: Frutiger is licensed to
// others, and would be fetched from another host.
const style = {
	name: "nhsuk-style",
	setup(b) {
		b.onLoad({ filter: /nhsuk-frontend-.*\.min\.css$/ }, async (a) => ({
			contents: (await fs.promises.readFile(a.path, "utf8"))
				.replace(/@font-face\{[^}]*\}/g, "")
				.replaceAll("screen\\0 and", "not all and"),
			loader: "css",
		}));
	},
};

async function bundle(out) {
	await build({
		absWorkingDir: here,
		entryPoints: ["ward.js", "scan.js", "ward.css"],
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

// A digest of every file and its name: the page's version.
function version(out) {
	const all = createHash("sha256");

	for (const name of fs.readdirSync(out).sort())
		all.update(name + "\0").update(fs.readFileSync(path.join(out, name)));
	return all.digest("hex").slice(0, 16);
}

async function worker(out) {
	const first = fs.readdirSync(out).sort()
		.filter((name) => !later.includes(name) && name !== "index.html");

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
			VERSION: JSON.stringify(version(out)),
			FIRST: JSON.stringify(["./", ...first]),
			LATER: JSON.stringify(later),
		},
	});
}

function compress(out) {
	for (const name of fs.readdirSync(out)) {
		const file = path.join(out, name);
		const plain = fs.readFileSync(file);
		const small = gzipSync(plain, { level: constants.Z_BEST_COMPRESSION });

		if (small.length < plain.length * 0.95)
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
