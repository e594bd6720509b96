// The scanner: fetched when it is first asked for, and not before.  It looks
// for square codes in what the camera sees and gives their text away; it
// opens no address and sends no picture anywhere.
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

const LONGEST = 120000; // ms of camera light before it stops by itself
const PAUSE = 60; // ms between pictures where the browser names no frames
const WIDEST = 1280; // pixels of a picture that is looked at
const STRANGE = 4; // pictures in a row until a code of others is given, too

const READER = {
	formats: ["QRCode"],
	tryHarder: true,
	tryRotate: true,
	tryInvert: false,
	maxNumberOfSymbols: 4,
};

// A card's code by its looks: "https://host/#digits", or digits.
const OURS = /^(https:\/\/[^#]*#)?[0-9]{100,}$/;

let ready;

function prepare() {
	ready ??= prepareZXingModule({
		overrides: {
			locateFile: () =>
				new URL("zxing_reader.wasm", location.href).href,
		},
		fireImmediately: true,
	}).catch((e) => {
		ready = undefined;
		throw e;
	});
	return ready;
}

function wanted(device) {
	const size = { width: { ideal: 1280 }, height: { ideal: 720 } };

	return {
		audio: false,
		video: device === "" ?
			{ facingMode: { ideal: "environment" }, ...size } :
			{ deviceId: { exact: device }, ...size },
	};
}

// Why there is no camera, as a key of the words.
function reason(e) {
	if (e.name === "NotAllowedError" || e.name === "SecurityError")
		return "camera_denied";
	if (e.name === "NotFoundError" || e.name === "OverconstrainedError" ||
	    e.name === "TypeError")
		return "camera_none";
	return "camera_busy";
}

// scan_ahead(): fetches the decoder, so that it is there without a network.
export function scan_ahead() {
	return prepare();
}

export class Scanner {
	#video;
	#on;
	#canvas = document.createElement("canvas");
	#stream = null;
	#timer = 0;
	#over = false; // it starts once
	#strange = { text: "", times: 0 };

	// ${on} has code(text), stopped(key of the words that say why).
	constructor(video, on) {
		this.#video = video;
		this.#on = on;
	}

	// start(device): opens that camera, "" for the one at the back.  Returns
	// {torch: whether it has a light, device, cameras: [{id, label}]}; throws
	// a key of the words.
	async start(device = "") {
		if (navigator.mediaDevices === undefined)
			throw "camera_none";
		const stream = await navigator.mediaDevices
			.getUserMedia(wanted(device))
			.catch((e) => {
				throw reason(e);
			});

		this.#stream = stream;
		if (this.#over) {
			this.stop(); // while the browser asked for leave
			throw "scan_ended";
		}
		this.#timer = setTimeout(() => this.#on.stopped("scan_ended"),
			LONGEST);
		try {
			await prepare();
			this.#video.srcObject = stream;
			await this.#video.play();
		} catch {
			this.stop();
			throw "scanner_missing";
		}
		stream.getVideoTracks()[0].onended =
			() => this.#on.stopped("camera_busy");
		this.#next(stream);
		return this.#offers(stream);
	}

	async #offers(stream) {
		const track = stream.getVideoTracks()[0];
		const all = await navigator.mediaDevices.enumerateDevices();

		return {
			torch: track.getCapabilities?.().torch === true,
			device: track.getSettings().deviceId ?? "",
			cameras: all.filter((d) => d.kind === "videoinput")
				.map((d) => ({ id: d.deviceId, label: d.label })),
		};
	}

	// torch(on): Returns whether the light is as asked.
	async torch(on) {
		const track = this.#stream?.getVideoTracks()[0];

		try {
			await track.applyConstraints({ advanced: [{ torch: on }] });
			return true;
		} catch {
			return false;
		}
	}

	// stop(): puts the camera out.
	stop() {
		this.#over = true;
		clearTimeout(this.#timer);
		for (const track of this.#stream?.getTracks() ?? []) {
			track.onended = null;
			track.stop();
		}
		this.#stream = null;
		this.#video.srcObject = null;
		this.#canvas.width = this.#canvas.height = 0;
	}

	#next(stream) {
		const look = () => this.#look(stream);

		if (this.#video.requestVideoFrameCallback !== undefined)
			this.#video.requestVideoFrameCallback(look);
		else
			setTimeout(look, PAUSE);
	}

	async #look(stream) {
		if (stream !== this.#stream)
			return;
		const picture = this.#picture();
		const codes = picture === null ? [] :
			await readBarcodes(picture, READER).catch(() => []);

		if (stream !== this.#stream)
			return;
		const text = this.#choose(codes.filter((c) => c.isValid)
			.map((c) => c.text));
		if (text !== null)
			this.#on.code(text);
		else
			this.#next(stream);
	}

	#picture() {
		const { videoWidth, videoHeight } = this.#video;
		const scale = Math.min(1, WIDEST / videoWidth);
		const width = Math.round(videoWidth * scale);
		const height = Math.round(videoHeight * scale);

		if (!(width > 0 && height > 0))
			return null;
		if (this.#canvas.width !== width)
			this.#canvas.width = width;
		if (this.#canvas.height !== height)
			this.#canvas.height = height;
		const context = this.#canvas.getContext("2d",
			{ willReadFrequently: true });

		context.drawImage(this.#video, 0, 0, width, height);
		return context.getImageData(0, 0, width, height);
	}

	// A card's code at once; another code only when it stays in sight, for it
	// may be a poster behind the card.
	#choose(texts) {
		const ours = texts.find((t) => OURS.test(t));

		if (ours !== undefined)
			return ours;
		if (texts.length === 0)
			return null;
		this.#strange.times = this.#strange.text === texts[0] ?
			this.#strange.times + 1 : 1;
		this.#strange.text = texts[0];
		return this.#strange.times >= STRANGE ? texts[0] : null;
	}
}
