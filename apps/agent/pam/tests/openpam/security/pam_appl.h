/* Of OpenPAM's <security/pam_appl.h> and <security/pam_constants.h>, what the module uses, as macOS declares it. */
#ifndef PAM_APPL_H
#define PAM_APPL_H

/* The numbers are OpenPAM's, which are others than Linux-PAM's. */
enum {
	PAM_SUCCESS = 0,
	PAM_SERVICE_ERR = 3,
	PAM_CONV_ERR = 6,
	PAM_MAXTRIES = 8,
	PAM_AUTH_ERR = 9,
	PAM_AUTHINFO_UNAVAIL = 12,
	PAM_USER_UNKNOWN = 13,
	PAM_IGNORE = 25,
	PAM_ABORT = 26,
};
enum { PAM_PROMPT_ECHO_OFF = 1, PAM_PROMPT_ECHO_ON = 2, PAM_ERROR_MSG = 3, PAM_TEXT_INFO = 4 };
enum { PAM_SERVICE = 1, PAM_USER = 2, PAM_TTY = 3, PAM_RHOST = 4, PAM_CONV = 5, PAM_RUSER = 8 };

typedef struct pam_handle pam_handle_t;
struct pam_message {
	int msg_style;
	char *msg;
};
struct pam_response {
	char *resp;
	int resp_retcode;
};
struct pam_conv {
	int (*conv)(int, const struct pam_message **, struct pam_response **, void *);
	void *appdata_ptr;
};

int pam_get_item(const pam_handle_t *pamh, int item, const void **value);
int pam_get_user(pam_handle_t *pamh, const char **user, const char *prompt);
#endif
