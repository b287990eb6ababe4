/*
 * Makes this system look like macOS to the module, for a check of its syntax: what macOS has and glibc lacks is
 * declared, what Linux alone has is poisoned, so that using it is an error.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define SO_NOSIGPIPE 0x1022
int getpeereid(int fd, uid_t *uid, gid_t *gid);
int memset_s(void *data, size_t size, int value, size_t count);

#undef SOCK_CLOEXEC
#undef SOCK_NONBLOCK
#undef MSG_NOSIGNAL
#undef SO_PEERCRED
#pragma GCC poison SOCK_CLOEXEC SOCK_NONBLOCK MSG_NOSIGNAL SO_PEERCRED ucred explicit_bzero pam_syslog
