// Runs before anything else is there: what a card put behind the # is taken
// out of the address at once, so that it stays in no history, bookmark or
// screenshot, and is kept for the page to ask for, once.  The lists are on their
// way before the page is, too.
import { folder_fetch } from "./fetch.js";

(() => {
	const PATIENCE = 20000; // ms until a page that never starts says so
	const waiting = [];
	let give = (code) => waiting.push(code);

	function take() {
		const at = location.href.indexOf("#");

		if (at < 0)
			return;
		const code = location.href.slice(at + 1);
		history.replaceState(null, "", location.pathname);
		if (code !== "" && code !== "main")
			give(code);
	}

	function failed() {
		const box = document.getElementById("failed");

		if (box !== null && window.carerpassOpened !== undefined)
			box.hidden = false;
	}

	take();
	window.carerpassFolder = folder_fetch();
	window.carerpassFolder.catch(() => {}); // the page sees that, later
	addEventListener("hashchange", take);
	addEventListener("error", failed, true);
	addEventListener("unhandledrejection", failed);
	setTimeout(failed, PATIENCE);

	// The page calls this when it can judge: it gets what is waiting, and
	// from then on each code as it comes.
	window.carerpassOpened = (judge) => {
		delete window.carerpassOpened;
		give = judge;
		waiting.splice(0).forEach(judge);
	};
})();
