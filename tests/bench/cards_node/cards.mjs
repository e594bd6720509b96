// The same cards as our own batch, by qrcode and pdfkit: front with name, words
// and the code as squares in one path, back with the same words, one document.
//   node cards.mjs COUNT FONT_FOLDER < PREFIX, then a line of digits each
// Prints the milliseconds that it took, without the start of Node.
import { readFileSync, writeFileSync } from 'node:fs'
import PDFDocument from 'pdfkit'
import QRCode from 'qrcode'

const count = Number(process.argv[2])
const fonts = process.argv[3]
const [prefix, ...tokens] = readFileSync(0, 'utf8').trim().split('\n')
const PT = 72 / 25.4
const WIDTH = 85.6 * PT, HEIGHT = 53.98 * PT
const MODULE = 5 * 72 / 300

const front = [
	['b', 14, 12.2, 3.4, 'CARER PASSPORT'],
	['b', 15, 4.2, 14, 'Margaret Thompson'],
	['r', 9.5, 4.2, 25, 'I look after someone.'],
	['r', 9.5, 4.2, 29, 'Please involve me.'],
	['r', 7, 4.2, 38, 'Issued by'],
	['b', 9, 4.2, 41, 'Harbour View Surgery'],
	['r', 7, 4.2, 47, 'Valid to'],
	['b', 8, 14.8, 47, '21 November 2028'],
	['r', 7, 4.2, 50, 'No.'],
	['b', 8, 14.8, 50, '7K3M-9QPR-K'],
	['r', 7, 60, 47, 'Scan to check at'],
	['b', 8, 56, 50, 'passport.example'],
]
const back = [
	['b', 8, 8.9, 2, 'CARER PASSPORT'],
	['b', 8, 60, 2, 'No. 7K3M-9QPR-K'],
	['b', 8, 4.2, 10, 'What this'],
	['b', 8, 4.2, 13.5, 'card is'],
	['r', 8, 24, 10, 'Harbour View Surgery knows me'],
	['r', 8, 24, 13.5, 'as an unpaid carer. It is not'],
	['r', 8, 24, 17, 'consent to share information:'],
	['r', 8, 24, 20.5, 'please ask the person I look after.'],
	['b', 8, 4.2, 26, 'To check it'],
	['r', 8, 24, 26, 'Point any phone camera at the code. The'],
	['r', 8, 24, 29.5, 'address must begin https://passport.example/'],
	['b', 8, 4.2, 35, 'Cannot be'],
	['b', 8, 4.2, 38.5, 'confirmed?'],
	['r', 8, 24, 35, 'Ring 01632 960123. Please'],
	['r', 8, 24, 38.5, 'do not turn me away.'],
	['b', 8, 4.2, 44, 'Found'],
	['b', 8, 4.2, 47.5, 'this card?'],
	['r', 8, 24, 44, 'Please return it to Harbour View Surgery,'],
	['r', 8, 24, 47.5, '2 Quay Street, Exampleton, EX1 2AB.'],
]

function words(doc, lines) {
	for (const [face, size, x, y, text] of lines)
		doc.font(face).fontSize(size)
			.text(text, x * PT, y * PT, { lineBreak: false })
}

function squares(doc, digits) {
	const { modules } = QRCode.create([
		{ data: Buffer.from(prefix), mode: 'byte' },
		{ data: digits, mode: 'numeric' },
	], { errorCorrectionLevel: 'Q' })
	const x0 = 52 * PT, y0 = 13 * PT

	for (let y = 0; y < modules.size; y++)
		for (let x = 0; x < modules.size; x++) {
			const from = x

			while (x < modules.size && modules.get(y, x))
				x++
			if (x > from)
				doc.rect(x0 + from * MODULE, y0 + y * MODULE,
					(x - from) * MODULE, MODULE)
		}
	doc.fill('#000')
}

const begun = performance.now()
const doc = new PDFDocument({ autoFirstPage: false, size: [WIDTH, HEIGHT],
	margin: 0 })
const parts = []

doc.on('data', (part) => parts.push(part))
doc.registerFont('r', `${fonts}/LiberationSans-Regular.ttf`)
doc.registerFont('b', `${fonts}/LiberationSans-Bold.ttf`)
for (let i = 0; i < count; i++) {
	doc.addPage()
	doc.rect(0, 0, WIDTH, 10.4 * PT).fill('#084754').fill('#000')
	words(doc, front)
	squares(doc, tokens[i % tokens.length])
	doc.addPage()
	doc.rect(0, 0, WIDTH, 6 * PT).fill('#084754').fill('#000')
	words(doc, back)
}
doc.end()
await new Promise((done) => doc.on('end', done))
const bytes = Buffer.concat(parts)

if (process.env.OUT)
	writeFileSync(process.env.OUT, bytes)
console.log(`${(performance.now() - begun).toFixed(1)} ${bytes.length}`)
