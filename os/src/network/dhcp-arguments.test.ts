import { deepEqual, test } from '@drover/testing';
import { parseDhcpArguments } from './dhcp-arguments.ts';

test('the command line of dhcpcd becomes lines of its configuration', () => {
  const rows: readonly (readonly [text: string, lines: readonly string[], unknown?: string])[] = [
    ['', []],
    ['dhcpcd -MA4', ['noarp', 'ipv4only']],
    ['dhcpcd -MA4 -e force_hostname=true eth0', ['noarp', 'ipv4only', 'env force_hostname=true']],
    ['/sbin/dhcpcd -hmyname -t 60 --metric=50 --nohook resolv.conf -w --debug', ['hostname myname', 'timeout 60', 'metric 50', 'nohook resolv.conf']],
    ['dhcpcd -4S routers=10.0.0.1 --static "domain_name_servers=1.1.1.1 9.9.9.9"', ['ipv4only', 'static routers=10.0.0.1', 'static domain_name_servers=1.1.1.1 9.9.9.9']],
    ['dhcpcd -f /etc/other.conf --config=/x -j /log -G', ['nogateway']],
    ['dhcpcd --noarp --zzz -Y', ['noarp'], 'dhcpcd has no option zzz, Y for a link'],
    ['udhcpc -i eth0', [], 'udhcpc is not dhcpcd'],
    ["dhcpcd 'open", [], "dhcpcd 'open is not dhcpcd"],
  ];
  for (const [text, lines, unknown] of rows) deepEqual(parseDhcpArguments(text), { lines, ...(unknown !== undefined && { unknown }) });
});
