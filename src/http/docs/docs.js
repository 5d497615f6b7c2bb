// Draws the API reference from /openapi.json: nothing about the API is written down here.
'use strict';

let api;
const page_of = new Map(); // section element → what the search looks through

// --- Small helpers --------------------------------------------------------------------------------------------

// An element: h('a', { href, class }, child, …). Texts become text nodes, so nothing is ever parsed as HTML.
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

const $ = (id) => document.getElementById(id);

function resolve(node) {
  while (node?.$ref) {
    const { $ref, ...beside } = node;
    const target = $ref.split('/').slice(1).reduce((at, key) => at[key.replaceAll('~1', '/').replaceAll('~0', '~')], api);
    node = { ...target, ...beside };
  }
  return node;
}

// The description's `code` and **strong**.
function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith('`')) return h('code', {}, part.slice(1, -1));
    if (part.startsWith('**')) return h('strong', {}, part.slice(2, -2));
    return part;
  });
}

const paragraphs = (text = '') => text.split('\n\n').map((part) => h('p', {}, inline(part)));

function path_with_marked_parameters(path) {
  return h('span', { class: 'path' }, path.split(/(\{\w+\})/).map((part) => (part.startsWith('{') ? h('var', {}, part) : part)));
}

const method_badge = (method) => h('span', { class: `method ${method}` }, method.toUpperCase());

// --- Schemas ---------------------------------------------------------------------------------------------------

function type_of(schema) {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return 'one of';
  if (schema.oneOf && !schema.type) return 'one of several forms';
  const types = [schema.type ?? 'any'].flat();
  return types.map((type) => (type === 'array' ? `list of ${plural(resolve(schema.items ?? {}))}` : type)).join(' or ');
}

function plural(schema) {
  if (schema.enum) return schema.enum.join(', ');
  if (schema.oneOf) return 'entries';
  return `${type_of(schema)}s`;
}

function rules_of(schema) {
  const rules = [];
  const number = (value) => value.toLocaleString('en-US').replaceAll(',', '\u202f');
  if (schema.enum) rules.push(schema.enum.join(' · '));
  if (schema.minimum !== undefined && schema.maximum !== undefined) rules.push(`${number(schema.minimum)} – ${number(schema.maximum)}`);
  else if (schema.minimum !== undefined) rules.push(`≥ ${number(schema.minimum)}`);
  if (schema.maxLength !== undefined) rules.push(`${schema.minLength ?? 0} – ${number(schema.maxLength)} characters`);
  if (schema.maxItems !== undefined) rules.push(`${schema.minItems ?? 0} – ${number(schema.maxItems)} entries`);
  if (schema.pattern && !schema.pattern.includes('\\')) rules.push(schema.pattern.replace(/^\^|\$$/g, ''));
  if (schema.default !== undefined) rules.push(`default ${JSON.stringify(schema.default)}`);
  return rules;
}

// A field as it is sent says when it must be there; one as it comes back, when it may be missing.
function field(name, node, must, is_answer = false) {
  const schema = resolve(node);
  const rules = rules_of(schema).map((rule) => h('span', { class: 'field-rule' }, rule));
  return h('div', { class: 'field' },
    h('div', { class: 'field-head' },
      h('span', { class: 'field-name' }, name), h('span', { class: 'field-type' }, type_of(schema)),
      Boolean(must) !== is_answer && h('span', { class: 'field-must' }, is_answer ? 'may be left out' : 'required'), rules),
    schema.description && h('p', {}, inline(schema.description)),
    inner_fields(schema, is_answer, is_answer && name === 'data'));
}

// What is inside of a field, folded away but for what an answer is all about.
function inner_fields(schema, is_answer, open) {
  const inside = schema.type === 'array' ? resolve(schema.items ?? {}) : schema;
  if (!has_fields(inside)) return undefined;
  return h('details', { class: 'inner', open }, h('summary', {}, schema.type === 'array' ? 'Fields of each entry' : 'Fields'), fields_of(inside, is_answer));
}

function fields_of(node, is_answer) {
  const schema = resolve(node);
  if (schema.properties) {
    const required = new Set(schema.required);
    return h('div', { class: 'fields' }, Object.entries(schema.properties).map(([name, one]) => field(name, one, required.has(name), is_answer)));
  }
  const forms = (schema.oneOf ?? []).map((form, i) => [h('p', { class: 'variant' }, resolve(form).description ?? `Form ${i + 1}`), fields_of(form, is_answer)]);
  return h('div', { class: 'fields' }, forms);
}

function described_fields(node, is_answer) {
  const { description } = resolve(node);
  return [description && h('p', {}, inline(description)), fields_of(node, is_answer)];
}

const has_fields = (node) => Boolean(resolve(node)?.properties || resolve(node)?.oneOf?.some((one) => resolve(one).properties));

// --- Code ------------------------------------------------------------------------------------------------------

function highlighted_json(value) {
  const text = JSON.stringify(value, null, 2);
  const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+)/g;
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    parts.push(text.slice(end, match.index));
    if (match[1]) parts.push(h('span', { class: match[2] ? 'key' : 'string' }, match[1]), match[2] ?? '');
    else parts.push(h('span', { class: match[3] ? 'word' : 'number' }, match[0]));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}

function code_block(title, texts, { copy = false, label } = {}) {
  const pre = h('pre', { tabindex: '0', role: 'group', 'aria-label': label });
  const names = Object.keys(texts);
  const show = (name) => pre.replaceChildren(...[texts[name]].flat());
  show(names[0]);
  const choice = names.length > 1 && h('select', { 'aria-label': `${label}: which example`, onchange: (event) => show(event.target.value) },
    names.map((name) => h('option', { value: name }, name === name.toUpperCase() ? name : name.replaceAll('_', ' '))));
  const copy_button = copy && h('button', { type: 'button', onclick: (event) => copy_text(pre.textContent, event.currentTarget) }, 'Copy');
  return h('div', { class: 'code' }, h('div', { class: 'code-head' }, h('span', { class: 'title' }, title), choice, copy_button), pre);
}

async function copy_text(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without a secure context there is no clipboard to write to: select it, and let the browser copy it.
    const area = h('textarea', { class: 'visually-hidden' });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    button.focus();
  }
  button.textContent = 'Copied';
  $('announcer').textContent = 'Copied';
  setTimeout(() => (button.textContent = 'Copy'), 1500);
}

const shell_quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function curl(method, path, operation, body) {
  const parameters = (operation.parameters ?? []).map(resolve);
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parameters.find((one) => one.name === name)?.example ?? name));
  const lines = [`curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}${shell_quoted(location.origin + filled)}`];
  if (operation['x-required-scope']) lines.push('-H "Authorization: Bearer $NEXUS_KEY"');
  if (parameters.some((one) => one.name === 'Idempotency-Key')) lines.push('-H "Idempotency-Key: $(uuidgen)"');
  if (body !== undefined) lines.push("-H 'Content-Type: application/json'", `-d ${shell_quoted(JSON.stringify(body, null, 2))}`);
  return lines.join(' \\\n  ');
}

// --- Operations --------------------------------------------------------------------------------------------------

function parameters_section(title, operation, place) {
  const parameters = (operation.parameters ?? []).map(resolve).filter((one) => one.in === place);
  if (parameters.length === 0) return undefined;
  const fields = parameters.map(({ name, schema, description, required }) => field(name, { ...resolve(schema), description }, required));
  const list = h('div', { class: 'fields' }, fields);
  if (place !== 'header') return [h('h4', {}, title), list];
  return h('details', { class: 'section' }, h('summary', {}, h('h4', {}, title)), list);
}

function body_section(operation) {
  const schema = operation.requestBody?.content['application/json'].schema;
  if (!schema) return undefined;
  return [h('h4', {}, operation.requestBody.required ? 'Body' : 'Body, optional'), described_fields(schema)];
}

function success_section(responses) {
  return responses.filter(([status]) => status < 400).map(([status, response]) => {
    const schema = response.content?.['application/json']?.schema;
    const headers = Object.entries(response.headers ?? {}).map(([name, header]) => {
      const { schema: header_schema, description } = resolve(header);
      return field(name, { ...header_schema, description }, resolve(header).required === true, true);
    });
    return [
      h('p', { class: 'answer' }, h('span', { class: 'status good' }, status), h('span', {}, inline(response.description))),
      has_fields(schema) && h('details', { class: 'inner' }, h('summary', {}, 'Fields'), described_fields(schema, true)),
      headers.length > 0 && h('details', { class: 'inner' }, h('summary', {}, 'Headers'), h('div', { class: 'fields' }, headers)),
    ];
  });
}

function errors_table(codes) {
  const rows = codes.map((code) => h('tr', {}, h('td', {}, h('span', { class: 'status bad' }, api['x-errors'][code].status)), h('td', {}, h('code', {}, code)), h('td', {}, inline(api['x-errors'][code].description))));
  return h('div', { class: 'table' }, h('table', {}, h('thead', {}, h('tr', {}, ['Status', 'Code', 'Meaning'].map((title) => h('th', { scope: 'col' }, title)))), h('tbody', {}, rows)));
}

const error_codes = (responses) => responses.flatMap(([, response]) => response['x-error-codes'] ?? []);

// Those that any operation may answer are told apart from its own.
const everywhere = new Set(['VALIDATION_ERROR', 'INVALID_JSON', 'UNAUTHORIZED', 'INSUFFICIENT_SCOPE', 'TENANT_FORBIDDEN', 'IDEMPOTENCY_KEY_REUSED', 'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE', 'RATE_LIMITED', 'HEADERS_TOO_LARGE', 'INTERNAL', 'UNAVAILABLE']);

function errors_section(responses) {
  const codes = error_codes(responses);
  const own = codes.filter((code) => !everywhere.has(code));
  const common = codes.filter((code) => everywhere.has(code));
  return [
    own.length > 0 && [h('h4', {}, 'Errors'), errors_table(own)],
    common.length > 0 && h('details', { class: 'section' }, h('summary', {}, h('h4', {}, own.length > 0 ? 'Errors of every call' : 'Errors')), errors_table(common)),
  ];
}

function samples(method, path, operation, responses) {
  const bodies = Object.entries(operation.requestBody?.content['application/json'].examples ?? {});
  const requests = bodies.length === 0 ? { request: curl(method, path, operation) }
    : Object.fromEntries(bodies.map(([name, { value }]) => [name, curl(method, path, operation, Object.keys(value).length > 0 ? value : undefined)]));
  const answers = responses.filter(([status]) => status < 400).flatMap(([status, response]) => {
    const examples = Object.entries(response.content?.['application/json']?.examples ?? {});
    if (examples.length === 0) return [];
    return code_block(h('span', { class: 'good' }, `${status} response`), Object.fromEntries(examples.map(([name, { value }]) => [name, highlighted_json(value)])), { label: `Response with status ${status}` });
  });
  const refusals = responses.filter(([status]) => status >= 400).flatMap(([, response]) => Object.entries(response.content?.['application/json']?.examples ?? {}))
    .sort(([a], [b]) => everywhere.has(a) - everywhere.has(b)).map(([name, { value }]) => [name, highlighted_json(value)]);
  return h('div', { class: 'samples' },
    code_block('Request', requests, { copy: true, label: `${operation.summary}: request with curl` }), answers,
    refusals.length > 0 && code_block(h('span', { class: 'bad' }, 'Error'), Object.fromEntries(refusals), { label: 'Error response' }));
}

function operation_section(method, path, operation) {
  const responses = Object.entries(operation.responses).map(([status, response]) => [Number(status), resolve(response)]);
  const scope = operation['x-required-scope'];
  const text = h('div', {},
    h('h3', {}, h('a', { href: `#${operation.operationId}` }, operation.summary)),
    h('div', { class: 'route' }, method_badge(method), path_with_marked_parameters(path),
      scope ? h('span', { class: 'scope', title: 'The scope that the key needs' }, scope) : h('span', { class: 'scope open' }, 'no key needed')),
    paragraphs(operation.description),
    parameters_section('Path', operation, 'path'), parameters_section('Query', operation, 'query'), body_section(operation),
    h('h4', {}, 'Response'), success_section(responses), errors_section(responses), parameters_section('Headers', operation, 'header'));
  const section = h('section', { class: 'operation', id: operation.operationId, 'aria-label': operation.summary }, text, samples(method, path, operation, responses));
  page_of.set(section, `${method} ${path} ${operation.operationId} ${scope ?? ''} ${text.textContent}`.toLowerCase());
  return section;
}

// --- The page --------------------------------------------------------------------------------------------------

function draw() {
  const { info, tags } = api;
  const operations = Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
  document.title = info.title;
  $('version').textContent = `v${info.version}`;

  const links = [h('ul', {}, h('li', {}, h('a', { href: '#overview' }, 'Overview')), h('li', {}, h('a', { href: '#error-codes' }, 'Error codes')))];
  const overview = h('section', { class: 'overview', id: 'overview' }, h('div', {}, h('h1', {}, info.title), h('p', { class: 'lead' }, info.summary), paragraphs(info.description)),
    h('div', { class: 'samples' }, code_block('Before the first call', { shell: `export NEXUS_KEY=nxc_live_…\n${curl('get', '/api/inventory', api.paths['/api/inventory'].get)}` }, { copy: true, label: 'Before the first call' })));
  const content = [overview];
  for (const tag of tags) {
    const own = operations.filter(({ operation }) => operation.tags.includes(tag.name));
    const sections = own.map(({ method, path, operation }) => operation_section(method, path, operation));
    content.push(h('div', { class: 'tag-head' }, h('h2', {}, tag.name), paragraphs(tag.description)), ...sections);
    links.push(h('h2', {}, tag.name), h('ul', {}, own.map(({ method, operation }) =>
      h('li', {}, h('a', { href: `#${operation.operationId}` }, method_badge(method), h('span', {}, operation.summary))))));
  }
  const codes = h('section', { class: 'codes tag-head', id: 'error-codes' }, h('h2', {}, 'Error codes'), paragraphs('All of them, in the order of their status.'), errors_table(Object.keys(api['x-errors'])));
  $('content').replaceChildren(...content, codes);
  $('nav').replaceChildren(...links, h('p', { class: 'nothing', hidden: true }, 'Nothing found.'));
  $(location.hash.slice(1))?.scrollIntoView({ behavior: 'instant' });
}

// Every word must stand somewhere in an operation for it to stay.
function search(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const [section, content] of page_of) {
    section.hidden = !words.every((word) => content.includes(word));
    if (!section.hidden) found += 1;
  }
  $('overview').hidden = words.length > 0;
  for (const link of $('nav').querySelectorAll('a')) link.parentElement.hidden = Boolean($(link.hash.slice(1))?.hidden);
  for (const head of $('nav').querySelectorAll('h2')) head.hidden = !head.nextElementSibling.querySelector('li:not([hidden])');
  for (const head of document.querySelectorAll('main > .tag-head:not(.codes)')) {
    let next = head.nextElementSibling;
    while (next?.matches('.operation[hidden]')) next = next.nextElementSibling;
    head.hidden = !next?.matches('.operation');
  }
  document.querySelector('.nothing').hidden = found > 0;
  $('announcer').textContent = words.length > 0 ? `${found} operations found` : '';
}

function follow_scrolling() {
  const links = new Map([...$('nav').querySelectorAll('a')].map((link) => [link.hash.slice(1), link]));
  const visible = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) isIntersecting ? visible.add(target) : visible.delete(target);
    const first = [...visible].sort((a, b) => a.offsetTop - b.offsetTop)[0];
    if (!first) return;
    for (const [id, link] of links) link.toggleAttribute('aria-current', false) || (id === first.id && link.setAttribute('aria-current', 'true'));
    links.get(first.id)?.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  }, { rootMargin: '-100px 0px -60% 0px' });
  for (const id of links.keys()) if ($(id)) observer.observe($(id));
}

function remember(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(name);
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing shows the system's own theme.
  }
  return undefined;
}

function set_up_controls() {
  $('theme').addEventListener('click', () => {
    const root = document.documentElement;
    const is_dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = is_dark ? 'light' : 'dark';
    remember('nexus-theme', root.dataset.theme);
  });
  const open_menu = (open) => {
    $('nav').classList.toggle('open', open);
    $('menu').setAttribute('aria-expanded', String(open));
  };
  $('menu').addEventListener('click', () => open_menu(!$('nav').classList.contains('open')));
  $('nav').addEventListener('click', (event) => event.target.closest('a') && open_menu(false));
  $('content').addEventListener('click', () => open_menu(false));
  $('search').addEventListener('input', (event) => search(event.target.value));
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && !event.target.closest('input, textarea, select')) {
      event.preventDefault();
      $('search').focus();
    }
    if (event.key === 'Escape') {
      open_menu(false);
      if (document.activeElement === $('search')) {
        $('search').value = '';
        search('');
      }
    }
  });
}

async function main() {
  const theme = remember('nexus-theme');
  if (theme) document.documentElement.dataset.theme = theme;
  set_up_controls();
  try {
    const answer = await fetch('/openapi.json');
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    api = await answer.json();
  } catch (error) {
    $('content').replaceChildren(h('p', { role: 'alert' }, `The API description could not be read (${error.message}). Reload to try again.`));
    return;
  }
  draw();
  follow_scrolling();
}

main();
