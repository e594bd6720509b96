// Cards and texts that are nearly right: bits, pieces, digits, and CBOR that is
// edited as CBOR. All from one seed.
import {
	DAY, HOST, NOW, PRIVATE, Raw, card, card_pairs, card_payload, digits,
	encode, head, pack, sign1,
} from "./scheme.mjs";

// rng(seed): mulberry32; next(n) is below n.
export function rng(seed) {
	let a = seed >>> 0;

	return (n) => {
		a = (a + 0x6d2b79f5) >>> 0;
		let t = a;

		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return Math.floor(((t ^ (t >>> 14)) >>> 0) / 4294967296 * n);
	};
}

const bytes = (hex) => Buffer.from(hex, "hex");

// Values that no claim should have, or only just.
const values = [0, 1, 2, 23, 24, 255, 256, 65535, 65536, 131071, 131072,
	4294967295, 4294967296, 253402300799n, 253402300800n, (1n << 63n) - 1n,
	1n << 63n, (1n << 64n) - 1n, -1, -24, -25, -65537, -(1n << 63n),
	-(1n << 63n) - 1n, "", "A81001", "A81002", "RX999", "a81001", "A8100",
	"A81077", "X".repeat(64), "X".repeat(65), bytes(""), bytes("a1b2c3d4e5"),
	bytes("a1b2c3d4"), bytes("a1b2c3d4e5f6"), [], [[1, 1]],
	...["f4", "f5", "f6", "f7", "e0", "f818", "f93c00", "fa4f000000", "ff",
		"1c", "7d", "9fff", "bfff", "80", "a0", "c11a6b36ec80", "c249ff",
		"7f6141ff", "5f4161ff", "63ff6161", "62c3", "63eda080", "62c0af",
		"1800", "190018", "1a0000ffff", "1b00000000ffffffff", "7801 41",
		"5805a1b2c3d4e5", "9b0000000100000000", "5affffffff", ""]
		.map((hex) => new Raw(bytes(hex.replace(" ", ""))))];

// Pieces of names, right and wrong.
const letters = ["a", "Z", " ", "  ", "'", ",", "-", ".", "\u2019", "\u2018",
	"\u00bf", "\u00c0", "\u00d6", "\u00d7", "\u00d8", "\u00f7", "\u01bf",
	"\u01c0", "\u01c3", "\u01c4", "\u024f", "\u0250", "\u1dff", "\u1e00",
	"\u1eff", "\u1f00", "\u0300", "\u0304", "\u0305", "\u0306", "\u030c",
	"\u030d", "\u031b", "\u0323", "\u0328", "\u0329", "\u0330", "\u0331",
	"\u0332", "\u0300\u0301", "\u0300\u0301\u0302", "\u202e", "\u200b", "0",
	"9", "\0", "\n", "\u007f", "\u0430", "\uff21", "\u{1f600}", "<", "&",
	"\ufeff", "@", "[", "`", "{", "/", "\\", "\""];

const offsets = [-DAY - 1, -DAY, -301, -300, -1, 0, 1, 299, 300, 301, DAY - 1,
	DAY, DAY + 1, 60 * DAY, 60 * DAY + 1, -200 * DAY, -200 * DAY + 1,
	-300 * DAY - 1, -300 * DAY, -400 * DAY];

const indices = [0, 9, 4711, 131071, 131072, 131077, 2 * 131072, 2 * 131072 + 3,
	3 * 131072, 4 * 131072, 4294967295];

export const clocks = [NOW, NOW, NOW, NOW, NOW, NOW, NOW - 6 * 3600 - 300,
	NOW - 6 * 3600 - 301, NOW + 84 * DAY, NOW + 90 * DAY - 6 * 3600,
	NOW + 90 * DAY - 6 * 3600 - 1, NOW + 6 * DAY, NOW + 6 * DAY - 1,
	NOW + DAY - 1, NOW + 300 * DAY, NOW + DAY, NOW - 61, NOW - 60];

// base_cards(keys): cards that get as far as every row.
export function base_cards(keys) {
	const p = keys.practice;

	return [
		card(p), card(p, { cls: 1, name: "Siân Llewelyn-Rhŷs" }),
		card(p, { name: "X".repeat(64) }), card(p, { name: "A", index: 0 }),
		card(p, { iss: "A81002", index: 9 }), card(p, { index: 131077 }),
		card(p, { index: 131078 }), card(p, { index: 2 * 131072 }),
		card(p, { index: 3 * 131072 }), card(p, { index: 5 * 131072 }),
		card(p, { exp: NOW }), card(p, { iat: NOW + 3600 }),
		card(p, { iat: NOW + 2 * DAY }), card(keys.hospital, { iss: "RX999" }),
		card(keys.retired, { iss: "A81077", iat: NOW - 300 * DAY }),
		card(keys.dead), card(keys.stranger), card(keys.status),
		card(keys.hospital), card(keys.stranger, {}, p.kid),
	];
}

function splice(b, at, remove, insert = []) {
	return Buffer.concat([b.subarray(0, at), Buffer.from(insert),
		b.subarray(at + remove)]);
}

// --- bytes -----------------------------------------------------------------

const byte_edits = [
	(b, r) => {
		const out = Buffer.from(b);

		if (out.length > 0)
			out[r(out.length)] ^= 1 << r(8);
		return out;
	},
	(b, r) => b.subarray(0, r(b.length + 1)),
	(b, r) => splice(b, r(b.length + 1), 0, [r(256)]),
	(b, r) => splice(b, r(b.length + 1), 1),
	(b, r) => splice(b, r(b.length + 1), 1, [r(256)]),
	(b, r) => splice(b, r(b.length + 1), 1,
		[[0, 0x18, 0x19, 0x1a, 0x1b, 0x40, 0x58, 0x5f, 0x60, 0x78, 0x7f, 0x80,
			0x84, 0x9f, 0xa0, 0xa5, 0xbf, 0xd2, 0xf6, 0xff][r(20)]]),
	(b, r, other) => {
		const at = r(Math.min(b.length, other.length) + 1);

		return Buffer.concat([b.subarray(0, at), other.subarray(at)]);
	},
	(b, r, other) => Buffer.concat([b.subarray(0, r(b.length + 1)),
		other.subarray(r(other.length + 1))]),
];

function edit_bytes(b, r, other) {
	for (let n = 1 + (r(4) === 0 ? r(4) : 0); n > 0; n--)
		b = byte_edits[r(byte_edits.length)](b, r, other);
	return b;
}

// --- claims, as CBOR -------------------------------------------------------

function edit_name(name, r) {
	const at = r(name.length + 1);
	const what = letters[r(letters.length)];

	return r(3) === 0 ? what
		: name.slice(0, at) + what + name.slice(at + r(2));
}

function longer(v, r) {
	if (typeof v === "number" && v >= 0)
		return new Raw(head(0, v, [1, 2, 4, 8].filter((s) =>
			BigInt(v) < 1n << BigInt(8 * s))[0] ?? 8));
	if (typeof v === "string") {
		const data = Buffer.from(v);

		return new Raw(Buffer.concat([head(3, data.length, [1, 2, 4, 8][r(4)]),
			data]));
	}
	return v;
}

const claim_edits = [
	(c, r) => c.forEach((pair) => {
		if (pair[0] === 4 || pair[0] === 6)
			pair[1] = NOW + offsets[r(offsets.length)];
	}),
	(c, r) => {
		const iat = c.find((p) => p[0] === 6)[1];

		if (typeof iat === "number")
			c.find((p) => p[0] === 4)[1] = iat +
				[-1, 0, 1, 1098 * DAY, 1098 * DAY + 1][r(5)];
	},
	(c, r) => {
		const iat = 253402300798 + r(4); // the year 10000 is near

		c.find((p) => p[0] === 6)[1] = iat;
		c.find((p) => p[0] === 4)[1] = iat + 1;
	},
	(c, r, inner) => {
		const pair = inner.find((p) => p[0] === 1);

		if (pair && typeof pair[1] === "string")
			pair[1] = edit_name(pair[1], r);
	},
	(c, r, inner) => {
		const pair = inner.find((p) => p[0] === 3);

		if (pair)
			pair[1] = indices[r(indices.length)] + [0, 0, 1][r(3)];
	},
	(c, r, inner) => {
		const list = r(2) ? c : inner;

		list[r(list.length)][1] = values[r(values.length)];
	},
	(c, r, inner) => {
		const list = r(2) ? c : inner;

		list.splice(r(list.length), 1);
	},
	(c, r, inner) => {
		const list = r(2) ? c : inner;
		const at = r(list.length);

		list.splice(at, 0, [...list[at]]);
	},
	(c, r, inner) => {
		const list = r(2) ? c : inner;
		const [pair] = list.splice(r(list.length), 1);

		list.splice(r(list.length + 1), 0, pair);
	},
	(c, r, inner) => {
		const list = r(2) ? c : inner;

		list.splice(r(list.length + 1), 0,
			[[0, 2, 3, 5, 8, 24, -1, PRIVATE, "x"][r(9)],
				values[r(values.length)]]);
	},
	(c, r, inner) => {
		const list = r(2) ? c : inner;
		const pair = list[r(list.length)];
		const which = r(2);

		pair[which] = Array.isArray(pair[which]) ? pair[which]
			: longer(pair[which], r);
	},
];

function edit_claims(r) {
	const c = card_pairs({ cls: r(2), iss: ["A81001", "A81002"][r(2)] });

	for (let n = 1 + (r(3) === 0 ? r(3) : 0); n > 0; n--) {
		const inner = c.find((p) => p[0] === PRIVATE)?.[1];

		if (!Array.isArray(inner) || inner.length === 0 ||
		    !Array.isArray(inner[0]) || !c.some((p) => p[0] === 4) ||
		    !c.some((p) => p[0] === 6))
			break;
		claim_edits[r(claim_edits.length)](c, r, inner);
	}
	return card_payload(c);
}

// Whatever the payload: signed by the practice, or (where signatures are not
// looked at) by nobody.
function signed(payload, keys, trusting) {
	if (!trusting)
		return sign1(keys.practice, payload, "carer-passport-1");
	return pack(encode(new Map([[1, -19], [4, keys.practice.kid]])), payload,
		Buffer.alloc(64, 0x5a));
}

// --- texts -----------------------------------------------------------------

const fronts = ["", "", "", `https://${HOST}/#`, `https://${HOST}/#`,
	`https://${HOST}/\u00a3`, `https://${HOST}:443/a/b#`, "https://x.example/#",
	`https://${HOST}:8443/#`, `HTTPS://${HOST}/#`, `https://${HOST}/##`,
	`https://${HOST}#`, `http://${HOST}/#`, `https://u@${HOST}/#`,
	`https://${HOST}:0443/#`, `https://${HOST}:65536/#`, `https://${HOST}:/#`,
	`https://${HOST}./#`, "https://-a/#", "https://a..b/#",
	`https://${"a".repeat(253)}/#`, `https://${"a".repeat(254)}/#`, "#", " ",
	"\r\n ", "\t", "0", "00000000000000000"];
const backs = ["", "", "", "", " ", "\r\n", "\t", "0", "#", "/", "\0", "x"];
const odd = "0123456789-#/:. aAzZ\u00a3\0\r\n~*$=UOIL";

function edit_text(text, r) {
	const at = r(text.length + 1);
	const c = odd[r(odd.length)];

	switch (r(6)) {
	case 0:
		return text.slice(0, at) + c + text.slice(at + 1);
	case 1:
		return text.slice(0, at) + c + text.slice(at);
	case 2:
		return text.slice(0, at) + text.slice(at + 1);
	case 3:
		return text.slice(0, at) + String(r(10)) + text.slice(at + 1);
	case 4:
		return text.slice(0, at);
	default:
		return text.slice(0, at) + text.slice(at + 1, at + 2) +
			text.slice(at, at + 1) + text.slice(at + 2);
	}
}

const serials = ["4ZM3-SQWT-W", "7K3M-9QPR-K", "0000-0000-0", "oooooooo0",
	"1l1i-1111-1", "7k3m9qprk", "ZZZZ-ZZZZ-U", "123456789"];

function text_of(token, r) {
	let text = r(12) === 0 ? serials[r(serials.length)]
		: fronts[r(fronts.length)] + digits(token) + backs[r(backs.length)];

	for (let n = r(3); n > 0; n--)
		text = edit_text(text, r);
	return Buffer.from(text);
}

// mutation(r, cards, keys, trusting): the next input, {text} or {token}.
export function mutation(r, cards, keys, trusting) {
	const b = cards[r(cards.length)];
	const other = cards[r(cards.length)];

	switch (r(8)) {
	case 0:
		return { token: b };
	case 1:
	case 2:
		return { token: edit_bytes(b, r, other) };
	case 3:
		return { text: text_of(b, r) };
	case 4:
		return { text: text_of(edit_bytes(b, r, other), r) };
	case 5:
		// Bytes of the payload alone, signed as they then are.
		return { token: signed(edit_bytes(card_payload(card_pairs({
			cls: r(2) })), r, card_payload(card_pairs({ index: 9 }))), keys,
		trusting) };
	default:
		return { token: signed(edit_claims(r), keys, trusting) };
	}
}
