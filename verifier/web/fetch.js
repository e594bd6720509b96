// Fetches a published folder.  What is asked for depends on the folder alone,
// never on a card: every check looks the same from outside.
const TRUST_MAX = 4194304;
const STATUS_MAX = 65536;
const SMALL_MAX = 65536;
const INDEX_MAX = 1048576;
const LISTS_MAX = 4096;
const AT_ONCE = 4;
const PATIENCE = 15000; // ms for one file

// The body, unless it is longer than ${most}.
async function bounded(response, most) {
	const parts = [];
	const reader = response.body.getReader();
	let size = 0;

	for (;;) {
		const { done, value } = await reader.read();

		if (done)
			break;
		size += value.length;
		if (size > most) {
			await reader.cancel();
			throw new RangeError(`more than ${most} bytes`);
		}
		parts.push(value);
	}
	return new Uint8Array(await new Blob(parts).arrayBuffer());
}

// "no-cache": the browser may keep a copy, and asks each time whether it is
// still the newest.
async function get(name, most, cache = "no-cache") {
	const response = await fetch(`lists/${name}`, {
		cache,
		credentials: "omit",
		redirect: "error",
		referrerPolicy: "no-referrer",
		signal: AbortSignal.timeout?.(PATIENCE), // not in older browsers
	});

	if (!response.ok)
		throw new Error(`${name}: ${response.status}`);
	return {
		bytes: await bounded(response, most),
		date: Date.parse(response.headers.get("Date") ?? ""),
	};
}

// The numbers that index.json names: a hint, nobody signed it.
function numbers(bytes) {
	try {
		const index = JSON.parse(new TextDecoder().decode(bytes));

		return index.status.map((entry) => entry.n).filter((n) =>
			Number.isInteger(n) && n >= 0 && n < 0x100000000);
	} catch {
		return [];
	}
}

async function lists(wanted) {
	const found = [];
	const left = [...wanted].sort((a, b) => a - b).slice(0, LISTS_MAX);

	async function work() {
		while (left.length > 0) {
			const n = left.shift();

			try {
				const { bytes } =
					await get(`status/${n}.cwt`, STATUS_MAX);

				found.push({ n, bytes });
			} catch {
				// The one that we hold serves on.
			}
		}
	}
	await Promise.all(Array.from({ length: AT_ONCE }, work));
	return found.sort((a, b) => a.n - b.n);
}

// folder_fetch(): fetches the folder, with every status list that its index names.
// Returns {roots, trust, status: [{n, bytes}], asked: numbers of lists, skew: ms
// that this device's clock is ahead of the service's, or null}; throws if there
// is no root.pub or no trust.cwt to be had.
export async function folder_fetch() {
	// The index is small, and always fetched anew for the sake of its date.
	const [roots, trust, index] = await Promise.all([
		get("root.pub", SMALL_MAX),
		get("trust.cwt", TRUST_MAX),
		get("index.json", INDEX_MAX, "no-store").catch(() => null),
	]);
	const skew = index === null ? NaN : Date.now() - index.date;
	const asked = new Set(index === null ? [0] : numbers(index.bytes));

	return {
		roots: roots.bytes,
		trust: trust.bytes,
		status: await lists(asked),
		asked,
		skew: Number.isNaN(skew) ? null : skew,
	};
}

// folder_complete(got, known): fetches those of the ${known} lists, too, that
// the index does not name.
export async function folder_complete(got, known) {
	const more = await lists(known.filter((n) => !got.asked.has(n)));

	got.status.push(...more);
	got.status.sort((a, b) => a.n - b.n);
	return got;
}
