import { resolveConfiguration } from '@drover/cloud-config';
import { parseCloudConfig } from '@drover/cloud-config/yaml';
import { deepEqual, equal, test } from '@drover/testing';
import { proxyEnvironment, renderProxyProfile } from './proxies.ts';

test('proxies are there in both spellings, quoted for a shell, and absent without configuration', () => {
  const { config } = resolveConfiguration([parseCloudConfig("rancher: {network: {http_proxy: 'http://p:3128', no_proxy: \"it's,here\"}}", 'f')]);
  deepEqual(proxyEnvironment(config), ['http_proxy=http://p:3128', 'HTTP_PROXY=http://p:3128', "no_proxy=it's,here", "NO_PROXY=it's,here"]);
  equal(renderProxyProfile(config).split('\n')[2], "export no_proxy='it'\\''s,here'");
  deepEqual([proxyEnvironment(resolveConfiguration([]).config), renderProxyProfile(resolveConfiguration([]).config)], [[], '']);
});
