// Elements from values. What comes from the API becomes text, never markup.

export type Child = Node | string | number | undefined;

export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(attribute, value);
  element.append(...children.filter((child) => child !== undefined).map((child) => (typeof child === 'number' ? String(child) : child)));
  return element;
}

export const link = (to: string, ...children: readonly Child[]): HTMLAnchorElement => el('a', { href: `#${to}` }, ...children);

export function button(text: string, act: () => void, attributes: Readonly<Record<string, string>> = {}): HTMLButtonElement {
  const element = el('button', { type: 'button', ...attributes }, text);
  element.addEventListener('click', act);
  return element;
}

export const facts = (of: readonly (readonly [name: string, value: Child])[]): HTMLElement =>
  el('dl', { class: 'facts' }, ...of.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
