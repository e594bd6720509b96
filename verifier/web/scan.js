import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader"; export { prepareZXingModule, readBarcodes };
