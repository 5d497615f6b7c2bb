// What JSON is, and what is only near it: each class of input that parsers are known to differ on, sent as the body of
// a real write. What is accepted reads back as it was meant; what is refused changes nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { refused } from './support/shop.js';

const server = await start_server();
const shop = await server.open_shop();
await shop.add_item('A', {}, { title: 'before', safety_stock: 7 });

// Text, and numbers for single bytes.
const bytes = (...parts: (string | number)[]) => Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));
type Sent = string | Buffer;
const inside = (before: string, value: Sent, after: string) => Buffer.concat([Buffer.from(before), Buffer.from(value as string), Buffer.from(after)]);
const patch = (body: Buffer) => shop.send('PATCH', '/api/inventory/A', { body });

const spelling = 'INVALID_JSON'; // it is no JSON
const meaning = 'VALIDATION_ERROR'; // it is, but not what may stand here

const wholes: Record<string, [Sent, string]> = {
  an_object: ['{"title":"t"}', 'accepted'],
  no_field_at_all: ['{}', 'accepted'],
  every_white_space_around_every_token: ['\t\r\n {\t"title"\r:\n"t" ,\t"safety_stock":\r\n1 }\n\r\t ', 'accepted'],
  fields_in_another_order: ['{"safety_stock":1,"title":"t"}', 'accepted'],
  a_name_in_escapes: ['{"t\\u0069tle":"t"}', 'accepted'],
  nothing: ['', spelling],
  white_space: [' \n\t\r', spelling],
  a_lone_null: ['null', meaning],
  a_lone_true: ['true', meaning],
  a_lone_number: ['7', meaning],
  a_lone_string: ['"title"', meaning],
  an_array: ['[]', meaning],
  an_array_around_it: ['[{"title":"t"}]', meaning],
  a_word: ['title', spelling],
  a_form: ['title=t&safety_stock=1', spelling],
  another_case_of_null: ['NULL', spelling],
  half_a_word: ['tru', spelling],
  a_word_too_long: ['{"title":nullx}', spelling],
  an_object_that_is_not_closed: ['{"title":"t"', spelling],
  an_object_closed_twice: ['{"title":"t"}}', spelling],
  an_object_closed_as_an_array: ['{"title":"t"]', spelling],
  an_array_closed_as_an_object: ['{"title":["t"}}', spelling],
  a_brace: ['{', spelling],
  a_closing_brace: ['}', spelling],
  a_name_without_a_value: ['{"title"}', spelling],
  a_name_and_a_colon: ['{"title":', spelling],
  a_colon_without_a_value: ['{"title":}', spelling],
  two_colons: ['{"title"::"t"}', spelling],
  a_comma_for_a_colon: ['{"title","t"}', spelling],
  a_value_without_a_name: ['{:"t"}', spelling],
  a_number_for_a_name: ['{1:"t"}', spelling],
  a_name_without_quotes: ['{title:"t"}', spelling],
  a_name_in_single_quotes: ["{'title':'t'}", spelling],
  no_comma_between_fields: ['{"title":"t" "safety_stock":1}', spelling],
  a_trailing_comma: ['{"title":"t",}', spelling],
  a_leading_comma: ['{,"title":"t"}', spelling],
  two_commas: ['{"title":"t",,"safety_stock":1}', spelling],
  a_trailing_comma_in_an_array: ['{"title":["t",]}', spelling],
  a_lone_comma_in_an_array: ['{"title":[,]}', spelling],
  a_comment: ['{/**/"title":"t"}', spelling],
  a_comment_to_the_end_of_the_line: ['{"title":"t"}//', spelling],
  a_hash_comment: ['{"title":"t"}#', spelling],
  something_after_it: ['{"title":"t"} x', spelling],
  two_objects: ['{"title":"t"}{"title":"u"}', spelling],
  two_objects_on_two_lines: ['{"title":"t"}\n{"title":"u"}', spelling],
  a_byte_order_mark: [bytes(0xef, 0xbb, 0xbf, '{"title":"t"}'), spelling],
  utf_16_little_endian: [Buffer.from('{"title":"t"}', 'utf16le'), spelling],
  utf_16_big_endian: [Buffer.from('{"title":"t"}', 'utf16le').swap16(), spelling],
  a_nul_behind_it: ['{"title":"t"}\0', spelling],
  a_nul_before_it: ['\0{"title":"t"}', spelling],
  a_nul_between_tokens: ['{"title":\0"t"}', spelling],
  a_form_feed_as_white_space: ['{\f"title":"t"}', spelling],
  a_vertical_tab_as_white_space: ['{\v"title":"t"}', spelling],
  a_no_break_space: ['{\u00a0"title":"t"}', spelling],
  a_line_separator_as_white_space: ['{\u2028"title":"t"}', spelling],
  a_byte_that_is_no_character: [bytes(0xff), spelling],
  a_field_given_twice: ['{"title":"t","title":"u"}', meaning],
  a_field_given_twice_alike: ['{"title":"t","title":"t"}', meaning],
  a_field_given_twice_in_disguise: ['{"title":"t","t\\u0069tle":"u"}', meaning],
  a_field_in_another_case: ['{"Title":"t"}', meaning],
  a_name_that_is_empty: ['{"":"t"}', meaning],
  a_name_with_a_nul: ['{"title\\u0000":"t"}', meaning],
  a_name_of_a_prototype: ['{"__proto__":{"title":"t"}}', meaning],
  an_unknown_field_that_is_large: [`{"x":"${'x'.repeat(100_000)}"}`, meaning],
  a_few_brackets: [`{"title":${'['.repeat(10)}${']'.repeat(10)}}`, meaning],
  a_thousand_brackets: ['['.repeat(1000) + ']'.repeat(1000), spelling],
  a_thousand_brackets_in_a_field: [`{"title":${'['.repeat(1000)}${']'.repeat(1000)}}`, spelling],
  a_thousand_objects_in_each_other: ['{"a":'.repeat(1000) + '1' + '}'.repeat(1000), spelling],
  a_hundred_thousand_open_brackets: ['['.repeat(100_000), spelling],
  a_hundred_thousand_open_objects: ['{"a":'.repeat(100_000), spelling],
};

// In place of a title, with what it must then be; or why it cannot be one.
const strings: Record<string, [Sent, { title: string } | string]> = {
  nothing_in_quotes: ['""', { title: '' }],
  escaped_quotes_and_slashes: ['"\\"\\\\\\/"', { title: '"\\/' }],
  an_escaped_letter_in_either_case: ['"\\u00e9\\u00E9"', { title: 'éé' }],
  an_escaped_pair_of_surrogates: ['"\\ud83e\\udDE6"', { title: '🧦' }],
  characters_of_two_three_and_four_bytes: ['"é€🧦"', { title: 'é€🧦' }],
  the_last_character_there_is: ['"\u{10ffff}"', { title: '\u{10ffff}' }],
  the_same_in_escapes: ['"\\udbff\\udfff"', { title: '\u{10ffff}' }],
  what_is_no_character_but_may_be_sent: ['"\uffff\ufdd0"', { title: '\uffff\ufdd0' }],
  a_byte_order_mark_inside: ['"\ufeffx"', { title: '\ufeffx' }],
  a_line_and_a_paragraph_separator: ['"\u2028\u2029"', { title: '\u2028\u2029' }],
  letters_that_only_look_alike: ['"e\\u0301"', { title: 'e\u0301' }],
  text_that_runs_right_to_left: ['"\u202eabc"', { title: '\u202eabc' }],
  brackets_and_commas_in_text: ['"{[,:]}"', { title: '{[,:]}' }],
  an_escape_of_an_escape: ['"\\\\u0041"', { title: '\\u0041' }],
  as_many_as_fit: [`"${'x'.repeat(500)}"`, { title: 'x'.repeat(500) }],
  as_many_as_fit_of_four_bytes: [`"${'🧦'.repeat(500)}"`, { title: '🧦'.repeat(500) }],
  one_more_than_fits: [`"${'x'.repeat(501)}"`, meaning],
  one_more_than_fits_in_escapes: [`"${'\\u0041'.repeat(501)}"`, meaning],
  a_word_without_quotes: ['t', spelling],
  single_quotes: ["'t'", spelling],
  back_quotes: ['`t`', spelling],
  quotes_of_print: ['“t”', spelling],
  quotes_that_are_not_closed: ['"t', spelling],
  a_closing_quote_that_is_escaped: ['"t\\"', spelling],
  a_quote_alone: ['"', spelling],
  two_strings: ['"t" "u"', spelling],
  strings_with_a_plus: ['"t"+"u"', spelling],
  an_escape_that_does_not_exist: ['"\\x41"', spelling],
  an_octal_escape: ['"\\101"', spelling],
  an_escaped_nothing: ['"\\0"', spelling],
  an_escaped_single_quote: ['"\\\'"', spelling],
  an_escape_in_capitals: ['"\\U0041"', spelling],
  an_escape_in_braces: ['"\\u{41}"', spelling],
  an_escape_too_short: ['"\\u004"', spelling],
  an_escape_of_no_digits: ['"\\u"', spelling],
  an_escape_of_other_letters: ['"\\u00g1"', spelling],
  an_escape_with_a_sign: ['"\\u+041"', spelling],
  an_escaped_line_break: ['"a\\\nb"', spelling],
  an_escaped_character_of_two_bytes: ['"\\é"', spelling],
  half_a_pair: ['"\\ud83e"', spelling],
  half_a_pair_and_a_letter: ['"\\ud83ex"', spelling],
  half_a_pair_and_another_escape: ['"\\ud83e\\n"', spelling],
  half_a_pair_and_half_an_escape: ['"\\ud83e\\u"', spelling],
  the_other_half_of_a_pair: ['"\\udde6"', spelling],
  a_pair_the_wrong_way_round: ['"\\udde6\\ud83e"', spelling],
  two_first_halves: ['"\\ud83e\\ud83e"', spelling],
  a_raw_line_break: ['"a\nb"', spelling],
  a_raw_tab: ['"a\tb"', spelling],
  a_raw_nul: ['"a\0b"', spelling],
  a_raw_escape_character: ['"a\x1bb"', spelling],
  latin_1: [bytes('"', 0xfc, '"'), spelling],
  a_byte_that_only_follows_others: [bytes('"', 0x80, '"'), spelling],
  half_of_two_bytes: [bytes('"', 0xc3, '"'), spelling],
  two_of_three_bytes: [bytes('"', 0xe2, 0x82, '"'), spelling],
  three_of_four_bytes: [bytes('"', 0xf0, 0x9f, 0xa7, '"'), spelling],
  a_slash_in_two_bytes: [bytes('"', 0xc0, 0xaf, '"'), spelling],
  a_slash_in_three_bytes: [bytes('"', 0xe0, 0x80, 0xaf, '"'), spelling],
  a_slash_in_four_bytes: [bytes('"', 0xf0, 0x80, 0x80, 0xaf, '"'), spelling],
  a_nul_in_two_bytes: [bytes('"', 0xc0, 0x80, '"'), spelling],
  a_surrogate_in_three_bytes: [bytes('"', 0xed, 0xa0, 0xbe, '"'), spelling],
  a_pair_in_three_bytes_each: [bytes('"', 0xed, 0xa0, 0xbe, 0xed, 0xb7, 0xa6, '"'), spelling],
  beyond_the_last_character: [bytes('"', 0xf4, 0x90, 0x80, 0x80, '"'), spelling],
  five_bytes: [bytes('"', 0xf8, 0x88, 0x80, 0x80, 0x80, '"'), spelling],
  bytes_that_never_stand_in_utf_8: [bytes('"', 0xfe, 0xff, '"'), spelling],
  an_escaped_line_feed: ['"a\\nb"', meaning],
  an_escaped_backspace: ['"a\\bb"', meaning],
  an_escaped_form_feed: ['"a\\fb"', meaning],
  an_escaped_nul: ['"a\\u0000b"', meaning],
  a_delete_character: ['"a\x7fb"', meaning],
  a_control_character_beyond_ascii: ['"a\u0085b"', meaning],
  a_number: ['1', meaning],
  no_title: ['null', meaning],
  a_truth: ['false', meaning],
  a_list_of_one: ['["t"]', meaning],
  an_object_of_one: ['{"title":"t"}', meaning],
};

// In place of a safety stock.
const numbers: Record<string, number | string> = {
  '0': 0, '-0': 0, '1000000000000': 1_000_000_000_000,
  '00': spelling, '01': spelling, '-01': spelling, '+1': spelling, '--1': spelling, '1-': spelling, '-': spelling, '- 1': spelling, '1 000': spelling, '1,000': spelling, '1_000': spelling, '1 2': spelling,
  '.5': spelling, '5.': spelling, '-.5': spelling, '1.e1': spelling, '.': spelling, '1.2.3': spelling, '1e': spelling, '1e+': spelling, '1e-': spelling, '1e1.5': spelling, '1ee2': spelling, e1: spelling,
  '0x10': spelling, '0b1': spelling, '0o7': spelling, '1f': spelling, '1n': spelling, '1L': spelling, "'5'": spelling, '１': spelling, '٣': spelling, '1\u00b2': spelling, '∞': spelling,
  NaN: spelling, nan: spelling, '-NaN': spelling, Infinity: spelling, '-Infinity': spelling, Inf: spelling, undefined: spelling, '1\0': spelling,
  '1.0': meaning, '-0.0': meaning, '0e0': meaning, '1e2': meaning, '1E+2': meaning, '100e-2': meaning, '0.1': meaning, '1e-400': meaning, '1e400': meaning, '-1e400': meaning,
  [`1e${'9'.repeat(400)}`]: meaning, [`0.${'0'.repeat(5000)}1`]: meaning, [`1${'0'.repeat(20_000)}`]: meaning, '-1': meaning,
  '9223372036854775808': meaning, '-9223372036854775809': meaning, '18446744073709551616': meaning, '"1"': meaning, true: meaning, '[1]': meaning,
};

const in_words = (text: string) => JSON.stringify(text.length > 30 ? `${text.slice(0, 12)}… (${text.length})` : text);

async function refused_and_unchanged(body: Buffer, code: string): Promise<void> {
  const before = await shop.record('A');
  await refused(patch(body), code);
  assert.deepEqual(await shop.record('A'), before);
}

for (const [what, [body, expected]] of Object.entries(wholes)) {
  test(`${what} is ${expected}`, async () => {
    if (expected !== 'accepted') return refused_and_unchanged(Buffer.from(body as string), expected);
    const answer = await patch(Buffer.from(body as string));
    assert.equal(answer.status, 200, answer.text);
  });
}

for (const [what, [value, expected]] of Object.entries(strings)) {
  test(`a_title_of ${what} is ${typeof expected === 'string' ? expected : 'kept'}`, async () => {
    const body = inside('{"title":', value, '}');
    if (typeof expected === 'string') return refused_and_unchanged(body, expected);
    const answer = await patch(body);
    assert.equal(answer.body.data?.title, expected.title, answer.text);
    assert.equal((await shop.record('A')).title, expected.title);
  });
}

for (const [number, expected] of Object.entries(numbers)) {
  test(`a_safety_stock_of ${in_words(number)} is ${typeof expected === 'string' ? expected : 'kept'}`, async () => {
    const body = inside('{"safety_stock":', number, '}');
    if (typeof expected === 'string') return refused_and_unchanged(body, expected);
    const answer = await patch(body);
    assert.equal(answer.body.data?.safety_stock, expected, answer.text);
  });
}

test('a_note_keeps_its_lines_and_tabs', async () => {
  const warehouse = await shop.add_warehouse();
  const answer = await shop.send('PUT', '/api/inventory/A', { body: `{"warehouse_id":"${warehouse}","quantity":1,"note":"a\\nb\\r\\n\\tc\\ud83e\\udde6"}` });
  assert.equal(answer.status, 200, answer.text);
  assert.equal((await shop.adjustments('A'))[0].note, 'a\nb\r\n\tc🧦');
});

test('every_cut_of_a_good_body_is_no_json', async () => {
  const good = Buffer.from('{"title":"\\ud83e\\udde6 é🧦","safety_stock":12}');
  for (let length = 0; length < good.length; length += 1) await refused_and_unchanged(good.subarray(0, length), spelling);
});
