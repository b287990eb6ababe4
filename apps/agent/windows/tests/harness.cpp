/*
 * Plays Windows' login window for the credential provider, as far as a test can without Windows: it calls what LogonUI
 * calls, as the lines of the standard input say, and prints a line for whatever comes back.
 *
 *   harness.exe PROVIDER.DLL
 *
 *   scenario N        SetUsageScenario, GetCredentialCount, GetCredentialAt, Advise
 *   fields            every field with its type, label and states
 *   set ID TEXT       SetStringValue; TEXT is percent-encoded
 *   select, deselect, disconnect
 *   during ID TEXT    the same as set, in the middle of the next connect
 *   connect [MS]      Connect, cancelled after MS
 *   serialize         GetSerialization
 *   report STATUS     ReportResult
 *   filter N          Filter of three providers, the second of which is ours
 *   remote            from now on, somebody comes by remote desktop
 *   value N NAME      a value of the registry key of Countersign, which is empty at first
 *   owned             from now on, every pipe is an administrator's: under wine one that its maker did not give to anybody is
 *                     nobody's
 *   pipe PORT SDDL    a pipe with that security descriptor, each of whose connections goes on to a port of this machine
 *   registered        whether COM finds the provider and its filter by the registry
 *   unload            releases everything; whether the DLL can be unloaded
 *
 * What wine lacks of Windows is put in its place: LogonUserW knows one password, and the LSA one package.
 */
#include <winsock2.h>
#include "interfaces.h"
#include <aclapi.h>
#include <ntsecapi.h>
#include <sddl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

namespace {

constexpr CLSID OURS = {0x654b664b, 0xe8e9, 0x4155, {0x9d, 0xa9, 0x42, 0x05, 0xef, 0x29, 0xfd, 0xe2}};
constexpr char SETTINGS[] = "SOFTWARE\\Countersign";
constexpr ULONG NEGOTIATE = 4711;
bool is_remote;

void print(const char *format, ...)
{
	va_list values;
	va_start(values, format);
	vprintf(format, values);
	va_end(values);
	putchar('\n');
	fflush(stdout);
}

struct Utf8 {
	char bytes[4096] = "";
	explicit Utf8(const wchar_t *text, int length = -1)
	{
		int used = text == nullptr ? 0
					   : WideCharToMultiByte(CP_UTF8, 0, text, length, bytes, sizeof bytes - 1, nullptr, nullptr);
		bytes[used] = '\0';
	}
};

BOOL WINAPI logon_user(LPCWSTR user, LPCWSTR domain, LPCWSTR password, DWORD, DWORD, PHANDLE token)
{
	print("password-of %s|%s", Utf8(domain).bytes, Utf8(user).bytes);
	*token = CreateEventW(nullptr, TRUE, FALSE, nullptr);
	if (wcscmp(password, L"expired") == 0)
		return SetLastError(ERROR_PASSWORD_EXPIRED), FALSE;
	return SetLastError(ERROR_LOGON_FAILURE), wcscmp(password, L"p\u00e4ss w%rd") == 0;
}

NTSTATUS NTAPI look_up_package(HANDLE, PLSA_STRING name, PULONG package)
{
	*package = NEGOTIATE;
	return strncmp(name->Buffer, "Negotiate", name->Length) == 0 ? 0 : -1;
}

DWORD WINAPI security_of(HANDLE, SE_OBJECT_TYPE, SECURITY_INFORMATION, PSID *owner, PSID *, PACL *, PACL *,
			 PSECURITY_DESCRIPTOR *descriptor)
{
	DWORD size = SECURITY_MAX_SID_SIZE;
	*descriptor = *owner = LocalAlloc(0, size);
	return CreateWellKnownSid(WinBuiltinAdministratorsSid, nullptr, *owner, &size) ? 0 : GetLastError();
}

int WINAPI system_metrics(int which) { return which == SM_REMOTESESSION && is_remote; }

/* Puts `function` where the DLL imports `name`. */
void replace(HMODULE dll, const char *name, void *function)
{
	BYTE *base = reinterpret_cast<BYTE *>(dll);
	auto *headers = reinterpret_cast<IMAGE_NT_HEADERS *>(base + reinterpret_cast<IMAGE_DOS_HEADER *>(base)->e_lfanew);
	auto &where = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
	auto *import = reinterpret_cast<IMAGE_IMPORT_DESCRIPTOR *>(base + where.VirtualAddress);
	for (; import->Name != 0; import++) {
		auto *names = reinterpret_cast<IMAGE_THUNK_DATA *>(base + import->OriginalFirstThunk);
		auto *places = reinterpret_cast<IMAGE_THUNK_DATA *>(base + import->FirstThunk);
		for (; names->u1.AddressOfData != 0; names++, places++) {
			auto *by_name = reinterpret_cast<IMAGE_IMPORT_BY_NAME *>(base + names->u1.AddressOfData);
			if (strcmp(reinterpret_cast<char *>(by_name->Name), name) != 0)
				continue;
			DWORD before;
			VirtualProtect(places, sizeof *places, PAGE_READWRITE, &before);
			places->u1.Function = reinterpret_cast<ULONGLONG>(function);
			VirtualProtect(places, sizeof *places, before, &before);
			return;
		}
	}
	print("the DLL does not import %s", name);
	exit(1);
}

template <class Interface> struct Static : Interface {
	HRESULT STDMETHODCALLTYPE QueryInterface(REFIID, void **) override { return E_NOINTERFACE; }
	ULONG STDMETHODCALLTYPE AddRef() override { return 2; }
	ULONG STDMETHODCALLTYPE Release() override { return 1; }
};

struct Events final : Static<ICredentialProviderCredentialEvents> {
	METHOD SetFieldString(ICredentialProviderCredential *, DWORD id, LPCWSTR text) override
	{
		print("field %lu %s", id, Utf8(text).bytes);
		return S_OK;
	}
	METHOD SetFieldState(ICredentialProviderCredential *, DWORD, CREDENTIAL_PROVIDER_FIELD_STATE) override { return S_OK; }
	METHOD SetFieldInteractiveState(ICredentialProviderCredential *, DWORD,
					CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE) override { return S_OK; }
	METHOD SetFieldCheckbox(ICredentialProviderCredential *, DWORD, BOOL, LPCWSTR) override { return S_OK; }
	METHOD SetFieldBitmap(ICredentialProviderCredential *, DWORD, HBITMAP) override { return S_OK; }
	METHOD SetFieldComboBoxSelectedItem(ICredentialProviderCredential *, DWORD, DWORD) override { return S_OK; }
	METHOD DeleteFieldComboBoxItem(ICredentialProviderCredential *, DWORD, DWORD) override { return S_OK; }
	METHOD AppendFieldComboBoxItem(ICredentialProviderCredential *, DWORD, LPCWSTR) override { return S_OK; }
	METHOD SetFieldSubmitButton(ICredentialProviderCredential *, DWORD, DWORD) override { return S_OK; }
	METHOD OnCreatingWindow(HWND *) override { return E_NOTIMPL; }
} events;

IConnectableCredentialProviderCredential *credential;
DWORD change_id;
wchar_t change[1024];

struct Query final : Static<IQueryContinueWithStatus> {
	ULONGLONG until = 0;
	METHOD QueryContinue() override
	{
		if (change_id != 0)
			credential->SetStringValue(change_id, change);
		change_id = 0;
		return until != 0 && GetTickCount64() >= until ? S_FALSE : S_OK;
	}
	METHOD SetStatusMessage(LPCWSTR text) override
	{
		print("status %s", Utf8(text).bytes);
		return S_OK;
	}
};

/* Carries bytes between a connection of the pipe and one of TCP, until either ends. */
DWORD WINAPI carry(void *pipe_and_port)
{
	auto **given = static_cast<void **>(pipe_and_port);
	HANDLE pipe = given[0];
	sockaddr_in address = {};
	address.sin_family = AF_INET;
	address.sin_port = htons(static_cast<u_short>(reinterpret_cast<size_t>(given[1])));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	free(given);
	SOCKET far_end = socket(AF_INET, SOCK_STREAM, 0);
	bool open = connect(far_end, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
	for (char bytes[4096]; open; Sleep(2)) {
		DWORD there = 0, moved = 0;
		open = PeekNamedPipe(pipe, nullptr, 0, nullptr, &there, nullptr);
		if (open && there > 0 && (open = ReadFile(pipe, bytes, sizeof bytes, &moved, nullptr)))
			open = send(far_end, bytes, static_cast<int>(moved), 0) > 0;
		fd_set set;
		FD_ZERO(&set);
		FD_SET(far_end, &set);
		timeval at_once = {};
		if (open && select(0, &set, nullptr, nullptr, &at_once) == 1) {
			int got = recv(far_end, bytes, sizeof bytes, 0);
			open = got > 0 && WriteFile(pipe, bytes, got, &moved, nullptr);
		}
	}
	closesocket(far_end);
	CloseHandle(pipe);
	return 0;
}

struct Listening {
	size_t port;
	SECURITY_ATTRIBUTES security;
	HANDLE first;
};

HANDLE make_pipe(SECURITY_ATTRIBUTES *security)
{
	return CreateNamedPipeA("\\\\.\\pipe\\countersign-agent", PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, PIPE_UNLIMITED_INSTANCES,
				4096, 4096, 0, security);
}

DWORD WINAPI listen_on_pipe(void *listening)
{
	auto &its = *static_cast<Listening *>(listening);
	for (HANDLE pipe = its.first;; pipe = make_pipe(&its.security)) {
		if (!ConnectNamedPipe(pipe, nullptr) && GetLastError() != ERROR_PIPE_CONNECTED)
			return 1;
		auto **given = static_cast<void **>(malloc(2 * sizeof(void *)));
		given[0] = pipe;
		given[1] = reinterpret_cast<void *>(its.port);
		CloseHandle(CreateThread(nullptr, 0, carry, given, 0, nullptr));
	}
}

void open_pipe(size_t port, const char *sddl)
{
	static Listening listening;
	listening.port = port;
	listening.security = {sizeof listening.security, nullptr, FALSE};
	ConvertStringSecurityDescriptorToSecurityDescriptorA(sddl, SDDL_REVISION_1, &listening.security.lpSecurityDescriptor,
							     nullptr);
	listening.first = make_pipe(&listening.security);
	CloseHandle(CreateThread(nullptr, 0, listen_on_pipe, &listening, 0, nullptr));
	print("pipe %d", listening.first != INVALID_HANDLE_VALUE);
}

void decode(const char *text, wchar_t (&into)[1024])
{
	char bytes[4096];
	size_t used = 0;
	for (; *text != '\0'; text++) {
		unsigned byte = 0;
		if (*text == '%' && sscanf(text + 1, "%2x", &byte) == 1)
			text += 2;
		bytes[used++] = byte != 0 ? static_cast<char>(byte) : *text;
	}
	bytes[used] = '\0';
	MultiByteToWideChar(CP_UTF8, 0, bytes, -1, into, 1024);
}

void serialize()
{
	CREDENTIAL_PROVIDER_GET_SERIALIZATION_RESPONSE response = CPGSR_NO_CREDENTIAL_NOT_FINISHED;
	CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION given = {};
	CREDENTIAL_PROVIDER_STATUS_ICON icon = CPSI_NONE;
	LPWSTR text = nullptr;
	HRESULT result = credential->GetSerialization(&response, &given, &text, &icon);
	if (given.rgbSerialization != nullptr) {
		auto *block = reinterpret_cast<KERB_INTERACTIVE_UNLOCK_LOGON *>(given.rgbSerialization);
		auto unpacked = [&](const UNICODE_STRING &field) {
			auto offset = reinterpret_cast<size_t>(field.Buffer);
			bool within = offset >= sizeof *block && offset + field.Length <= given.cbSerialization;
			return Utf8(within ? reinterpret_cast<wchar_t *>(given.rgbSerialization + offset) : L"(outside)",
				    within ? field.Length / 2 : -1);
		};
		print("credential package=%lu ours=%d type=%d %s|%s|%s", given.ulAuthenticationPackage,
		      given.clsidCredentialProvider == OURS, block->Logon.MessageType,
		      unpacked(block->Logon.LogonDomainName).bytes, unpacked(block->Logon.UserName).bytes,
		      unpacked(block->Logon.Password).bytes);
	}
	print("serialize %08lx %d %d %s", result, response, icon, Utf8(text).bytes);
	CoTaskMemFree(given.rgbSerialization);
	CoTaskMemFree(text);
}

void show_fields(ICredentialProvider *provider)
{
	DWORD count = 0;
	provider->GetFieldDescriptorCount(&count);
	for (DWORD id = 0; id < count; id++) {
		CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR *field = nullptr;
		CREDENTIAL_PROVIDER_FIELD_STATE state;
		CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE interactive;
		LPWSTR text = nullptr;
		provider->GetFieldDescriptorAt(id, &field);
		credential->GetFieldState(id, &state, &interactive);
		credential->GetStringValue(id, &text);
		print("descriptor %lu %d %d %d '%s' '%s'", field->dwFieldID, field->cpft, state, interactive,
		      Utf8(field->pszLabel).bytes, Utf8(text).bytes);
		CoTaskMemFree(field->pszLabel);
		CoTaskMemFree(field);
		CoTaskMemFree(text);
	}
	CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR *none;
	print("descriptor past the end %08lx", provider->GetFieldDescriptorAt(count, &none));
}

void set_scenario(ICredentialProvider *provider, int scenario)
{
	HRESULT result = provider->SetUsageScenario(static_cast<CREDENTIAL_PROVIDER_USAGE_SCENARIO>(scenario), 0);
	print("scenario %08lx", result);
	if (FAILED(result))
		return;
	DWORD count = 0, chosen = 0;
	BOOL at_once = TRUE;
	ICredentialProviderCredential *tile = nullptr;
	provider->GetCredentialCount(&count, &chosen, &at_once);
	provider->GetCredentialAt(0, &tile);
	print("tiles %lu %d", count, at_once);
	if (credential != nullptr)
		credential->Release();
	tile->QueryInterface(IID_IConnectableCredentialProviderCredential, reinterpret_cast<void **>(&credential));
	tile->Release();
	credential->Advise(&events);
}

void filter(ICredentialProvider *provider, int scenario)
{
	GUID providers[] = {{1, 2, 3, {}}, OURS, {4, 5, 6, {}}};
	BOOL shown[] = {TRUE, TRUE, TRUE};
	ICredentialProviderFilter *its = nullptr;
	provider->QueryInterface(IID_ICredentialProviderFilter, reinterpret_cast<void **>(&its));
	its->Filter(static_cast<CREDENTIAL_PROVIDER_USAGE_SCENARIO>(scenario), 0, providers, shown, 3);
	its->Release();
	print("filter %d %d %d", shown[0], shown[1], shown[2]);
}

} /* namespace */

int main(int, char **arguments)
{
	WSADATA sockets;
	WSAStartup(MAKEWORD(2, 2), &sockets);
	CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED);
	RegDeleteTreeA(HKEY_LOCAL_MACHINE, SETTINGS);
	HMODULE dll = LoadLibraryA(arguments[1]);
	if (dll == nullptr)
		return print("the DLL cannot be loaded: %lu", GetLastError()), 1;
	replace(dll, "LogonUserW", reinterpret_cast<void *>(logon_user));
	replace(dll, "LsaLookupAuthenticationPackage", reinterpret_cast<void *>(look_up_package));
	replace(dll, "GetSystemMetrics", reinterpret_cast<void *>(system_metrics));
	using GetClass = HRESULT(STDAPICALLTYPE *)(REFCLSID, REFIID, void **);
	using CanUnload = HRESULT(STDAPICALLTYPE *)();
	auto get_class = reinterpret_cast<GetClass>(reinterpret_cast<void *>(GetProcAddress(dll, "DllGetClassObject")));
	auto can_unload = reinterpret_cast<CanUnload>(reinterpret_cast<void *>(GetProcAddress(dll, "DllCanUnloadNow")));
	IClassFactory *factory = nullptr;
	ICredentialProvider *provider = nullptr;
	print("another class %08lx", get_class(IID_IUnknown, IID_IClassFactory, reinterpret_cast<void **>(&factory)));
	get_class(OURS, IID_IClassFactory, reinterpret_cast<void **>(&factory));
	print("provider %08lx", factory->CreateInstance(nullptr, IID_ICredentialProvider, reinterpret_cast<void **>(&provider)));
	factory->Release();
	print("done start");

	for (char line[4096]; fgets(line, sizeof line, stdin) != nullptr;) {
		line[strcspn(line, "\r\n")] = '\0';
		char word[16] = "", rest[4096] = "";
		int number = 0, at = 0;
		sscanf(line, "%15s %d%n", word, &number, &at);
		if (at > 0 && line[at] == ' ')
			strncpy(rest, line + at + 1, sizeof rest - 1);
		auto is = [&](const char *name) { return strcmp(word, name) == 0; };
		if (is("scenario")) {
			set_scenario(provider, number);
		} else if (is("fields")) {
			show_fields(provider);
		} else if (is("set") || is("during")) {
			wchar_t text[1024];
			decode(rest, text);
			if (is("set"))
				print("set %08lx", credential->SetStringValue(number, text));
			else
				change_id = number, wcscpy(change, text);
		} else if (is("select")) {
			BOOL at_once = TRUE;
			credential->SetSelected(&at_once);
			print("selected %d", at_once);
		} else if (is("deselect")) {
			credential->SetDeselected();
		} else if (is("disconnect")) {
			credential->Disconnect();
		} else if (is("connect")) {
			Query query;
			query.until = number > 0 ? GetTickCount64() + number : 0;
			ULONGLONG began = GetTickCount64();
			HRESULT result = credential->Connect(&query);
			print("connect %08lx %llu", result, GetTickCount64() - began);
		} else if (is("serialize")) {
			serialize();
		} else if (is("report")) {
			LPWSTR text = nullptr;
			CREDENTIAL_PROVIDER_STATUS_ICON icon;
			credential->ReportResult(number, 0, &text, &icon);
		} else if (is("filter")) {
			filter(provider, number);
		} else if (is("remote")) {
			is_remote = true;
		} else if (is("owned")) {
			replace(dll, "GetSecurityInfo", reinterpret_cast<void *>(security_of));
		} else if (is("value")) {
			RegSetKeyValueA(HKEY_LOCAL_MACHINE, SETTINGS, rest, REG_DWORD, &number, sizeof number);
		} else if (is("pipe")) {
			open_pipe(number, rest);
		} else if (is("registered")) {
			void *found[2] = {};
			CoCreateInstance(OURS, nullptr, CLSCTX_INPROC_SERVER, IID_ICredentialProvider, &found[0]);
			CoCreateInstance(OURS, nullptr, CLSCTX_INPROC_SERVER, IID_ICredentialProviderFilter, &found[1]);
			print("registered %d %d", found[0] != nullptr, found[1] != nullptr);
		} else if (is("unload")) {
			bool before = can_unload() == S_OK;
			credential->UnAdvise();
			credential->Release();
			provider->Release();
			print("unload %d %d\ndone unload", before, can_unload() == S_OK);
			return 0;
		}
		print("done %s", word);
	}
	return 0;
}
