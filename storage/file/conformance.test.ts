import test from 'ava'
import { conformance } from '../conformance.ts'
import { createFileEngine } from './engine.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

conformance(test, 'file', t => {
  const dataDir = temporaryDirectory(t)
  const again = () => createFileEngine({ dataDir, warn: line => t.fail(line) })
  return { engine: again(), again }
})
