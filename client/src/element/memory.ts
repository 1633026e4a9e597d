// What the browser keeps for the pages of the shop; where it keeps nothing, as long as the page.
const kept: Record<string, string> = {}

export const recall = (name: string): string | null => {
  try {
    return localStorage.getItem(name)
  } catch {
    return kept[name] ?? null
  }
}

export const remember = (name: string, text: string): void => {
  try {
    localStorage.setItem(name, text)
  } catch {
    kept[name] = text
  }
}
