// Reads what make_cases.py wrote, for channels that run JavaScript.
import fs from "node:fs";
import path from "node:path";

const utf8 = new TextDecoder("utf-8", { fatal: true });

export function read_cases(where) {
	return JSON.parse(fs.readFileSync(path.join(where, "cases.json"), "utf8"))
		.cases;
}

function file(folder, name) {
	const at = path.join(folder, name);

	return fs.existsSync(at) ? new Uint8Array(fs.readFileSync(at)) : null;
}

// The published folder of a case as the bytes that judge.lists() takes.
export function read_folder(where, folder) {
	const at = path.join(where, folder);
	const status = path.join(at, "status");
	const names = fs.existsSync(status) ? fs.readdirSync(status) : [];

	return {
		roots: file(at, "root.pub"),
		trust: file(at, "trust.cwt"),
		status: names.filter((name) => /^[0-9]+\.cwt$/.test(name))
			.map((name) => ({
				n: parseInt(name, 10),
				bytes: file(status, name),
			})),
	};
}

// What a verifier remembers (FORMAT.md 7.3): its pinned roots as a root.pub, and
// the newest lists of the scheme.
export function read_state(where, state) {
	const floors = { trust: null, status: new Map() };

	if (state === null)
		return { roots: null, floors };
	const at = path.join(where, state);
	const roots = utf8.decode(file(at, "pin")).split("\n")
		.filter((line) => line.startsWith("root "))
		.map((line) => line.slice(5) + "\n").join("");

	for (const name of fs.readdirSync(at).filter((n) => n !== "pin")) {
		for (const line of utf8.decode(file(at, name)).split("\n")) {
			const [word, a, b, c] = line.split(" ");

			if (word === "trust")
				floors.trust = { seq: +a, iat: +b, sha256: c };
			if (word === "status")
				floors.status.set(`${a} ${b}`, +c);
		}
	}
	return { roots: new TextEncoder().encode(roots), floors };
}

// Whether lists that judge.lists() described are older than the floors.
export function trust_is_older(seen, t) {
	return seen !== null && (t.seq < seen.seq || t.iat < seen.iat ||
		(t.seq === seen.seq && t.sha256 !== seen.sha256));
}

export function status_is_older(floors, s) {
	return s.good && s.iat < (floors.status.get(`${s.kid} ${s.n}`) ?? 0);
}

// Sets up ${judge} for the folder and state of a case.
export function load(judge, where, c) {
	const folder = read_folder(where, c.folder);
	const { roots, floors } = read_state(where, c.state);
	const lists = { ...folder, roots: roots ?? folder.roots };
	const found = judge.lists(lists);

	if (found === null || c.state === null)
		return;
	const older = new Set(found.status
		.filter((s) => status_is_older(floors, s)).map((s) => s.n));

	judge.lists({
		...lists,
		trustRolledBack: trust_is_older(floors.trust, found),
		status: lists.status.map((s) => (
			{ ...s, rolledBack: older.has(s.n) })),
	});
}

// The input of a case: bytes of a token, or a text, as a string where it is one.
export function input(c) {
	const bytes = new Uint8Array(Buffer.from(c.hex, "hex"));

	if (c.kind === "token")
		return bytes;
	try {
		const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
			.decode(bytes);

		return text;
	} catch {
		return bytes;
	}
}
