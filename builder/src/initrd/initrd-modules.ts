// The modules that the initrd carries: enough to find a disk, a CD or a USB stick, and to mount what is on it.
// Everything else is loaded from the root file system by udev.

export const INITRD_MODULES: readonly string[] = [
  // the root file system
  'loop', 'squashfs', 'overlay',
  // file systems of a CD and of a config drive
  'isofs', 'vfat', 'nls_cp437', 'nls_ascii',
  // disks of virtual machines and clouds
  'virtio_blk', 'virtio_scsi', 'xen_blkfront', 'hv_storvsc', 'vmw_pvscsi',
  // disks and CDs of the rest
  'sd_mod', 'sr_mod', 'ahci', 'ata_piix', 'ata_generic',
];
