// What stays on this device between visits: lists in one record of IndexedDB,
// a few words in localStorage.  A device that keeps nothing (a private window,
// a full disk) still judges with what it could fetch.
const DATABASE = "carerpass";
const RECORDS = "records";

function settled(request) {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
		request.onblocked = () => reject(new Error("blocked"));
	});
}

function opened() {
	const request = indexedDB.open(DATABASE, 1);

	request.onupgradeneeded = () =>
		request.result.createObjectStore(RECORDS);
	return settled(request);
}

// store_get(key): Returns the record, or undefined: also if it cannot be read.
export async function store_get(key) {
	try {
		const db = await opened();
		const record = await settled(
			db.transaction(RECORDS).objectStore(RECORDS).get(key));

		db.close();
		return record;
	} catch {
		return undefined;
	}
}

// store_change(key, change): replaces the record by change(record), in one
// transaction, so that two windows do not undo each other's work.  Where
// change() returns undefined the record goes.  Returns whether it was kept.
export async function store_change(key, change) {
	try {
		const db = await opened();
		const transaction = db.transaction(RECORDS, "readwrite",
			{ durability: "strict" });
		const records = transaction.objectStore(RECORDS);
		const old = await settled(records.get(key));
		const now = change(old);

		if (now === undefined)
			records.delete(key);
		else
			records.put(now, key);
		await new Promise((resolve, reject) => {
			transaction.oncomplete = resolve;
			transaction.onabort = () => reject(transaction.error);
		});
		db.close();
		return true;
	} catch {
		return false;
	}
}

// word_get(key): Returns what word_keep() kept, or "".
export function word_get(key) {
	try {
		return localStorage.getItem(`carerpass.${key}`) ?? "";
	} catch {
		return "";
	}
}

// word_keep(key, text): keeps a few words; "" forgets them.
export function word_keep(key, text) {
	try {
		if (text === "")
			localStorage.removeItem(`carerpass.${key}`);
		else
			localStorage.setItem(`carerpass.${key}`, text);
	} catch {
		// Kept nowhere: they are asked for again.
	}
}
