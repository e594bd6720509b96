// Registers the service worker, and lets a new version take over when it
// disturbs nobody: never while a verdict is on the screen.
let registration = null;
let replaced = false;

// Trusted Types: the one address that may become a worker of this page.
const policy = globalThis.trustedTypes?.createPolicy("cp", {
	createScriptURL: (name) => {
		if (name !== "sw.js")
			throw new TypeError("not our worker");
		return new URL(name, location.href).href;
	},
});

// offline_open(): Returns whether the page will open without a network.
export async function offline_open() {
	if (!("serviceWorker" in navigator))
		return false;
	const workers = navigator.serviceWorker;
	let controlled = workers.controller !== null;

	// The first worker of all changes nothing: it has this page's own files.
	workers.addEventListener("controllerchange", () => {
		replaced = controlled;
		controlled = true;
	});
	try {
		registration = await workers.register(
			policy?.createScriptURL("sw.js") ?? "sw.js",
			{ updateViaCache: "none" });
		await workers.ready;
		return true;
	} catch {
		return false; // a private window: the page works, once
	}
}

// offline_update(): called when nobody is looking at a verdict.  Starts a newer
// version that is waiting.
export function offline_update() {
	registration?.waiting?.postMessage("activate");
}

// offline_look(): asks whether there is a newer version.
export function offline_look() {
	registration?.update().catch(() => {});
}

// offline_replaced(): Returns true if a newer version is in charge, which
// answers from now on: this page should be loaded again before it needs more.
export function offline_replaced() {
	return replaced;
}
