// Lints the API description with the rules of redocly.yaml, and holds every example in it against its own schema.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { lint, loadConfig } from '@redocly/openapi-core';
import { Ajv2020 } from 'ajv/dist/2020.js';

const file = process.argv[2] ?? fileURLToPath(new URL('../../src/http/openapi/openapi.json', import.meta.url));
const config = await loadConfig({ configPath: fileURLToPath(new URL('redocly.yaml', import.meta.url)) });
const problems = (await lint({ ref: file, config })).map(
  (p) => `${p.severity} ${p.ruleId}: ${p.message} at ${p.location[0]?.pointer}`,
);

const api = JSON.parse(await readFile(file, 'utf8'));
const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(api, 'openapi');
const at = (/** @type {string} */ pointer) =>
  pointer.split('/').slice(1).reduce((node, key) => node[key.replaceAll('~1', '/').replaceAll('~0', '~')], api);
let examples = 0;

(function walk(/** @type {any} */ node, /** @type {string} */ pointer) {
  if (typeof node !== 'object' || node === null) return;
  if (node.schema && node.examples) {
    const validate = ajv.getSchema(`openapi#${encodeURI(pointer)}/schema`);
    if (!validate) throw new Error(`no schema at ${pointer}`);
    for (const [name, example] of Object.entries(node.examples)) {
      examples += 1;
      if (!validate(example.value)) {
        problems.push(`example ${name} at ${pointer}: ${ajv.errorsText(validate.errors)}`);
      }
    }
  }
  for (const [key, child] of Object.entries(node)) {
    walk(child, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
})({ paths: api.paths, components: api.components }, '');

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`openapi.json: no problems, ${examples} examples valid`);
