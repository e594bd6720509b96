#ifndef BASE_LOG_H
#define BASE_LOG_H

/*
 * One line a call on standard error, "PROGRAM: text".  Never pass personal
 * data, keys or tokens.  Control characters in the text are shown as '?', so
 * that data cannot forge a line.
 */

/* log_name(name): sets the word in front of each line (kept, not copied). */
void log_name(const char *name);

/* log_error(fmt, ...): what went wrong and what to do next. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* log_warn(fmt, ...): the same, headed "warning: ". */
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* log_note(fmt, ...): news for the person at the terminal; quiet with
 * log_quiet. */
void log_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* log_quiet(): drops notes from now on (--quiet). */
void log_quiet(void);

#endif
