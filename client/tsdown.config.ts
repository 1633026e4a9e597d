import { defineConfig } from 'tsdown'

export default defineConfig([
  { entry: ['src/index.ts'], format: 'esm', dts: true, clean: true },
  {
    // Minified by us, since shops load it as it is.
    entry: { element: 'src/element/index.ts' },
    ...{ format: 'esm', platform: 'browser', minify: true, dts: true, clean: false },
    tsconfig: '../tsconfig.browser.json',
  },
])
