/**
 * Container images without a container run-time: {@code ./whistler images}.
 *
 * <p>In the order in which an image grows: {@link dev.whistler.testbed.image.DebianPackages}
 * fetches the few packages that the JVM needs, {@link dev.whistler.testbed.process.JavaRuntime}
 * links a run-time, {@link dev.whistler.testbed.image.ImageRoot} puts them and the application into
 * one folder that looks like the image, {@link dev.whistler.testbed.image.ClassArchive} dumps the
 * JVM's class cache inside of that folder, {@link dev.whistler.testbed.image.Sbom} lists what is in
 * it, and {@link dev.whistler.testbed.image.ImageFiles} writes it as layers. Entry point: {@link
 * dev.whistler.testbed.image.Images}.
 *
 * <p>Everything here is a function of the repository, the packages and the JDK: no clock, no random
 * number and no order of threads reaches a layer, so two builds have the same digest.
 */
@NullMarked
package dev.whistler.testbed.image;

import org.jspecify.annotations.NullMarked;
