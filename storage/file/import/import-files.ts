/**
 * What reading and staging a log need of an engine, for a process that imports.
 */
import { BufferPool } from '../buffer-pool.ts'
import type { Disk } from '../disk.ts'
import { Handles } from '../handles.ts'
import { IndexBlocks } from '../index/index-file.ts'
import type { Shared } from '../shared.ts'

const MAX_OPEN_FILES = 16
const MAX_INDEX_BLOCKS = 64

/** Files of a disk, apart from any engine's. Nothing is done in the background. */
export const importFiles = (disk: Disk, now: () => number, warn: (line: string) => void): Shared => ({
  ...{ disk, now, warn },
  handles: new Handles(disk, MAX_OPEN_FILES),
  indexBlocks: new IndexBlocks(MAX_INDEX_BLOCKS),
  pool: new BufferPool(0),
  background() {
    throw new Error('an import does nothing in the background')
  },
})
