export const documents: () => string[]
export const addressOf: (path: string) => string
export const slugOf: (heading: string) => string
export const renderDocs: () => {
  pages: { address: string; html: string }[]
  index: { page: string; heading: string; address: string; text: string }[]
}
