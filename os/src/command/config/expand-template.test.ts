import { equal, match, rejects, test } from '@drover/testing';
import { expandTemplate } from './expand-template.ts';

/** As in RancherOS's own test of `config generate`. */
const SERVICES = `
    services:
      {{if eq "amd64" .ARCH -}}
      acpid:
        image: rancher/os-acpid
        net: host
      {{end -}}
      all-volumes:`;

test('a part for one architecture stands on it and is gone on others, to the last blank', () => {
  const on = (ARCH: string): string => expandTemplate(SERVICES, new Map([['ARCH', ARCH]]));
  equal(on('amd64'), '\n    services:\n      acpid:\n        image: rancher/os-acpid\n        net: host\n      all-volumes:');
  equal(on('arm'), '\n    services:\n      all-volumes:');
});

test('values, conditions and white space are what Go makes of them', () => {
  const data = new Map([['A', 'x'], ['B', '']]);
  const table: readonly (readonly [template: string, text: string])[] = [
    ['a {{.A}} b {{.NONE}} c', 'a x b  c'],
    ['a {{- .A -}} b', 'axb'],
    ['{{/* nothing }} here */}}z', 'z'],
    ['{{if .A}}yes{{else}}no{{end}} {{if .B}}yes{{else}}no{{end}}', 'yes no'],
    ['{{if eq .A "y"}}1{{else if eq .A "w" "x"}}2{{else}}3{{end}}', '2'],
    ['{{if and .A (not .B)}}{{if ne .A "x"}}a{{else}}b{{end}}{{end}}', 'b'],
    ['{{if .B}}{{if .A}}a{{else}}b{{end}}{{nonsense}}{{end}}c', 'c'],
    ['{{or .B "d"}} {{eq 1 1}} {{`raw "x"`}}', 'd true raw "x"'],
    ['{ {x} }', '{ {x} }'],
  ];
  for (const [template, text] of table) equal(expandTemplate(template, data), text);
});

test('what is not understood is named with its line', async () => {
  const table: readonly (readonly [template: string, message: RegExp])[] = [
    ['a\n{{range .X}}{{end}}', /^line 2: cannot do range/],
    ['{{if .A}}', /^line 1: \{\{if\}\} has no/],
    ['{{end}}', /^line 1: \{\{end\}\} belongs to no/],
    ['\n\n{{.A', /^line 3: \{\{ is never closed/],
    ['{{eq .A}}', /eq needs 2 values/],
    ['{{.A | printf}}', /cannot do \|/],
  ];
  for (const [template, message] of table) match((await rejects(() => expandTemplate(template, new Map()), 'bad-template')).message, message);
});
