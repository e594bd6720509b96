// A second judge of passports, written from docs/FORMAT.md alone and sharing no
// code with the C: own readers of text and CBOR, own name rule, Ed25519 from
// node:crypto (OpenSSL).
//
// OpenSSL takes keys of small order for good, the C does not. Here that cannot
// show: the keys that this judge is given are honest ones, and a signature that
// holds under an honest key with R of small order cannot be made by chance.
// Keys of every bad kind are cases of tests/cases (group "points").
import crypto from "node:crypto";

const MAX_TIME = 253402300800n;
const LIFE = 1098n * 86400n;
const WIDTHS = [0, 3, 5, 8, 10, 13, 15, 17];
const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";

class Malformed extends Error {}

function must(ok) {
	if (!ok)
		throw new Malformed();
}

// --- text (5.1 to 5.3), as a string of bytes -------------------------------

function is_serial(s) {
	if (/^-|--|-$/.test(s))
		return false;
	s = s.replaceAll("-", "").toUpperCase().replaceAll("O", "0")
		.replace(/[IL]/g, "1");
	if (s.length !== 9)
		return false;
	let n = 0;

	for (const c of s.slice(0, 8)) {
		const v = SYMBOLS.indexOf(c);

		if (v < 0 || v > 31)
			return false;
		n = n * 32 + v;
	}
	return s[8] === SYMBOLS[n % 37];
}

function host_ok(host) {
	return host.length <= 253 && !host.includes("..") &&
		/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host);
}

function port_ok(port) {
	return port === undefined ||
		(/^[1-9][0-9]{0,4}$/.test(port) && Number(port) <= 65535);
}

function read_text(bytes) {
	const s = Buffer.from(bytes).toString("latin1")
		.replace(/^[ \r\n]+/, "").replace(/[ \r\n]+$/, "");

	if (is_serial(s))
		return { serial: true };
	if (/^[0-9]+$/.test(s))
		return { digits: s };
	const m = /^https:\/\/([a-z0-9.-]+)(?::([0-9]*))?\/[a-z0-9._~\/-]*(?:#|\xc2\xa3)([0-9]+)$/
		.exec(s);

	must(m !== null && host_ok(m[1]) && port_ok(m[2]));
	return { digits: m[3], host: m[1] +
		(m[2] && m[2] !== "443" ? `:${m[2]}` : "") };
}

function read_digits(s) {
	const out = [];

	must(s.length >= 3 && s.length <= 1244);
	for (let i = 0; i < s.length; i += 17) {
		const part = s.slice(i, i + 17);
		const size = WIDTHS.indexOf(part.length);
		let n = BigInt(part);

		must(size > 0 && n < 1n << BigInt(8 * size));
		const bytes = new Array(size);

		for (let k = size; k-- > 0; n >>= 8n)
			bytes[k] = Number(n & 255n);
		out.push(...bytes);
	}
	return Buffer.from(out);
}

// --- CBOR (0.1) ------------------------------------------------------------

class Reader {
	constructor(bytes) {
		this.bytes = bytes;
		this.at = 0;
	}

	take(n) {
		must(n <= BigInt(this.bytes.length - this.at));
		this.at += Number(n);
		return this.bytes.subarray(this.at - Number(n), this.at);
	}

	head() {
		const [first] = this.take(1n);
		const info = first & 31;

		must(info < 28);
		if (info < 24)
			return { major: first >> 5, n: BigInt(info) };
		const size = 1 << (info - 24);
		const n = BigInt("0x" +
			Buffer.from(this.take(BigInt(size))).toString("hex"));

		must(n >= [24n, 1n << 8n, 1n << 16n, 1n << 32n][info - 24]);
		return { major: first >> 5, n };
	}

	of(major) {
		const h = this.head();

		must(h.major === major);
		return h.n;
	}

	int() {
		const { major, n } = this.head();

		must(major <= 1 && n < 1n << 63n);
		return major === 0 ? n : -1n - n;
	}

	bytes_of() {
		return this.take(this.of(2));
	}

	text() {
		return utf8(this.take(this.of(3)));
	}

	end() {
		must(this.at === this.bytes.length);
	}
}

function utf8(bytes) {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
			.decode(bytes);
	} catch {
		throw new Malformed();
	}
}

// --- COSE_Sign1 (0.2) ------------------------------------------------------

const FRONT = Buffer.from("d2844da201320448", "hex");

function read_token(bytes) {
	must(bytes.length <= 512 && bytes.length > FRONT.length + 9);
	must(FRONT.equals(bytes.subarray(0, FRONT.length)));
	const kid = bytes.subarray(8, 16);
	const r = new Reader(bytes.subarray(17));

	must(bytes[16] === 0xa0);
	const payload = r.bytes_of();
	const signature = r.bytes_of();

	r.end();
	must(signature.length === 64);
	return { kid: Buffer.from(kid).toString("hex"), payload, signature,
		protect: bytes.subarray(3, 16) };
}

function bstr(bytes) {
	const n = bytes.length;

	return [n < 24 ? Buffer.from([0x40 + n])
		: n < 256 ? Buffer.from([0x58, n])
			: Buffer.from([0x59, n >> 8, n & 255]), bytes];
}

const verifiers = new Map();

function is_signed({ protect, payload, signature }, raw) {
	const name = raw.toString("hex");
	const message = Buffer.concat([Buffer.from([0x84, 0x6a]),
		Buffer.from("Signature1"), ...bstr(protect),
		...bstr(Buffer.from("carer-passport-1")), ...bstr(payload)]);

	if (!verifiers.has(name))
		verifiers.set(name, crypto.createPublicKey({
			key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"),
				raw]),
			format: "der",
			type: "spki",
		}));
	return crypto.verify(null, message, verifiers.get(name), signature);
}

// --- claims (2) and the name rule (6) --------------------------------------

const LETTER = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01bf\u01c4-\u024f" +
	"\u1e00-\u1eff";
const MARK = "\u0300-\u0304\u0306-\u030c\u031b\u0323-\u0328\u0330\u0331";
const NAME = new RegExp(`^(?:[${LETTER}][${MARK}]{0,2}|[ ',.\\-\u2019])+$`);

function name_ok(name) {
	return Buffer.byteLength(name) <= 64 && NAME.test(name) &&
		new RegExp(`[${LETTER}]`).test(name) && !/^ | $| {2}/.test(name);
}

function time(r) {
	const t = r.of(0);

	must(t < MAX_TIME);
	return t;
}

function read_claims(payload) {
	const r = new Reader(payload);
	const key = (n) => must(r.int() === n);

	must(r.of(5) === 5n);
	key(1n);
	const iss = r.text();

	key(4n);
	const exp = time(r);

	key(6n);
	const iat = time(r);

	key(7n);
	const cti = r.bytes_of();

	key(-65537n);
	must(r.of(5) === 3n);
	key(1n);
	const name = r.text();

	key(2n);
	const cls = r.of(0);

	key(3n);
	const index = r.of(0);

	r.end();
	must(cti.length === 5 && name_ok(name) && cls <= 1n && index < 1n << 32n);
	must(exp > iat && exp - iat <= LIFE);
	return { iss, exp: Number(exp), iat: Number(iat), name,
		index: Number(index) };
}

// --- the judgement (7.4) ---------------------------------------------------

function from_row_3(j, token, now, known, trusting) {
	if (now < known.iat - 300)
		return [5, "clock_wrong"];
	if (now >= known.exp)
		return [6, "lists_stale"];
	if (known.tombstones.includes(token.kid))
		return [7, "withdrawn"];
	const key = known.issuers.get(token.kid);

	if (key === undefined)
		return [7, "unknown_issuer"];
	if (!trusting && !is_signed(token, key.raw))
		return [8, "bad_signature"];
	let c;

	try {
		c = read_claims(token.payload);
	} catch (e) {
		if (e instanceof Malformed)
			return [9, "malformed"];
		throw e;
	}
	if (!key.codes.includes(c.iss) || c.iat < key.nb || c.iat > key.na)
		return [9, "unknown_issuer"];
	j.claims = c;
	if (c.iat > now + 300)
		return [10, c.iat > now + 86400 ? "not_yet_valid" : "clock_wrong"];
	if (now >= c.exp)
		return [11, "expired"];
	return from_row_12(c, key, now, known);
}

function from_row_12(c, key, now, known) {
	const l = known.lists.get(Math.floor(c.index / 131072));
	const at = c.index % 131072;

	if (key.service >= known.services || l === undefined ||
	    l.iat > now + 86400 || l.iat > known.exp)
		return [12, "no_lists"];
	if (l.older)
		return [13, "rolled_back"];
	if ((l.bits[at >> 3] >> (at & 7)) & 1)
		return [14, "withdrawn"];
	if (now >= l.exp)
		return [15, "lists_stale"];
	return [0, "ok"];
}

// judge_reference(input, now, known, trusting): the row that decides, its
// reason, and what may then be said; ${input} is {text} or {token}, in bytes.
// ${trusting}: every signature is taken for good.
export function judge_reference(input, now, known, trusting) {
	const j = { row: 1, claims: null, foreign: false };

	try {
		const said = input.token ? {} : read_text(input.text);

		if (said.serial)
			return { ...j, reason: "serial_only" };
		j.row = 2;
		const bytes = input.token ?? read_digits(said.digits);
		const token = read_token(Buffer.from(bytes));

		j.foreign = said.host !== undefined &&
			!known.hosts.includes(said.host);
		[j.row, j.reason] = from_row_3(j, token, now, known, trusting);
		return j;
	} catch (e) {
		if (!(e instanceof Malformed))
			throw e;
		return { ...j, foreign: false, reason: "malformed" };
	}
}
