/*
 * Hostile conversations, made from a seed. What may come of each is worked out apart from the module: from the bytes
 * that the agent sent and when it sent them.
 */
#include "harness.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <locale.h>
#include <security/pam_appl.h>

enum { STREAM = 16384, LIMIT = 1024 };

static uint64_t state;

static uint32_t pick(uint32_t below) /* SplitMix64 */
{
	uint64_t z = (state += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ (z >> 31)) % below);
}

static bool chance(uint32_t percent)
{
	return pick(100) < percent;
}

static char stream[STREAM];
static size_t used;

static void add(const char *bytes, size_t length)
{
	if (used + length > sizeof stream)
		return;
	memcpy(stream + used, bytes, length);
	used += length;
}

#define PIECE(text) {text, sizeof text - 1}
static const struct { const char *bytes; size_t length; }
	good[] = {
		PIECE("INFO A request was sent to your phone.\n"), PIECE("INFO \n"), PIECE("ERROR Wrong code.\n"),
		PIECE("ASK on Code: \n"), PIECE("ASK off Code: \n"), PIECE("INFO \xc3\xa9\xe6\xbc\xa2\xf0\x9f\x98\x80\n"),
		PIECE("INFO OK\n"), PIECE("ASK on OK\n"), PIECE("ERROR %s%n%999999d\n"),
	},
	last[] = {
		PIECE("OK\n"), PIECE("OK\n"), PIECE("OK\n"), PIECE("OK\n"), PIECE("OK\n"), PIECE("OK\n"),
		PIECE("DENY no\n"), PIECE("STOP no more\n"), PIECE("UNAVAIL away\n"),
	},
	bad[] = {
		PIECE("OKAY\n"), PIECE("OK extra\n"), PIECE("OK \n"), PIECE(" OK\n"), PIECE("ok\n"), PIECE("OK\r\n"),
		PIECE("OK\0\n"), PIECE("\0OK\n"), PIECE("\n"), PIECE("O\nK\n"), PIECE("OKOK\n"), PIECE("OK\tOK\n"),
		PIECE("INFO\n"), PIECE("ASK\n"), PIECE("ASK on\n"), PIECE("ASK maybe x\n"), PIECE("DENY\n"), PIECE("info x\n"),
		PIECE("ANS 1\n"), PIECE("CSP1 user=root\n"), PIECE("INFO \x1b]0;x\x07\n"), PIECE("INFO \xc2\x85\n"),
		PIECE("INFO \xc0\xaf\n"), PIECE("INFO \xed\xbf\xbf\n"), PIECE("INFO \xf8\x88\x80\x80\x80\n"), PIECE("INFO \xe2\x82\n"),
		PIECE("PAM_SUCCESS\n"), PIECE("0\n"), PIECE("\xef\xbb\xbfOK\n"), PIECE("INFO a\0OK\n"), PIECE("OK"), PIECE("INFO a"),
	};
#define ADD(pieces) \
	do { \
		uint32_t at = pick(sizeof pieces / sizeof *pieces); \
		add(pieces[at].bytes, pieces[at].length); \
	} while (0)

static void add_garbage(void)
{
	for (uint32_t count = pick(chance(10) ? 3000 : 40); count > 0; count--) {
		char byte = (char)pick(256);
		add(&byte, 1);
	}
}

static void add_long_line(void)
{
	add("INFO ", 5);
	for (uint32_t count = 1013 + pick(10); count > 0; count--)
		add("a", 1);
	add("\n", 1);
}

static void flip_bits(void)
{
	for (uint32_t count = 1 + pick(3); count > 0 && used > 0; count--)
		stream[pick((uint32_t)used)] ^= (char)(1 << pick(8));
}

static void make_stream(void)
{
	used = 0;
	bool hostile = chance(80);
	for (uint32_t pieces = pick(chance(3) ? 120 : 6); pieces > 0; pieces--) {
		if (!hostile || chance(60))
			ADD(good);
		else if (chance(60))
			ADD(bad);
		else if (chance(50))
			add_garbage();
		else
			add_long_line();
	}
	if (chance(90))
		ADD(last);
	if (hostile && chance(15))
		flip_bits();
	if (hostile && chance(20) && used > 0)
		used = pick((uint32_t)used); /* Cut short. */
	if (chance(10))
		ADD(last); /* One word too many. */
}

/* Cuts the stream into what is sent at once. */
static void make_steps(struct scene *scene)
{
	static const int64_t waits[] = {0, 0, 0, 1, 10, 249, 250, 251, 900, 5000, 14999, 15001, 40000, 95000};
	uint32_t slowest = chance(50) ? 1 : chance(50) ? 9 : sizeof waits / sizeof *waits;
	bool dribble = chance(10);
	size_t at = 0, count = sizeof scene->steps / sizeof *scene->steps - 2, made = 0;
	for (; at < used && made < count; made++) {
		size_t length = dribble ? 1 : chance(30) ? used - at : 1 + pick((uint32_t)(used - at));
		scene->steps[made] = (struct step){.wait = waits[pick(slowest)], .send = stream + at, .length = length};
		at += length;
	}
	used = at;
	if (chance(60))
		scene->steps[made] = (struct step){.wait = waits[pick(slowest)], .hang_up = true};
}

static char long_answer[700], user[400];

static void make_scene(struct scene *scene)
{
	static const char *const timeouts[] = {"timeout=1", "timeout=5", "timeout=30", "timeout=90"};
	static const char *const answers[] = {"", "123456", "1\n", "OK\n", "\x1b", "\xff", long_answer, "ABCD-EFGH"};
	int options = 0;
	*scene = (struct scene){.name = "fuzz"};
	scene->options[options++] = timeouts[pick(4)];
	if (chance(50))
		scene->options[options++] = "outage=allow";
	if (chance(10))
		scene->options[options++] = "silent";
	memset(long_answer, '7', sizeof long_answer - 1);
	scene->person = chance(70) ? TYPES : (enum person)pick(NO_MESSAGE + 1);
	scene->answer = answers[chance(70) ? 1 : pick(8)];
	scene->typing = chance(80) ? 0 : (int64_t)pick(30000);
	scene->interrupt_at = chance(5) ? (int64_t)pick(20000) : 0;
	scene->stopped_at = chance(5) ? (int64_t)pick(20000) : 0;
	memset(user, 0, sizeof user);
	for (uint32_t length = 1 + pick(chance(5) ? 390 : 20), at = 0; at < length; at++)
		user[at] = (char)(chance(90) ? 'a' + (int)pick(26) : 1 + (int)pick(255));
	scene->user = user;
	scene->tty = chance(50) ? "ssh" : NULL;
	scene->no_listener = chance(1);
	make_stream();
	make_steps(scene);
}

/* What the agent's bytes say, by the C library's own reading of UTF-8. */
static bool is_text_for_libc(const char *text, size_t length)
{
	mbstate_t shift = {0};
	while (length > 0) {
		wchar_t c;
		size_t taken = mbrtowc(&c, text, length, &shift);
		if (taken == 0 || taken > 4 || c < 0x20 || (c >= 0x7f && c < 0xa0) || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
			return false;
		text += taken;
		length -= taken;
	}
	return true;
}

static bool begins(const char *line, size_t length, const char *word)
{
	return length >= strlen(word) && memcmp(line, word, strlen(word)) == 0;
}

/* The code that the first `sent` bytes call for; -1: they do not end the conversation. */
static int called_for(const struct scene *scene, size_t sent)
{
	bool mute = scene->person == NO_CONV || (scene->options[1] != NULL && strcmp(scene->options[1], "silent") == 0) ||
		    (scene->options[2] != NULL && strcmp(scene->options[2], "silent") == 0);
	bool speechless = scene->person != TYPES;
	bool answers = speechless || (is_text_for_libc(scene->answer, strlen(scene->answer)) && strlen(scene->answer) <= 512);
	int lines = 0;
	for (size_t at = 0; at < sent; lines++) {
		const char *line = stream + at, *end = memchr(line, '\n', sent - at);
		size_t length = end == NULL ? sent - at : (size_t)(end - line);
		if (lines == 100)
			return PAM_AUTH_ERR;
		if (length >= LIMIT)
			return PAM_AUTH_ERR;
		if (end == NULL)
			return -1;
		if (!is_text_for_libc(line, length))
			return PAM_AUTH_ERR;
		if (length == 2 && memcmp(line, "OK", 2) == 0)
			return PAM_SUCCESS;
		if (begins(line, length, "STOP "))
			return PAM_MAXTRIES;
		if (begins(line, length, "UNAVAIL "))
			return lines == 0 ? PAM_AUTHINFO_UNAVAIL : PAM_AUTH_ERR;
		bool asks = begins(line, length, "ASK on ") || begins(line, length, "ASK off ");
		if (asks && !mute && speechless && scene->tty == NULL)
			return PAM_ABORT;
		if (asks ? mute || !answers : !begins(line, length, "INFO ") && !begins(line, length, "ERROR "))
			return PAM_AUTH_ERR; /* DENY, too. */
		at += length + 1;
	}
	return lines == 100 ? PAM_AUTH_ERR : -1;
}

static const char *wrong(const struct scene *scene, const struct outcome *outcome)
{
	int64_t limit = atoi(strchr(scene->options[0], '=') + 1) * 1000;
	int64_t silence = limit < 15000 ? limit : 15000;
	bool allow = scene->options[1] != NULL && strcmp(scene->options[1], "outage=allow") == 0;
	bool away = scene->no_listener || outcome->sent == 0 || outcome->first_byte >= silence;
	int code = scene->no_listener ? PAM_AUTHINFO_UNAVAIL : called_for(scene, outcome->sent);
	bool outage = away || code == PAM_AUTHINFO_UNAVAIL;
	/* Where nothing takes its time, what the agent called for is what must come. */
	bool prompt = outcome->sent == used && outcome->first_byte < silence && outcome->last_byte < limit &&
		      outcome->conversing == 0 && scene->interrupt_at == 0 && scene->stopped_at == 0;
	int64_t stood = scene->stopped_at > 0 ? 60 * 1000 : 0;

	if (outcome->code == PAM_SUCCESS && code != PAM_SUCCESS && !(allow && outage))
		return "let in";
	if (outcome->code == PAM_AUTHINFO_UNAVAIL && (allow || !outage))
		return "an outage that is none";
	if (outcome->code == PAM_MAXTRIES && code != PAM_MAXTRIES)
		return "stopped by nobody";
	if (outcome->code == PAM_ABORT && scene->interrupt_at == 0 && code != PAM_ABORT)
		return "given up by nobody";
	if (prompt && code >= 0 && outcome->code != (code == PAM_AUTHINFO_UNAVAIL && allow ? PAM_SUCCESS : code))
		return "not what the agent said";
	switch (outcome->code) {
	case PAM_SUCCESS: case PAM_AUTH_ERR: case PAM_MAXTRIES: case PAM_AUTHINFO_UNAVAIL: case PAM_ABORT: break;
	default: return "a code that is none of the module's";
	}
	if (outcome->took > limit + 250 + outcome->conversing + stood)
		return "past its time";
	if (outcome->descriptors != 0)
		return "a descriptor is open";
	if (outcome->wiped != outcome->answers)
		return "an answer was not wiped";
	return NULL;
}

static void report(int number, uint64_t seed, const struct scene *scene, const struct outcome *outcome, const char *what)
{
	printf("FAIL  conversation %d of seed %llu: %s; code %d after %lld ms; options %s %s %s, person %d, %zu of %zu bytes:\n  ",
	       number, (unsigned long long)seed, what, outcome->code, (long long)outcome->took, scene->options[0],
	       scene->options[1] != NULL ? scene->options[1] : "", scene->options[2] != NULL ? scene->options[2] : "",
	       scene->person, outcome->sent, used);
	for (size_t at = 0; at < used && at < 600; at++)
		printf(stream[at] >= 0x20 && stream[at] < 0x7f ? "%c" : "\\x%02x", (unsigned char)stream[at]);
	printf("\n  log: %s\n", outcome->log);
}

int run_fuzz(uint64_t seed, int count)
{
	static struct outcome outcome;
	static struct scene scene;
	int failures = 0, codes[64] = {0}, by_outage = 0;
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
		printf("no locale C.UTF-8\n");
		return 1;
	}
	for (int number = 0; number < count && failures < 10; number++) {
		state = seed * 1000003u + (uint64_t)number;
		make_scene(&scene);
		play(&scene, &outcome);
		const char *what = wrong(&scene, &outcome);
		if (what != NULL) {
			report(number, seed, &scene, &outcome, what);
			failures++;
		}
		codes[outcome.code & 63]++;
		by_outage += outcome.code == PAM_SUCCESS && strstr(outcome.log, "outage=allow") != NULL;
	}
	printf("%d conversations of seed %llu: %d let in by OK, %d by outage=allow, %d refused, %d stopped, %d outages, %d given up\n",
	       count, (unsigned long long)seed, codes[PAM_SUCCESS] - by_outage, by_outage, codes[PAM_AUTH_ERR],
	       codes[PAM_MAXTRIES], codes[PAM_AUTHINFO_UNAVAIL], codes[PAM_ABORT]);
	return failures;
}
