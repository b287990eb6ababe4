/*
 * A credential provider: a tile of Windows' login window that asks for a user name and a password and then, by the agent
 * of this machine, for approval on the phone (docs/hosts.md). It hands Windows what was typed only after the agent's OK,
 * once, and only where nothing was typed anew since. Whether the password is right Windows says, before anybody's phone
 * rings and again afterwards.
 *
 * It runs within LogonUI, as SYSTEM. So: no exception, no thread, every wait bounded, and whatever goes wrong lets nobody in.
 */
#include "interfaces.h"
#include "login.h"
#include <initializer_list>
#include <new>
#include <ntsecapi.h>
#include <string.h>
#include <utility>
#include <wchar.h>

namespace {

constexpr CLSID CLSID_COUNTERSIGN = {
	0x654b664b, 0xe8e9, 0x4155, {0x9d, 0xa9, 0x42, 0x05, 0xef, 0x29, 0xfd, 0xe2}};
constexpr wchar_t SETTINGS[] = L"SOFTWARE\\Countersign";
constexpr size_t NAME = 256; /* characters of a user name, as the agent takes them */

enum Field : DWORD { TITLE, USER, PASSWORD, STATUS, CODE, SUBMIT, FIELDS };
struct {
	CREDENTIAL_PROVIDER_FIELD_TYPE type;
	const wchar_t *label;
	CREDENTIAL_PROVIDER_FIELD_STATE state;
	CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE interactive;
} const fields[FIELDS] = {
	{CPFT_LARGE_TEXT, L"Countersign", CPFS_DISPLAY_IN_BOTH, CPFIS_NONE},
	{CPFT_EDIT_TEXT, L"User name", CPFS_DISPLAY_IN_SELECTED_TILE, CPFIS_FOCUSED},
	{CPFT_PASSWORD_TEXT, L"Password", CPFS_DISPLAY_IN_SELECTED_TILE, CPFIS_NONE},
	{CPFT_SMALL_TEXT, L"", CPFS_DISPLAY_IN_SELECTED_TILE, CPFIS_NONE},
	{CPFT_EDIT_TEXT, L"Code, if you have no phone at hand", CPFS_DISPLAY_IN_SELECTED_TILE, CPFIS_NONE},
	{CPFT_SUBMIT_BUTTON, L"Log in", CPFS_DISPLAY_IN_SELECTED_TILE, CPFIS_NONE},
};

LONG objects; /* that keep this DLL loaded */

DWORD setting(const wchar_t *name, DWORD otherwise)
{
	DWORD value, size = sizeof value;
	LSTATUS found = RegGetValueW(HKEY_LOCAL_MACHINE, SETTINGS, name, RRF_RT_REG_DWORD, nullptr, &value, &size);
	return found == ERROR_SUCCESS ? value : otherwise;
}

HRESULT copy(const wchar_t *text, LPWSTR *into)
{
	size_t bytes = (wcslen(text) + 1) * sizeof *text;
	*into = static_cast<LPWSTR>(CoTaskMemAlloc(bytes));
	if (*into == nullptr)
		return E_OUTOFMEMORY;
	memcpy(*into, text, bytes);
	return S_OK;
}

/* What somebody typed into the tile, in a place that is wiped. */
struct Typed {
	wchar_t user[NAME + 1] = L"", password[NAME + 1] = L"", code[NAME + 1] = L"";
	~Typed() { SecureZeroMemory(this, sizeof *this); }
	wchar_t *field(DWORD id) { return id == USER ? user : id == PASSWORD ? password : id == CODE ? code : nullptr; }
};

/* Whose account that name is: CORP\alice, alice@corp.example; alice and .\alice are of this machine. */
struct Account {
	wchar_t domain[NAME + 1] = L"";
	const wchar_t *user, *told; /* told: to the agent */

	explicit Account(const wchar_t *typed) : user(typed), told(typed)
	{
		const wchar_t *backslash = wcschr(typed, L'\\');
		bool here = wcsncmp(typed, L".\\", 2) == 0 && wcspbrk(typed + 2, L"\\@") == nullptr;
		if (backslash != nullptr)
			user = backslash + 1;
		if (here)
			told = user;
		DWORD size = NAME;
		if (here || (backslash == nullptr && wcschr(typed, L'@') == nullptr))
			GetComputerNameW(domain, &size);
		else if (backslash != nullptr)
			wcsncpy(domain, typed, backslash - typed);
	}
};

/* Asks Windows, so that nobody without the password can send requests to a phone. The last word on it has the LSA. */
bool is_password_right(const Account &account, const wchar_t *password, wchar_t (&said)[LINE])
{
	HANDLE token = nullptr;
	if (LogonUserW(account.user, *account.domain ? account.domain : nullptr, password, LOGON32_LOGON_INTERACTIVE,
		       LOGON32_PROVIDER_DEFAULT, &token)) {
		CloseHandle(token);
		return true;
	}
	DWORD error = GetLastError();
	/* It is right, and Windows asks for another one later, or lets this person in by remote desktop only. */
	if (error == ERROR_PASSWORD_EXPIRED || error == ERROR_PASSWORD_MUST_CHANGE || error == ERROR_LOGON_TYPE_NOT_GRANTED)
		return true;
	if (!FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK, nullptr, error, 0, said, LINE, nullptr))
		wcscpy(said, L"The user name or the password is wrong.");
	return false;
}

/* Whether somebody comes over the network. The address that remote desktop names is the client's own claim. */
bool is_remote()
{
	DWORD session = 0;
	return GetSystemMetrics(SM_REMOTESESSION) != 0 || !ProcessIdToSessionId(GetCurrentProcessId(), &session) ||
	       session != WTSGetActiveConsoleSessionId();
}

bool find_package(ULONG *package)
{
	HANDLE lsa;
	char text[] = "Negotiate";
	LSA_STRING name = {sizeof text - 1, sizeof text, text};
	if (LsaConnectUntrusted(&lsa) != 0)
		return false;
	bool found = LsaLookupAuthenticationPackage(lsa, &name, package) == 0;
	LsaDeregisterLogonProcess(lsa);
	return found;
}

/* What the LSA takes: one block, whose texts are given by their offsets in it. */
HRESULT pack(const Account &account, const wchar_t *password, bool unlock,
	     CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION *into)
{
	if (!find_package(&into->ulAuthenticationPackage))
		return E_FAIL;
	const wchar_t *texts[] = {account.domain, account.user, password};
	size_t size = sizeof(KERB_INTERACTIVE_UNLOCK_LOGON);
	for (const wchar_t *text : texts)
		size += wcslen(text) * sizeof *text;
	BYTE *block = static_cast<BYTE *>(CoTaskMemAlloc(size));
	if (block == nullptr)
		return E_OUTOFMEMORY;
	KERB_INTERACTIVE_UNLOCK_LOGON head = {};
	head.Logon.MessageType = unlock ? KerbWorkstationUnlockLogon : KerbInteractiveLogon;
	UNICODE_STRING *places[] = {&head.Logon.LogonDomainName, &head.Logon.UserName, &head.Logon.Password};
	size_t used = sizeof head;
	for (size_t i = 0; i < 3; i++) {
		USHORT bytes = static_cast<USHORT>(wcslen(texts[i]) * sizeof(wchar_t));
		*places[i] = {bytes, bytes, reinterpret_cast<PWSTR>(used)};
		memcpy(block + used, texts[i], bytes);
		used += bytes;
	}
	memcpy(block, &head, sizeof head);
	into->clsidCredentialProvider = CLSID_COUNTERSIGN;
	into->cbSerialization = static_cast<ULONG>(size);
	into->rgbSerialization = block;
	return S_OK;
}

class Locked {
public:
	explicit Locked(SRWLOCK &lock) : lock_(lock) { AcquireSRWLockExclusive(&lock_); }
	~Locked() { ReleaseSRWLockExclusive(&lock_); }
	Locked(const Locked &) = delete;

private:
	SRWLOCK &lock_;
};

/* Reference counting, as every COM object has it. */
template <class... Interfaces> class Object : public Interfaces... {
public:
	Object() { InterlockedIncrement(&objects); }
	virtual ~Object() { InterlockedDecrement(&objects); }
	ULONG STDMETHODCALLTYPE AddRef() override { return InterlockedIncrement(&references_); }
	ULONG STDMETHODCALLTYPE Release() override
	{
		ULONG left = InterlockedDecrement(&references_);
		if (left == 0)
			delete this;
		return left;
	}

private:
	LONG references_ = 1;
};

/* LogonUI may call Connect in another thread than that of the fields. */
class Credential final : public Object<IConnectableCredentialProviderCredential> {
public:
	explicit Credential(bool unlock) : unlock_(unlock) {}
	~Credential() { UnAdvise(); }

	HRESULT STDMETHODCALLTYPE QueryInterface(REFIID iid, void **object) override
	{
		bool known = iid == IID_IUnknown || iid == IID_ICredentialProviderCredential ||
			     iid == IID_IConnectableCredentialProviderCredential;
		*object = known ? this : nullptr;
		return known ? AddRef(), S_OK : E_NOINTERFACE;
	}

	METHOD Advise(ICredentialProviderCredentialEvents *events) override
	{
		events->AddRef();
		exchange(events);
		return S_OK;
	}
	METHOD UnAdvise() override
	{
		exchange(nullptr);
		return S_OK;
	}

	METHOD SetSelected(BOOL *at_once) override
	{
		Locked locked(lock_);
		*at_once = FALSE;
		forget();
		return S_OK;
	}
	METHOD SetDeselected() override
	{
		{
			Locked locked(lock_);
			wipe();
		}
		clear();
		return S_OK;
	}

	METHOD GetFieldState(DWORD id, CREDENTIAL_PROVIDER_FIELD_STATE *state,
			     CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE *interactive) override
	{
		if (id >= FIELDS)
			return E_INVALIDARG;
		*state = fields[id].state;
		*interactive = fields[id].interactive;
		return S_OK;
	}
	METHOD GetStringValue(DWORD id, LPWSTR *text) override
	{
		if (id >= FIELDS)
			return E_INVALIDARG;
		Locked locked(lock_);
		return copy(id == USER ? typed_.user : id == STATUS ? said_ : id == TITLE ? fields[id].label : L"", text);
	}
	METHOD SetStringValue(DWORD id, LPCWSTR text) override
	{
		Locked locked(lock_);
		wchar_t *field = typed_.field(id);
		if (field == nullptr || text == nullptr)
			return E_INVALIDARG;
		if (wcscmp(field, text) == 0)
			return S_OK;
		forget();
		SecureZeroMemory(field, sizeof typed_.user);
		if (wcslen(text) > NAME)
			return E_INVALIDARG;
		wcscpy(field, text);
		return S_OK;
	}
	METHOD GetSubmitButtonValue(DWORD id, DWORD *beside) override
	{
		*beside = PASSWORD;
		return id == SUBMIT ? S_OK : E_INVALIDARG;
	}

	/* Asks the agent. That nobody is let in it says by S_OK too: GetSerialization then says why. */
	METHOD Connect(IQueryContinueWithStatus *query) override
	{
		Typed typed;
		LONG asked_for;
		{
			Locked locked(lock_);
			forget();
			typed = typed_;
			asked_for = typing_;
		}
		Account account(typed.user);
		wchar_t said[LINE] = L"";
		LoginWindow window(*this, query);
		Asked asked = {account.told, unlock_ ? L"windows-unlock" : L"windows-logon", typed.code, is_remote(),
			       setting(L"Timeout", 90)};
		bool allowed = is_password_right(account, typed.password, said) && ask_agent(asked, window, said);
		{
			Locked locked(lock_);
			wcscpy(said_, said);
			if (allowed)
				allowed_ = asked_for;
			SecureZeroMemory(typed_.code, sizeof typed_.code);
		}
		/* A code is good once, and a wrong one is not to be sent again. */
		tell(CODE, L"");
		return S_OK;
	}
	METHOD Disconnect() override
	{
		Locked locked(lock_);
		forget();
		return S_OK;
	}

	METHOD GetSerialization(CREDENTIAL_PROVIDER_GET_SERIALIZATION_RESPONSE *response,
				CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION *serialization, LPWSTR *text,
				CREDENTIAL_PROVIDER_STATUS_ICON *icon) override
	{
		*response = CPGSR_NO_CREDENTIAL_FINISHED;
		*serialization = {};
		*icon = CPSI_ERROR;
		Locked locked(lock_);
		if (allowed_ != typing_)
			return copy(*said_ != L'\0' ? said_ : L"This login was not approved.", text);
		*text = nullptr;
		HRESULT packed = pack(Account(typed_.user), typed_.password, unlock_, serialization);
		wipe();
		if (SUCCEEDED(packed)) {
			*response = CPGSR_RETURN_CREDENTIAL_FINISHED;
			*icon = CPSI_NONE;
		}
		return packed;
	}
	METHOD ReportResult(LONG status, LONG, LPWSTR *text, CREDENTIAL_PROVIDER_STATUS_ICON *icon) override
	{
		*text = nullptr;
		*icon = CPSI_NONE;
		if (status < 0)
			clear();
		return S_OK;
	}

	METHOD GetBitmapValue(DWORD, HBITMAP *) override { return E_NOTIMPL; }
	METHOD GetCheckboxValue(DWORD, BOOL *, LPWSTR *) override { return E_NOTIMPL; }
	METHOD GetComboBoxValueCount(DWORD, DWORD *, DWORD *) override { return E_NOTIMPL; }
	METHOD GetComboBoxValueAt(DWORD, DWORD, LPWSTR *) override { return E_NOTIMPL; }
	METHOD SetCheckboxValue(DWORD, BOOL) override { return E_NOTIMPL; }
	METHOD SetComboBoxSelectedValue(DWORD, DWORD) override { return E_NOTIMPL; }
	METHOD CommandLinkClicked(DWORD) override { return E_NOTIMPL; }

private:
	struct LoginWindow final : Window {
		Credential &credential;
		IQueryContinueWithStatus *query;
		LoginWindow(Credential &of, IQueryContinueWithStatus *with) : credential(of), query(with) {}
		void show(const wchar_t *text) override
		{
			if (query != nullptr)
				query->SetStatusMessage(text);
			credential.tell(STATUS, text);
		}
		bool cancelled() override { return query != nullptr && query->QueryContinue() != S_OK; }
	};

	const bool unlock_;
	SRWLOCK lock_ = SRWLOCK_INIT;
	ICredentialProviderCredentialEvents *events_ = nullptr;
	Typed typed_;
	/* Counts what was typed. Only what was typed when the agent was asked is let in. */
	LONG typing_ = 1, allowed_ = 0;
	wchar_t said_[LINE] = L"";

	void forget()
	{
		typing_++;
		*said_ = L'\0';
	}
	void wipe()
	{
		forget();
		SecureZeroMemory(typed_.password, sizeof typed_.password);
		SecureZeroMemory(typed_.code, sizeof typed_.code);
	}
	void exchange(ICredentialProviderCredentialEvents *events)
	{
		{
			Locked locked(lock_);
			std::swap(events, events_);
		}
		if (events != nullptr)
			events->Release();
	}
	/* Without the lock: LogonUI may call back. */
	void tell(DWORD field, const wchar_t *text)
	{
		ICredentialProviderCredentialEvents *events;
		{
			Locked locked(lock_);
			if ((events = events_) == nullptr)
				return;
			events->AddRef();
		}
		events->SetFieldString(this, field, text);
		events->Release();
	}
	void clear()
	{
		for (DWORD field : {PASSWORD, STATUS, CODE})
			tell(field, L"");
	}
};

class Provider final : public Object<ICredentialProvider, ICredentialProviderFilter> {
public:
	~Provider()
	{
		if (credential_ != nullptr)
			credential_->Release();
	}

	HRESULT STDMETHODCALLTYPE QueryInterface(REFIID iid, void **object) override
	{
		*object = iid == IID_ICredentialProviderFilter ? static_cast<ICredentialProviderFilter *>(this)
			  : iid == IID_IUnknown || iid == IID_ICredentialProvider ? static_cast<ICredentialProvider *>(this)
										  : static_cast<void *>(nullptr);
		return *object != nullptr ? AddRef(), S_OK : E_NOINTERFACE;
	}

	METHOD SetUsageScenario(CREDENTIAL_PROVIDER_USAGE_SCENARIO scenario, DWORD) override
	{
		if (scenario != CPUS_LOGON && scenario != CPUS_UNLOCK_WORKSTATION)
			return E_NOTIMPL;
		if (credential_ != nullptr)
			credential_->Release();
		credential_ = new (std::nothrow) Credential(scenario == CPUS_UNLOCK_WORKSTATION);
		return credential_ != nullptr ? S_OK : E_OUTOFMEMORY;
	}
	METHOD SetSerialization(const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION *) override { return E_NOTIMPL; }
	METHOD Advise(ICredentialProviderEvents *, UINT_PTR) override { return S_OK; }
	METHOD UnAdvise() override { return S_OK; }

	METHOD GetFieldDescriptorCount(DWORD *count) override
	{
		*count = FIELDS;
		return S_OK;
	}
	METHOD GetFieldDescriptorAt(DWORD id, CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR **descriptor) override
	{
		if (id >= FIELDS)
			return E_INVALIDARG;
		*descriptor = static_cast<CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR *>(CoTaskMemAlloc(sizeof **descriptor));
		if (*descriptor == nullptr)
			return E_OUTOFMEMORY;
		**descriptor = {id, fields[id].type, nullptr, {}};
		HRESULT copied = copy(fields[id].label, &(*descriptor)->pszLabel);
		if (FAILED(copied))
			CoTaskMemFree(*descriptor);
		return copied;
	}
	METHOD GetCredentialCount(DWORD *count, DWORD *chosen, BOOL *at_once) override
	{
		*count = 1;
		*chosen = 0;
		*at_once = FALSE;
		return S_OK;
	}
	METHOD GetCredentialAt(DWORD index, ICredentialProviderCredential **credential) override
	{
		if (index != 0 || credential_ == nullptr)
			return E_INVALIDARG;
		(*credential = credential_)->AddRef();
		return S_OK;
	}

	/* Windows' own password tile would let in without the phone. */
	METHOD Filter(CREDENTIAL_PROVIDER_USAGE_SCENARIO scenario, DWORD, GUID *providers, BOOL *shown, DWORD count) override
	{
		if ((scenario != CPUS_LOGON && scenario != CPUS_UNLOCK_WORKSTATION) || setting(L"FilterOtherProviders", 0) != 1)
			return S_OK;
		for (DWORD i = 0; i < count; i++)
			if (providers[i] != CLSID_COUNTERSIGN)
				shown[i] = FALSE;
		return S_OK;
	}
	METHOD UpdateRemoteCredential(const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION *,
				      CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION *) override
	{
		return E_NOTIMPL;
	}

private:
	Credential *credential_ = nullptr;
};

class Factory final : public Object<IClassFactory> {
public:
	HRESULT STDMETHODCALLTYPE QueryInterface(REFIID iid, void **object) override
	{
		bool known = iid == IID_IUnknown || iid == IID_IClassFactory;
		*object = known ? this : nullptr;
		return known ? AddRef(), S_OK : E_NOINTERFACE;
	}
	METHOD CreateInstance(IUnknown *outer, REFIID iid, void **object) override
	{
		*object = nullptr;
		if (outer != nullptr)
			return CLASS_E_NOAGGREGATION;
		Provider *provider = new (std::nothrow) Provider;
		if (provider == nullptr)
			return E_OUTOFMEMORY;
		HRESULT found = provider->QueryInterface(iid, object);
		provider->Release();
		return found;
	}
	METHOD LockServer(BOOL lock) override
	{
		lock ? InterlockedIncrement(&objects) : InterlockedDecrement(&objects);
		return S_OK;
	}
};

} /* namespace */

/* The two functions by which COM loads and unloads a DLL. */
extern "C" __declspec(dllexport) HRESULT STDAPICALLTYPE DllGetClassObject(REFCLSID clsid, REFIID iid, void **object)
{
	*object = nullptr;
	if (clsid != CLSID_COUNTERSIGN)
		return CLASS_E_CLASSNOTAVAILABLE;
	Factory *factory = new (std::nothrow) Factory;
	if (factory == nullptr)
		return E_OUTOFMEMORY;
	HRESULT found = factory->QueryInterface(iid, object);
	factory->Release();
	return found;
}

extern "C" __declspec(dllexport) HRESULT STDAPICALLTYPE DllCanUnloadNow() { return objects == 0 ? S_OK : S_FALSE; }
