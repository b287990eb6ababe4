/* What differs between Linux-PAM and OpenPAM (macOS). COUNTERSIGN_OPENPAM chooses the second for the test of it. */
#define _GNU_SOURCE              /* struct ucred */
#define __STDC_WANT_LIB_EXT1__ 1 /* memset_s */
#include <stdbool.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>
#include <security/pam_appl.h>
#include <security/pam_modules.h>
#if defined(__APPLE__) || defined(COUNTERSIGN_OPENPAM)
#include <fcntl.h>
#define log_line(pamh, level, ...) ((void)(pamh), syslog(LOG_AUTHPRIV | (level), "pam_countersign: " __VA_ARGS__))
#define wipe(data, size) memset_s(data, size, 0, size)
#define NO_SIGPIPE 0 /* SO_NOSIGPIPE instead */

static int open_socket(void)
{
	int on = 1, fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0 || (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
		       setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) == 0))
		return fd;
	close(fd);
	return -1;
}

static bool peer_of(int fd, uid_t *uid)
{
	gid_t gid;
	return getpeereid(fd, uid, &gid) == 0;
}
#else
#include <security/pam_ext.h>
#define log_line pam_syslog
#define wipe explicit_bzero
#define NO_SIGPIPE MSG_NOSIGNAL

static int open_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static bool peer_of(int fd, uid_t *uid)
{
	struct ucred peer = {.uid = (uid_t)-1};
	socklen_t size = sizeof peer;
	bool known = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
	*uid = peer.uid;
	return known;
}
#endif
