// Keeps the page itself, so that it opens without a network.  The lists are
// none of its business: they are always asked of the network, and what the page
// keeps of them it keeps signed, with its age.
//
// FILES has the digest of each file, VERSION is made from them all; FIRST are
// those of a first visit, the others are kept once they were asked for
// (build.mjs).
const NAME = `carerpass-${VERSION}`;
const PAGE = new URL("./", location.href).href;
const KEPT = new Map(Object.entries(FILES)
	.map(([name, digest]) => [new URL(name, PAGE).href, digest]));

async function sha256(response) {
	const digest = new Uint8Array(await crypto.subtle.digest("SHA-256",
		await response.arrayBuffer()));

	return Array.from(digest, (b) => b.toString(16).padStart(2, "0"))
		.join("");
}

// Puts the file of this version into the cache; all files are of one version
// or none. "no-cache": what the browser has is asked about, not fetched twice.
async function keep(cache, address) {
	const response = await fetch(address,
		{ cache: "no-cache", credentials: "omit" });

	if (!response.ok || await sha256(response.clone()) !== KEPT.get(address))
		throw new Error(`${address} is not of this version`);
	await cache.put(address, response.clone());
	return response;
}

async function install() {
	const cache = await caches.open(NAME);

	await Promise.all(FIRST.map((name) =>
		keep(cache, new URL(name, PAGE).href)));
}

async function activate() {
	for (const name of await caches.keys())
		if (name.startsWith("carerpass-") && name !== NAME)
			await caches.delete(name);
	await clients.claim();
}

async function answer(address) {
	const cache = await caches.open(NAME);

	return await cache.match(address) ?? keep(cache, address);
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("message", (event) => {
	if (event.data === "activate")
		skipWaiting();
});
addEventListener("fetch", (event) => {
	const { request } = event;
	const address = new URL(request.url);

	address.search = address.hash = "";
	if (request.method === "GET" && KEPT.has(address.href))
		event.respondWith(answer(address.href));
});
