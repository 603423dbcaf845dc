/**
 * The directories under the data directory: which log each holds, how one comes and goes.
 *
 * `<topic>-<partition>` as in Kafka, with Kafka's `partition.metadata` for the topic's id. A log whose id can't be told from these two
 * (`state/<name>`) has its id in a file `samsa.log` beside.
 */
import { basename, join } from 'node:path'
import type { LogId } from '../../engine.ts'
import { type Disk, writeFully } from '../disk.ts'

const METADATA = 'partition.metadata'
const OWN_ID = 'samsa.log'
const DELETE = '-delete'
const CREATE = '.create-'
const STRAY = '-stray'
const MAX_NAME_BYTES = 255

/** What Kafka allows for topics, a dash, and the partition's number without leading zeros. */
const NAME = /^[a-zA-Z0-9._-]{1,249}-(0|[1-9]\d{0,9})$/

/** Throws an Error unless the name can be a log's directory. */
export const checkName = (name: string): void => {
  if (!NAME.test(name)) throw new RangeError(`'${name}' can't be the directory of a log: it isn't <topic>-<partition>`)
}

/** Creates the directory of a log as a whole: a crash leaves it complete or not at all. Throws if the name is taken. */
export const createDirectory = (disk: Disk, dataDir: string, id: LogId, name: string, unique: string): string =>
  placeDirectory(disk, dataDir, stageDirectory(disk, dataDir, id, name, unique), id, name)

/** Creates the directory of a log under a name by which it is no log yet, and is removed at the next start. Throws if the log's name is taken. */
export const stageDirectory = (disk: Disk, dataDir: string, id: LogId, name: string, unique: string): string => {
  checkName(name)
  checkFree(disk, dataDir, id, name)
  const unfinished = join(dataDir, CREATE + unique)
  disk.makeDirectory(unfinished)
  writeIdentity(disk, unfinished, id, name)
  return unfinished
}

/** Writes into a log's directory which log it is. Returns the file's path. */
export const writeIdentity = (disk: Disk, directory: string, id: LogId, name: string): string => {
  const [file, content] = identity(id, name)
  const fd = disk.open(join(directory, file), 'w+')
  try {
    writeFully(disk, fd, [Buffer.from(content)], 0)
  } finally {
    disk.close(fd)
  }
  return join(directory, file)
}

/** The path of the file that `writeIdentity` writes. */
export const identityPath = (directory: string, id: LogId, name: string): string =>
  join(directory, identity(id, name)[0])

/** Makes a staged directory the log's. Throws if the name is taken. */
export const placeDirectory = (disk: Disk, dataDir: string, staged: string, id: LogId, name: string): string => {
  checkFree(disk, dataDir, id, name)
  const directory = join(dataDir, name)
  disk.rename(staged, directory)
  return directory
}

const checkFree = (disk: Disk, dataDir: string, id: LogId, name: string): void => {
  const directory = join(dataDir, name)
  if (disk.isDirectory(directory)) throw new Error(`${directory} is there already and isn't the log ${id}`)
}

const identity = (id: LogId, name: string): readonly [file: string, content: string] => {
  const [, topicId, partition] = /^data\/([\w-]{22})\/(\d+)$/.exec(id) ?? []
  return topicId !== undefined && name.endsWith(`-${partition}`)
    ? [METADATA, `version: 0\ntopic_id: ${topicId}`]
    : [OWN_ID, `version: 0\nid: ${id}\n`]
}

/** Moves a log's directory out of sight: it is gone, and what is left is to be removed. Returns where that is. */
export const retireDirectory = (disk: Disk, dataDir: string, name: string, unique: string): string => {
  const suffix = `.${unique}${DELETE}`
  const retired = join(dataDir, name.slice(0, MAX_NAME_BYTES - suffix.length) + suffix)
  disk.rename(join(dataDir, name), retired)
  return retired
}

/** Moves a leftover out of the way of logs to come. Returns where it is now. */
export const setAside = (disk: Disk, dataDir: string, leftover: string, unique: string): string => {
  const name = basename(leftover)
  return name.endsWith(DELETE) || name.startsWith(CREATE) ? leftover : retireDirectory(disk, dataDir, name, unique)
}

/**
 * Moves a directory out of the way that has the name of a log and doesn't say which it is, as a loss of power may leave it. As in Kafka its name ends
 * with `-stray`, and what is in it stays for people to look at. Returns where it is, or null if there is none.
 */
export const moveStray = (disk: Disk, dataDir: string, name: string, unique: string): string | null => {
  checkName(name)
  const directory = join(dataDir, name)
  if (!disk.isDirectory(directory) || readId(disk, directory, name) !== null) return null
  const suffix = `.${unique}${STRAY}`
  const stray = join(dataDir, name.slice(0, MAX_NAME_BYTES - suffix.length) + suffix)
  disk.rename(directory, stray)
  return stray
}

/** A log that was found on the disk. */
export interface Found {
  readonly logs: readonly { readonly id: LogId; readonly name: string }[]
  /** Paths of what crashes left behind: deleted logs, and logs that weren't made to the end. */
  readonly leftovers: readonly string[]
}

/** The logs of a data directory. Directories that look like a log's and don't say which are left alone, with a warning. */
export const findLogs = (disk: Disk, dataDir: string, warn: (line: string) => void): Found => {
  const logs: { id: LogId; name: string }[] = []
  const leftovers: string[] = []
  for (const name of disk.list(dataDir)) {
    if (name.endsWith(DELETE) || name.startsWith(CREATE)) leftovers.push(join(dataDir, name))
    else if (NAME.test(name) && disk.isDirectory(join(dataDir, name))) {
      const id = readId(disk, join(dataDir, name), name)
      if (id === null && isUnfinished(disk, join(dataDir, name))) leftovers.push(join(dataDir, name))
      else if (id === null) warn(`${join(dataDir, name)} has neither ${METADATA} nor ${OWN_ID} and is left alone`)
      else logs.push({ id, name })
    }
  }
  return { logs, leftovers }
}

/** Whether it was being made when the power was lost: its name came to the medium, and what is in it didn't. */
const isUnfinished = (disk: Disk, directory: string): boolean => {
  const names = disk.list(directory)
  if (names.some(name => name.endsWith('.log') && name !== OWN_ID && disk.sizeBytes(join(directory, name)) !== 0))
    return false
  return names.length === 0 || names.some(name => name === METADATA || name === OWN_ID)
}

const readId = (disk: Disk, directory: string, name: string): LogId | null => {
  const topicId = valueIn(disk.readFile(join(directory, METADATA)), /^topic_id: ([\w-]{22})\s*$/m)
  if (topicId !== null) return `data/${topicId}/${name.slice(name.lastIndexOf('-') + 1)}`
  return valueIn(disk.readFile(join(directory, OWN_ID)), /^id: (.+)\n/m)
}

/** Null for a file that a crash cut short. */
const valueIn = (content: Buffer | null, line: RegExp): string | null =>
  line.exec(content?.toString('utf8') ?? '')?.[1] ?? null
