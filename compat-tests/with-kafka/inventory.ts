/** All that a client sees of what a broker keeps, as java/src's Inventory tells it. */
import { JavaTalk } from '../runner/java.ts'

/** A topic with the settings that it has of its own. */
export interface TopicLine {
  readonly kind: 'topic'
  readonly name: string
  readonly id: string
  readonly partitions: number
  readonly configs: Readonly<Record<string, string>>
}

/** The bounds of a partition. `maxTimestamp` is an offset, −1 for none. */
export interface PartitionLine {
  readonly kind: 'partition'
  readonly topic: string
  readonly partition: number
  readonly earliest: number
  readonly latest: number
  readonly maxTimestamp: number
}

/** What a reader at one isolation level gets from the start on. */
export interface ReadLine {
  readonly kind: 'read'
  readonly topic: string
  readonly partition: number
  readonly isolation: string
  readonly end: number
  readonly offsets: readonly number[]
}

/** A record. Long keys and values are told by their beginning, length and hash. */
export interface RecordLine {
  readonly kind: 'record'
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly timestampType: string
  readonly leaderEpoch: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly (readonly [string, string | null])[]
}

/** A group's committed offsets: offset and metadata by `<topic>-<partition>`. */
export interface GroupLine {
  readonly kind: 'group'
  readonly group: string
  readonly offsets: Readonly<Record<string, readonly [number, string]>>
}

/** One thing that a client sees. */
export type InventoryLine = TopicLine | PartitionLine | ReadLine | RecordLine | GroupLine

/** The inventory of the broker at `address` (`host:port`), in an order that depends on its content alone. */
export async function takeInventory(address: string): Promise<readonly InventoryLine[]> {
  return (await new JavaTalk('samsa.compat.Inventory', [address]).rest()) as InventoryLine[]
}

const MAX_DIFFERENCES = 10

/** Rejects with the first differences, where there are any; `was` and `is` name the two in what it says. */
export function assertSame(
  was: { readonly name: string; readonly lines: readonly InventoryLine[] },
  is: { readonly name: string; readonly lines: readonly InventoryLine[] },
): void {
  const before = new Set(was.lines.map(line => JSON.stringify(line)))
  const after = new Set(is.lines.map(line => JSON.stringify(line)))
  const differences = [
    ...[...before].filter(line => !after.has(line)).map(line => `only ${was.name}: ${line}`),
    ...[...after].filter(line => !before.has(line)).map(line => `only ${is.name}: ${line}`),
  ]
  if (differences.length > 0)
    throw new Error(`${differences.length} differences:\n${differences.slice(0, MAX_DIFFERENCES).join('\n')}`)
  if (was.lines.length !== is.lines.length)
    throw new Error(`${was.lines.length} lines ${was.name}, ${is.lines.length} ${is.name}`)
}
