#include "login.h"
#include <aclapi.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

namespace {

constexpr wchar_t PIPE[] = L"\\\\.\\pipe\\countersign-agent";
constexpr int LINES = 100;         /* of the agent in one conversation */
constexpr int ANSWER = 512;        /* bytes that somebody may answer */
constexpr DWORD SLICE = 250;       /* ms: how often Cancel is looked for */
constexpr DWORD SILENCE = 15'000;  /* ms until an agent that said nothing is given up */

const wchar_t AWAY[] = L"The Countersign agent does not run on this machine.";
const wchar_t STRANGER[] = L"What answers here is not this machine's Countersign agent.";
const wchar_t BROKEN[] = L"The Countersign agent does not answer as it should.";
const wchar_t NO_NAME[] = L"That user name or code cannot be asked for.";
const wchar_t TIME_UP[] = L"The time to log in is over.";
const wchar_t CANCELLED[] = L"The login was cancelled.";

const wchar_t *after(const wchar_t *text, const wchar_t *prefix)
{
	size_t length = wcslen(prefix);
	return wcsncmp(text, prefix, length) == 0 ? text + length : nullptr;
}

/* Without control characters (C0, DEL, C1). */
bool is_text(const wchar_t *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] < 0x20 || (text[i] >= 0x7f && text[i] < 0xa0))
			return false;
	return true;
}

/* As UTF-8; the number of its bytes, without the NUL. -1: it is too long or no text. */
template <int SIZE> int to_utf8(const wchar_t *text, char (&bytes)[SIZE])
{
	return WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, text, -1, bytes, SIZE, nullptr, nullptr) - 1;
}

class Conversation {
public:
	Conversation(const Asked &asked, Window &window, wchar_t (&said)[LINE])
		: asked_(asked), window_(window), said_(said),
		  silent_until_(GetTickCount64() + SILENCE), deadline_(GetTickCount64() + asked.timeout * 1000ULL) {}
	~Conversation()
	{
		if (pipe_ != INVALID_HANDLE_VALUE)
			CloseHandle(pipe_);
		if (moved_ != nullptr)
			CloseHandle(moved_);
		SecureZeroMemory(line_, sizeof line_);
	}
	Conversation(const Conversation &) = delete;

	bool hold()
	{
		if (moved_ == nullptr)
			return refuse(BROKEN);
		if (!open() || !greet())
			return false;
		for (int lines = 0; lines < LINES; lines++) {
			if (!hear())
				return false;
			if (wcscmp(text_, L"OK") == 0)
				return true;
			if (!obey())
				return false;
		}
		return refuse(BROKEN);
	}

private:
	const Asked &asked_;
	Window &window_;
	wchar_t (&said_)[LINE];
	ULONGLONG silent_until_, deadline_; /* ms */
	HANDLE pipe_ = INVALID_HANDLE_VALUE, moved_ = CreateEventW(nullptr, TRUE, FALSE, nullptr);
	bool spoken_ = false, leaving_ = false;
	const wchar_t *answer_ = asked_.code; /* the next one; nullptr: there is none left */
	char heard_[LINE], line_[LINE];
	DWORD held_ = 0;
	wchar_t text_[LINE];

	bool refuse(const wchar_t *why)
	{
		wcsncpy(said_, why, LINE - 1);
		return false;
	}

	/* The request on the phone is taken back. */
	bool leave(const wchar_t *why)
	{
		leaving_ = true;
		strcpy(line_, "CANCEL\n");
		say();
		return refuse(why);
	}

	bool is_over()
	{
		ULONGLONG at = GetTickCount64();
		return at >= deadline_ || (!spoken_ && at >= silent_until_);
	}

	/* Waits until what was begun has moved some bytes. Where it has not, nothing is under way any more. */
	DWORD finish(BOOL begun, OVERLAPPED &io)
	{
		DWORD bytes = 0;
		if (!begun && GetLastError() != ERROR_IO_PENDING)
			return refuse(BROKEN);
		for (bool moved = false; !moved;) {
			moved = WaitForSingleObject(moved_, SLICE) == WAIT_OBJECT_0;
			bool cancelled = !leaving_ && window_.cancelled();
			/* Also where something came: it came too late. */
			if (leaving_ ? moved : !cancelled && !is_over())
				continue;
			CancelIoEx(pipe_, &io);
			GetOverlappedResult(pipe_, &io, &bytes, TRUE);
			return cancelled ? leave(CANCELLED) : refuse(spoken_ ? TIME_UP : BROKEN);
		}
		if (!GetOverlappedResult(pipe_, &io, &bytes, FALSE) || bytes == 0)
			return refuse(BROKEN);
		return bytes;
	}

	bool say()
	{
		OVERLAPPED io = {};
		io.hEvent = moved_;
		DWORD length = strlen(line_);
		return finish(WriteFile(pipe_, line_, length, nullptr, &io), io) == length;
	}

	/* The owner of a pipe is whoever made it, or one whom only an administrator can name: a process of somebody else
	 * that took the name first would otherwise say OK. It may learn who asks, and not act in their name. */
	bool is_trusted()
	{
		PSID owner = nullptr;
		PSECURITY_DESCRIPTOR descriptor = nullptr;
		bool known = GetSecurityInfo(pipe_, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner, nullptr, nullptr,
					     nullptr, &descriptor) == ERROR_SUCCESS;
		bool trusted = known && owner != nullptr && (IsWellKnownSid(owner, WinLocalSystemSid) ||
							     IsWellKnownSid(owner, WinBuiltinAdministratorsSid));
		LocalFree(descriptor);
		return trusted;
	}

	bool open()
	{
		for (;;) {
			pipe_ = CreateFileW(PIPE, GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
					    FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr);
			if (pipe_ != INVALID_HANDLE_VALUE)
				return is_trusted() || refuse(STRANGER);
			if (GetLastError() != ERROR_PIPE_BUSY || is_over())
				return refuse(AWAY);
			if (window_.cancelled())
				return refuse(CANCELLED);
			WaitNamedPipeW(PIPE, SLICE);
		}
	}

	/* Whoever logs in chooses the name: percent-encoded (RFC 3986) it stays one word of the line. */
	bool greet()
	{
		static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@-";
		char name[LINE], encoded[3 * LINE] = "";
		if (to_utf8(asked_.user, name) <= 0)
			return refuse(NO_NAME);
		char *end = encoded;
		for (const char *c = name; *c != '\0'; c++)
			end += sprintf(end, strchr(plain, *c) != nullptr ? "%c" : "%%%02X", static_cast<unsigned char>(*c));
		/* LogonUI is SYSTEM, as login is root. Where somebody sits in front of the machine, that is its console. */
		int length = snprintf(line_, sizeof line_,
				      "CSP1 user=%s service=%ls rhost=%s tty=%s ruser= uid=0 pid=%lu timeout=%lu interactive=1\n",
				      encoded, asked_.service, asked_.remote ? "remote-desktop" : "",
				      asked_.remote ? "" : "console", GetCurrentProcessId(), asked_.timeout);
		return length < static_cast<int>(sizeof line_) ? say() : refuse(NO_NAME);
	}

	/* Reads a line into text_. */
	bool hear()
	{
		for (;;) {
			if (char *end = static_cast<char *>(memchr(heard_, '\n', held_))) {
				int bytes = static_cast<int>(end - heard_);
				int length = bytes == 0 ? 0
							: MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, heard_, bytes, text_,
									      LINE - 1);
				held_ -= bytes + 1;
				memmove(heard_, end + 1, held_);
				text_[length] = L'\0';
				return (length > 0 && is_text(text_, length)) || refuse(BROKEN);
			}
			if (held_ == LINE)
				return refuse(BROKEN);
			OVERLAPPED io = {};
			io.hEvent = moved_;
			DWORD got = finish(ReadFile(pipe_, heard_ + held_, LINE - held_, nullptr, &io), io);
			if (got == 0)
				return false;
			held_ += got;
			spoken_ = true;
		}
	}

	/* False where the conversation is over. */
	bool obey()
	{
		const wchar_t *text;
		if ((text = after(text_, L"INFO ")) || (text = after(text_, L"ERROR "))) {
			window_.show(text);
			return true;
		}
		if ((text = after(text_, L"ASK on ")) || (text = after(text_, L"ASK off ")))
			return answer(text);
		if ((text = after(text_, L"DENY ")) || (text = after(text_, L"STOP ")) || (text = after(text_, L"UNAVAIL ")))
			return refuse(text);
		return refuse(BROKEN);
	}

	/* No prompt can be shown here: the code from the tile answers the first, and an empty answer the next, which is to
	 * wait for the phone. Whoever asks again after that has nothing left to wait for. */
	bool answer(const wchar_t *prompt)
	{
		window_.show(prompt);
		if (answer_ == nullptr)
			return leave(prompt);
		char bytes[ANSWER + 1];
		bool fits = to_utf8(answer_, bytes) >= 0 && is_text(answer_, wcslen(answer_));
		snprintf(line_, sizeof line_, "ANS %s\n", fits ? bytes : "");
		SecureZeroMemory(bytes, sizeof bytes);
		answer_ = *answer_ != L'\0' ? L"" : nullptr;
		bool said = fits ? say() : refuse(NO_NAME);
		SecureZeroMemory(line_, sizeof line_);
		return said;
	}
};

} /* namespace */

bool ask_agent(const Asked &asked, Window &window, wchar_t (&said)[LINE])
{
	return Conversation(asked, window, said).hold();
}
