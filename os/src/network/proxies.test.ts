import { resolveConfiguration } from '@drover/cloud-config';
import { parseCloudConfig } from '@drover/cloud-config/yaml';
import { deepEqual, equal, test } from '@drover/testing';
import { chooseProxy, proxyEnvironment, renderProxyProfile, withProxies } from './proxies.ts';

test('proxies are there in both spellings, quoted for a shell, and absent without configuration', () => {
  const { network } = resolveConfiguration([parseCloudConfig("rancher: {network: {http_proxy: 'http://p:3128', no_proxy: \"it's,here\"}}", 'f')]).config.rancher;
  deepEqual(proxyEnvironment(network), ['http_proxy=http://p:3128', 'HTTP_PROXY=http://p:3128', "no_proxy=it's,here", "NO_PROXY=it's,here"]);
  equal(renderProxyProfile(network).split('\n')[2], "export no_proxy='it'\\''s,here'");
  deepEqual([proxyEnvironment({}), renderProxyProfile({})], [[], '']);
});

test('a service that is started again has the proxies of now: new ones, none that are gone, those of rancher.environment where there is no key', () => {
  const { rancher } = resolveConfiguration([parseCloudConfig('rancher: {environment: {HTTP_PROXY: own, NO_PROXY: own}, network: {http_proxy: new}}', 'f')]).config;
  deepEqual(withProxies(['PATH=/bin', 'HTTP_PROXY=old', 'https_proxy=old'], rancher), ['PATH=/bin', 'NO_PROXY=own', 'http_proxy=new', 'HTTP_PROXY=new']);
});

test('a fetch goes through the proxy of its scheme, unless no_proxy or the place says otherwise', () => {
  const proxies = { http_proxy: 'http://p:1', https_proxy: 'http://p:2', no_proxy: 'example.org, .below.net,10.0.0.0/8 [fd00::5]:81,fd00::6,192.168.1.1,named:8080' };
  const chosen = (url: string): string => {
    const [, scheme, bracketed, name, port] = /^(https?):\/\/(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(url)!;
    return chooseProxy(proxies, { scheme: scheme as 'http', host: bracketed ?? name!, port: Number(port ?? (scheme === 'http' ? 80 : 443)) }) ?? 'direct';
  };
  const rows: readonly (readonly [url: string, by: string])[] = [
    ['http://example.com', 'http://p:1'], ['https://example.com', 'http://p:2'], ['http://example.org', 'direct'], ['http://WWW.example.org.', 'direct'],
    ['http://myexample.org', 'http://p:1'], ['http://a.below.net', 'direct'], ['http://10.200.0.1', 'direct'], ['http://11.0.0.1', 'http://p:1'],
    ['http://[fd00::5]:81', 'direct'], ['http://[fd00::5]', 'http://p:1'], ['http://[fd00::6]:9', 'direct'], ['http://192.168.1.1', 'direct'],
    ['http://named:8080', 'direct'], ['http://named', 'http://p:1'], ['http://localhost:5000', 'direct'], ['http://127.0.0.5', 'direct'], ['https://169.254.169.254', 'direct'], ['http://[::1]', 'direct'],
  ];
  deepEqual(rows.filter(([url, by]) => chosen(url) !== by).map(([url]) => [url, chosen(url)]), []);
  deepEqual(chooseProxy({ http_proxy: 'http://p:1', no_proxy: '*' }, { scheme: 'http', host: 'a', port: 80 }), undefined);
  deepEqual(chooseProxy({ http_proxy: '' }, { scheme: 'http', host: 'a', port: 80 }), undefined);
});
