/* Makes fsync, fdatasync and sync_file_range fail with EIO, as a dying disk does, while a certain file exists.
 *
 *     cc -shared -fPIC -O2 -o failing_fsync.so failing_fsync.c
 *     FAILING_FSYNC_WHILE=/tmp/fail FAILING_FSYNC_ONLY=cases.db-wal LD_PRELOAD=./failing_fsync.so PROGRAM
 *
 * FAILING_FSYNC_WHILE names that file. Each refused call appends a byte to it: its size is their number.
 * FAILING_FSYNC_ONLY, optional: only descriptors whose path contains this text fail.
 *
 * Calls that do not go through the C library are not seen: static programs, and code that makes its own system calls.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_refused(int fd) {
    const char *file = getenv("FAILING_FSYNC_WHILE"), *only = getenv("FAILING_FSYNC_ONLY");
    if (file == NULL || fcntl(fd, F_GETFD) == -1)
        return 0;
    if (only != NULL) {
        char link[64], path[4096];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, path, sizeof path - 1);
        if (length < 0)
            return 0;
        path[length] = '\0';
        if (strstr(path, only) == NULL)
            return 0;
    }
    int counter = open(file, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (counter < 0)
        return 0;
    ssize_t written = write(counter, "x", 1);
    (void)written;
    close(counter);
    errno = EIO;
    return 1;
}

int fsync(int fd) {
    return is_refused(fd) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    return is_refused(fd) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int sync_file_range(int fd, off64_t offset, off64_t bytes, unsigned int flags) {
    return is_refused(fd) ? -1 : (int)syscall(SYS_sync_file_range, fd, offset, bytes, flags);
}
