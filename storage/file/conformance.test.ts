import test from 'ava'
import { conformance } from '../conformance.ts'
import { createFileEngine } from './engine.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

for (const durability of ['os', 'fsync'] as const)
  conformance(test, `file, ${durability}`, t => {
    const dataDir = temporaryDirectory(t)
    const again = () => createFileEngine({ dataDir, durability, warn: line => t.fail(line) })
    return { engine: again(), again }
  })
