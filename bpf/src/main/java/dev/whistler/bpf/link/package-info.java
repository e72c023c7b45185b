/**
 * Links: a program attached to where its events come from. Each kind of target has a class with an
 * {@code attach} method that returns a {@link dev.whistler.bpf.link.BpfLink}; closing the link
 * detaches the program, unless the link is pinned.
 */
@NullMarked
package dev.whistler.bpf.link;

import org.jspecify.annotations.NullMarked;
