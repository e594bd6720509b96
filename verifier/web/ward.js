import sodium from "libsodium-wrappers"; import { Inflate } from "pako/browser/inflate"; await sodium.ready; console.log(sodium, Inflate);
