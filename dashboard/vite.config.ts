import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const outDir = fileURLToPath(new URL('../dist/dashboard', import.meta.url))
const COMPRESSED_BYTES_MIN = 512
const TEXT = /\.(html|js|css|svg|json)$/

/** Puts a .gz and a .br beside each text, so that the server compresses nothing at run time. */
const precompress = (): Plugin => ({
  name: 'precompress',
  apply: 'build',
  closeBundle() {
    for (const entry of readdirSync(outDir, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile() || !TEXT.test(entry.name)) continue
      const path = join(entry.parentPath, entry.name)
      const plain = readFileSync(path)
      if (plain.length < COMPRESSED_BYTES_MIN) continue
      writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }))
      const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
      writeFileSync(`${path}.br`, brotliCompressSync(plain, { params }))
    }
  },
})

const server = process.env['HOLDFAST_URL'] ?? 'http://127.0.0.1:4646'

export default defineConfig({
  plugins: [react(), precompress()],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the content policy allows no data: URL but for images of ours
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  server: { host: '127.0.0.1', proxy: { '/v1': server, '/docs': server, '/readyz': server } },
})
