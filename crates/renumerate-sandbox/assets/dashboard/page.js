// Elements of the dashboard's pages. Data from the sandbox's clients is inserted as text, never as HTML.

export const byId = (id) => document.getElementById(id);

/**
 * Creates an element with these properties and children. Each child is an element or a text; `undefined` is skipped.
 */
export function element(name, properties, ...children) {
  const created = Object.assign(document.createElement(name), properties);
  created.append(...children.filter((child) => child !== undefined));
  return created;
}

/** Creates a link that opens the widgets of a session in the host page. */
export function openLink(kind, id, description = '') {
  const href = `/_sandbox/host?${new URLSearchParams({ [kind]: id })}`;
  const label = element('span', { className: 'visually-hidden' }, ` the ${kind} session ${description}`);
  return element('a', { href, className: 'button quiet', target: '_blank', rel: 'noopener' }, 'Open', label);
}

/** Returns whether the sandbox serves the widgets. */
export const hasWidgets = () => document.body.hasAttribute('data-widgets');

/** Announces a text to users of screen readers. */
export function announce(text) {
  byId('announcement').textContent = text;
}

/**
 * Returns the private key, which the page contains. If other machines can load the page, the user enters the key in the
 * form.
 */
export const privateKey = (form) => form.elements.private_key?.value ?? byId('key').textContent;
