// The same one verification a request with Node:  peer.mjs PORT sodium|jose
import { createServer } from "node:http";

import * as jose from "jose";
import sodium from "sodium-native";

const [port, kind] = process.argv.slice(2);
const answer = "x".repeat(600);
const message = Buffer.alloc(130);

sodium.randombytes_buf(message);

function with_sodium() {
	const key = Buffer.alloc(sodium.crypto_sign_PUBLICKEYBYTES);
	const secret = Buffer.alloc(sodium.crypto_sign_SECRETKEYBYTES);
	const signature = Buffer.alloc(sodium.crypto_sign_BYTES);

	sodium.crypto_sign_keypair(key, secret);
	sodium.crypto_sign_detached(signature, message, secret);
	return () =>
		sodium.crypto_sign_verify_detached(signature, message, key);
}

async function with_jose() {
	const { publicKey, privateKey } = await jose.generateKeyPair("EdDSA", {
		crv: "Ed25519",
	});
	const token = await new jose.CompactSign(message)
		.setProtectedHeader({ alg: "EdDSA" })
		.sign(privateKey);

	return () => jose.compactVerify(token, publicKey);
}

const verify = kind === "jose" ? await with_jose() : with_sodium();

createServer((request, response) => {
	request.on("data", () => {});
	request.on("end", async () => {
		if (!(await verify()))
			process.exit(1);
		response.setHeader("Content-Type", "application/json");
		response.end(answer);
	});
}).listen(Number(port), "127.0.0.1");
