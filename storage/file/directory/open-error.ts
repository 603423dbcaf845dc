import { systemCode } from '../disk.ts'

/** By the system's code: what it means here, and what a person can do. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not read and write all of it. Give it to the user that runs the broker',
  EPERM: 'this user may not read and write all of it. Give it to the user that runs the broker',
  EROFS: 'its file system is read-only. Mount it for writing',
  ENOSPC: 'its disk is full. A start writes a few small files: make room',
  EDQUOT: "this user's share of its disk is used up. A start writes a few small files: make room",
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'there is a file of that name',
  EIO: 'its disk fails. Look at the log of the system, and have a copy of what is there',
  EMFILE: 'this process may open no more files. Raise the limit (ulimit -n)',
  ENFILE: 'the system may open no more files',
}

/** What a start fails with in the place of an error of the system: an Error that says what, where, and what to do. Any other error as it is. */
export const openError = (dataDir: string, error: unknown): unknown => {
  const code = systemCode(error)
  if (code === undefined) return error
  const { message } = error as Error
  const reason = REASONS[code]
  if (reason === undefined) return new Error(`the data directory ${dataDir} can't be opened: ${message}`)
  return new Error(
    `the data directory ${dataDir} can't be used: ${reason}, or name another with --data-dir (${message})`,
  )
}
