/**
 * What recovery remembers of damage: stretches of a segment that hold no sound batches and have sound ones, or other segments, behind them. They
 * stay where they are, and `<base offset>.damaged` beside the segment says where, so that no later start has to find them again.
 *
 *     0                                             version
 *     2                                             how many
 *     4096 4196 17 18 a batch with a wrong checksum bytes [4096, 4196), offsets [17, 18), and why
 *     9000 9000 40 50 its end is missing
 *     crc32c 0a1b2c3d                               of all above
 */
import { crc32c } from '../../../protocol/records/crc32c.ts'
import { DamagedRange, type Offset } from '../../engine.ts'

/** One stretch. */
export interface Damage {
  /** Bytes `[position, end)` of the `.log`; none where the bytes are missing. */
  readonly position: number
  readonly end: number
  /** Offsets `[from, to)` that can't be read; none where bytes came in between batches that follow one another. */
  readonly from: Offset
  readonly to: Offset
  /** In words, one line. */
  readonly problem: string
}

const VERSION = '0'
const LINE = /^(\d{1,16}) (\d{1,16}) (\d{1,16}) (\d{1,16}) ([^\n]+)$/

/** The bytes of the file. */
export const encodeDamage = (stretches: readonly Damage[]): Buffer => {
  const lines = stretches.map(({ position, end, from, to, problem }) => `${position} ${end} ${from} ${to} ${problem}\n`)
  const text = `${VERSION}\n${stretches.length}\n${lines.join('')}`
  return Buffer.from(`${text}crc32c ${sumOf(text)}\n`)
}

/** Reads the file; null if it isn't whole, or says what can't be: the segment must be read then to know. */
export const decodeDamage = (content: Buffer): readonly Damage[] | null => {
  const text = content.toString('utf8')
  const end = text.lastIndexOf('crc32c ')
  if (end < 0 || text.slice(end) !== `crc32c ${sumOf(text.slice(0, end))}\n`) return null
  const [version, count, ...lines] = text.slice(0, end).split('\n')
  if (version !== VERSION || Number(count) !== lines.length - 1) return null
  const stretches: Damage[] = []
  for (const line of lines.slice(0, -1)) {
    const stretch = parse(line)
    if (stretch === null || !follows(stretch, stretches.at(-1))) return null
    stretches.push(stretch)
  }
  return stretches
}

const sumOf = (text: string): string => crc32c(Buffer.from(text)).toString(16).padStart(8, '0')

const parse = (line: string): Damage | null => {
  const match = LINE.exec(line)
  if (match === null) return null
  const [position, end, from, to] = match.slice(1, 5).map(Number) as [number, number, number, number]
  const sound = position <= end && from <= to && Number.isSafeInteger(end) && Number.isSafeInteger(to)
  return sound ? { position, end, from, to, problem: match[5]! } : null
}

const follows = (stretch: Damage, before: Damage | undefined): boolean =>
  before === undefined || (before.end <= stretch.position && before.to <= stretch.from)

/** The stretch that the offset lies in, or undefined. */
export const damageAt = (stretches: readonly Damage[], offset: Offset): Damage | undefined =>
  stretches.find(({ from, to }) => from <= offset && offset < to)

/** What a read answers that begins in the stretch. @param path of the `.log` */
export const damagedRange = (path: string, { from, to, position, problem }: Damage): DamagedRange =>
  new DamagedRange(
    from,
    to,
    `${path}: offsets ${from} to ${to - 1} can't be read, from byte ${position} on: ${problem}`,
  )

/** What and where it is, for people. */
export const damageInWords = ({ position, end, from, to, problem }: Damage): string => {
  const offsets = from === to ? 'no offset is missing' : `offsets ${from} to ${to - 1} can't be read`
  return `${offsets}, ${end - position} bytes from byte ${position} on: ${problem}`
}

/** One line for people. @param path of the `.log` */
export const describeDamage = (path: string, damage: Damage): string =>
  `${path}: ${damageInWords(damage)}. They are left as they are`
