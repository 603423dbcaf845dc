import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The path of a file of `protocol/facts`. Tests run from the compiler's output, which has no data files, so it is
 * looked up from the project's folder: the nearest one above with a package.json.
 */
export function factsFile(name: string): string {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return join(folder, 'protocol', 'facts', name)
}
