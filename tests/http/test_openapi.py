"""Goal of this test: docs/openapi.yaml is true. Its paths and methods are the
program's table of routes; every answer that the service gives, for each route and
method, is one that it names, with a media type that it names; verdicts of every
kind have just the members of its schema, in its order."""
import json
import os
import re
import subprocess
import sys

import yaml

from service import BIN, ROOT, Service, folder

checked = 0


def must(holds, what):
    global checked
    if not holds:
        sys.exit('not as openapi.yaml says: ' + what)
    checked += 1


def resolve(spec, item):
    while '$ref' in item:
        at = spec
        for part in item['$ref'].removeprefix('#/').split('/'):
            at = at[part]
        item = at
    return item


def fits(schema, value, where):
    """As much of JSON Schema as the file uses; anything else is an error."""
    known = {'type', 'required', 'properties', 'additionalProperties', 'enum',
             'const', 'pattern', 'format', 'description'}
    must(set(schema) <= known, where + ': a keyword this test does not know')
    if 'const' in schema:
        must(value == schema['const'], where)
    if 'enum' in schema:
        must(value in schema['enum'], '%s: %r' % (where, value))
    kind = {'object': dict, 'string': str, 'integer': int}.get(
        schema.get('type'))
    if kind:
        must(isinstance(value, kind), where)
    if 'pattern' in schema:
        must(re.search(schema['pattern'], value), '%s: %r' % (where, value))
    if schema.get('format') == 'date':
        must(re.fullmatch(r'\d{4}-\d\d-\d\d', value), where)
    if schema.get('format') == 'date-time':
        must(re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', value), where)
    if kind is dict and 'properties' in schema:
        names = list(schema['properties'])
        for name in schema.get('required', []):
            must(name in value, '%s.%s is missing' % (where, name))
        if schema.get('additionalProperties') is False:
            must(set(value) <= set(names), where + ': %r' % list(value))
            order = [n for n in names if n in value]
            must(list(value) == order, where + ': the order of members')
        for name, v in value.items():
            if name in schema['properties']:
                fits(schema['properties'][name], v, where + '.' + name)


def template(path):
    return re.sub(r'\{[a-z]+\}', '*', path)


def operation(spec, method, path):
    """The most exact path of the file that fits, as the program chooses."""
    for p, methods in sorted(spec['paths'].items(), key=lambda i: '{' in i[0]):
        pattern = re.escape(template(p)).replace(r'\*', '.*')
        if p.startswith('/{'):
            continue
        if re.fullmatch(pattern, path):
            return methods.get(method.lower())
    return spec['paths']['/{page}'].get(method.lower())


def check(spec, service, method, path, body=None, **fields):
    status, head, answer = service.ask(method, path, body, **fields)
    asked = 'GET' if method == 'HEAD' else method
    op = operation(spec, asked, path)
    where = '%s %s -> %d' % (method, path, status)
    if op is None:
        must(status == 405, where)
        content = resolve(spec, {'$ref': '#/components/responses/Problem'})
    else:
        must(str(status) in op['responses'], where)
        content = resolve(spec, op['responses'][str(status)])
    for name in content.get('headers', {}):
        must(head[name] is not None, '%s: no %s' % (where, name))
    if 'content' in content:
        kind = head['Content-Type'].split(';')[0]
        must(kind in content['content'], '%s: %s' % (where, kind))
        schema = resolve(spec, content['content'][kind]['schema'])
        if method == 'HEAD':
            must(answer == b'', where + ': a body')
        elif kind.endswith('json'):
            fits(schema, json.loads(answer), where)
    return status, answer


def main():
    with open(os.path.join(ROOT, 'docs/openapi.yaml')) as f:
        spec = yaml.safe_load(f)
    of_file = sorted('%s %s' % (m.upper(), template(p))
                     for p, methods in spec['paths'].items() for m in methods)
    printed = subprocess.run([os.path.join(BIN, 'tests/http/print_routes')],
                             capture_output=True, text=True, check=True)
    must(of_file == sorted(printed.stdout.splitlines()),
         'its routes are %s' % of_file)
    codes = folder('p')
    seen = set()
    with Service('p/lists') as s:
        for path in ('/', '/ward.js', '/none', '/v1/verify', '/healthz',
                     '/readyz', '/metrics', '/lists/trust.cwt',
                     '/lists/status/0.cwt', '/lists/root.pub',
                     '/lists/index.json', '/lists/none', '/v1/none'):
            for method in ('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH',
                           'OPTIONS'):
                seen.add(check(spec, s, method, path)[0])
        for kind in ('text/plain', 'application/cwt', 'text/html', ''):
            for body in (b'', b'x', b'1' * 4097, codes['valid'].encode()):
                seen.add(check(spec, s, 'POST', '/v1/verify', body,
                               Content_Type=kind)[0])
        reasons = set()
        for text in list(codes.values()) + ['x', '00000000-0', 'https://a.b/#' +
                                            codes['valid'].split('#')[1]]:
            status, answer = check(spec, s, 'POST', '/v1/verify', text,
                                   Content_Type='text/plain')
            reasons.add(json.loads(answer)['reason'])
        must(len(reasons) >= 9, 'only these reasons were seen: %s' % reasons)
        tag = s.ask('GET', '/')[1]['ETag']
        seen.add(check(spec, s, 'GET', '/', If_None_Match=tag)[0])
    os.unlink('p/lists/trust.cwt')
    with Service('p/lists') as s:
        seen.add(check(spec, s, 'GET', '/readyz')[0])
    must(seen == {200, 304, 404, 405, 413, 415, 503},
         'these statuses were seen: %s' % seen)
    print('%d passed' % checked)


main()
