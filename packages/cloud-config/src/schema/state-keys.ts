// `rancher.state`: where anything that lasts is kept. Needed before any file can be read, so kernel words alone set it.

export const STATE = {
  dev: {
    type: 'device', since: '0.4', when: 'boot', works: true, default: 'LABEL=RANCHER_STATE',
    meaning: 'State partition: a path, LABEL=NAME or UUID=ID; empty to run in memory. This and the other keys of rancher.state count as kernel words only: files are read later',
  },
  fstype: { type: 'string', since: '0.4', when: 'boot', works: true, default: 'auto', meaning: 'File system of the state partition; auto finds out' },
  autoformat: {
    type: 'list of device path', since: '0.4', when: 'once', works: true,
    meaning: 'Disks to format when there is no state partition: the first one that is empty is taken',
  },
  formatzero: { type: 'boolean', since: '0.4', when: 'once', ignored: 'listed disks that are empty are always formatted', meaning: 'Also format disks whose first MiB is zero' },
  directory: { type: 'string', since: '0.4.3', when: 'boot', works: true, meaning: 'Directory of the state partition to use instead of all of it' },
  wait: { type: 'boolean', since: '0.6', when: 'boot', works: true, default: false, meaning: 'Wait up to 30 seconds for the state partition to appear' },
  required: { type: 'boolean', since: '0.4', when: 'boot', works: true, default: false, meaning: 'Without the state partition, open a rescue shell instead of running in memory' },
  mdadm_scan: { type: 'boolean', since: '0.4.3', when: 'boot', default: false, meaning: 'Assemble software RAID before looking for the state partition' },
  lvm_scan: { type: 'boolean', since: '1.5', when: 'boot', default: false, meaning: 'Activate LVM volumes before looking for the state partition' },
  cryptsetup: { type: 'boolean', since: '1.5', when: 'boot', default: false, meaning: 'Open LUKS volumes, asking for the passphrase on the console' },
  rngd: { type: 'boolean', since: '1.4.3', when: 'boot', default: true, ignored: 'the kernel seeds its random numbers itself', meaning: 'Feed random numbers to the kernel early in the boot' },
  script: { type: 'string', since: '0.4.3', when: 'boot', meaning: 'Shell text run before the state partition is looked for' },
  oem_dev: { type: 'device', since: '0.4.3', when: 'boot', default: 'LABEL=RANCHER_OEM', meaning: 'Partition with the configuration of a vendor (oem-config.yml)' },
  oem_fstype: { type: 'string', since: '0.4.3', when: 'boot', default: 'auto', meaning: 'File system of the OEM partition' },
  boot_dev: { type: 'device', since: '1.5', when: 'boot', default: 'LABEL=RANCHER_BOOT', meaning: 'Partition with the kernel and the boot loader' },
  boot_fstype: { type: 'string', since: '1.5', when: 'boot', default: 'auto', meaning: 'File system of the boot partition' },
} as const;
