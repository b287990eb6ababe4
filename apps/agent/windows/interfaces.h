/*
 * The COM interfaces between Windows' login window and a credential provider, which the headers of mingw-w64 lack: what
 * Microsoft documents of credentialprovider.h, as far as it is used here. The order of the methods is part of them.
 */
#pragma once
#include <windows.h>
#include <unknwn.h>

#define METHOD virtual HRESULT STDMETHODCALLTYPE

enum CREDENTIAL_PROVIDER_USAGE_SCENARIO {
	CPUS_INVALID, CPUS_LOGON, CPUS_UNLOCK_WORKSTATION, CPUS_CHANGE_PASSWORD, CPUS_CREDUI, CPUS_PLAP
};
enum CREDENTIAL_PROVIDER_FIELD_TYPE {
	CPFT_INVALID, CPFT_LARGE_TEXT, CPFT_SMALL_TEXT, CPFT_COMMAND_LINK, CPFT_EDIT_TEXT, CPFT_PASSWORD_TEXT,
	CPFT_TILE_IMAGE, CPFT_CHECKBOX, CPFT_COMBOBOX, CPFT_SUBMIT_BUTTON
};
enum CREDENTIAL_PROVIDER_FIELD_STATE {
	CPFS_HIDDEN, CPFS_DISPLAY_IN_SELECTED_TILE, CPFS_DISPLAY_IN_DESELECTED_TILE, CPFS_DISPLAY_IN_BOTH
};
enum CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE { CPFIS_NONE, CPFIS_READONLY, CPFIS_DISABLED, CPFIS_FOCUSED };
enum CREDENTIAL_PROVIDER_GET_SERIALIZATION_RESPONSE {
	CPGSR_NO_CREDENTIAL_NOT_FINISHED, CPGSR_NO_CREDENTIAL_FINISHED, CPGSR_RETURN_CREDENTIAL_FINISHED,
	CPGSR_RETURN_NO_CREDENTIAL_FINISHED
};
enum CREDENTIAL_PROVIDER_STATUS_ICON { CPSI_NONE, CPSI_ERROR, CPSI_WARNING, CPSI_SUCCESS };

struct CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR {
	DWORD dwFieldID;
	CREDENTIAL_PROVIDER_FIELD_TYPE cpft;
	LPWSTR pszLabel;
	GUID guidFieldType;
};
struct CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION {
	ULONG ulAuthenticationPackage;
	GUID clsidCredentialProvider;
	ULONG cbSerialization;
	BYTE *rgbSerialization;
};

struct ICredentialProviderEvents;
struct ICredentialProviderCredential;

struct ICredentialProviderCredentialEvents : IUnknown {
	METHOD SetFieldState(ICredentialProviderCredential *, DWORD, CREDENTIAL_PROVIDER_FIELD_STATE) = 0;
	METHOD SetFieldInteractiveState(ICredentialProviderCredential *, DWORD,
					CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE) = 0;
	METHOD SetFieldString(ICredentialProviderCredential *, DWORD, LPCWSTR) = 0;
	METHOD SetFieldCheckbox(ICredentialProviderCredential *, DWORD, BOOL, LPCWSTR) = 0;
	METHOD SetFieldBitmap(ICredentialProviderCredential *, DWORD, HBITMAP) = 0;
	METHOD SetFieldComboBoxSelectedItem(ICredentialProviderCredential *, DWORD, DWORD) = 0;
	METHOD DeleteFieldComboBoxItem(ICredentialProviderCredential *, DWORD, DWORD) = 0;
	METHOD AppendFieldComboBoxItem(ICredentialProviderCredential *, DWORD, LPCWSTR) = 0;
	METHOD SetFieldSubmitButton(ICredentialProviderCredential *, DWORD, DWORD) = 0;
	METHOD OnCreatingWindow(HWND *) = 0;
};

struct ICredentialProviderCredential : IUnknown {
	METHOD Advise(ICredentialProviderCredentialEvents *) = 0;
	METHOD UnAdvise() = 0;
	METHOD SetSelected(BOOL *) = 0;
	METHOD SetDeselected() = 0;
	METHOD GetFieldState(DWORD, CREDENTIAL_PROVIDER_FIELD_STATE *, CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE *) = 0;
	METHOD GetStringValue(DWORD, LPWSTR *) = 0;
	METHOD GetBitmapValue(DWORD, HBITMAP *) = 0;
	METHOD GetCheckboxValue(DWORD, BOOL *, LPWSTR *) = 0;
	METHOD GetSubmitButtonValue(DWORD, DWORD *) = 0;
	METHOD GetComboBoxValueCount(DWORD, DWORD *, DWORD *) = 0;
	METHOD GetComboBoxValueAt(DWORD, DWORD, LPWSTR *) = 0;
	METHOD SetStringValue(DWORD, LPCWSTR) = 0;
	METHOD SetCheckboxValue(DWORD, BOOL) = 0;
	METHOD SetComboBoxSelectedValue(DWORD, DWORD) = 0;
	METHOD CommandLinkClicked(DWORD) = 0;
	METHOD GetSerialization(CREDENTIAL_PROVIDER_GET_SERIALIZATION_RESPONSE *,
				CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION *, LPWSTR *,
				CREDENTIAL_PROVIDER_STATUS_ICON *) = 0;
	METHOD ReportResult(LONG, LONG, LPWSTR *, CREDENTIAL_PROVIDER_STATUS_ICON *) = 0;
};

struct IQueryContinueWithStatus : IUnknown {
	METHOD QueryContinue() = 0;
	METHOD SetStatusMessage(LPCWSTR) = 0;
};

struct IConnectableCredentialProviderCredential : ICredentialProviderCredential {
	METHOD Connect(IQueryContinueWithStatus *) = 0;
	METHOD Disconnect() = 0;
};

struct ICredentialProvider : IUnknown {
	METHOD SetUsageScenario(CREDENTIAL_PROVIDER_USAGE_SCENARIO, DWORD) = 0;
	METHOD SetSerialization(const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION *) = 0;
	METHOD Advise(ICredentialProviderEvents *, UINT_PTR) = 0;
	METHOD UnAdvise() = 0;
	METHOD GetFieldDescriptorCount(DWORD *) = 0;
	METHOD GetFieldDescriptorAt(DWORD, CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR **) = 0;
	METHOD GetCredentialCount(DWORD *, DWORD *, BOOL *) = 0;
	METHOD GetCredentialAt(DWORD, ICredentialProviderCredential **) = 0;
};

struct ICredentialProviderFilter : IUnknown {
	METHOD Filter(CREDENTIAL_PROVIDER_USAGE_SCENARIO, DWORD, GUID *, BOOL *, DWORD) = 0;
	METHOD UpdateRemoteCredential(const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION *,
				      CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION *) = 0;
};

constexpr IID IID_ICredentialProvider = {
	0xd27c3481, 0x5a1c, 0x45b2, {0x8a, 0xaa, 0xc2, 0x0e, 0xbb, 0xe8, 0x22, 0x9e}};
constexpr IID IID_ICredentialProviderFilter = {
	0xa5da53f9, 0xd475, 0x4080, {0xa1, 0x20, 0x91, 0x0c, 0x4a, 0x73, 0x98, 0x80}};
constexpr IID IID_ICredentialProviderCredential = {
	0x63913a93, 0x40c1, 0x481a, {0x81, 0x8d, 0x40, 0x72, 0xff, 0x8c, 0x70, 0xcc}};
constexpr IID IID_IConnectableCredentialProviderCredential = {
	0x9387928b, 0xac75, 0x4bf9, {0x8a, 0xb2, 0x2b, 0x93, 0xc4, 0xa5, 0x52, 0x90}};
