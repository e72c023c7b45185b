/**
 * What the running kernel can do, found out by trying, with three outcomes: yes, no, could not
 * tell. The entry is {@link dev.whistler.bpf.feature.Features}.
 */
@NullMarked
package dev.whistler.bpf.feature;

import org.jspecify.annotations.NullMarked;
