import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'

/** A new directory, removed after the test. */
export const temporaryDirectory = (t: ExecutionContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'samsa-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}
