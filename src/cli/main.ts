#!/usr/bin/env node
import { runProgram } from './program.ts'

// Whoever reads our words has heard enough, as `| head` has: end as Ctrl-C would, without a word.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.emit('SIGINT', 'SIGINT')
})

process.exitCode = await runProgram(process.argv.slice(2))
