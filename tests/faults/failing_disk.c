/* Stands before the C library of a process and lets its disk fail while the file named in FAILING says how:
   "sync" makes every fsync and fdatasync an EIO, "full" makes every pwrite an ENOSPC. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failing(const char *how) {
    const char *name = getenv("FAILING");
    char said[8] = {0};
    int file = name ? open(name, O_RDONLY) : -1;
    if (file < 0) return 0;
    ssize_t count = read(file, said, sizeof said - 1);
    close(file);
    return count >= 4 && strncmp(said, how, 4) == 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int file) {
    if (failing("sync")) { errno = EIO; return -1; }
    return REAL(fsync)(file);
}

int fdatasync(int file) {
    if (failing("sync")) { errno = EIO; return -1; }
    return REAL(fdatasync)(file);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
    if (failing("full")) { errno = ENOSPC; return -1; }
    return REAL(pwrite)(file, bytes, count, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    if (failing("full")) { errno = ENOSPC; return -1; }
    return REAL(pwrite64)(file, bytes, count, at);
}
