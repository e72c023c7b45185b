// Loads the objects of a corpus by libbpf and runs those whose result is known, one report line each
// (see GuestLine): what our own library is not part of. Usage: loader DIRECTORY
// The directory's file "cases" has lines NAME<tab>PROGRAM<tab>RESULT; the object is NAME.o, the
// result a signed number of 32 bits or "-" for objects that are only loaded. A run gets a packet of
// 64 bytes, byte i = i.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define CLASS "libbpf.ExecutionCorpus"
// What older verifiers say where a newer kernel accepts the program.
#define NO_RECORD_AS_SLOT "type=alloc_mem expected=fp, pkt, pkt_meta, map_key, map_value"
// The verifier looks at a million instructions (BPF_COMPLEXITY_LIMIT_INSNS): many paths, no fault.
#define TOO_COMPLEX "BPF program is too large. Processed"
// On a path that nothing takes, the bounds of a register exclude each other: newer verifiers say so, older ones
// make a number of the pointer that it is added to (adjust_ptr_min_max_vals, kernel/bpf/verifier.c).
#define CONTRADICTION "REG INVARIANTS VIOLATION"
#define NO_POINTER_ANY_MORE "invalid mem access 'scalar'"
#define LOG_BYTES (1 << 14)

static char messages[LOG_BYTES];
static size_t used;

// Keeps the end of what libbpf and the verifier say.
static int keep(enum libbpf_print_level level, const char *format, va_list arguments)
{
	static char text[1 << 20];
	int length;

	if (level == LIBBPF_DEBUG)
		return 0;
	length = vsnprintf(text, sizeof(text), format, arguments);
	if (length < 0)
		return 0;
	if ((size_t)length >= sizeof(text))
		length = sizeof(text) - 1;
	if ((size_t)length > sizeof(messages) / 2) {
		memmove(text, text + length - sizeof(messages) / 2, sizeof(messages) / 2);
		length = sizeof(messages) / 2;
	}
	if (used + length >= sizeof(messages))
		used = 0;
	memcpy(messages + used, text, length);
	used += length;
	return 0;
}

static void report(const char *outcome, const char *name, long millis, const char *detail)
{
	printf("##test\t%s\t%s\t%s\t%ld\t", outcome, CLASS, name, millis);
	for (; *detail; detail++) {
		if (*detail == '\n')
			fputs("\\n", stdout);
		else if (*detail == '\t')
			fputs("\\t", stdout);
		else if (*detail == '\\')
			fputs("\\\\", stdout);
		else
			putchar(*detail);
	}
	putchar('\n');
	fflush(stdout);
}

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

// Runs the program; 0 if its result is the expected one.
static int run(struct bpf_object *object, const char *program, int expected, char *why, size_t size)
{
	unsigned char packet[64];
	struct bpf_program *found = bpf_object__find_program_by_name(object, program);
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet, .data_size_in = sizeof(packet),
		    .repeat = 1);
	int i, error;

	for (i = 0; i < 64; i++)
		packet[i] = i;
	if (!found) {
		snprintf(why, size, "no program %s", program);
		return -1;
	}
	error = bpf_prog_test_run_opts(bpf_program__fd(found), &options);
	if (error) {
		snprintf(why, size, "the test run failed: %s", strerror(errno));
		return -1;
	}
	if ((int)options.retval != expected) {
		snprintf(why, size, "yields %d in place of %d", (int)options.retval, expected);
		return -1;
	}
	return 0;
}

static int try(const char *directory, const char *name, const char *program, const char *result)
{
	char path[4096], why[256];
	long begin = now();
	struct bpf_object *object;
	int failed = 0;

	used = 0;
	snprintf(path, sizeof(path), "%s/%s.o", directory, name);
	object = bpf_object__open_file(path, NULL);
	if (!object || bpf_object__load(object)) {
		messages[used < sizeof(messages) ? used : sizeof(messages) - 1] = 0;
		if (strstr(messages, NO_RECORD_AS_SLOT)) {
			report("SKIPPED", name, now() - begin,
			       "this kernel takes no ring buffer record as a map's key or value (6.3)");
			bpf_object__close(object);
			return 0;
		}
		if (strstr(messages, TOO_COMPLEX) || strstr(messages, CONTRADICTION) ||
		    strstr(messages, NO_POINTER_ANY_MORE)) {
			report("SKIPPED", name, now() - begin,
			       strstr(messages, TOO_COMPLEX) ? "too complex for this verifier"
							     : "this verifier contradicts itself");
			bpf_object__close(object);
			return 0;
		}
		report("FAILED", name, now() - begin, used ? messages : strerror(errno));
		failed = 1;
	} else if (*result != '-' && run(object, program, atoi(result), why, sizeof(why))) {
		report("FAILED", name, now() - begin, why);
		failed = 1;
	} else {
		report("PASSED", name, now() - begin, "");
	}
	bpf_object__close(object);
	return failed;
}

int main(int count, char **arguments)
{
	char path[4096], line[512];
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	FILE *cases;
	int failures = 0;

	if (count != 2) {
		fprintf(stderr, "usage: loader DIRECTORY\n");
		return 2;
	}
	setrlimit(RLIMIT_MEMLOCK, &all);
	libbpf_set_print(keep);
	snprintf(path, sizeof(path), "%s/cases", arguments[1]);
	cases = fopen(path, "r");
	if (!cases) {
		perror(path);
		return 2;
	}
	while (fgets(line, sizeof(line), cases)) {
		char *name = strtok(line, "\t\n"), *program = strtok(NULL, "\t\n"), *result = strtok(NULL, "\t\n");

		if (result)
			failures += try(arguments[1], name, program, result);
	}
	fclose(cases);
	return failures > 0;
}
