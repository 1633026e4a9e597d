// Sets theme and language before anything is painted, so that neither flashes.
try {
  const theme = localStorage.getItem('holdfast.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  const language = localStorage.getItem('holdfast.language') ?? navigator.language
  document.documentElement.lang = language.startsWith('zh') ? 'zh-Hans' : 'en'
} catch {
  // A browser that keeps nothing follows the system.
}
