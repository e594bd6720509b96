// What this device goes by: the root keys and the scheme of its first visit,
// the newest lists that it has seen, and how old they are.  Older lists are
// refused, and nothing that came over the network is believed unsigned.
import { folder_complete, folder_fetch } from "./fetch.js";
import { store_change, store_get } from "./store.js";

const RECORD = "lists";
const SHAPE = 1;
const SLACK = 86400; // seconds: a list further ahead than this is not believed
const FLOORS_MAX = 4096;

const nothing = () => ({
	shape: SHAPE,
	pin: null, // {roots: bytes of root.pub, scheme}
	trust: null, // bytes
	status: [], // [{n, bytes}]
	floor: null, // {seq, iat, sha256} of the newest trust list
	floors: {}, // "kid/n": iat of the newest status list
	skew: null, // ms that this clock was ahead at the last fetch
	fetched: 0, // ms, by this clock
});

const is_bytes = (v) => v instanceof Uint8Array;

// A record as we write it; anything else counts as none.
function is_sound(r) {
	return typeof r === "object" && r !== null && r.shape === SHAPE &&
		(r.pin === null || is_bytes(r.pin?.roots)) &&
		(r.trust === null || is_bytes(r.trust)) &&
		Array.isArray(r.status) && r.status.every((s) =>
			Number.isInteger(s?.n) && is_bytes(s.bytes)) &&
		typeof r.floors === "object" && r.floors !== null &&
		(r.floor === null || typeof r.floor === "object");
}

// The key lines of a root.pub; only for comparing, the core reads them itself.
function keys(bytes) {
	return new TextDecoder().decode(bytes).split("\n")
		.map((line) => line.replace(/#.*/, "").trim())
		.filter((line) => line !== "");
}

function is_within(found, pinned) {
	const known = new Set(keys(pinned));

	return keys(found).every((key) => known.has(key));
}

function is_older(trust, floor) {
	return floor !== null && (trust.seq < floor.seq ||
		trust.iat < floor.iat ||
		(trust.seq === floor.seq && trust.sha256 !== floor.sha256));
}

// ${held} itself where ${came} has the same bytes, for then nothing has changed.
function same(held, came) {
	return held?.length === came.length &&
		came.every((b, i) => b === held[i]) ? held : came;
}

const name_of = (s) => `${s.kid}/${s.n}`;

// Most recent first, the oldest give way.
function bounded(floors) {
	return Object.fromEntries(Object.entries(floors)
		.sort((a, b) => b[1] - a[1]).slice(0, FLOORS_MAX));
}

function floors_merged(a, b) {
	const all = { ...a };

	for (const [name, iat] of Object.entries(b))
		all[name] = Math.max(iat, all[name] ?? 0);
	return bounded(all);
}

export class Lists {
	#judge;
	#held = nothing();
	#busy = null;
	#kept = Promise.resolve(); // when the device has what we hold
	#asked = []; // of the judge, last
	#said = null;

	// What the judge said of them; null: there are none that it takes.
	info = null;
	// What whoever looks after this device should know: keys of the words.
	notes = new Set();

	constructor(judge) {
		this.#judge = judge;
	}

	get skew() {
		return this.#held.skew;
	}

	get refreshing() {
		return this.#busy;
	}

	get fetched() {
		return this.#held.fetched;
	}

	// open(): takes up what an earlier visit kept.
	async open() {
		const record = await store_get(RECORD);

		if (is_sound(record))
			this.#tell(record);
	}

	// Takes ${held} as what we go by, and hands it to the judge, with what is
	// older than its floors marked.  From one card to the next the judge has
	// whole lists, never half of two: nothing waits in here.
	#tell(held) {
		const { trust, floor, floors } = held;
		// Without a list the judge still has to lose those that it had.
		const roots = (held.pin ?? this.#held.pin)?.roots;

		this.#held = held;
		this.info = null;
		if (roots === undefined)
			return;
		const read = this.#give(roots, trust, held.status);
		if (read === null)
			return;
		const trustRolledBack = is_older(read, floor);
		const late = new Set(read.status.filter((s) =>
			s.good && s.iat < (floors[name_of(s)] ?? 0)).map((s) => s.n));

		if (!trustRolledBack && late.size === 0) {
			this.info = read;
			return;
		}
		this.#asked = [];
		this.info = this.#judge.lists({ roots, trust, trustRolledBack,
			status: held.status.map((s) =>
				({ ...s, rolledBack: late.has(s.n) })) });
	}

	// What the judge says of lists; null also where root.pub holds no key: then
	// nothing is signed.  The same lists are not looked at twice in a row.
	#give(roots, trust, status) {
		const asked = [roots, trust, ...status.map((s) => s.bytes)];

		if (asked.length === this.#asked.length &&
		    asked.every((bytes, i) => bytes === this.#asked[i]))
			return this.#said;
		try {
			this.#said = this.#judge.lists({ roots, trust, status });
		} catch {
			this.#said = null;
		}
		this.#asked = asked;
		return this.#said;
	}

	// refresh(now): fetches the folder once (a second call while one is under
	// way waits for that one).  Returns whether what we go by has changed.
	refresh(now) {
		this.#busy ??= this.#refresh(now)
			.finally(() => (this.#busy = null));
		return this.#busy;
	}

	// The first time it has begun before the page was there (first.js).
	async #fetched() {
		const begun = globalThis.carerpassFolder;

		delete globalThis.carerpassFolder;
		return folder_complete(await (begun ?? folder_fetch()),
			this.#held.status.map((s) => s.n));
	}

	async #refresh(now) {
		let got;

		await this.#kept;
		try {
			got = await this.#fetched();
		} catch {
			this.notes.add("unreached");
			return false;
		}
		const before = this.#held;
		const next = this.#settle(before, got, now);

		next.skew = got.skew;
		next.fetched = Date.now();
		this.#tell(next);
		this.#kept = this.#keep(next);
		return next.trust !== before.trust ||
			next.status.length !== before.status.length ||
			next.status.some((s, i) => s.bytes !== before.status[i].bytes);
	}

	// What to hold from now on, of what we hold and what came.
	#settle(held, got, now) {
		this.notes = new Set();
		if (held.pin !== null && !is_within(got.roots, held.pin.roots)) {
			this.notes.add("other_roots");
			return { ...held };
		}
		const pin = held.pin ?? { roots: got.roots, scheme: null };
		const next = this.#take_trust({ ...held, pin }, got);

		return next === null ? { ...held } :
			this.#take_status(next, got, now);
	}

	#take_trust(held, got) {
		const info = this.#give(held.pin.roots, got.trust, got.status);

		if (info === null) {
			this.notes.add("lists_unsigned");
			return held.trust === null ? null : held;
		}
		if (held.pin.scheme !== null && info.scheme !== held.pin.scheme) {
			this.notes.add("other_roots");
			return null;
		}
		if (is_older(info, held.floor)) {
			this.notes.add("older_kept");
			return { ...held, trust: held.trust ?? got.trust };
		}
		const trust = same(held.trust, got.trust);

		return {
			...held,
			pin: { ...held.pin, scheme: info.scheme },
			trust,
			floor: { seq: info.seq, iat: info.iat, sha256: info.sha256 },
		};
	}

	// List by list: the one that came if it is good and not older, else the
	// one that we hold.
	#take_status(held, got, now) {
		const info = this.#give(held.pin.roots, held.trust, got.status);
		const floors = { ...held.floors };
		const all = new Map(held.status.map((s) => [s.n, s]));

		for (const s of info?.status ?? []) {
			const name = name_of(s);

			if (!s.good || s.iat > now + SLACK || s.iat > info.exp)
				continue;
			if (s.iat < (floors[name] ?? 0)) {
				this.notes.add("older_kept");
				if (all.has(s.n))
					continue;
			}
			floors[name] = Math.max(s.iat, floors[name] ?? 0);
			const came = got.status.find((g) => g.n === s.n);

			all.set(s.n, { n: s.n,
				bytes: same(all.get(s.n)?.bytes, came.bytes) });
		}
		return {
			...held,
			status: [...all.values()].sort((a, b) => a.n - b.n),
			floors: bounded(floors),
		};
	}

	// Another window may have newer ones meanwhile: they win.
	async #keep(next) {
		let mine = true;

		await store_change(RECORD, (old) => {
			if (!is_sound(old))
				return next;
			next.floors = floors_merged(next.floors, old.floors);
			mine = (old.floor?.seq ?? 0) <= (next.floor?.seq ?? 0);
			if (!mine)
				Object.assign(next, { pin: old.pin, trust: old.trust,
					floor: old.floor, status: old.status });
			return next;
		});
		if (!mine && this.#held === next)
			this.#tell(next);
	}

	// forget(): as on the first visit.
	async forget() {
		await this.#kept;
		await store_change(RECORD, () => undefined);
		this.notes = new Set();
		this.#tell(nothing());
	}
}
