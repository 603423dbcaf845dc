/** `npm run vectors -- FILE.jsonl`: checks our codecs against values and bytes that another implementation wrote. */
import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { checkVector } from './testing/vector.ts'

const [file] = process.argv.slice(2)
if (file === undefined || !existsSync(file)) {
  console.error(file === undefined ? 'usage: npm run vectors -- FILE.jsonl' : `${file}: no such file`)
  process.exit(2)
}
let passed = 0
let failed = 0
for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
  if (line.trim() === '') continue
  const failure = checkVector(line)
  if (failure === null) passed++
  else {
    failed++
    console.log(failure)
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
