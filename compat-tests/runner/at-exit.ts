/** What the runner has started and must not outlive it: brokers and client processes. */
const enders = new Set<() => void>()

/** Calls `end` when the runner's process ends, however that comes, unless the returned function was called first. */
export function endAtExit(end: () => void): () => void {
  enders.add(end)
  return () => {
    enders.delete(end)
  }
}

process.once('exit', () => {
  for (const end of enders) end()
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))
