// What stands between Chromium and carerpass-verify in these tests: it writes
// down every request whole, hands out another folder of lists when told to,
// turns the clock of the answers, and can be killed.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const TYPES = {
	".cwt": "application/cwt",
	".json": "application/json",
	".pub": "text/plain; charset=utf-8",
};

export class Front {
	requests = []; // {line, headers, body} as they came
	reports = []; // of the content security policy
	sent = 0; // bytes of answers, head and body
	lists = ""; // folder in place of the service's lists; null: there are none
	web = ""; // folder of another version of the page
	date_off = 0; // ms that the answers' clock is ahead
	#service;
	#server;
	#sockets = new Set();

	// ${service}: port of carerpass-verify.
	constructor(service) {
		this.#service = service;
	}

	get origin() {
		return `http://127.0.0.1:${this.port}`;
	}

	async start() {
		this.#server = http.createServer({ sendDate: false },
			(q, r) => this.#take(q, r));
		this.#server.on("connection", (socket) => {
			this.#sockets.add(socket);
			socket.on("close", () => {
				this.sent += socket.bytesWritten;
				this.#sockets.delete(socket);
			});
		});
		await new Promise((done) =>
			this.#server.listen(this.port ?? 0, "127.0.0.1", done));
		this.port = this.#server.address().port;
		return this;
	}

	// As if the process had been killed: open connections break, too.
	async stop() {
		this.#server.closeAllConnections();
		await new Promise((done) => this.#server.close(done));
	}

	// Bytes sent so far, those of open connections included.
	bytes() {
		let n = this.sent;

		for (const socket of this.#sockets)
			n += socket.bytesWritten;
		return n;
	}

	#take(request, response) {
		const body = [];

		request.on("data", (part) => body.push(part));
		request.on("end", () => {
			const text = Buffer.concat(body).toString("latin1");

			this.requests.push({
				line: `${request.method} ${request.url}`,
				headers: request.rawHeaders.join("\n"), body: text,
			});
			if (request.url === "/csp") {
				this.reports.push(text);
				response.writeHead(204).end();
			} else {
				this.#pass(request, response, this.#other(request));
			}
		});
	}

	#date() {
		return new Date(Date.now() + this.date_off).toUTCString();
	}

	// The file to give in place of what the service has; "" for none.
	#other({ url }) {
		if (url.startsWith("/lists/"))
			return this.lists === null ? "nowhere" : this.lists &&
				path.join(this.lists, url.slice("/lists/".length));
		return this.web && path.join(this.web,
			url === "/" ? "index.html" : url.slice(1));
	}

	// Passed on as it is, but for the clock, a place for reports, and the body
	// where there is another file.
	#pass(request, response, file) {
		const { method, url } = request;
		const headers = { ...request.headers };

		if (file !== "")
			delete headers["if-none-match"];
		const onward = http.request({ port: this.#service,
			host: "127.0.0.1", method, path: url, headers }, (answer) => {
			const fields = { ...answer.headers, date: this.#date() };
			const policy = fields["content-security-policy"];

			if (policy !== undefined)
				fields["content-security-policy"] =
					`${policy}; report-uri /csp`;
			if (file !== "") {
				answer.resume();
				this.#give(response, fields, file);
			} else {
				response.writeHead(answer.statusCode, fields);
				answer.pipe(response);
			}
		});

		onward.on("error", () => response.destroy());
		onward.end();
	}

	#give(response, fields, file) {
		for (const name of ["etag", "content-encoding", "content-length",
			"transfer-encoding"])
			delete fields[name];
		if (!fs.existsSync(file)) {
			response.writeHead(404, fields).end();
			return;
		}
		fields["content-type"] = TYPES[path.extname(file)] ??
			fields["content-type"];
		response.writeHead(200, fields).end(fs.readFileSync(file));
	}
}
