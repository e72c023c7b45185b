package dev.whistler.e2e.system;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * Stands between a process and the API server, sees each request, and can do what networks, API
 * servers and crashes do: let a request get no further, lose its answer, keep the news of watches
 * back, and end watches as too old. To the process it speaks HTTP/1.1 without TLS.
 */
final class ApiProxy implements AutoCloseable {
  private static final Pattern HEADER = Pattern.compile("(?m)^([\\w-]+):\\s*(.*?)\\r?$");
  private static final Pattern VERSION = Pattern.compile("[?&]resourceVersion=(\\d+)");
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection", "content-length", "host", "upgrade", "transfer-encoding", "http2-settings");
  private static final String GONE =
      """
      {"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
      "message":"too old resource version","reason":"Expired","code":410}}\
      """;

  private static final String REFUSED =
      """
      {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the object has \
      been modified","reason":"Conflict","code":409}\
      """;

  /**
   * A request.
   *
   * @param method of HTTP
   * @param path with the query
   * @param body as text; empty for none
   */
  record Call(String method, String path, String body) {
    boolean isWrite() {
      return !method.equals("GET");
    }

    /** What is done to what, such as {@code PATCH whistlerrevisions/status}. */
    String kind() {
      List<String> parts = List.of(path.replaceFirst("\\?.*", "").split("/"));
      int plural = parts.contains("namespaces") ? parts.indexOf("namespaces") + 2 : 4;
      int at = parts.get(1).equals("api") && !parts.contains("namespaces") ? 3 : plural;
      String subresource = parts.size() > at + 2 ? "/" + parts.get(at + 2) : "";
      return method + " " + parts.get(at) + subresource;
    }

    /** Of what is created. */
    String name() {
      try {
        return new ObjectMapper().readTree(body).at("/metadata/name").asText();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A request that the API server answered, whoever learned of it. */
  record Answered(Call call, int code) {}

  /** Decides about each request; called by several threads. */
  interface Gate {
    /** Lets everything through. */
    Gate OPEN = new Gate() {};

    /** Whether the API server gets it; else the connection breaks. */
    default boolean admits(Call call) {
      return true;
    }

    /** The code of HTTP that its sender gets and the API server knows nothing of; else empty. */
    default OptionalInt refuses(Call call) {
      return OptionalInt.empty();
    }

    /** Whether its sender gets the answer; else the connection breaks. */
    default boolean returns(Call call, int code) {
      return true;
    }
  }

  private final ServerSocket server;
  private final URI upstream;
  private final SSLContext tls;
  private final HttpClient http;
  private final List<Answered> answered = new CopyOnWriteArrayList<>();
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private volatile Gate gate = Gate.OPEN;
  private volatile boolean withholds;
  private volatile long oldest;

  private ApiProxy(Config config) throws GeneralSecurityException, IOException {
    this.upstream = URI.create(config.getMasterUrl());
    this.tls = SSLUtils.sslContext(config);
    this.http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(tls).build();
    this.server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    var _ = Thread.ofVirtual().start(this::accept);
  }

  /** Before the API server of these settings; requests keep their tokens. */
  static ApiProxy before(Config config) {
    try {
      return new ApiProxy(config);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("No proxy before the API server.", e);
    }
  }

  /** What makes one of our processes take this for the API server. */
  Map<String, String> settings() {
    return Map.of("kubernetes.master", "http://127.0.0.1:" + server.getLocalPort());
  }

  void use(Gate next) {
    gate = next;
  }

  /** All that was answered until now. */
  List<Answered> answered() {
    return List.copyOf(answered);
  }

  /** From now on open watches tell nothing, as if all news were late. */
  void withhold() {
    withholds = true;
  }

  /**
   * All watches end, with the news that they did not tell, as too old; new ones from before {@code
   * version} end in the same way.
   *
   * @return how many there were
   */
  int expire(long version) {
    oldest = version;
    withholds = false;
    List<Watch> open = List.copyOf(watches);
    open.forEach(Watch::expire);
    return open.size();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        var _ = Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    connections.add(client);
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      for (Optional<String> head = head(in); head.isPresent(); head = head(in)) {
        if (head.get().toLowerCase(Locale.ROOT).contains("upgrade: websocket")) {
          watch(head.get(), client, in);
          return;
        }
        if (!pass(head.get(), in, client.getOutputStream())) {
          return;
        }
      }
    } catch (IOException | InterruptedException broken) {
      // One side has gone, which the other learns by the connection's end.
    } finally {
      connections.remove(client);
    }
  }

  private boolean pass(String head, InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    String[] line = head.lines().findFirst().orElseThrow().split(" ");
    byte[] body = body(head, in);
    Call call = new Call(line[0], line[1], new String(body, StandardCharsets.UTF_8));
    if (!gate.admits(call)) {
      return false;
    }
    OptionalInt refusal = gate.refuses(call);
    if (refusal.isPresent()) {
      answer(out, refusal.getAsInt(), "Content-Type: application/json\r\n", ascii(REFUSED));
      return true;
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(upstream.resolve(call.path()))
            .method(
                call.method(),
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    headers(head)
        .filter(it -> !HOP_BY_HOP.contains(it.group(1).toLowerCase(Locale.ROOT)))
        .forEach(it -> request.header(it.group(1), it.group(2)));
    HttpResponse<byte[]> response = http.send(request.build(), BodyHandlers.ofByteArray());
    answered.add(new Answered(call, response.statusCode()));
    if (!gate.returns(call, response.statusCode())) {
      return false;
    }
    StringBuilder headers = new StringBuilder();
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> headers.append(name + ": " + value + "\r\n"));
              }
            });
    answer(out, response.statusCode(), headers.toString(), response.body());
    return true;
  }

  private static void answer(OutputStream out, int code, String headers, byte[] body)
      throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    answer.writeBytes(ascii("HTTP/1.1 " + code + " \r\n" + headers));
    answer.writeBytes(ascii("Content-Length: " + body.length + "\r\n\r\n"));
    answer.writeBytes(body);
    out.write(answer.toByteArray());
    out.flush();
  }

  /** A request or an answer up to its empty line; empty at the end of the stream. */
  private static Optional<String> head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return Optional.empty();
      }
      head.append((char) next);
    }
    return Optional.of(head.toString());
  }

  private static byte[] body(String head, InputStream in) throws IOException {
    Optional<String> length = header(head, "content-length");
    if (length.isPresent()) {
      return in.readNBytes(Integer.parseInt(length.get()));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (header(head, "transfer-encoding").isPresent()) {
      for (int size = chunk(in); size > 0; size = chunk(in)) {
        body.writeBytes(in.readNBytes(size));
        in.skipNBytes(2);
      }
      in.skipNBytes(2);
    }
    return body.toByteArray();
  }

  private static int chunk(InputStream in) throws IOException {
    StringBuilder size = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      size.append((char) next);
    }
    return Integer.parseInt(size.toString().strip(), 16);
  }

  private static Stream<MatchResult> headers(String head) {
    return HEADER.matcher(head).results();
  }

  private static Optional<String> header(String head, String name) {
    return headers(head)
        .filter(it -> it.group(1).equalsIgnoreCase(name))
        .map(it -> it.group(2))
        .findFirst();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void watch(String head, Socket client, InputStream in) throws IOException {
    String path = head.split(" ", 3)[1];
    try (Socket api = tls.getSocketFactory().createSocket(upstream.getHost(), upstream.getPort())) {
      api.getOutputStream().write(ascii(head));
      DataInputStream answer = new DataInputStream(new BufferedInputStream(api.getInputStream()));
      String accepted = head(answer).orElseThrow(EOFException::new);
      client.getOutputStream().write(ascii(accepted));
      Watch watch = new Watch(client, api);
      watches.add(watch);
      try {
        var _ = Thread.ofVirtual().start(() -> copy(in, api));
        Matcher version = VERSION.matcher(path);
        if (version.find() && Long.parseLong(version.group(1)) < oldest) {
          watch.expire();
        }
        while (true) {
          watch.pass(answer);
        }
      } finally {
        watches.remove(watch);
      }
    }
  }

  private static void copy(InputStream in, Socket to) {
    try (to) {
      in.transferTo(to.getOutputStream());
    } catch (IOException ended) {
      // So the other direction ends, too.
    }
  }

  /** The frames of a web socket from the API server (RFC 6455, 5.2), which are not masked. */
  private final class Watch {
    private final Socket client;
    private final Socket api;

    Watch(Socket client, Socket api) {
      this.client = client;
      this.api = api;
    }

    void pass(DataInputStream in) throws IOException {
      int kind = in.readUnsignedByte();
      int length = in.readUnsignedByte();
      byte[] more = in.readNBytes(length == 126 ? 2 : length == 127 ? 8 : 0);
      long bytes =
          switch (length) {
            case 126 -> ByteBuffer.wrap(more).getShort() & 0xffff;
            case 127 -> ByteBuffer.wrap(more).getLong();
            default -> length;
          };
      byte[] payload = in.readNBytes((int) bytes);
      boolean isNews = (kind & 0xf) <= 2;
      if (!isNews || !withholds) {
        byte[] start = {(byte) kind, (byte) length};
        write(start, more, payload);
      }
    }

    private synchronized void write(byte[]... parts) throws IOException {
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      for (byte[] part : parts) {
        frame.writeBytes(part);
      }
      client.getOutputStream().write(frame.toByteArray());
      client.getOutputStream().flush();
    }

    void expire() {
      byte[] text = GONE.getBytes(StandardCharsets.UTF_8);
      byte[] start = {(byte) 0x81, 126, (byte) (text.length >> 8), (byte) text.length};
      byte[] normalEnd = {(byte) 0x88, 2, 3, (byte) 0xe8};
      try (api) {
        write(start, text, normalEnd);
      } catch (IOException gone) {
        // Then it is no watch any more.
      }
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket connection : new ArrayList<>(connections)) {
        connection.close();
      }
      http.shutdownNow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
