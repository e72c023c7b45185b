/**
 * The whole system on a real cluster: what {@code ./whistler demo} and the end-to-end tests share.
 *
 * <p>{@code cluster} yields a Kubernetes, {@code process} owns child processes and waits, {@code
 * install} puts our custom resources, operator and agent on a cluster as local processes. {@link
 * dev.whistler.e2e.Repository} knows where this repository's own files are.
 */
@NullMarked
package dev.whistler.e2e;

import org.jspecify.annotations.NullMarked;
