// Loads core.wasm the way the ward page will: two imports, one memory.
import { readFileSync } from "node:fs";

const LISTS_NOW = 8; // offset of verify_lists.now in wasm32 (verify.h)
const LISTS_SIZE = 24;
const VERDICT_ROOM = 4096; // more than a struct verdict
const JSON_ROOM = 6144; // VERDICT_JSON_MAX
const TEXT_ROOM = 4096;

export function compile(path) {
	return new WebAssembly.Module(readFileSync(path));
}

// open(module, ed25519): a judge with no lists yet.
export function open(module, ed25519) {
	const { exports: core } = new WebAssembly.Instance(module, {
		env: ed25519,
	});
	const verdict = core.__heap_base.value;
	const lists = verdict + VERDICT_ROOM;
	const span = lists + LISTS_SIZE;
	const json = span + 8;
	const text = json + JSON_ROOM;
	const end = text + TEXT_ROOM;

	core.memory.grow(Math.ceil(end / 65536));

	function judge(judged, bytes, now) {
		const memory = new DataView(core.memory.buffer);

		if (bytes.length > TEXT_ROOM)
			throw new RangeError("text too long for this judge");
		new Uint8Array(core.memory.buffer).set(bytes, text);
		new Uint8Array(core.memory.buffer, lists, LISTS_SIZE).fill(0);
		memory.setBigInt64(lists + LISTS_NOW, BigInt(now), true);
		memory.setUint32(span, text, true);
		memory.setUint32(span + 4, bytes.length, true);
		judged(verdict, lists, span);
		const n = core.verdict_json(json, verdict, core.words_en.value);
		return JSON.parse(
			new TextDecoder("utf-8", { fatal: true }).decode(
				new Uint8Array(core.memory.buffer, json, n)));
	}

	return {
		text: (s, now) =>
			judge(core.verify_text, new TextEncoder().encode(s), now),
		token: (bytes, now) => judge(core.verify_token, bytes, now),
	};
}
