/* Conversations that have a name, each with what must come of it. */
#include "harness.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <security/pam_appl.h>
#include <security/pam_modules.h>

struct expected {
	int code;
	const char *heard, *shown, *log; /* part of it */
	const char *unheard;             /* no part of it */
	int64_t at_least, at_most;       /* ms; 0: whatever */
};

#define A10 "aaaaaaaaaa"
#define A100 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10
#define A1000 A100 A100 A100 A100 A100 A100 A100 A100 A100 A100
#define INFOS "INFO a\nINFO a\nINFO a\nINFO a\nINFO a\nINFO a\nINFO a\nINFO a\nINFO a\nINFO a\n"
#define ALLOW .options = {"outage=allow"}
#define SAYS(...) .steps = {{.send = __VA_ARGS__}}
#define SAYS_AND_LEAVES(...) .steps = {{.send = __VA_ARGS__}, {.hang_up = true}}
#define AFTER(ms, ...) .steps = {{.wait = (ms), .send = __VA_ARGS__}}

static const struct {
	struct scene scene;
	struct expected expected;
} cases[] = {
	/* What the agent may say. */
	{{"OK", SAYS("OK\n")},
	 {PAM_SUCCESS, .heard = "CSP1 user=alice service=sshd rhost= tty=pts/3 ruser= uid="}},
	{{"OK after a while", AFTER(14000, "OK\n")}, {PAM_SUCCESS, .at_least = 13999}},
	{{"DENY", SAYS("DENY The request was denied.\n")},
	 {PAM_AUTH_ERR, .shown = "ERROR The request was denied.\n", .log = "by the agent: The request was denied."}},
	{{"STOP", SAYS("STOP no more\n")}, {PAM_MAXTRIES, .shown = "ERROR no more\n"}},
	{{"UNAVAIL", SAYS("UNAVAIL The server is away.\n")}, {PAM_AUTHINFO_UNAVAIL, .log = "The server is away."}},
	{{"INFO, ERROR, OK", SAYS("INFO one\nERROR two\nOK\n")}, {PAM_SUCCESS, .shown = "INFO one\nERROR two\n"}},
	{{"the prompt with echo", .answer = "123456",
	  .steps = {{.send = "ASK on Code: \n"}, {.await = "ANS 123456\n"}, {.send = "OK\n"}}},
	 {PAM_SUCCESS, .shown = "ON Code: \n"}},
	{{"the prompt without echo", .answer = "x y",
	  .steps = {{.send = "ASK off Code: \n"}, {.await = "ANS x y\n"}, {.send = "OK\n"}}},
	 {PAM_SUCCESS, .shown = "OFF Code: \n"}},
	{{"Enter", .steps = {{.send = "ASK on Code: \n"}, {.await = "ANS \n"}, {.send = "OK\n"}}}, {PAM_SUCCESS}},
	{{"three prompts", .answer = "1",
	  .steps = {{.send = "ASK on a\n"}, {.await = "ANS 1\n"}, {.send = "ASK on b\n"}, {.await = "ANS 1\n"},
		    {.send = "ASK on c\n"}, {.await = "ANS 1\n"}, {.send = "STOP wrong\n"}}},
	 {PAM_MAXTRIES, .shown = "ON a\nON b\nON c\nERROR wrong\n"}},
	{{"a denial while the prompt stands open", .answer = "1", .typing = 5000,
	  .steps = {{.send = "ASK on a\n"}, {.wait = 1000, .send = "STOP denied\n"}, {.hang_up = true}}},
	 {PAM_MAXTRIES, .shown = "ERROR denied\n"}},
	{{"a line byte by byte",
	  .steps = {{.wait = 900, .send = "O"}, {.wait = 900, .send = "K"}, {.wait = 900, .send = "\n"}}}, {PAM_SUCCESS}},
	{{"a line of 1,024 bytes", SAYS("INFO " A1000 A10 "aaaaaaaa\nOK\n")}, {PAM_SUCCESS}},
	{{"other scripts", SAYS("INFO \xc3\xa9 \xe6\xbc\xa2 \xf0\x9f\x98\x80 \xc2\xa0\nOK\n")}, {PAM_SUCCESS}},
	{{"what follows OK is not read", SAYS("OK\nDENY no\n")}, {PAM_SUCCESS}},

	/* What it may not. */
	{{"a line of 1,025 bytes", SAYS("INFO " A1000 A10 "aaaaaaaaa\nOK\n"), ALLOW}, {PAM_AUTH_ERR, .log = "too long"}},
	{{"OK without its newline", SAYS_AND_LEAVES("OK"), ALLOW}, {PAM_AUTH_ERR, .log = "hung up"}},
	{{"OK without its newline, and silence", SAYS("OK"), ALLOW}, {PAM_AUTH_ERR, .log = "time is over"}},
	{{"OKAY", SAYS("OKAY\n"), ALLOW}, {PAM_AUTH_ERR, .log = "none of its own"}},
	{{"OK with more", SAYS("OK extra\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"OK with a blank", SAYS("OK \n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"a blank and OK", SAYS(" OK\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"ok", SAYS("ok\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"OK with a carriage return", SAYS("OK\r\n"), ALLOW}, {PAM_AUTH_ERR, .log = "no text"}},
	{{"OK with a NUL", SAYS("OK\0\n", 4), ALLOW}, {PAM_AUTH_ERR, .log = "no text"}},
	{{"a NUL and OK", SAYS("\0\nOK\n", 5), ALLOW}, {PAM_AUTH_ERR}},
	{{"an empty line and OK", SAYS("\nOK\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"garbage and OK", SAYS("\xff\xfe\x01\nOK\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"garbage in a text", SAYS("INFO \xff\nOK\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"ESC in a text", SAYS("INFO \x1b[2J\nOK\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"a C1 control in a text", SAYS("INFO \xc2\x9b\nOK\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"overlong UTF-8", SAYS("INFO \xe0\x80\xaf\nOK\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"a surrogate", SAYS("INFO \xed\xa0\x80\nOK\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"past U+10FFFF", SAYS("INFO \xf4\x90\x80\x80\nOK\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"half a character", SAYS("INFO \xc3\nOK\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"a character that goes wrong", SAYS("INFO \xc3(\nOK\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"ASK maybe", SAYS("ASK maybe x\nOK\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"its own request", SAYS("CSP1 user=alice\nOK\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"UNAVAIL after INFO", SAYS("INFO a\nUNAVAIL b\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"101 lines", SAYS(INFOS INFOS INFOS INFOS INFOS INFOS INFOS INFOS INFOS INFOS "OK\n"), ALLOW},
	 {PAM_AUTH_ERR, .log = "without end"}},

	/* Faults. `outage=allow` lets in where the agent is not there, and nowhere else. */
	{{"no listener", .no_listener = true}, {PAM_AUTHINFO_UNAVAIL, .log = "Connection refused"}},
	{{"no listener, allowed", .no_listener = true, ALLOW}, {PAM_SUCCESS, .log = "let in by outage=allow"}},
	{{"no socket", .no_socket = true}, {PAM_AUTHINFO_UNAVAIL, .log = "No such file"}},
	{{"no socket, allowed", .no_socket = true, ALLOW}, {PAM_SUCCESS}},
	{{"no socket, denied at last", .no_socket = true, .options = {"outage=allow", "outage=deny"}},
	 {PAM_AUTHINFO_UNAVAIL}},
	{{"no permission", .no_permission = true, ALLOW}, {PAM_AUTH_ERR, .log = "Permission denied"}},
	{{"a full queue", .full = true, ALLOW}, {PAM_AUTH_ERR, .log = "temporarily unavailable"}},
	{{"silence", .deaf = true}, {PAM_AUTHINFO_UNAVAIL, .at_least = 15000, .at_most = 15250}},
	{{"silence, allowed", .deaf = true, ALLOW}, {PAM_SUCCESS, .at_least = 15000, .at_most = 15250}},
	{{"silence longer than the time", .deaf = true, .options = {"timeout=3"}},
	 {PAM_AUTHINFO_UNAVAIL, .at_least = 3000, .at_most = 3250}},
	{{"UNAVAIL, allowed", SAYS("UNAVAIL away\n"), ALLOW}, {PAM_SUCCESS, .log = "let in by outage=allow"}},
	{{"a hang-up before any line", .steps = {{.hang_up = true}}, ALLOW}, {PAM_AUTH_ERR, .log = "hung up"}},
	{{"a byte, and silence", SAYS("I"), ALLOW}, {PAM_AUTH_ERR, .at_least = 90000, .at_most = 90250}},
	{{"a line, and silence", SAYS("INFO a\n"), ALLOW}, {PAM_AUTH_ERR, .at_least = 90000, .at_most = 90250}},
	{{"a prompt, and silence", SAYS("ASK on a\n"), ALLOW}, {PAM_AUTH_ERR, .at_least = 90000, .at_most = 90250}},
	{{"OK too late", .steps = {{.send = "INFO a\n"}, {.wait = 90000, .send = "OK\n"}}, ALLOW}, {PAM_AUTH_ERR}},
	{{"an answer too late", .typing = 91000, .answer = "1", SAYS("ASK on a\n"), ALLOW},
	 {PAM_AUTH_ERR, .unheard = "ANS", .at_most = 91250}},
	{{"stopped while the agent spoke", .stopped_at = 500, AFTER(2000, "INFO a\n"), ALLOW}, {PAM_AUTH_ERR}},
	{{"stopped while the agent let in", .stopped_at = 500, AFTER(2000, "OK\n")}, {PAM_SUCCESS}},
	{{"stopped between a look at the socket and one at the clock", .stopped_in_recv = 20000, AFTER(2000, "STOP no\n"),
	  ALLOW}, {PAM_MAXTRIES, .shown = "ERROR no\n", .at_least = 20000}},
	{{"stopped there, and nothing came", .stopped_in_recv = 20000, .deaf = true, ALLOW},
	 {PAM_SUCCESS, .at_least = 20000, .at_most = 20250}},
	{{"stopped for longer than the time", .stopped_at = 500, AFTER(2000, "OK\n"), .options = {"timeout=30"}},
	 {PAM_AUTH_ERR}},

	/* Ctrl-C. */
	{{"Ctrl-C while waiting", .interrupt_at = 4000, SAYS("INFO a\n"), ALLOW},
	 {PAM_ABORT, .heard = "CANCEL\n", .at_most = 4250}},
	{{"Ctrl-C in silence", .interrupt_at = 4000, .steps = {{.await = "\n"}}, ALLOW},
	 {PAM_ABORT, .heard = "CANCEL\n", .at_most = 4250}},
	{{"Ctrl-C at the prompt", .interrupt_at = 1000, .typing = 1000, .answer = "123456", SAYS("ASK on a\n"), ALLOW},
	 {PAM_ABORT, .heard = "CANCEL\n", .unheard = "ANS"}},
	{{"Ctrl-C at the prompt, which fails", .interrupt_at = 1000, .typing = 1000, .person = CANNOT, SAYS("ASK on a\n")},
	 {PAM_ABORT, .heard = "CANCEL\n", .unheard = "ANS"}},
	{{"Ctrl-C and OK at once", .interrupt_at = 1, AFTER(1, "OK\n")}, {PAM_ABORT}},

	/* Who can be asked. */
	{{"silent", .options = {"silent"}, SAYS("INFO a\nOK\n")}, {PAM_SUCCESS, .heard = "interactive=0\n"}},
	{{"silent, but asked", .options = {"silent"}, SAYS("ASK on a\nOK\n")}, {PAM_AUTH_ERR, .unheard = "ANS"}},
	{{"no conversation", .person = NO_CONV, SAYS("INFO a\nOK\n")}, {PAM_SUCCESS, .heard = "interactive=0\n"}},
	{{"no conversation, but asked", .person = NO_CONV, SAYS("ASK on a\nOK\n")}, {PAM_AUTH_ERR}},
	{{"a prompt that sshd cannot show", .person = CANNOT, .tty = "ssh",
	  .steps = {{.send = "ASK on a\n"}, {.await = "ANS \n"}, {.send = "OK\n"}}},
	 {PAM_SUCCESS, .heard = "interactive=1\n"}},
	{{"a prompt that sshd leaves without an answer", .person = NO_ANSWER, .tty = "ssh",
	  .steps = {{.send = "ASK on a\n"}, {.await = "ANS \n"}, {.send = "OK\n"}}}, {PAM_SUCCESS}},
	{{"a prompt that fails", .person = CANNOT, SAYS("ASK on a\nOK\n"), ALLOW},
	 {PAM_ABORT, .heard = "CANCEL\n", .unheard = "ANS"}},
	{{"no answer", .person = NO_ANSWER, SAYS("ASK on a\nOK\n")}, {PAM_ABORT, .heard = "CANCEL\n"}},
	{{"no response", .person = NO_MESSAGE, SAYS("ASK on a\nOK\n")}, {PAM_ABORT, .heard = "CANCEL\n"}},
	{{"an answer with a newline", .answer = "1\nOK", SAYS("ASK on a\nOK\n")}, {PAM_AUTH_ERR, .unheard = "ANS"}},
	{{"an answer with a control", .answer = "1\x7f", SAYS("ASK on a\nOK\n")}, {PAM_AUTH_ERR, .unheard = "ANS"}},
	{{"an answer that is no UTF-8", .answer = "\xff", SAYS("ASK on a\nOK\n")}, {PAM_AUTH_ERR, .unheard = "ANS"}},
	{{"an answer of 512 bytes", .answer = A100 A100 A100 A100 A100 A10 "aa",
	  .steps = {{.send = "ASK on a\n"}, {.await = "aa\n"}, {.send = "OK\n"}}}, {PAM_SUCCESS}},
	{{"an answer of 513 bytes", .answer = A100 A100 A100 A100 A100 A10 "aaa", SAYS("ASK on a\nOK\n")},
	 {PAM_AUTH_ERR, .unheard = "ANS"}},

	/* Names. */
	{{"an empty name", .user = "", SAYS("OK\n")}, {PAM_USER_UNKNOWN}},
	{{"a name with what must be encoded", .user = "a\nOK %=\x01\xc3\xa9~", SAYS("OK\n")},
	 {PAM_SUCCESS, .heard = "CSP1 user=a%0AOK%20%25%3D%01%C3%A9%7E service"}},
	{{"a name of 300 characters", .user = A100 A100 A100, SAYS("OK\n")}, {PAM_SUCCESS, .heard = A100 A100 A100 " "}},
	{{"a name that no line can hold", .user = A1000, SAYS("OK\n"), ALLOW},
	 {PAM_AUTH_ERR, .log = "its names are too long", .unheard = "C"}},
	{{"a host that no line can hold", .rhost = A1000, SAYS("OK\n"), ALLOW}, {PAM_AUTH_ERR, .unheard = "C"}},
	{{"an address", .rhost = "2001:db8::1", SAYS("OK\n")}, {PAM_SUCCESS, .heard = " rhost=2001:db8::1 "}},

	/* Options. */
	{{"an unknown option", .options = {"outage"}, SAYS("OK\n")}, {PAM_SERVICE_ERR, .log = "the option outage"}},
	{{"outage=yes", .options = {"outage=yes"}, SAYS("OK\n")}, {PAM_SERVICE_ERR}},
	{{"timeout=0", .options = {"timeout=0"}, SAYS("OK\n")}, {PAM_SERVICE_ERR}},
	{{"timeout=1e3", .options = {"timeout=1e3"}, SAYS("OK\n")}, {PAM_SERVICE_ERR}},
	{{"timeout=9999", .options = {"timeout=9999"}, SAYS("OK\n")}, {PAM_SERVICE_ERR}},
	{{"timeout=", .options = {"timeout="}, SAYS("OK\n")}, {PAM_SERVICE_ERR}},
	{{"timeout=600", .options = {"timeout=600"}, SAYS("OK\n")}, {PAM_SUCCESS, .heard = " timeout=600 "}},
	{{"a relative socket", .options = {"socket=agent.sock"}, SAYS("OK\n")}, {PAM_SERVICE_ERR}},
	{{"a long socket", .options = {"socket=/" A100 A10}, SAYS("OK\n")}, {PAM_SERVICE_ERR}},
	{{"an unknown owner", .options = {"owner=countersign-nobody"}, SAYS("OK\n")}, {PAM_SERVICE_ERR}},
};

/* Only root can be somebody else, and needs no option `owner`, which takes a descriptor to be looked up. */
static const struct {
	struct scene scene;
	struct expected expected;
} cases_of_root[] = {
	{{"somebody else's socket", .foreign = true, SAYS("OK\n"), ALLOW},
	 {PAM_AUTH_ERR, .log = "somebody else's", .unheard = "C"}},
	{{"no descriptors", .no_descriptors = true, ALLOW}, {PAM_AUTH_ERR, .log = "no socket can be had"}},
	{{"the owner's socket", .foreign = true, SAYS("OK\n"), .options = {"owner=nobody"}}, {PAM_SUCCESS}},
};

static struct outcome outcome;

static int fail(const char *name, const char *what)
{
	printf("FAIL  %s: %s (code %d after %lld ms, %d left open)\n  heard: %s\n  shown: %.300s\n  log: %s\n", name, what,
	       outcome.code, (long long)outcome.took, outcome.descriptors, outcome.heard, outcome.shown, outcome.log);
	return 1;
}

static int run(const struct scene *scene, const struct expected *expected)
{
	play(scene, &outcome);
	if (outcome.code != expected->code)
		return fail(scene->name, "another code");
	if (expected->heard != NULL && strstr(outcome.heard, expected->heard) == NULL)
		return fail(scene->name, "the agent did not hear it");
	if (expected->unheard != NULL && strstr(outcome.heard, expected->unheard) != NULL)
		return fail(scene->name, "the agent heard it");
	if (expected->shown != NULL && strstr(outcome.shown, expected->shown) == NULL)
		return fail(scene->name, "not shown");
	if (expected->log != NULL && strstr(outcome.log, expected->log) == NULL)
		return fail(scene->name, "not in the log");
	if (expected->code != PAM_SUCCESS && expected->code != PAM_USER_UNKNOWN && outcome.log[0] == '\0')
		return fail(scene->name, "nothing in the log");
	if (outcome.took < expected->at_least || (expected->at_most > 0 && outcome.took > expected->at_most))
		return fail(scene->name, "not in its time");
	if (outcome.descriptors != 0)
		return fail(scene->name, "left a descriptor open");
	if (outcome.wiped != outcome.answers)
		return fail(scene->name, "did not wipe an answer");
	return 0;
}

/* Every cut of a conversation that lets in: only the whole of it does. */
static int run_cuts(int *count)
{
	static const char whole[] = "INFO a\nASK on b\nOK\n";
	int failures = 0;
	for (size_t length = 0; length < sizeof whole; length++) {
		struct scene scene = {.name = "cut short", ALLOW, SAYS_AND_LEAVES(whole, length)};
		if (length == 0)
			scene.steps[0] = (struct step){.hang_up = true};
		struct expected expected = {length == sizeof whole - 1 ? PAM_SUCCESS : PAM_AUTH_ERR};
		failures += run(&scene, &expected);
		*count += 1;
	}
	return failures;
}

static int run_others(int *count)
{
	int (*const functions[])(pam_handle_t *, int, int, const char **) = {
		pam_sm_setcred, pam_sm_acct_mgmt, pam_sm_open_session, pam_sm_close_session, pam_sm_chauthtok};
	static const int codes[] = {PAM_SUCCESS, PAM_IGNORE, PAM_IGNORE, PAM_IGNORE, PAM_SERVICE_ERR};
	int failures = 0;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		outcome.code = functions[i](NULL, 0, 0, NULL);
		failures += outcome.code == codes[i] ? 0 : fail("the other functions", "another code");
		*count += 1;
	}
	return failures;
}

int run_cases(void)
{
	int failures = 0, count = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++, count++)
		failures += run(&cases[i].scene, &cases[i].expected);
	for (size_t i = 0; getuid() == 0 && i < sizeof cases_of_root / sizeof *cases_of_root; i++, count++)
		failures += run(&cases_of_root[i].scene, &cases_of_root[i].expected);
	failures += run_cuts(&count);
	failures += run_others(&count);
	printf("%d cases, %d failed\n", count, failures);
	return failures;
}
