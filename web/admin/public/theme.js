// The theme that was chosen in this browser (src/shell/theme.ts), before anything is drawn.
try {
  const theme = localStorage.getItem('hangar.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be closed to us; then the system's theme holds.
}
