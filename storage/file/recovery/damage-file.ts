import { type Damage, encodeDamage } from './damage.ts'
import { type Disk, replaceFile } from '../disk.ts'

/** The file `<base offset>.damaged` beside one segment: not there while there is no damage. */
export class DamageFile {
  readonly path: string
  /** What the file says. */
  saved: readonly Damage[] = []
  readonly #disk: Disk
  #saving: Promise<void> = Promise.resolve()

  constructor(disk: Disk, path: string) {
    this.#disk = disk
    this.path = path
  }

  /** Whether the file says something else. */
  differs(damage: readonly Damage[]): boolean {
    return damage !== this.saved && damage.length + this.saved.length > 0
  }

  /** Resolves when it says what `damage` gives once it is written, and a loss of power doesn't change that. Rejects with the disk's error. */
  save(damage: () => readonly Damage[]): Promise<void> {
    const write = async (): Promise<void> => {
      const now = damage()
      if (now.length === 0) this.#disk.unlink(this.path)
      else await replaceFile(this.#disk, this.path, encodeDamage(now))
      this.saved = now
    }
    this.#saving = this.#saving.then(write, write)
    return this.#saving
  }
}
