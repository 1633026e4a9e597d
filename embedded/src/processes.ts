import { readFileSync, realpathSync } from 'node:fs'

/** What the system tells of a process: a zombie is dead, though it still has its number. */
export const stateOf = (pid: number): 'living' | 'zombie' | 'gone' => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EPERM') return 'gone'
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2)[0] === 'Z' ? 'zombie' : 'living'
  } catch {
    return process.platform === 'linux' ? 'gone' : 'living'
  }
}

/**
 * True when a process is the server of a folder, as far as the system tells: it works in there.
 * A number in an old lock file may be another process's by now.
 */
export const serves = (pid: number, folder: string): boolean => {
  try {
    return realpathSync(`/proc/${pid}/cwd`) === realpathSync(folder)
  } catch {
    // Not Linux, or a container in which even root may not look at the processes of others.
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres')
  } catch {
    return process.platform !== 'linux'
  }
}
