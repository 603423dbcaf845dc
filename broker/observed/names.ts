/**
 * What two brokers may call differently without answering differently: ids, member ids, producer ids, addresses. Each gets
 * a name by its order of appearance in an exchange, so that answers of different brokers and runs can be compared.
 */
const uuidText = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const zeroId = 'AAAAAAAAAAAAAAAAAAAAAA'

/** The names of one exchange. */
export class Names {
  readonly #aliases = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  /** From now on `real` is shown as `shown`, alone or inside of a text. */
  alias(real: string, shown: string): void {
    this.#aliases.set(real, shown)
  }

  /** A text with all aliases, and ids like those in member ids, replaced. */
  text(text: string): string {
    let shown = this.#aliases.get(text) ?? text
    for (const [real, alias] of this.#aliases) shown = shown.replaceAll(real, alias)
    return shown.replace(uuidText, id => this.#nameOf(id, '#'))
  }

  /** A topic id by the name given for it. */
  id(id: string): string {
    return id === zeroId ? 'zero' : (this.#aliases.get(id) ?? 'ID')
  }

  /** A number that the broker drew: a producer id, a fetch session. What means none (below 0, session 0) stays as it is. */
  number(kind: string, value: number): string {
    return value < 0 || (value === 0 && kind === 'session')
      ? String(value)
      : this.#nameOf(`${kind} ${value}`, `${kind} `, value)
  }

  #nameOf(key: string, prefix: string, value?: number): string {
    const known = this.#aliases.get(key)
    if (known !== undefined) return known
    const count = (this.#counts.get(prefix) ?? 0) + 1
    this.#counts.set(prefix, count)
    const shown = `${prefix}${count}`
    // A number's key never stands in a text, so it can't be replaced by mistake.
    this.alias(value === undefined ? key : `${prefix}${value}`, shown)
    return shown
  }
}
