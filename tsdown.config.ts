import { defineConfig, type UserConfig } from 'tsdown'

const root: UserConfig = { format: 'esm', deps: { neverBundle: ['@holdfast/embedded', 'pg'] } }

export default defineConfig([
  {
    // The libraries of server and command line are bundled: they are devDependencies, so that a
    // shop which installs the library gets pg and nothing else.
    ...root,
    entry: { index: 'src/index.ts', cli: 'src/cli/main.ts', server: 'src/server/index.ts' },
    dts: false,
    clean: true,
    copy: [
      {
        from: 'node_modules/@scalar/api-reference/dist/browser/standalone.js',
        to: 'dist/assets',
        rename: 'scalar.js',
      },
    ],
  },
  {
    // The types of the two doors name nothing of those libraries.
    ...root,
    entry: { index: 'src/index.ts', server: 'src/server/index.ts' },
    deps: { neverBundle: [/^[^./]/] },
    dts: { emitDtsOnly: true },
    clean: false,
  },
])
