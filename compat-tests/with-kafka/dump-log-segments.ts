/** Kafka's DumpLogSegments, and what it says as values. */
import { runJava } from '../runner/java.ts'
import type { BatchHeader } from './log-file.ts'

/** A batch as the tool tells it. */
export interface DumpedBatch extends BatchHeader {
  /** Whether the checksum is right. */
  readonly isvalid: boolean
}

/** A record as the tool tells it; a control record has the type of its marker. */
export interface DumpedRecord {
  readonly offset: number
  readonly timestamp: number
  readonly sequence: number
  readonly headerKeys: readonly string[]
  readonly marker: string | null
  readonly key: string | null
  readonly value: string | null
}

/** What the tool says of one file. */
export interface DumpedFile {
  readonly path: string
  readonly batches: readonly DumpedBatch[]
  readonly records: readonly DumpedRecord[]
  /** All other lines. */
  readonly lines: readonly string[]
}

/** Runs the tool over files, with options of it. */
export async function dumpLogSegments(paths: readonly string[], ...options: string[]): Promise<readonly DumpedFile[]> {
  const args = ['--files', paths.join(','), ...options]
  return parseDump(await runJava('org.apache.kafka.tools.DumpLogSegments', args))
}

/** The values in the tool's output. Throws where a batch or a record has another form than that of Kafka 4.3. */
export function parseDump(output: string): readonly DumpedFile[] {
  const files: { path: string; batches: DumpedBatch[]; records: DumpedRecord[]; lines: string[] }[] = []
  for (const line of output.split('\n')) {
    if (line.startsWith('Dumping ')) files.push({ path: line.slice(8), batches: [], records: [], lines: [] })
    const file = files.at(-1)
    if (file === undefined || line === '' || line.startsWith('Dumping ') || line.startsWith('Log starting offset'))
      continue
    if (line.startsWith('baseOffset: ')) file.batches.push(parseBatch(line))
    else if (line.startsWith('| offset: ')) file.records.push(parseRecord(line))
    else file.lines.push(line)
  }
  return files
}

function parseBatch(line: string): DumpedBatch {
  const words = new Map([...line.matchAll(/(\w+): (\S+)/g)].map(([, key, value]) => [key, value]))
  const text = (key: string): string => {
    const value = words.get(key)
    if (value === undefined) throw new Error(`DumpLogSegments says no ${key}: ${line}`)
    return value
  }
  const number = (key: string) => Number(text(key))
  return {
    position: number('position'),
    size: number('size'),
    baseOffset: number('baseOffset'),
    lastOffset: number('lastOffset'),
    count: number('count'),
    baseSequence: number('baseSequence'),
    producerId: number('producerId'),
    producerEpoch: number('producerEpoch'),
    partitionLeaderEpoch: number('partitionLeaderEpoch'),
    isTransactional: text('isTransactional') === 'true',
    isControl: text('isControl') === 'true',
    compresscodec: text('compresscodec'),
    magic: number('magic'),
    crc: number('crc'),
    timestamp: Number(words.get('CreateTime') ?? text('LogAppendTime')),
    isvalid: text('isvalid') === 'true',
  }
}

const recordForm =
  /^\| offset: (\d+) \w+: (-?\d+) keySize: (-?\d+) valueSize: (-?\d+) sequence: (-?\d+) headerKeys: \[([^\]]*)\](.*)$/s

function parseRecord(line: string): DumpedRecord {
  const [, offset, timestamp, keySize, valueSize, sequence, headers, rest] = recordForm.exec(line) ?? []
  if (rest === undefined) throw new Error(`DumpLogSegments says a record in another form: ${line}`)
  const marker = /^ endTxnMarker: (\w+)/.exec(rest)?.[1] ?? null
  const key = Number(keySize) < 0 ? null : /^ key: (.*?)(?= payload: |$)/s.exec(rest)?.[1]
  const value = Number(valueSize) < 0 ? null : / payload: (.*)$/s.exec(rest)?.[1]
  return {
    offset: Number(offset),
    timestamp: Number(timestamp),
    sequence: Number(sequence),
    headerKeys: headers === '' ? [] : headers!.split(','),
    marker,
    key: key === undefined ? '' : key,
    value: value === undefined ? '' : value,
  }
}
