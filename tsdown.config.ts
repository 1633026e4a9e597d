import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: { index: 'src/index.ts', cli: 'src/cli/main.ts', server: 'src/server/index.ts' },
  format: 'esm',
  dts: true,
  clean: true,
})
