#define _GNU_SOURCE
#include "harness.h"
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <security/pam_appl.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>

int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
ssize_t __real_recv(int fd, void *data, size_t length, int flags);
void __real_free(void *data);

static char folder[80], socket_path[100], socket_option[120], owner_option[128];
static int listener = -1;

static const struct scene *scene;
static struct outcome *outcome;
static int64_t clock_ms;
static bool has_stopped;

/* The agent. */
static int peer = -1;
static const struct step *step;
static size_t step_sent, awaited_from;
static int64_t step_since;

static void note(char *into, size_t room, const char *text)
{
	size_t used = strlen(into);
	snprintf(into + used, room - used, "%s", text);
}

static void hear(void)
{
	char piece[2048];
	ssize_t got;
	while ((got = __real_recv(peer, piece, sizeof piece - 1, MSG_DONTWAIT)) > 0) {
		piece[got] = '\0';
		note(outcome->heard, sizeof outcome->heard, piece);
	}
}

static bool is_over(const struct step *at)
{
	return at->send == NULL && at->await == NULL && !at->hang_up;
}

static void next_step(void)
{
	step++;
	step_sent = 0;
	step_since = clock_ms;
}

/* Does one step if it is due. */
static bool act(void)
{
	if (is_over(step) || clock_ms < step_since + step->wait)
		return false;
	if (step->hang_up) {
		close(peer);
		peer = -1;
		step++;
		return false;
	}
	if (step->await != NULL) {
		char *found = strstr(outcome->heard + awaited_from, step->await);
		if (found == NULL)
			return false;
		awaited_from = (size_t)(found - outcome->heard) + strlen(step->await);
		next_step();
		return true;
	}
	size_t length = step->length > 0 ? step->length : strlen(step->send);
	ssize_t sent = send(peer, step->send + step_sent, length - step_sent, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent > 0) {
		if (outcome->sent == 0)
			outcome->first_byte = clock_ms;
		outcome->sent += (size_t)sent;
		outcome->last_byte = clock_ms;
		step_sent += (size_t)sent;
	}
	if (step_sent < length)
		return false;
	next_step();
	return true;
}

static void agent(void)
{
	if (listener < 0 || scene->deaf)
		return;
	if (peer < 0 && is_over(step))
		return;
	if (peer < 0)
		peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (peer < 0)
		return;
	do
		hear();
	while (act() && peer >= 0);
}

/* The clock: it goes on only while somebody waits. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *at);
int __wrap_clock_gettime(clockid_t clock, struct timespec *at)
{
	assert(clock == CLOCK_MONOTONIC);
	at->tv_sec = 1000 + clock_ms / 1000;
	at->tv_nsec = clock_ms % 1000 * 1000000;
	return 0;
}

/* To the next moment at which something happens, at most to `until`. Standing still moves `until`. */
static void pass_some(int64_t *until)
{
	int64_t due = is_over(step) || step->await != NULL ? *until : step_since + step->wait;
	clock_ms = due > clock_ms && due < *until ? due : *until;
	if (scene->stopped_at > 0 && clock_ms >= scene->stopped_at && !has_stopped) {
		has_stopped = true;
		*until = clock_ms + 60 * 1000;
	}
	agent();
}

static void pass(int64_t ms)
{
	for (int64_t until = clock_ms + ms; clock_ms < until;)
		pass_some(&until);
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	assert(timeout > 0 && timeout <= 250 && count == 1);
	assert((fcntl(fds->fd, F_GETFD) & FD_CLOEXEC) != 0);
	agent();
	int ready = __real_poll(fds, count, 0);
	bool stood = has_stopped;
	for (int64_t until = clock_ms + timeout; clock_ms < until && (ready == 0 || stood != has_stopped);) {
		pass_some(&until);
		ready = __real_poll(fds, count, 0);
	}
	return ready;
}

ssize_t __wrap_recv(int fd, void *data, size_t length, int flags);
ssize_t __wrap_recv(int fd, void *data, size_t length, int flags)
{
	ssize_t got = __real_recv(fd, data, length, flags);
	int error = errno;
	if (scene->stopped_in_recv > 0 && !has_stopped) {
		has_stopped = true;
		agent();
		pass(scene->stopped_in_recv);
	}
	errno = error;
	return got;
}

int __wrap_sigpending(sigset_t *pending);
int __wrap_sigpending(sigset_t *pending)
{
	sigemptyset(pending);
	if (scene->interrupt_at > 0 && clock_ms >= scene->interrupt_at)
		sigaddset(pending, SIGINT);
	return 0;
}

/* The person, and libpam. */
static void *answers[256];
static size_t answer_sizes[256];

void __wrap_free(void *data);
void __wrap_free(void *data)
{
	for (int i = 0; data != NULL && i < outcome->answers; i++) {
		if (answers[i] != data)
			continue;
		bool clean = true;
		for (size_t at = 0; at < answer_sizes[i]; at++)
			clean &= ((char *)data)[at] == '\0';
		outcome->wiped += clean;
		answers[i] = NULL;
	}
	__real_free(data);
}

static int person(int count, const struct pam_message **messages, struct pam_response **response, void *data)
{
	assert(count == 1 && data == &listener);
	int style = messages[0]->msg_style;
	bool prompt = style == PAM_PROMPT_ECHO_ON || style == PAM_PROMPT_ECHO_OFF;
	static const char *const marks[] = {"", "OFF ", "ON ", "ERROR ", "INFO "};
	note(outcome->shown, sizeof outcome->shown, marks[style]);
	note(outcome->shown, sizeof outcome->shown, messages[0]->msg);
	note(outcome->shown, sizeof outcome->shown, "\n");
	if (prompt) {
		outcome->prompts++;
		outcome->conversing += scene->typing;
		pass(scene->typing);
	}
	if (scene->person == CANNOT)
		return PAM_CONV_ERR;
	if (scene->person == NO_MESSAGE)
		return PAM_SUCCESS;
	*response = calloc(1, sizeof **response);
	if (prompt && scene->person == TYPES) {
		int at = outcome->answers++;
		(*response)->resp = strdup(scene->answer != NULL ? scene->answer : "");
		answers[at] = (*response)->resp;
		answer_sizes[at] = strlen((*response)->resp);
	}
	return PAM_SUCCESS;
}

static const struct pam_conv conversation = {person, &listener}, no_conversation = {NULL, NULL};

int pam_get_item(const pam_handle_t *pamh, int type, const void **item)
{
	assert(pamh == (const pam_handle_t *)&listener);
	switch (type) {
	case PAM_SERVICE: *item = "sshd"; return PAM_SUCCESS;
	case PAM_RHOST: *item = scene->rhost; return PAM_SUCCESS;
	case PAM_TTY: *item = scene->tty != NULL ? scene->tty : "pts/3"; return PAM_SUCCESS;
	case PAM_CONV: *item = scene->person == NO_CONV ? &no_conversation : &conversation; return PAM_SUCCESS;
	default: return PAM_BAD_ITEM;
	}
}

int pam_get_user(pam_handle_t *pamh, const char **user, const char *prompt)
{
	assert(pamh == (pam_handle_t *)&listener && prompt == NULL);
	*user = scene->user != NULL ? scene->user : "alice";
	return PAM_SUCCESS;
}

void pam_syslog(const pam_handle_t *pamh, int priority, const char *format, ...)
{
	char line[2048];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	assert(pamh != NULL && priority >= 0);
	note(outcome->log, sizeof outcome->log, line);
	note(outcome->log, sizeof outcome->log, "\n");
}

static int count_descriptors(void)
{
	DIR *open = opendir("/proc/self/fd");
	int count = 0;
	while (open != NULL && readdir(open) != NULL)
		count++;
	closedir(open);
	return count;
}

static void start_listening(int backlog)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	strcpy(address.sun_path, socket_path);
	unlink(socket_path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0) {
		perror(socket_path);
		exit(2);
	}
	/* The peer's credentials are those of whoever calls listen. */
	if (scene != NULL && scene->foreign && seteuid(65534) != 0)
		perror("seteuid");
	if (listen(listener, backlog) != 0)
		perror("listen");
	if (geteuid() != getuid() && seteuid(getuid()) != 0)
		perror("seteuid");
}

static void stop_listening(void)
{
	close(listener);
	listener = -1;
}

static int fill_queue(int *fds, int room)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	strcpy(address.sun_path, socket_path);
	int count = 0;
	do
		fds[count] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	while (connect(fds[count++], (struct sockaddr *)&address, sizeof address) == 0 && count < room);
	return count;
}

static int authenticate(void)
{
	const char *argv[8] = {socket_option};
	int argc = 1;
	if (getuid() != 0)
		argv[argc++] = owner_option;
	for (int i = 0; scene->options[i] != NULL; i++)
		argv[argc++] = scene->options[i];
	struct rlimit limit, none;
	getrlimit(RLIMIT_NOFILE, &limit);
	none = limit;
	none.rlim_cur = 0;
	if (scene->no_descriptors)
		setrlimit(RLIMIT_NOFILE, &none);
	if (scene->no_permission && (chmod(folder, 0) != 0 || (getuid() == 0 && seteuid(65534) != 0)))
		perror("no permission");
	int code = pam_sm_authenticate((pam_handle_t *)&listener, PAM_SILENT, argc, argv);
	if (scene->no_permission && ((getuid() == 0 && seteuid(0) != 0) || chmod(folder, 0700) != 0))
		perror("no permission");
	setrlimit(RLIMIT_NOFILE, &limit);
	return code;
}

void play(const struct scene *played, struct outcome *into)
{
	scene = played;
	outcome = into;
	outcome->took = outcome->conversing = 0;
	outcome->sent = 0;
	outcome->prompts = outcome->answers = outcome->wiped = 0;
	outcome->heard[0] = outcome->log[0] = outcome->shown[0] = '\0';
	outcome->first_byte = outcome->last_byte = -1;
	clock_ms = step_since = 0;
	has_stopped = false;
	step = scene->steps;
	step_sent = awaited_from = 0;
	bool own_listener = scene->foreign || scene->no_listener || scene->no_socket || scene->full;
	if (own_listener) {
		stop_listening();
		start_listening(scene->full ? 0 : 16);
		if (scene->no_listener || scene->no_socket)
			stop_listening();
		if (scene->no_socket)
			unlink(socket_path);
	}
	int queue[16], queued = scene->full ? fill_queue(queue, 16) : 0;
	int before = count_descriptors() - (peer >= 0);
	outcome->code = authenticate();
	outcome->took = clock_ms;
	outcome->descriptors = count_descriptors() - (peer >= 0) - before;
	/* What the module said last may not have been read. */
	agent();
	if (peer >= 0)
		close(peer);
	peer = -1;
	for (int fd; listener >= 0 && !scene->full && (fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0;)
		close(fd);
	while (queued > 0)
		close(queue[--queued]);
	if (own_listener) {
		if (listener >= 0)
			stop_listening();
		scene = NULL;
		start_listening(16);
	}
}

void world_begin(void)
{
	const char *parent = getenv("TMPDIR");
	snprintf(folder, sizeof folder, "%s/pam-XXXXXX", parent != NULL ? parent : "/tmp");
	if (mkdtemp(folder) == NULL) {
		perror(folder);
		exit(2);
	}
	snprintf(socket_path, sizeof socket_path, "%s/agent.sock", folder);
	snprintf(socket_option, sizeof socket_option, "socket=%s", socket_path);
	struct passwd *me = getpwuid(getuid());
	snprintf(owner_option, sizeof owner_option, "owner=%s", me != NULL ? me->pw_name : "root");
	start_listening(16);
}

void world_end(void)
{
	stop_listening();
	unlink(socket_path);
	rmdir(folder);
}
