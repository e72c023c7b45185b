package dev.whistler.testbed.simulator;

import io.fabric8.kubernetes.client.Config;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Requests of many users over a few connections, as bytes: objects of a client would cost more than
 * the API server's own work. Callers are virtual threads, which wait here while too many requests
 * are under way. Not HTTP/2: where an API server was so slow that requests ran into their limit,
 * the one connection of the JDK's client was seen to stand still for good. Safe for use by several
 * threads.
 */
final class ApiRequests implements AutoCloseable {
  /** Each has a connection, which is kept. */
  private static final int AT_ONCE = 64;

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String QUOTED = "\"%s\":\"";

  /**
   * What came back.
   *
   * @param code of HTTP; 0 where there was no answer
   * @param body as text; why there was none, in that case
   */
  record Answer(int code, String body) {
    boolean succeeded() {
      return code >= 200 && code < 300;
    }

    /** The first text of that name, which in an answer about one object is that of its metadata. */
    @Nullable String text(String field) {
      String key = QUOTED.formatted(field);
      int at = body.indexOf(key);
      int end = at < 0 ? -1 : body.indexOf('"', at + key.length());
      return end < 0 ? null : body.substring(at + key.length(), end);
    }
  }

  private final HttpClient http;
  private final String server;
  private final String administrator;
  private final Semaphore room = new Semaphore(AT_ONCE);
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  /**
   * To the API server of an administrator's settings.
   *
   * @throws IllegalArgumentException with a sentence, if these have no bearer token
   */
  ApiRequests(Config admin) {
    this.server = admin.getMasterUrl().replaceAll("/$", "");
    this.administrator =
        Stream.of(admin.getOauthToken(), admin.getAutoOAuthToken())
            .filter(Objects::nonNull)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "The simulator needs an administrator with a bearer token."));
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .sslContext(trusting(admin.getCaCertData()))
            .build();
  }

  private static SSLContext trusting(String caData) {
    try {
      KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
      known.load(null, null);
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(Base64.getDecoder().decode(caData)))) {
        known.setCertificateEntry("ca-" + number++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(known);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("The API server's certificates cannot be read.", e);
    }
  }

  /**
   * Sends a request as the administrator.
   *
   * @see #send(String, String, String, byte[], String)
   */
  Answer sendAsAdministrator(String verb, String what, String path, byte @Nullable [] body) {
    return send(verb, what, path, body, administrator);
  }

  /**
   * Sends a request and waits for the answer, or for the reason why there is none.
   *
   * @param verb of HTTP
   * @param what kind of thing it is about, for the counts
   * @param path beginning with a slash
   * @param body JSON, of a PATCH to be merged; null for none
   * @param token whose request it is
   */
  Answer send(String verb, String what, String path, byte @Nullable [] body, String token) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server + path))
            .method(verb, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
            .header("Authorization", "Bearer " + token)
            .header(
                "Content-Type",
                verb.equals("PATCH") ? "application/merge-patch+json" : "application/json")
            .header("Accept", "application/json")
            .header("User-Agent", "whistler-simulator")
            .timeout(LIMIT)
            .build();
    Answer answer;
    try {
      room.acquire();
      try {
        HttpResponse<String> response =
            http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
        answer = new Answer(response.statusCode(), response.body());
      } finally {
        room.release();
      }
    } catch (IOException e) {
      answer = new Answer(0, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer = new Answer(0, "interrupted");
    }
    counts
        .computeIfAbsent(verb + " " + what + " " + answer.code, key -> new LongAdder())
        .increment();
    return answer;
  }

  /** How many requests had which outcome until now, such as {@code PUT leases 200}. */
  Map<String, Long> counts() {
    Map<String, Long> all = new TreeMap<>();
    counts.forEach((what, count) -> all.put(what, count.sum()));
    return all;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
