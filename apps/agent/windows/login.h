/* One login, asked of the agent over its named pipe (docs/hosts.md, "Between the module and the agent"). */
#pragma once
#include <windows.h>

constexpr DWORD LINE = 1024; /* bytes of a line, with its newline */

/* What whoever logs in sees of it, and whether they still want it. */
struct Window {
	virtual void show(const wchar_t *text) = 0;
	virtual bool cancelled() = 0;
};

struct Asked {
	const wchar_t *user, *service, *code;
	bool remote;
	DWORD timeout; /* seconds */
};

/* True only for the agent's word OK. Otherwise `said` is why, for whoever logs in. */
bool ask_agent(const Asked &asked, Window &window, wchar_t (&said)[LINE]);
