// The same work as ours on libbpf, for comparison: fills the ring by test runs and drains it.
//   consumer OBJECT
// reads lines "MODE RECORDS" and answers each with "NANOSECONDS RECORDS BYTES LOST"; modes are consume,
// snprintf and library (lines as JSON), call (look-ups in a map) and live (a second thread produces).
#include <atomic>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <linux/bpf.h>
#include <thread>
#include <unistd.h>
#ifdef WITH_RAPIDJSON
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#endif

struct sample {
  uint32_t pid, uid, cpu, us, count;
  char comm[16], path[48];
};
static_assert(sizeof(sample) == 84, "as the program's struct");

static const char *const NODE = "node-1", *const PROGRAM = "samples", *const RING = "samples",
                         *const TYPE = "sample";
static const char *const ID = "1e10c516-a2bd-4e9c-886d-c9ccbd848a8f:bench:1:";
static const int BATCH = 64 << 10;

static char batch[BATCH + 1024];
static size_t used;
static uint64_t bytes, records, sum, position;
static char now[40];
static std::atomic<uint64_t> consumed;

static uint64_t nanos() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

// Once a drain: less work than a time for each record, which is what ours writes.
static void stamp() {
  timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  tm day;
  gmtime_r(&t.tv_sec, &day);
  size_t n = strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%S", &day);
  snprintf(now + n, sizeof now - n, ".%09ldZ", t.tv_nsec);
}

static void begin_line() {
  if (used > BATCH) {
    bytes += used;
    used = 0;
  }
}

static int consume(void *, void *data, size_t) {
  sum += static_cast<const sample *>(data)->pid;
  records++;
  return 0;
}

static int live(void *context, void *data, size_t size) {
  consume(context, data, size);
  consumed.store(records, std::memory_order_relaxed);
  return 0;
}

static int print(void *, void *data, size_t) {
  const sample *s = static_cast<const sample *>(data);
  begin_line();
  used += snprintf(
      batch + used, 1024,
      "{\"time\":\"%s\",\"node\":\"%s\",\"program\":\"%s\",\"revision\":%d,\"ring\":\"%s\",\"struct\":\"%s\","
      "\"seq\":%llu,\"id\":\"%s%llu\",\"data\":{\"pid\":%u,\"uid\":%u,\"cpu\":%u,\"us\":%u,\"count\":%u,"
      "\"comm\":\"%.16s\",\"path\":\"%.48s\"}}\n",
      now, NODE, PROGRAM, 1, RING, TYPE, (unsigned long long)position, ID, (unsigned long long)position,
      s->pid, s->uid, s->cpu, s->us, s->count, s->comm, s->path);
  position += 96;
  records++;
  return 0;
}

#ifdef WITH_RAPIDJSON
static rapidjson::StringBuffer buffer(nullptr, BATCH);
static rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);

static int write(void *, void *data, size_t) {
  const sample *s = static_cast<const sample *>(data);
  if (buffer.GetSize() > BATCH) {
    bytes += buffer.GetSize();
    buffer.Clear();
  }
  char id[96];
  int id_length = snprintf(id, sizeof id, "%s%llu", ID, (unsigned long long)position);
  writer.Reset(buffer);
  writer.StartObject();
  writer.Key("time"), writer.String(now);
  writer.Key("node"), writer.String(NODE);
  writer.Key("program"), writer.String(PROGRAM);
  writer.Key("revision"), writer.Uint(1);
  writer.Key("ring"), writer.String(RING);
  writer.Key("struct"), writer.String(TYPE);
  writer.Key("seq"), writer.Uint64(position);
  writer.Key("id"), writer.String(id, id_length);
  writer.Key("data");
  writer.StartObject();
  writer.Key("pid"), writer.Uint(s->pid);
  writer.Key("uid"), writer.Uint(s->uid);
  writer.Key("cpu"), writer.Uint(s->cpu);
  writer.Key("us"), writer.Uint(s->us);
  writer.Key("count"), writer.Uint(s->count);
  writer.Key("comm"), writer.String(s->comm, strnlen(s->comm, sizeof s->comm));
  writer.Key("path"), writer.String(s->path, strnlen(s->path, sizeof s->path));
  writer.EndObject();
  writer.EndObject();
  buffer.Put('\n');
  position += 96;
  records++;
  return 0;
}
#endif

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int program_fd, ring_fd, counts_fd;

static uint64_t attempts() {
  uint32_t key = 0;
  uint64_t value = 0;
  if (bpf_map_lookup_elem(counts_fd, &key, &value)) die("look up");
  return value;
}

static void produce(uint64_t count) {
  char packet[78];
  memset(packet, 0, sizeof packet);
  strcpy(packet + 14, "whistler-bench");
  strcpy(packet + 30, "/usr/lib/x86_64-linux-gnu/libc.so.6");
  LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof packet, .repeat = (int)count);
  if (bpf_prog_test_run_opts(program_fd, &run)) die("test run");
}

static uint64_t call(uint64_t count) {
  uint64_t start = nanos();
  for (uint64_t i = 0; i < count; i++) attempts();
  records = count;
  return nanos() - start;
}

static uint64_t drain(ring_buffer_sample_fn handler, uint64_t count) {
  ring_buffer *ring = ring_buffer__new(ring_fd, handler, nullptr, nullptr);
  if (!ring) die("ring");
  produce(count);
  stamp();
  uint64_t start = nanos();
  if (ring_buffer__consume(ring) < 0) die("consume");
  uint64_t taken = nanos() - start;
  ring_buffer__free(ring);
  return taken;
}

// One thread produces while there is room for what it makes at once, the other consumes.
static uint64_t run_live(uint64_t count) {
  const uint64_t chunk = 2000, room = 160000;
  ring_buffer *ring = ring_buffer__new(ring_fd, live, nullptr, nullptr);
  if (!ring) die("ring");
  consumed = 0;
  uint64_t start = nanos();
  std::thread producer([=] {
    for (uint64_t made = 0; made < count; made += chunk) {
      while (made - consumed.load(std::memory_order_relaxed) > room - chunk) std::this_thread::yield();
      produce(chunk);
    }
  });
  while (records < count && nanos() - start < 60000000000ull)
    if (ring_buffer__poll(ring, 100) < 0) die("poll");
  uint64_t taken = nanos() - start;
  producer.join();
  ring_buffer__free(ring);
  return taken;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  bpf_object *object = bpf_object__open_file(argv[1], nullptr);
  if (!object || bpf_object__load(object)) die("load");
  program_fd = bpf_program__fd(bpf_object__find_program_by_name(object, "produce"));
  ring_fd = bpf_object__find_map_fd_by_name(object, "samples");
  counts_fd = bpf_object__find_map_fd_by_name(object, "counts");
  char mode[16];
  unsigned long long count;
  while (scanf("%15s %llu", mode, &count) == 2) {
    records = bytes = used = 0;
    uint64_t before = attempts(), taken;
    if (!strcmp(mode, "consume")) taken = drain(consume, count);
    else if (!strcmp(mode, "snprintf")) taken = drain(print, count), bytes += used;
#ifdef WITH_RAPIDJSON
    else if (!strcmp(mode, "library")) taken = drain(write, count), bytes += buffer.GetSize(), buffer.Clear();
#endif
    else if (!strcmp(mode, "call")) taken = call(count);
    else if (!strcmp(mode, "live")) taken = run_live(count);
    else return 2;
    uint64_t lost = strcmp(mode, "call") ? attempts() - before - records : 0;
    printf("%llu %llu %llu %llu\n", (unsigned long long)taken, (unsigned long long)records,
           (unsigned long long)bytes, (unsigned long long)lost);
    fflush(stdout);
  }
  return sum == 42;
}
