import { deepEqual, equal, ok, test } from '@drover/testing';
import { resolveConfiguration } from '../layers/resolve-configuration.ts';
import { parseCloudConfig } from '../parse-cloud-config.ts';
import { makeLargeConfiguration, measureSpeed } from './measure-speed.ts';

test('checking and typing a configuration of 2,000 lines costs a part of reading its YAML', () => {
  const text = makeLargeConfiguration(2000);
  equal(text.split('\n').length, 2001);
  const { config, problems } = resolveConfiguration([parseCloudConfig(text, 'large.yml')]);
  deepEqual(problems.filter((one) => one.code !== 'not-yet'), []);
  ok(Object.keys(config.rancher.network.interfaces).length > 100 && config.write_files.length > 50);
  // It is 1.4 times when nothing else runs; a busy machine gets as many rounds as it needs. ./dev bench has the milliseconds.
  let speed = measureSpeed(text, 3);
  for (let i = 0; i < 10 && speed.wholeMs > 2 * speed.yamlMs + 2; i += 1) speed = measureSpeed(text, 5);
  ok(speed.wholeMs <= 2 * speed.yamlMs + 2, `YAML alone ${speed.yamlMs} ms, all ${speed.wholeMs} ms`);
});
