package dev.whistler.compiler.reference;

import java.util.List;
import java.util.SortedMap;

/**
 * Everything that one run of a program leaves behind.
 *
 * @param result low 32 bits of the return value
 * @param maps by map, contents in hex by key in hex; array elements that are all zero left out
 * @param records by ring, submitted records in hex
 * @param globals by global variable that programs can change, contents in hex
 * @param packet the packet afterwards, in hex
 */
record Outcome(
    int result,
    SortedMap<String, SortedMap<String, String>> maps,
    SortedMap<String, List<String>> records,
    SortedMap<String, String> globals,
    String packet) {}
