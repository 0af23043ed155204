// Two small static inits for the guests that Drover is compared with.
//   as /init of an initramfs: loads the disk's driver, mounts /dev/vda and runs BENCH_INIT of the command line there;
//   as /sbin/floor-init:      mounts what dockerd needs, starts it, and gives a shell on the serial line on request.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void check(int result, const char *what) {
    if (result >= 0) return;
    printf("init: %s: %s\n", what, strerror(errno));
    for (;;) pause();
}

static void load_module(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    check(fd, path);
    check((int)syscall(SYS_finit_module, fd, "", 0), path);
    close(fd);
}

static void find_disk_and_go(char **environ) {
    const char *init = getenv("BENCH_INIT"); // the kernel hands unknown NAME=value words over as environment
    if (init == NULL) init = "/sbin/init";
    check(mount("dev", "/dev", "devtmpfs", 0, ""), "mounting /dev");
    load_module("/virtio_blk.ko");
    for (int i = 0; i < 1000 && access("/dev/vda", F_OK) != 0; i++) usleep(10000);
    check(mount("/dev/vda", "/root", "ext4", 0, ""), "mounting /dev/vda");
    check(mount("/dev", "/root/dev", NULL, MS_MOVE, NULL), "moving /dev");
    check(chdir("/root"), "/root");
    check(mount(".", "/", NULL, MS_MOVE, NULL), "moving the root");
    check(chroot("."), "chroot");
    check(chdir("/"), "/");
    execle(init, init, (char *)NULL, environ);
    check(-1, init);
}

static void set_up_loopback(void) {
    struct ifreq request = {.ifr_flags = IFF_UP};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    strcpy(request.ifr_name, "lo");
    check(ioctl(fd, SIOCSIFFLAGS, &request), "lo");
    close(fd);
}

static pid_t start(const char *program) {
    pid_t pid = fork();
    if (pid != 0) return pid;
    execl(program, program, (char *)NULL);
    _exit(127);
}

/** Costs nothing until somebody presses Enter. */
static void offer_shell(void) {
    if (fork() != 0) return;
    char key;
    setsid();
    int fd = open("/dev/ttyS0", O_RDWR);
    ioctl(fd, TIOCSCTTY, 0);
    dup2(fd, 0); dup2(fd, 1); dup2(fd, 2);
    while (read(0, &key, 1) != 1) {}
    execl("/usr/bin/busybox", "sh", (char *)NULL);
    _exit(127);
}

static void run_dockerd(void) {
    check(mount("proc", "/proc", "proc", 0, ""), "/proc");
    check(mount("sysfs", "/sys", "sysfs", 0, ""), "/sys");
    check(mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, ""), "/sys/fs/cgroup");
    check(mount("run", "/run", "tmpfs", 0, "mode=755"), "/run");
    check(mount("tmp", "/tmp", "tmpfs", 0, ""), "/tmp");
    mkdir("/dev/pts", 0755);
    check(mount("devpts", "/dev/pts", "devpts", 0, ""), "/dev/pts");
    setenv("PATH", "/usr/sbin:/usr/bin", 1);
    setenv("HOME", "/root", 1);
    sethostname("floor", 5);
    set_up_loopback();
    offer_shell();
    pid_t dockerd = start("/usr/sbin/dockerd");
    for (;;) {
        int status;
        if (wait(&status) == dockerd) break;
    }
    sync();
    mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL);
    reboot(RB_POWER_OFF);
    for (;;) pause();
}

int main(int argc, char **argv, char **environ) {
    (void)argc;
    if (strstr(argv[0], "floor") != NULL) run_dockerd();
    find_disk_and_go(environ);
}
