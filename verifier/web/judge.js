// The judge of the page: core.wasm with what it needs from outside, which is
// Ed25519 from libsodium and zlib from pako. No DOM, no network, no clock, so
// that it runs in a browser, in a worker and in Node.
import { Inflate } from "pako/browser/inflate";

const STATUS_BYTES = 16384; // of a status list, inflated
const TRUST_MAX = 4194304; // of a trust list
const STATUS_MAX = 65536; // of a signed one: JUDGE_IN_MAX of judge.h
const TEXT_MAX = 4096; // of a text: JUDGE_TEXT_MAX
const TOKEN_MAX = 512;
const TEMPLATE_MAX = 1024;

const utf8 = new TextEncoder();
const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function hex(bytes) {
	return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

// --- Ed25519 ---------------------------------------------------------------

// The wrappers of libsodium leave crypto_core_ed25519_is_valid_point out. The
// conversion to X25519 refuses the same keys: small order, no point, not in the
// main subgroup. (It need not look for y >= p: of those none is in it.)
function point_tester(sodium) {
	const direct = sodium.crypto_core_ed25519_is_valid_point;

	if (typeof direct === "function")
		return (key) => Boolean(direct(key));
	return (key) => {
		try {
			sodium.crypto_sign_ed25519_pk_to_curve25519(key);
			return true;
		} catch {
			return false;
		}
	};
}

// ed25519(sodium): the two operations that the core imports, on plain bytes. A
// point that was good once is not tested again: that costs as much as a
// signature, and the keys are few.
function ed25519(sodium) {
	const test = point_tester(sodium);
	const good = new Set();

	return {
		verify: (sig, message, key) =>
			sodium.crypto_sign_verify_detached(sig, message, key),
		point_ok(key) {
			const name = hex(key);

			if (good.has(name))
				return true;
			if (!test(key))
				return false;
			good.add(name);
			return true;
		},
	};
}

// --- status lists ----------------------------------------------------------

// As verifier/inflate.c: one zlib stream, whole, of exactly that many bytes, and
// nothing after it. Returns null if it is anything else.
function inflate(stream) {
	const z = new Inflate({ windowBits: 15, chunkSize: STATUS_BYTES + 1 });
	const out = new Uint8Array(STATUS_BYTES);
	let n = 0;

	z.onData = (part) => {
		if (part.length > STATUS_BYTES - n)
			throw new RangeError("longer than a status list");
		out.set(part, n);
		n += part.length;
	};
	try {
		return z.push(stream, true) && z.strm.avail_in === 0 &&
			n === STATUS_BYTES ? out : null;
	} catch {
		return null;
	}
}

// --- the core --------------------------------------------------------------

// One instance of core.wasm and its memory; it holds one set of lists.
class Core {
	constructor(module, curve) {
		const env = {
			ed25519_verify: (sig, msg, len, key) => Number(curve.verify(
				this.copy(sig, 64), this.copy(msg, len),
				this.copy(key, 32))),
			ed25519_point_ok: (key) =>
				Number(curve.point_ok(this.copy(key, 32))),
		};

		this.call = new WebAssembly.Instance(module, { env }).exports;
	}

	// What is at an address. The memory moves when it grows: never kept.
	bytes(at, n) {
		return new Uint8Array(this.call.memory.buffer, at, n);
	}

	copy(at, n) {
		return this.bytes(at, n).slice();
	}

	// A C string, null for NULL.
	string(at) {
		if (at === 0)
			return null;
		return text.decode(this.bytes(at, this.bytes(at).indexOf(0)));
	}

	// The bytes of a struct span, null for NULL.
	span(at) {
		if (at === 0)
			return null;
		const [p, n] = new Uint32Array(this.call.memory.buffer, at, 2);

		return this.copy(p, n);
	}

	put_in(bytes) {
		this.bytes(this.call.judge_in(), bytes.length).set(bytes);
	}

	// Bytes that stay.
	put(bytes) {
		const at = this.call.judge_room(bytes.length);

		if (at === 0)
			throw new RangeError("no memory for the lists");
		this.bytes(at, bytes.length).set(bytes);
		return at;
	}

	// What a call that writes to judge_out() has written.
	said(n) {
		return text.decode(this.bytes(this.call.judge_out(), n));
	}

	// Everything until a function of a number gives null.
	all(one) {
		const found = [];

		for (let i = 0, v; (v = one(i)) !== null; i++)
			found.push(v);
		return found;
	}
}

function load_roots(core, roots) {
	const fault = core.call.judge_roots(core.put(roots), roots.length);

	if (fault < 0)
		throw new Error("root.pub holds no root key");
	if (fault > 0)
		throw new Error(`root.pub: line ${fault} is not a root key`);
}

function load_status(core, { n, bytes, rolledBack }) {
	const bad = { n, kid: null, iat: null, exp: null, good: false };

	if (!Number.isInteger(n) || n < 0 || n >= 2 ** 32 ||
	    bytes.length > STATUS_MAX)
		return bad;
	core.put_in(bytes);
	const stream = core.span(core.call.judge_status(n, bytes.length));
	const bits = stream === null ? null : inflate(stream);

	if (bits === null)
		return bad;
	const found = {
		n,
		kid: hex(core.span(core.call.judge_status_kid())),
		iat: core.call.judge_status_iat(),
		exp: core.call.judge_status_exp(),
		good: true,
	};

	core.bytes(core.call.judge_status_bits(), STATUS_BYTES).set(bits);
	core.call.judge_status_keep(Boolean(rolledBack));
	return found;
}

function describe(core, status) {
	const { call } = core;

	return {
		scheme: text.decode(core.span(call.judge_scheme())),
		seq: call.judge_seq_high() * 2 ** 32 + (call.judge_seq_low() >>> 0),
		iat: call.judge_iat(),
		exp: call.judge_exp(),
		sha256: hex(core.span(call.judge_sha256())),
		hosts: core.all((i) => {
			const host = core.span(call.judge_host(i));

			return host && text.decode(host);
		}),
		roots: core.all((i) => {
			const kid = core.span(call.judge_root(i));

			return kid && hex(kid);
		}),
		status,
	};
}

// What the last judgement of ${core} was, in a language.
function result(core, language) {
	const { call } = core;
	const fill = (template) => {
		const bytes = utf8.encode(template);

		core.bytes(call.judge_template(), TEMPLATE_MAX).fill(0)
			.set(bytes.subarray(0, TEMPLATE_MAX - 1));
		return core.said(call.judge_fill(language)) || null;
	};
	const json = core.said(call.judge_json(language));
	const index = call.judge_index();

	return {
		json,
		verdict: JSON.parse(json),
		headline: core.said(call.judge_headline(language)),
		meaning: core.said(call.judge_meaning(language)),
		row: call.judge_row(),
		young: Boolean(call.judge_young()),
		index: index < 0 ? null : index,
		// In words, null where not known: last day, first day, time and age of
		// the lists.
		date: fill("[{date}]"),
		start: fill("[{start}]"),
		lists: fill("[{lists}]"),
		age: fill("[{age}]"),
	};
}

async function compiled(wasm) {
	wasm = await wasm;
	if (wasm instanceof WebAssembly.Module)
		return wasm;
	if (typeof Response === "function" && wasm instanceof Response)
		wasm = await wasm.arrayBuffer();
	return WebAssembly.compile(wasm);
}

function seconds(now) {
	if (!Number.isSafeInteger(now))
		throw new RangeError("the time must be whole seconds since 1970");
	return now;
}

// judge_open(wasm, sodium): makes a judge without lists out of core.wasm (bytes,
// a Response or a module) and libsodium-wrappers, which must be ready.
export async function judge_open(wasm, sodium) {
	const module = await compiled(wasm);
	const curve = ed25519(sodium);
	let core = new Core(module, curve);
	const tags = core.all((i) => core.string(core.call.judge_language(i)))
		.map((tag) => tag.split("-")[0]);

	// The number of a language; English for one that is not there.
	function number(language) {
		const tag = String(language ?? "").toLowerCase().split("-")[0];

		return Math.max(0, tags.indexOf(tag));
	}

	return {
		languages: tags,

		// lists({roots, trust, trustRolledBack, status}): from now on judges with
		// these lists, and with nothing of those before. Returns what they say of
		// themselves; null if no root has signed the trust list, and then there
		// are none. Throws, and goes on as before, if root.pub is unusable.
		lists({ roots, trust, trustRolledBack = false, status = [] }) {
			const next = new Core(module, curve);

			load_roots(next, roots);
			const good = Boolean(trust && trust.length > 0 &&
				trust.length <= TRUST_MAX &&
				next.call.judge_trust(next.put(trust), trust.length,
					Boolean(trustRolledBack)));
			const found = good
				? describe(next, status.map((s) => load_status(next, s)))
				: null;

			core = good ? next : new Core(module, curve);
			return found;
		},

		// text(s, now, language): judges what was scanned or typed, a string or
		// its bytes.
		text(s, now, language) {
			const bytes = typeof s === "string" ? utf8.encode(s) : s;

			seconds(now);
			if (bytes.length <= TEXT_MAX)
				core.put_in(bytes);
			core.call.judge_text(bytes.length, now);
			return result(core, number(language));
		},

		// token(bytes, now, language): judges the bytes of a token.
		token(bytes, now, language) {
			const n = bytes.length <= TOKEN_MAX ? bytes.length : 0;

			seconds(now);
			core.put_in(bytes.subarray(0, n));
			core.call.judge_token(n, now);
			return result(core, number(language));
		},

		// words(language): all texts of the page and labels, by key.
		words(language) {
			const l = number(language);
			const { call } = core;

			return new Map(core.all((i) =>
				core.string(call.judge_word_key(l, i))).map((key, i) =>
				[key, core.string(call.judge_word_text(l, i))]));
		},
	};
}
