/**
 * Container images without a container run-time: {@code ./whistler images}.
 *
 * <p>In the order in which an image grows: {@link dev.whistler.e2e.image.DebianPackages} fetches
 * the few packages that the JVM needs, {@link dev.whistler.e2e.process.JavaRuntime} links a
 * run-time, {@link dev.whistler.e2e.image.ImageRoot} puts them and the application into one folder
 * that looks like the image, {@link dev.whistler.e2e.image.ClassArchive} dumps the JVM's class
 * cache inside of that folder, {@link dev.whistler.e2e.image.Sbom} lists what is in it, and {@link
 * dev.whistler.e2e.image.ImageFiles} writes it as layers. Entry point: {@link
 * dev.whistler.e2e.image.Images}.
 *
 * <p>Everything here is a function of the repository, the packages and the JDK: no clock, no random
 * number and no order of threads reaches a layer, so two builds have the same digest.
 */
@NullMarked
package dev.whistler.e2e.image;

import org.jspecify.annotations.NullMarked;
