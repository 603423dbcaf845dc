/** Records as kcat prints and takes them: bytes with lengths on the way out, bytes between delimiters on the way in. */
import { type ConsumedRecord, type Header, type ProducedRecord, Unsupported } from '../driver.ts'

/** kcat's format for a record: a line with numbers, lengths (−1 is null) and headers, then key and value byte by byte. */
export const recordFormat = '%t %p %o %T %K %S %h\n%k%s\n'

/** Stand between records and between key and value; records that contain them can't be sent with kcat. */
export const recordDelimiter = '<<kcat-record>>'
export const keyDelimiter = '<<kcat-key>>'

/** Takes kcat's output in {@link recordFormat}, in pieces of any size, and gives the records that are complete. */
export class RecordReader {
  #rest: Buffer = Buffer.alloc(0)

  /** The records that `chunk` completes. */
  read(chunk: Buffer): ConsumedRecord[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const records: ConsumedRecord[] = []
    let position = 0
    for (;;) {
      const lineEnd = this.#rest.indexOf(0x0a, position)
      if (lineEnd < 0) break
      const line = this.#rest.toString('utf8', position, lineEnd)
      const [topic = '', partition, offset, timestampMs, keyLength, valueLength, ...headers] = line.split(' ')
      const keyEnd = lineEnd + 1 + Math.max(0, Number(keyLength))
      const valueEnd = keyEnd + Math.max(0, Number(valueLength))
      if (this.#rest.length < valueEnd + 1) break
      records.push({
        topic,
        partition: Number(partition),
        offset: Number(offset),
        timestampMs: Number(timestampMs),
        key: Number(keyLength) < 0 ? null : this.#rest.subarray(lineEnd + 1, keyEnd),
        value: Number(valueLength) < 0 ? null : this.#rest.subarray(keyEnd, valueEnd),
        headers: headersIn(headers.join(' ')),
      })
      position = valueEnd + 1
    }
    this.#rest = this.#rest.subarray(position)
    return records
  }
}

/** One run of kcat: records of one partition that share its options. */
export interface Run {
  readonly args: readonly string[]
  readonly input: Buffer
}

/** Splits records into runs that keep the order within each partition. Unsupported where kcat would change a record. */
export function runsFor(records: readonly ProducedRecord[]): Run[] {
  const byPartition = new Map<number | undefined, ProducedRecord[]>()
  for (const record of records) {
    const same = byPartition.get(record.partition)
    if (same === undefined) byPartition.set(record.partition, [record])
    else same.push(record)
  }
  return [...byPartition.values()].flatMap(splitByOptions)
}

function splitByOptions(records: readonly ProducedRecord[]): Run[] {
  const runs: Run[] = []
  let args: string[] = []
  let lines: Buffer[] = []
  for (const record of records) {
    const wanted = argsFor(record)
    if (lines.length > 0 && wanted.join('\0') !== args.join('\0')) {
      runs.push({ args, input: joined(lines) })
      lines = []
    }
    args = wanted
    lines.push(lineFor(record))
  }
  runs.push({ args, input: joined(lines) })
  return runs
}

function argsFor({ partition, key, value, headers = [], timestampMs }: ProducedRecord): string[] {
  if (timestampMs !== undefined) throw new Unsupported("kcat can't set timestamps")
  const args = partition === undefined ? [] : ['-p', String(partition)]
  for (const { key: name, value: content } of headers) {
    if (!isPlainText(content)) throw new Unsupported('kcat sends and prints headers as text only')
    args.push('-H', `${name}=${content.toString()}`)
  }
  // With -Z kcat makes every empty key and value null, without it none.
  if (value === null) {
    if (key?.length === 0) throw new Unsupported("kcat can't send an empty key with a null value")
    args.push('-Z')
  }
  if ((key ?? null) === null && !value?.length) throw new Unsupported('kcat skips records without key and value')
  return args
}

function lineFor({ key, value }: ProducedRecord): Buffer {
  const content = value ?? Buffer.alloc(0)
  return key === null || key === undefined ? content : Buffer.concat([key, Buffer.from(keyDelimiter), content])
}

function joined(lines: readonly Buffer[]): Buffer {
  const delimiter = Buffer.from(recordDelimiter)
  return Buffer.concat(lines.flatMap(line => [line, delimiter]))
}

function isPlainText(value: Buffer): boolean {
  return /^[\x20-\x2b\x2d-\x7e]*$/.test(value.toString('latin1'))
}

function headersIn(text: string): Header[] {
  if (text === '') return []
  return text.split(',').map(header => {
    const equals = header.indexOf('=')
    return { key: header.slice(0, equals), value: Buffer.from(header.slice(equals + 1)) }
  })
}
