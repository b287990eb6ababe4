/*
 * pam_countersign asks the agent of this host whether somebody may log in. It decides nothing: it relays lines between
 * PAM and the agent's unix socket, as docs/hosts.md lays down under "Between the module and the agent".
 *
 * It runs within sshd, sudo or login, as root. So: no fork, no thread, no signal handler, nothing left open, every wait
 * bounded, and a login let in at two places only: the agent's line OK, and an outage where outage=allow stands.
 */
#include "platform.h"
#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <time.h>

enum {
	LINE = 1024,         /* bytes of a line, with its newline */
	ANSWER = 512,        /* bytes that somebody may answer */
	LINES = 100,         /* lines of the agent in one conversation */
	SLICE = 250,         /* ms: how often a pending Ctrl-C is looked for */
	SILENCE = 15 * 1000, /* ms until an agent that said nothing is an outage: it gives the server 10 seconds */
	GO_ON = -1,          /* no code of PAM's: the conversation is not over */
};

struct login {
	pam_handle_t *pamh;
	const struct pam_conv *conv; /* NULL where nothing can be shown */
	const char *socket;
	int timeout /* seconds */, fd;
	bool allow, silent;
	uid_t owner;
	int64_t silent_until, deadline; /* ms */
	bool spoken;                    /* the agent sent a byte: from here on nothing is an outage */
	char line[LINE];
};

static int64_t now(void) /* ms */
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static const char *after(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);
	return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

/* UTF-8 (RFC 3629) without control characters (C0, DEL, C1): neither a log nor a terminal takes it for an order. */
static bool is_text(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
		int more = *c < 0x80 ? 0 : *c < 0xc2 ? -1 : *c < 0xe0 ? 1 : *c < 0xf0 ? 2 : *c < 0xf5 ? 3 : -1;
		bool control = *c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0);
		bool three = (*c == 0xe0 && c[1] < 0xa0) || (*c == 0xed && c[1] >= 0xa0); /* overlong, surrogates */
		bool four = (*c == 0xf0 && c[1] < 0x90) || (*c == 0xf4 && c[1] >= 0x90);  /* overlong, > U+10FFFF */
		if (more < 0 || control || three || four)
			return false;
		while (more-- > 0)
			if ((*++c & 0xc0) != 0x80)
				return false;
	}
	return true;
}

static int refuse(struct login *login, const char *why)
{
	log_line(login->pamh, LOG_ERR, "login refused: %s", why);
	return PAM_AUTH_ERR;
}

static bool say(struct login *login, const char *line)
{
	return send(login->fd, line, strlen(line), NO_SIGPIPE) == (ssize_t)strlen(line);
}

static int give_up(struct login *login)
{
	say(login, "CANCEL\n");
	log_line(login->pamh, LOG_NOTICE, "login given up by whoever asked for it");
	return PAM_ABORT;
}

static bool interrupted(void) /* sudo blocks SIGINT while it authenticates: a Ctrl-C is to be looked for */
{
	sigset_t pending;
	return sigpending(&pending) == 0 && sigismember(&pending, SIGINT) == 1;
}

static const void *item(struct login *login, int which)
{
	const void *value = NULL;
	return pam_get_item(login->pamh, which, &value) == PAM_SUCCESS ? value : NULL;
}

static void discard(char *answer)
{
	if (answer != NULL)
		wipe(answer, strlen(answer));
	free(answer);
}

/* One message of PAM's conversation, and what was answered, to be discarded. NULL: it could not be shown. */
static char *converse(struct login *login, int style, const char *text)
{
	struct pam_message message = {.msg_style = style, .msg = (char *)text};
	const struct pam_message *messages = &message;
	struct pam_response *response = NULL;
	if (login->conv == NULL || login->conv->conv(1, &messages, &response, login->conv->appdata_ptr) != PAM_SUCCESS)
		return NULL;
	char *answer = response != NULL ? response->resp : NULL;
	free(response);
	return answer;
}

/* A prompt that fails was given up: sudo unblocks SIGINT for it. But sshd, whose PAM_TTY is always "ssh", cannot show
 * one in its method `password`: that is answered as by Enter, so that the push decides. */
static int ask(struct login *login, int style, const char *text)
{
	if (login->conv == NULL)
		return refuse(login, "the agent asks where nobody can answer");
	char line[ANSWER + 8], *answer = converse(login, style, text);
	const char *tty = item(login, PAM_TTY);
	if (answer == NULL && (tty == NULL || strcmp(tty, "ssh") != 0))
		return give_up(login);
	bool fits = answer == NULL || (strlen(answer) <= ANSWER && is_text(answer));
	snprintf(line, sizeof line, "ANS %.*s\n", ANSWER, answer != NULL ? answer : "");
	discard(answer);
	/* An agent that hung up meanwhile does not hear it, and has said why: that is read next. */
	if (fits && !interrupted() && now() < login->deadline)
		say(login, line);
	wipe(line, sizeof line);
	return fits ? GO_ON : refuse(login, "the answer is too long, or no text");
}

/* PAM_SILENT is not heeded: sudo always sets it, and whoever sits there needs the reason. The option silent is. */
static int obey(struct login *login, bool first)
{
	static const struct { const char *word; int style, code; } words[] = {
		{"INFO ", PAM_TEXT_INFO, GO_ON},        {"ERROR ", PAM_ERROR_MSG, GO_ON},
		{"ASK on ", PAM_PROMPT_ECHO_ON, GO_ON}, {"ASK off ", PAM_PROMPT_ECHO_OFF, GO_ON},
		{"DENY ", PAM_ERROR_MSG, PAM_AUTH_ERR}, {"STOP ", PAM_ERROR_MSG, PAM_MAXTRIES},
		{"UNAVAIL ", PAM_ERROR_MSG, PAM_AUTHINFO_UNAVAIL}};
	if (strcmp(login->line, "OK") == 0)
		return PAM_SUCCESS;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		int style = words[i].style, code = words[i].code;
		const char *text = after(login->line, words[i].word);
		if (text == NULL)
			continue;
		if (style == PAM_PROMPT_ECHO_ON || style == PAM_PROMPT_ECHO_OFF)
			return ask(login, style, text);
		if (code != GO_ON)
			log_line(login->pamh, LOG_NOTICE, "login refused by the agent: %s", text);
		discard(converse(login, style, text));
		return code == PAM_AUTHINFO_UNAVAIL && !first ? PAM_AUTH_ERR : code;
	}
	return refuse(login, "the agent sent a line that is none of its own");
}

/* Reads a line, and nothing after it. The time that counts is that before it reads: a process that was stopped for longer
 * than the silence (Ctrl-Z), wherever, must not take an agent that did speak for one that is away. */
static int hear(struct login *login)
{
	for (size_t used = 0;;) {
		int64_t at = now();
		ssize_t got = recv(login->fd, login->line + used, 1, 0);
		if (got == 0)
			return refuse(login, "the agent hung up before its last word");
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return refuse(login, "the connection to the agent broke");
		login->spoken |= got > 0;
		if (interrupted())
			return give_up(login);
		if (at >= login->deadline || (!login->spoken && at >= login->silent_until))
			return login->spoken ? refuse(login, "the time is over") : PAM_AUTHINFO_UNAVAIL;
		if (got < 0) {
			poll(&(struct pollfd){.fd = login->fd, .events = POLLIN}, 1, SLICE);
		} else if (login->line[used] == '\n') {
			login->line[used] = '\0';
			bool whole = strlen(login->line) == used; /* no NUL in it */
			return whole && is_text(login->line) ? GO_ON : refuse(login, "the agent sent what is no text");
		} else if (++used == LINE) {
			return refuse(login, "the agent sent a line that is too long");
		}
	}
}

/* Whoever logs in chooses most of these values: percent-encoded (RFC 3986) each stays one word of the line. */
static void put(FILE *line, const char *key, const char *value)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@-";
	fprintf(line, " %s=", key);
	for (; value != NULL && *value != '\0'; value++)
		fprintf(line, strchr(plain, *value) != NULL ? "%c" : "%%%02X", (unsigned char)*value);
}

static int greet(struct login *login, const char *user)
{
	char *text = NULL;
	size_t length = 0;
	FILE *line = open_memstream(&text, &length);
	if (line == NULL)
		return refuse(login, "no memory");
	fputs("CSP1", line);
	put(line, "user", user);
	put(line, "service", item(login, PAM_SERVICE));
	put(line, "rhost", item(login, PAM_RHOST));
	put(line, "tty", item(login, PAM_TTY));
	put(line, "ruser", item(login, PAM_RUSER));
	fprintf(line, " uid=%lu pid=%ld timeout=%d interactive=%d\n", (unsigned long)getuid(), (long)getpid(),
		login->timeout, login->conv != NULL);
	bool fits = fclose(line) == 0 && length <= LINE, said = fits && say(login, text);
	free(text);
	return said ? GO_ON : refuse(login, fits ? "the agent takes no request" : "its names are too long");
}

/* An outage is an agent that is not there. No permission, a full queue: whoever logs in may have seen to that. */
static int reach(struct login *login, const char *user)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	uid_t uid;
	memcpy(address.sun_path, login->socket, strlen(login->socket));
	if (connect(login->fd, (struct sockaddr *)&address, sizeof address) != 0) {
		bool away = errno == ENOENT || errno == ECONNREFUSED;
		log_line(login->pamh, LOG_ERR, "cannot connect to %s: %s", login->socket, strerror(errno));
		return away ? PAM_AUTHINFO_UNAVAIL : PAM_AUTH_ERR;
	}
	bool trusted = peer_of(login->fd, &uid) && (uid == 0 || uid == login->owner);
	return trusted ? greet(login, user) : refuse(login, "the agent's socket is somebody else's");
}

static int hold(struct login *login, const char *user)
{
	int code = reach(login, user);
	for (int lines = 0; code == GO_ON && lines < LINES; lines++) {
		if ((code = hear(login)) == GO_ON)
			code = obey(login, lines == 0);
	}
	return code == GO_ON ? refuse(login, "the agent talks without end") : code;
}

static bool take(struct login *login, const char *option)
{
	const char *value;
	struct passwd entry, *found = NULL;
	char space[4096];
	if ((value = after(option, "socket=")) != NULL)
		return *(login->socket = value) == '/' && strlen(value) < sizeof((struct sockaddr_un){0}).sun_path;
	if ((value = after(option, "timeout=")) != NULL)
		return (login->timeout = atoi(value)) > 0 && strlen(value) < 4 && strspn(value, "0123456789") == strlen(value);
	if ((value = after(option, "owner=")) != NULL) {
		if (getpwnam_r(value, &entry, space, sizeof space, &found) == 0 && found != NULL)
			login->owner = found->pw_uid;
		return found != NULL;
	}
	if ((value = after(option, "outage=")) != NULL)
		return (login->allow = strcmp(value, "allow") == 0) || strcmp(value, "deny") == 0;
	return (login->silent = strcmp(option, "silent") == 0);
}

int pam_sm_authenticate(pam_handle_t *pamh, int flags __attribute__((unused)), int argc, const char **argv)
{
	struct login login = {.pamh = pamh, .socket = "/run/countersign/agent.sock", .timeout = 90};
	const char *user = NULL;
	for (int i = 0; i < argc; i++)
		if (!take(&login, argv[i]))
			return log_line(pamh, LOG_ERR, "the option %s is not understood", argv[i]), PAM_SERVICE_ERR;
	int code = pam_get_user(pamh, &user, NULL);
	if (code != PAM_SUCCESS || user == NULL || *user == '\0')
		return code == PAM_SUCCESS ? PAM_USER_UNKNOWN : code;
	const struct pam_conv *conv = item(&login, PAM_CONV);
	login.conv = login.silent || conv == NULL || conv->conv == NULL ? NULL : conv;
	login.deadline = now() + login.timeout * INT64_C(1000);
	login.silent_until = now() + SILENCE;
	login.fd = open_socket();
	if (login.fd < 0)
		return refuse(&login, "no socket can be had");
	code = hold(&login, user);
	close(login.fd);
	if (code == PAM_AUTHINFO_UNAVAIL)
		log_line(pamh, LOG_WARNING, "outage: %s", login.allow ? "let in by outage=allow" : "login refused");
	return code == PAM_AUTHINFO_UNAVAIL && login.allow ? PAM_SUCCESS : code;
}

/* There are no credentials to set, and nothing to say about accounts, sessions and passwords. */
#define ALWAYS(function, code) \
	int function(pam_handle_t *pamh, int flags, int argc, const char **argv) \
	{ return (void)pamh, (void)flags, (void)argc, (void)argv, code; }
ALWAYS(pam_sm_setcred, PAM_SUCCESS)
ALWAYS(pam_sm_acct_mgmt, PAM_IGNORE)
ALWAYS(pam_sm_open_session, PAM_IGNORE)
ALWAYS(pam_sm_close_session, PAM_IGNORE)
ALWAYS(pam_sm_chauthtok, PAM_SERVICE_ERR)
