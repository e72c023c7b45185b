package dev.whistler.testbed.cluster;

import dev.whistler.testbed.process.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;

/**
 * A certificate that stands for itself, so that whoever trusts it trusts nothing else: its file
 * serves as the authority too.
 *
 * @param certificate PEM file of the certificate
 * @param key PEM file of its private key (PKCS 8)
 */
record SelfSignedCertificate(Path certificate, Path key) {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  // Protects a file that exists for a moment in a directory that only its owner reads.
  private static final String PASSWORD = "for-a-moment";
  private static final String ALIAS = "key";

  /**
   * Makes one, valid for two days, with the JDK's keytool.
   *
   * @param directory an existing directory that only its owner reads
   * @param name name of both files without their endings
   * @param subject distinguished name, such as {@code CN=a,O=b}
   * @param alternative alternative names as keytool writes them, such as {@code ip:10.0.0.1}
   */
  static SelfSignedCertificate create(
      Path directory, String name, String subject, String alternative) {
    Path store = directory.resolve(name + ".p12");
    var _ =
        Command.run(
            LIMIT,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-dname",
                subject,
                "-ext",
                "SAN=" + alternative,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString()));
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD.toCharArray());
      Path certificate =
          Pem.write(
              directory.resolve(name + ".crt"),
              "CERTIFICATE",
              keys.getCertificate(ALIAS).getEncoded());
      Path key =
          Pem.write(
              directory.resolve(name + ".key"),
              "PRIVATE KEY",
              keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
      Files.delete(store);
      return new SelfSignedCertificate(certificate, key);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write certificates into " + directory + ".", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("keytool's key store cannot be read.", e);
    }
  }
}
