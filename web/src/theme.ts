export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const key = "orbit-theme";

export function theme(): Theme {
  return themes.find((one) => one === localStorage.getItem(key)) ?? "system";
}

/** Shows the page in the theme that was chosen last, or in the one given, which is kept. */
export function applyTheme(chosen: Theme = theme()): void {
  localStorage.setItem(key, chosen);
  document.documentElement.dataset.theme = chosen;
}
