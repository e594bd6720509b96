// A scheme of our own, made with node:crypto: keys, a trust list, status lists
// and cards, sound or broken in any place. Writes only; reference.mjs reads.
import crypto from "node:crypto";
import zlib from "node:zlib";

export const NOW = 1800000000;
export const DAY = 86400;
export const HOST = "carers.example";
export const PRIVATE = -65537;
const BODY = -65538;
const BASE = `https://${HOST}/lists/status/`;

// Bytes that encode() copies as they stand, for broken encodings.
export class Raw {
	constructor(bytes) {
		this.bytes = Buffer.from(bytes);
	}
}

// head(major, n): the head of an item, in ${size} bytes if one is named.
export function head(major, n, size) {
	n = BigInt(n);
	size ??= n < 24n ? 0 : n < 0x100n ? 1 : n < 0x10000n ? 2
		: n < 0x100000000n ? 4 : 8;
	if (size === 0)
		return Buffer.from([(major << 5) | Number(n)]);
	const out = Buffer.alloc(1 + size);

	out[0] = (major << 5) | { 1: 24, 2: 25, 4: 26, 8: 27 }[size];
	for (let i = size; i > 0; i--, n >>= 8n)
		out[i] = Number(n & 0xffn);
	return out;
}

// encode(v): numbers, strings, bytes, arrays; maps are arrays of pairs in a
// Map, written in the order in which they are.
export function encode(v) {
	if (v instanceof Raw)
		return v.bytes;
	if (typeof v === "number" || typeof v === "bigint")
		return BigInt(v) >= 0n ? head(0, v) : head(1, -1n - BigInt(v));
	if (typeof v === "string")
		return Buffer.concat([head(3, Buffer.byteLength(v)), Buffer.from(v)]);
	if (v instanceof Uint8Array)
		return Buffer.concat([head(2, v.length), v]);
	if (v instanceof Map)
		return Buffer.concat([head(5, v.size),
			...[...v].flatMap(([k, x]) => [encode(k), encode(x)])]);
	return Buffer.concat([head(4, v.length), ...v.map(encode)]);
}

// A map whose pairs are written as they come, even twice.
export function pairs(list) {
	return new Raw(Buffer.concat([head(5, list.length),
		...list.flatMap(([k, x]) => [encode(k), encode(x)])]));
}

export class Key {
	constructor(label) {
		const seed = crypto.createHash("sha256").update(label).digest();

		this.secret = crypto.createPrivateKey({
			key: Buffer.concat([Buffer.from(
				"302e020100300506032b657004220420", "hex"), seed]),
			format: "der",
			type: "pkcs8",
		});
		this.raw = Buffer.from(this.secret.export({ format: "jwk" }).x,
			"base64url");
		this.kid = crypto.createHash("sha256").update(Buffer.concat([
			Buffer.from("a301012006215820", "hex"), this.raw]))
			.digest().subarray(0, 8);
	}
}

const typs = {
	"carer-trust-1": "application/carer-trust+cwt",
	"": "application/statuslist+cwt",
};

export function pack(protect, payload, signature) {
	return Buffer.concat([Buffer.from("d284", "hex"), encode(protect),
		Buffer.from("a0", "hex"), encode(payload), encode(signature)]);
}

export function sign1(key, payload, aad, kid = key.kid) {
	const header = new Map([[1, -19], [4, kid]]);

	if (aad in typs)
		header.set(16, typs[aad]);
	const protect = encode(header);
	const signature = crypto.sign(null, encode(["Signature1", protect,
		Buffer.from(aad), payload]), key.secret);

	return pack(protect, payload, signature);
}

export function card_pairs({ iss = "A81001", iat = NOW - 30 * DAY,
	exp = NOW + 300 * DAY, cti = Buffer.from("a1b2c3d4e5", "hex"),
	name = "Margaret Thompson", cls = 0, index = 4711 } = {}) {
	return [[1, iss], [4, exp], [6, iat], [7, cti],
		[PRIVATE, [[1, name], [2, cls], [3, index]]]];
}

// The payload of pairs, those of the private map among them.
export function card_payload(list) {
	return pairs(list.map(([k, v]) =>
		[k, Array.isArray(v) ? pairs(v) : v])).bytes;
}

export function card(key, change, kid) {
	return sign1(key, card_payload(card_pairs(change)), "carer-passport-1",
		kid);
}

// Seven bytes as seventeen digits (FORMAT.md 5.1).
export function digits(bytes) {
	const width = [0, 3, 5, 8, 10, 13, 15, 17];
	let out = "";

	for (let i = 0; i < bytes.length; i += 7) {
		const part = Buffer.from(bytes.subarray(i, i + 7));

		out += BigInt("0x" + part.toString("hex")).toString()
			.padStart(width[part.length], "0");
	}
	return out;
}

function status_list(key, n, { iat, exp, set }) {
	const bits = Buffer.alloc(16384);

	for (const i of set)
		bits[i >> 3] |= 1 << (i & 7);
	return {
		n, iat, exp, bits,
		bytes: sign1(key, encode(new Map([[2, `${BASE}${n}.cwt`], [4, exp],
			[6, iat], [65533, new Map([["lst", zlib.deflateSync(bits)],
				["bits", 1]])], [65534, 43200]])), ""),
	};
}

// Everything that a judge is given, as bytes and as what the bytes say.
export function make_scheme() {
	const root = new Key("root");
	const status = new Key("status");
	const practice = new Key("practice");
	const hospital = new Key("hospital");
	const retired = new Key("retired");
	const dead = new Key("dead");
	const issued = NOW - 6 * 3600;
	const long = { nb: NOW - 300 * DAY, na: NOW + 60 * DAY };
	const issuers = [
		{ key: practice, codes: ["A81001", "A81002"], ...long, service: 0 },
		{ key: hospital, codes: ["RX999"], ...long, service: 1 },
		{ key: retired, codes: ["A81077"], nb: NOW - 400 * DAY,
			na: NOW - 200 * DAY, service: 0 },
	];
	const keys = [
		...issuers.map((i) => ({ kid: i.key.kid, entry: new Map([
			[1, i.key.kid], [2, i.key.raw], [3, 0], [4, i.codes], [5, i.nb],
			[6, i.na], [7, "Riverside Surgery"], [8, 0], [9, i.service],
			[10, "01632 960123"]]) })),
		{ kid: status.kid, entry: new Map([[1, status.kid], [2, status.raw],
			[3, 1], [5, long.nb], [6, long.na]]) },
	].sort((a, b) => Buffer.compare(a.kid, b.kid)).map((k) => k.entry);
	const exp = issued + 90 * DAY;
	const trust = sign1(root, encode(new Map([[1, "Example Scheme"], [4, exp],
		[6, issued], [BODY, new Map([[1, 7], [2, [HOST]], [3, keys],
			[4, [dead.kid]],
			[5, [new Map([[1, BASE], [2, status.kid]])]]])]])),
	"carer-trust-1");
	const week = { iat: NOW - 3600, exp: NOW + 6 * DAY };
	const lists = [
		status_list(status, 0, { ...week, set: [0, 9, 131071] }),
		status_list(status, 1, { ...week, exp: NOW - 60, set: [5] }),
		status_list(status, 2, { ...week, set: [3] }),
		status_list(status, 3, { iat: NOW + 2 * DAY, exp: NOW + 3 * DAY,
			set: [] }),
	];

	return {
		keys: { root, status, practice, hospital, retired, dead,
			stranger: new Key("stranger") },
		// For judge.lists(); number 2 was seen in a newer form.
		handed: {
			roots: Buffer.from(root.raw.toString("hex") + "\n"),
			trust,
			status: lists.map(({ n, bytes }) =>
				({ n, bytes, rolledBack: n === 2 })),
		},
		// For reference.mjs.
		known: {
			iat: issued, exp, hosts: [HOST], services: 1,
			tombstones: [dead.kid.toString("hex")],
			issuers: new Map(issuers.map((i) => [i.key.kid.toString("hex"),
				{ ...i, raw: i.key.raw }])),
			lists: new Map(lists.map((l) => [l.n,
				{ ...l, older: l.n === 2 }])),
		},
	};
}
