// The `ros` command on a machine, as scripts of RancherOS use it.

import { scenario } from '../../harness/scenario.ts';
import type { Scenario } from '../../harness/scenario.ts';
import { expectContains, expectEqual, expectLacks } from '../../harness/expect.ts';
import { standard } from '../setups.ts';

const CONF = '/var/lib/rancher/conf';

/** What RancherOS's own test puts there. */
const DROP_INS = `printf '#cloud-config\\nhostname: hostname1\\nrancher: {log: false}\\n' | sudo tee ${CONF}/cloud-config.d/cloud-config1.yml
printf '#cloud-config\\nhostname: hostname2\\nrancher: {debug: false}\\n' | sudo tee ${CONF}/cloud-config.d/cloud-config2.yml
printf '#cloud-config\\nhostname: hostname3\\nrancher: {log: true}\\n' | sudo tee ${CONF}/cloud-config.d/cloud-config3.yml`;

export const commands: readonly Scenario[] = [
  scenario('ros config gets, sets, merges, compares and exports the files of the machine', { on: standard, leaves: 'dirty' }, async ({ machine }) => {
    await machine.ssh.ok(`set -e; ${DROP_INS}`);
    const get = (key: string): Promise<string> => machine.ssh.ok(`sudo ros config get ${key}`);
    expectEqual(await get('hostname'), 'hostname3\n');
    expectEqual(`${await get('rancher.log')}${await get('rancher.debug')}`, 'true\nfalse\n');
    await machine.ssh.ok("set -e; sudo ros config set hostname rancher-test; sudo ros config set rancher.log false; sudo ros config set rancher.network.dns.search '[a,b]'");
    expectEqual(`${await get('hostname')}${await get('rancher.log')}${await get('rancher.network.dns.search')}`, 'rancher-test\nfalse\n- a\n- b\n\n');
    await machine.ssh.ok("sudo ros config set rancher.network.dns.search '[]'");
    expectEqual(await get('rancher.network.dns.search'), '[]\n\n');
    const merge = "printf '#cloud-config\\nrancher: {console: debian, debug: true}\\n'";
    const changes = await machine.ssh.run(`${merge} | sudo ros config diff`);
    expectEqual(`${changes.code}: ${changes.stdout.split('\n').filter((line) => /console|rancher\.debug/.test(line)).join(', ')}`, '1: rancher.console: default -> debian, rancher.debug: false -> true');
    await machine.ssh.ok(`${merge} | sudo ros c merge`);
    expectEqual(`${await get('rancher.console')}${await get('rancher.debug')}`, 'debian\ntrue\n');
    const full = await machine.ssh.ok('sudo ros config export --full');
    for (const part of ['udev', 'labels', 'ntp']) expectContains(full, part);
    expectLacks(await machine.ssh.ok('sudo ros config export'), 'udev', 'the export without defaults');
    await machine.ssh.ok("sudo ros config set -- rancher.docker.ca_key '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n'");
    for (const flags of ['', '--full']) expectLacks(await machine.ssh.ok(`sudo ros config export ${flags}`), 'PRIVATE KEY', `export ${flags}`);
    for (const flags of ['--private', '--private --full']) expectContains(await machine.ssh.ok(`sudo ros config export ${flags}`), 'PRIVATE KEY');
    await machine.ssh.ok("printf 'write-files: [{path: /x, permissions: 0644}]\n' | sudo ros config merge");
    expectContains(await machine.ssh.ok('sudo ros config export'), 'permissions: "0644"');
    expectEqual((await machine.ssh.run('sudo ros config nonsense')).code, 2);
    expectEqual((await machine.ssh.run('ros config get hostname')).code, 1, 'the exit code for somebody who is not root');
  }),

  scenario('SSH keys of the metadata file follow the configured ones, sorted and once, whatever is set meanwhile', { on: standard, leaves: 'dirty' }, async ({ machine }) => {
    const own = await machine.ssh.ok('sudo ros config get ssh_authorized_keys | head -1');
    expectContains(own, await machine.ssh.ok('head -1 ~/.ssh/authorized_keys'));
    await machine.ssh.ok(`set -e; printf 'SSHPublicKeys:\\n  "0": zero\\n  "1": one\\n  "2": two\\n' | sudo tee ${CONF}/metadata; for name in a b c; do sudo ros config set hostname $name; done`);
    expectEqual(await machine.ssh.ok('sudo ros config get ssh_authorized_keys'), `${own}- zero\n- one\n- two\n\n`);
  }),

  scenario('ros env gives a program rancher.environment and the proxies, ros dev the path of a device; the Tab key knows the commands', { on: standard, leaves: 'dirty' }, async ({ machine }) => {
    await machine.ssh.ok("set -e; printf 'rancher: {environment: {FLANNEL_NETWORK: 10.244.0.0/16, TERM: low}, network: {http_proxy: \"http://p:1\"}}\\n' | sudo ros config merge");
    expectEqual(await machine.ssh.ok('sudo ros env printenv FLANNEL_NETWORK; sudo ros env printenv HTTP_PROXY; sudo env TERM=high ros env printenv TERM'), '10.244.0.0/16\nhttp://p:1\nhigh\n');
    expectEqual((await machine.ssh.run('sudo ros env sh -c "exit 7"')).code, 7);
    const device = (await machine.ssh.ok('sudo ros dev LABEL=RANCHER_STATE')).trim();
    expectEqual(await machine.ssh.ok(`sudo ros dev && sudo ros dev ${device}`), `${device}\n`);
    expectEqual((await machine.ssh.run('sudo ros dev LABEL=nobody')).code, 1);
    const complete = (...words: readonly string[]): Promise<string> => machine.ssh.ok(`bash -lc 'COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _ros ${words[0]!} ${words.at(-1)!} ${words.at(-2)!}; echo "\${COMPREPLY[*]}"'`);
    expectEqual(`${await complete('ros', 'con')}${await complete('sudo', 'ros', 'c', 'ex')}${await complete('ros', 'config', 'export', '--f')}`, 'config console\nexport explain\n--full\n');
    const version = (await machine.ssh.ok('ros os version')).trim();
    expectEqual(await machine.ssh.ok('ros -v; . /etc/os-release; echo "v$VERSION"'), `ros version ${version}\n${version}\n`);
  }),
];
