// HTTP that two servers in a row may read in two ways: a table of requests, each with another one, the smuggled one,
// hidden in it or behind it.

export type Attacks = Record<string, { bytes: Buffer; statuses: number[] }>;

// What the attacker has: a request of his own (its target, and fields that make it a good one), a body for it, and the
// whole request that nobody is to see as one.
export interface Attacker { target: string; fields: string; body: string; smuggled: string }

const raw = (text: string | Buffer) => (typeof text === 'string' ? Buffer.from(text, 'latin1') : text);

// Each must be refused with one of these statuses, and the connection closed: nothing behind it can be trusted.
export function attacks({ target, fields, body, smuggled }: Attacker): Attacks {
  const all: Attacks = {};
  const bad = [400];
  const add = (what: string, text: string | Buffer, statuses = bad) => (all[what] = { bytes: Buffer.concat([raw(text), raw(smuggled)]), statuses });
  const post = (headers: string, sent: string) => `POST ${target} HTTP/1.1\r\nHost: x\r\n${fields}${headers}\r\n${sent}`;
  const get = (headers: string) => `GET /livez HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
  const hex = body.length.toString(16);
  const good_chunk = `${hex}\r\n${body}\r\n`;
  const chunked = 'Transfer-Encoding: chunked\r\n';
  const both = body.length + smuggled.length;

  // Where the body ends.
  const lengths: Record<string, string> = {
    'that differ': `${body.length}\r\nContent-Length: ${both}`, 'that differ, the larger first': `${both}\r\nContent-Length: ${body.length}`,
    'that are alike': `${body.length}\r\nContent-Length: ${body.length}`, 'and 0': `${body.length}\r\nContent-Length: 0`,
    'in a list': `${body.length}, ${both}`, 'alike in a list': `${body.length}, ${body.length}`, 'with a comma': `${body.length},`,
    'with a plus': `+${body.length}`, negative: '-1', 'in hexadecimal': `0x${hex}`, 'with a fraction': `${body.length}.0`, 'with an exponent': '1e1',
    'of two words': `${body.length} ${both}`, 'in words': 'five', empty: '', 'with an underscore': '1_0', 'with a semicolon': `${body.length};`, 'in quotes': `"${body.length}"`,
    'in digits of another script': Buffer.from('٥').toString('latin1'), 'with a nul': `${body.length}\0`, 'with a vertical tab': `${body.length}\v`,
    'with a bare CR': `\r${body.length}`,
    'on a line of its own': `\r\n ${body.length}`, 'continued on the next line': `${body.length}\r\n 0`,
  };
  for (const [what, value] of Object.entries(lengths)) add(`lengths ${what}`, post(`Content-Length: ${value}\r\n`, body));
  add('a length of gigabytes', post('Content-Length: 10000000000\r\n', body), [413]);
  for (const power of ['18446744073709551616', '18446744073709551621', '9'.repeat(40)]) add(`a length beyond 64 bits, ${power}`, post(`Content-Length: ${power}\r\n`, body), [400, 413]);

  const ends = `0\r\n\r\n`;
  add('a length before chunks', post(`Content-Length: ${ends.length + smuggled.length}\r\n${chunked}`, ends));
  add('chunks before a length', post(`${chunked}Content-Length: ${ends.length + smuggled.length}\r\n`, ends));
  add('chunks, and a length that ends inside them', post(`Content-Length: 4\r\n${chunked}`, `${(smuggled.length + 5).toString(16)}\r\n`));
  add('a GET of chunks with a length', get(`Content-Length: 0\r\n${chunked}`) + ends);

  // Which coding it has.
  const codings: Record<string, string> = {
    'chunked, identity': 'chunked, identity', 'identity, chunked': 'identity, chunked', 'gzip, chunked': 'gzip, chunked', 'chunked, gzip': 'chunked, gzip',
    identity: 'identity', nothing: '',
    xchunked: 'xchunked', chunkedx: 'chunkedx', chunk: 'chunk', 'chunked with a comma': 'chunked,', 'a comma and chunked': ', chunked',
    'chunked twice': 'chunked, chunked', 'chunked with a parameter': 'chunked;q=1',
    'chunked in quotes': '"chunked"', 'chunked in single quotes': "'chunked'", 'two words': 'chunked chunked', 'chunked with a vertical tab': 'chunked\v',
    'a vertical tab and chunked': '\vchunked', 'chunked with a nul': 'chunked\0',
    'chunked with a form feed': '\fchunked', 'chunked with a bare CR': 'chunked\r', 'a bare CR and chunked': '\rchunked',
    'chunked with a letter that only folds to k': Buffer.from('chun\u212aed').toString('latin1'), rot13: 'rot13',
    'chunked on a line of its own': '\r\n chunked', 'chunked, continued on the next line': 'chunked\r\n , identity', 'a tab on a line of its own': '\r\n\tchunked',
    'chunked, and once more': 'chunked\r\nTransfer-Encoding: chunked', 'chunked, then identity': 'chunked\r\nTransfer-Encoding: identity',
    'identity, then chunked': 'identity\r\nTransfer-Encoding: chunked', 'chunked, then nothing': 'chunked\r\nTransfer-Encoding:',
  };
  for (const [what, value] of Object.entries(codings)) {
    add(`coding ${what}`, post(`Transfer-Encoding: ${value}\r\n`, ends), [400, 501]);
    if (!what.includes('then')) add(`coding ${what} and a length`, post(`Transfer-Encoding: ${value}\r\nContent-Length: ${ends.length}\r\n`, ends), [400, 501]);
  }
  add('chunks in HTTP/1.0', post(chunked, ends).replace('HTTP/1.1', 'HTTP/1.0'));

  // How its name is written.
  for (const name of ['Transfer-Encoding', 'Content-Length']) {
    const value = name === 'Content-Length' ? `${both}` : 'chunked';
    const other = name === 'Content-Length' ? chunked : `Content-Length: ${ends.length}\r\n`;
    const spelt: Record<string, string> = {
      'a space before the colon': `${name} : ${value}`, 'a tab before the colon': `${name}\t: ${value}`, 'a space before the name': ` ${name}: ${value}`,
      'a nul before the name': `\0${name}: ${value}`, 'a nul in the name': `${name.replace('-', '\0-')}: ${value}`,
      'a vertical tab before the colon': `${name}\v: ${value}`, 'a bare CR before the colon': `${name}\r: ${value}`,
      'a line break before the colon': `${name}\r\n: ${value}`, 'a bare LF before it': `X-A: b\n${name}: ${value}`,
      'a bare CR before it': `X-A: b\r${name}: ${value}`,
      'two CR before it': `X-A: b\r\r\n${name}: ${value}`, 'a bare LF behind it': `${name}: ${value}\nX-A: b`, 'a folded line': `X-A: b\r\n ${name}: ${value}`,
      'a byte beyond ASCII behind the name': `${name}\xa0: ${value}`, 'an equals sign': `${name}=${value}`,
    };
    for (const [what, line] of Object.entries(spelt)) add(`${what}: ${name}`, post(`${line}\r\n${other}`, ends));
  }

  // How chunks are written.
  const sizes: Record<string, string> = {
    'no number': 'zz', nothing: '', negative: '-1', 'with a plus': `+${hex}`, 'with 0x': `0x${hex}`,
    'behind a space': ` ${hex}`, 'behind a tab': `\t${hex}`,
    'with a comma': `${hex},`, 'with a dot': `${hex}.0`, 'with a nul': `${hex}\0`,
    'in words': `${hex} bytes`, 'with a bare CR': `${hex}\rX`, 'in quotes': `"${hex}"`,
    'with an h': `${hex}h`,
    'with an extension that has a nul': `${hex};a\0b`, 'with an extension over two lines': `${hex};a="\r\n"`,
    'with an extension that has a bare LF': `${hex};a\nb`, 'with an extension that has a bare CR': `${hex};a\rb`,
    'with an endless extension': `${hex};${'a'.repeat(20_000)}`,
  };
  for (const [what, size] of Object.entries(sizes)) add(`a chunk's size ${what}`, post(chunked, `${size}\r\n${body}\r\n${ends}`));
  const huge = [
    'ffffffffffffffff', 'fffffffffffffffe', '7fffffffffffffff', '10000000000000000', `1000000000000000${hex}`, '1ffffffffffffffff', `1${'0'.repeat(40)}`, 'f'.repeat(300),
  ];
  for (const size of huge) add(`a chunk of ${size.slice(0, 20)} (${size.length} digits)`, post(chunked, `${size}\r\n${body}\r\n${ends}`), [400, 413]);
  const chunk_bodies: Record<string, string> = {
    'with LF behind the size': good_chunk.replace('\r\n', '\n') + ends, 'with CR behind the size': good_chunk.replace('\r\n', '\r') + ends,
    'with LF behind the data': good_chunk.replace(/\r\n$/, '\n') + ends, 'with nothing behind the data': good_chunk.replace(/\r\n$/, '') + ends,
    'with two letters behind the data': good_chunk.replace(/\r\n$/, 'XX') + ends, 'with an extra line behind the data': `${good_chunk}\r\n${ends}`,
    'of more data than said': `1\r\n${body}\r\n${ends}`, 'of less data than said': `${(body.length + 1).toString(16)}\r\n${body}\r\n${ends}`,
    'with LF behind the last size': `${good_chunk}0\n\r\n`, 'with LF in the end': `${good_chunk}0\r\n\n`, 'with LF twice in the end': `${good_chunk}0\n\n`,
    'with CR twice in the end': `${good_chunk}0\r\r`, 'with a last chunk of -0': `${good_chunk}-0\r\n\r\n`,
    'with a last chunk of 0x0': `${good_chunk}0x0\r\n\r\n`,
    'with a trailer without a colon': `${good_chunk}0\r\nX-A\r\n\r\n`, 'with a trailer with a space before the colon': `${good_chunk}0\r\nX-A : b\r\n\r\n`,
    'with a folded trailer': `${good_chunk}0\r\nX-A: b\r\n c\r\n\r\n`, 'with a bare LF in a trailer': `${good_chunk}0\r\nX-A: b\nX-B: c\r\n\r\n`,
    'with a nul in a trailer': `${good_chunk}0\r\nX-A: \0\r\n\r\n`,
    'with a length in the trailers': `${good_chunk}0\r\nContent-Length: 5\r\n\r\n`, 'with a coding in the trailers': `${good_chunk}0\r\nTransfer-Encoding: identity\r\n\r\n`,
    'with endless trailers': `${good_chunk}0\r\n${'X-A: b\r\n'.repeat(5000)}\r\n`,
  };
  for (const [what, sent] of Object.entries(chunk_bodies)) add(`chunks ${what}`, post(chunked, sent));

  // Lines and names.
  add('LF only', get('X-A: b\r\n').replaceAll('\r', ''));
  add('CR only', get('X-A: b\r\n').replaceAll('\n', ''));
  add('LF behind the request line', get('').replace('1.1\r\n', '1.1\n'));
  add('LF for the empty line', get('').replace(/\r\n$/, '\n'));
  add('LF before the request line', `\n${get('')}`);
  const lines: Record<string, string> = {
    'without a colon': 'X-A', 'without a name': ': b', 'with a space in the name': 'X A: b', 'with brackets in the name': 'X(A): b',
    'with quotes in the name': '"X-A": b', 'with a slash in the name': 'X/A: b', 'with an at sign in the name': 'X@A: b',
    'with a byte beyond ASCII in the name': 'X\xe9: b',
    'with an escape character in the name': 'X\x1bA: b', 'with a nul in the value': 'X-A: a\0b', 'with a bare CR in the value': 'X-A: a\rb',
    'with a bell in the value': 'X-A: a\x07b', 'with a delete character in the value': 'X-A: a\x7fb', 'with a vertical tab in the value': 'X-A: a\vb',
    'folded with a space': 'X-A: a\r\n b', 'folded with a tab': 'X-A: a\r\n\tb', 'folded to nothing': 'X-A: a\r\n ',
  };
  for (const [what, line] of Object.entries(lines)) add(`a header ${what}`, get(`${line}\r\n`));
  add('a header that begins with a space, before all others', get('').replace('Host', ' X-A: b\r\nHost'));

  // Whose request it is.
  const hosts: Record<string, string> = {
    missing: '', 'given twice': 'Host: x\r\nHost: x\r\n', 'given twice, differing': 'Host: x\r\nhost: y\r\n', 'of two words': 'Host: x y\r\n',
    'in a list': 'Host: x, y\r\n', 'with a path': 'Host: x/y\r\n', 'with a user': 'Host: a@x\r\n', 'with a nul': 'Host: x\0y\r\n', folded: 'Host:\r\n x\r\n',
    'with a space before the colon': 'Host : x\r\n', 'beyond ASCII': 'Host: \xe9\r\n',
  };
  for (const [what, lines_of_it] of Object.entries(hosts)) add(`a Host ${what}`, `GET /livez HTTP/1.1\r\n${lines_of_it}\r\n`);
  add('an absolute target and no Host', 'GET http://x/livez HTTP/1.1\r\n\r\n');

  // The request line.
  const request_lines: Record<string, [string, number[]]> = {
    'a word': ['HELLO', bad], 'no version': ['GET /livez', bad], 'HTTP/0.9': ['GET /livez HTTP/0.9', [400, 505]],
    'HTTP/1.2': ['GET /livez HTTP/1.2', [400, 505]], 'HTTP/2.0': ['GET /livez HTTP/2.0', [400, 505]], 'HTTP/9.9': ['GET /livez HTTP/9.9', [400, 505]],
    'HTTP/1.10': ['GET /livez HTTP/1.10', [400, 505]], 'HTTP/01.1': ['GET /livez HTTP/01.1', [400, 505]], 'HTTP/1': ['GET /livez HTTP/1', [400, 505]],
    'a version in small letters': ['GET /livez http/1.1', bad], 'a version with a space': ['GET /livez HTTP/ 1.1', bad],
    'a space behind the version': ['GET /livez HTTP/1.1 ', bad], 'a word behind the version': ['GET /livez HTTP/1.1 x', bad],
    'two spaces before the target': ['GET  /livez HTTP/1.1', bad], 'two spaces before the version': ['GET /livez  HTTP/1.1', bad],
    'tabs for spaces': ['GET\t/livez\tHTTP/1.1', bad],
    'a space before the method': [' GET /livez HTTP/1.1', bad], 'no method': ['/livez HTTP/1.1', bad], 'brackets in the method': ['GE(T /livez HTTP/1.1', bad],
    'a nul in the method': ['GET\0 /livez HTTP/1.1', bad], 'a colon in the method': ['GET: /livez HTTP/1.1', bad],
    'a space in the target': ['GET /li vez HTTP/1.1', bad], 'a nul in the target': ['GET /livez\0 HTTP/1.1', bad],
    'a bare CR in the target': ['GET /livez\r HTTP/1.1', bad], 'a vertical tab in the target': ['GET /livez\v HTTP/1.1', bad],
    'a byte beyond ASCII in the target': ['GET /livez\xe9 HTTP/1.1', bad], 'a fragment in the target': ['GET /livez#x HTTP/1.1', bad],
    'a target without a slash': ['GET livez HTTP/1.1', bad], 'a target of another scheme': ['GET ftp://x/livez HTTP/1.1', bad],
    'a target that is a host': ['GET x:80 HTTP/1.1', bad],
    'the PROXY protocol': ['PROXY TCP4 127.0.0.1 127.0.0.1 1 2', bad],
  };
  for (const [what, [line, statuses]] of Object.entries(request_lines)) add(`a request line of ${what}`, `${line}\r\nHost: x\r\nConnection: close\r\n\r\n`, statuses);
  add('HTTP/0.9 alone', 'GET /livez\r\n');
  add('the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 505]);
  add('a TLS hello', Buffer.from('16030100c4010000c003035a', 'hex'));
  add('random bytes', Buffer.from(Array.from({ length: 600 }, (_, i) => (i * 7919) % 256)));
  add('an Expect that is unknown', post(`Expect: 200-ok\r\nContent-Length: ${body.length}\r\n`, body), [417]);
  return all;
}

// What looks like one of those and is good HTTP, or something harmless: one request, with one answer, and what is
// hidden in it is its body, a name or nothing.
export function decoys({ target, fields, body, smuggled }: Attacker): Attacks {
  const all: Attacks = {};
  const add = (what: string, line: string, headers: string, sent: string, ...statuses: number[]) => {
    all[what] = { bytes: raw(`${line} HTTP/1.1\r\nHost: x\r\n${fields}Connection: close\r\n${headers}\r\n${sent}`), statuses };
  };
  const post = `POST ${target}`;
  const chunk = (data: string, extension = '') => `${data.length.toString(16)}${extension}\r\n${data}\r\n`;
  const chunked = 'Transfer-Encoding: chunked\r\n';
  add('a GET with a body that is a request', 'GET /livez', `Content-Length: ${smuggled.length}\r\n`, smuggled, 200);
  add('a GET with a request in chunks', 'GET /livez', chunked, `${chunk(smuggled)}0\r\n\r\n`, 200);
  add('a HEAD with a body that is a request', 'HEAD /livez', `Content-Length: ${smuggled.length}\r\n`, smuggled, 200);
  add('an unknown method with a body that is a request', 'BREW /livez', `Content-Length: ${smuggled.length}\r\n`, smuggled, 405);
  add('an unknown path with a body that is a request', 'POST /nothing', `Content-Length: ${smuggled.length}\r\n`, smuggled, 404);
  add('a body that is a request where JSON belongs', post, `Content-Length: ${smuggled.length}\r\n`, smuggled, 400);
  add('a request in chunks where JSON belongs', post, chunked, `${chunk(smuggled)}0\r\n\r\n`, 400);
  add('a wrong key and a body that is a request', post, `Content-Length: ${smuggled.length}\r\nX-Tenant-ID: x\r\n`, smuggled, 403);
  add('a request behind one that closes', 'GET /livez', '', smuggled, 200);
  add('a request behind chunks that close', post, chunked, `${chunk(body)}0\r\n\r\n${smuggled}`, 201);
  add('chunks of one byte', post, chunked, `${[...body].map((byte) => chunk(byte)).join('')}0\r\n\r\n${smuggled}`, 201);
  add('a size with zeros before it', post, chunked, `000${chunk(body)}0000\r\n\r\n${smuggled}`, 201);
  add('chunks in capitals', post, 'TRANSFER-ENCODING: CHUNKED\r\n', `${chunk(body)}0\r\n\r\n${smuggled}`, 201);
  add('chunks with extensions', post, chunked, `${chunk(body, ';a=b;c="d e"')}0;x\r\n\r\n${smuggled}`, 201);
  add('trailers that would change the request', post, chunked, `${chunk(body)}0\r\nHost: y\r\nX-Tenant-ID: nobody\r\nAuthorization: nobody\r\nContent-Type: text/plain\r\n\r\n${smuggled}`, 201);
  add('blanks around a value', post, `Content-Length: \t ${body.length}\t \r\n`, body + smuggled, 201);
  add('a length with zeros before it', post, `Content-Length: 000${body.length}\r\n`, body + smuggled, 201);
  add('a length that the connection is to forget', post, `Connection: Content-Length\r\nContent-Length: ${body.length}\r\n`, body + smuggled, 201);
  add('underscores for hyphens', 'GET /livez', `Content_Length: ${smuggled.length}\r\nTransfer_Encoding: chunked\r\n`, smuggled, 200);
  add('another method in a header', 'GET /livez', 'X-HTTP-Method-Override: DELETE\r\nX-Original-URL: /metrics\r\n', smuggled, 200);
  add('an upgrade to HTTP/2', 'GET /livez', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n', smuggled, 200);
  add('an upgrade to a web socket', 'GET /livez', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n', smuggled, 200);
  add('bytes beyond ASCII in a value', 'GET /livez', 'X-A: \xe9\xff\r\n', smuggled, 200);
  add('an absolute target of another host', 'GET http://elsewhere.example/livez', '', smuggled, 200);
  add('a target that climbs', 'GET /docs/../livez', '', smuggled, 404);
  add('a method in small letters', 'get /livez', '', smuggled, 405);
  return all;
}
