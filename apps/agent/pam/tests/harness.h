/* The world around the module in its tests: a libpam, an agent and a clock, all of the test's own making. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the agent does next. One of `send`, `await`, `hang_up`. */
struct step {
	int64_t wait; /* ms of the virtual clock since the step before */
	const char *send;
	size_t length;     /* of `send`; 0: it is a string */
	const char *await; /* until the module has said this since the last `await` */
	bool hang_up;
};

enum person {
	TYPES,      /* answers `answer` */
	NO_CONV,    /* the caller gave no conversation function */
	CANNOT,     /* the conversation function fails, as sshd's does for its method `password` */
	NO_ANSWER,  /* it succeeds without an answer */
	NO_MESSAGE, /* it succeeds without a response */
};

struct scene {
	const char *name;
	const char *options[5];
	const char *user, *rhost, *tty; /* "alice", NULL, "pts/3" where NULL */
	enum person person;
	const char *answer;
	int64_t typing;       /* ms that an answer takes */
	int64_t interrupt_at; /* ms after which SIGINT is pending; 0: never */
	int64_t stopped_at;   /* ms after which the process stands still (Ctrl-Z) for a minute; 0: never */
	int64_t stopped_in_recv; /* ms for which it stands still after its first look at the socket */
	bool no_listener, no_socket, no_permission, no_descriptors, foreign, full, deaf;
	struct step steps[64];
};

/* What became of it. */
struct outcome {
	int code;
	int64_t took;       /* ms of the virtual clock */
	int64_t conversing; /* of these within PAM's conversation function */
	size_t sent;        /* bytes that the agent sent */
	int64_t first_byte, last_byte; /* when; -1: never */
	int prompts, answers, wiped;
	int descriptors; /* left open */
	char heard[8192], log[8192], shown[262144];
};

void world_begin(void);
void world_end(void);
void play(const struct scene *scene, struct outcome *outcome);

int run_cases(void);
int run_fuzz(uint64_t seed, int count);
