package dev.whistler.compiler.reference;

import java.util.List;

/**
 * Defects of different kinds, one or more for each pass and each stage of the code generator: wrong
 * widths and signs, stale knowledge, dropped guards, missed liveness, wrong order, off by one. Some
 * are such that only rare programs show them; one was in the compiler until a random program found
 * it.
 */
final class Mutants {
  static final List<Mutant> ALL =
      List.of(
          new Mutant(
              "a store leaves what is known of overlapping places",
              "pass/Forwarding.java",
              "        forget(known, place.base(), place.displacement(), store.width());\n"
                  + "        known.put(",
              "        known.put("),
          new Mutant(
              "an atomic addition leaves what is known of its place",
              "pass/Forwarding.java",
              "forget(known, place.base(), place.displacement(), add.width());",
              ""),
          new Mutant(
              "four bytes stored come back as the whole word",
              "pass/Forwarding.java",
              "    if (loaded) {",
              "    if (loaded || width == 4) {"),
          new Mutant(
              "an update leaves what lookups found",
              "pass/Forwarding.java",
              "return changesMaps && !isPermanent(p.map());",
              "return false;"),
          new Mutant(
              "two map values are never the same",
              "pass/Effects.java",
              "return a != b && a != Region.UNKNOWN && b != Region.UNKNOWN;",
              "return a == Region.MAP_VALUE || a != b && a != Region.UNKNOWN && b !="
                  + " Region.UNKNOWN;"),
          new Mutant(
              "the bound of a sum ignores its overflow",
              "pass/Facts.java",
              "if (Long.compareUnsigned(sum, high(a)) >= 0) {",
              "if (sum != 0) {"),
          new Mutant(
              "the bound of a difference subtracts the larger bound",
              "pass/Facts.java",
              "to = high(a) - low(b);",
              "to = high(a) - high(b);"),
          new Mutant(
              "division by a power of two keeps the sign",
              "pass/Simplify.java",
              "return become(value, Operator.SHIFT_RIGHT, a,"
                  + " constant(Long.numberOfTrailingZeros(c)));",
              "return become(value, Operator.SHIFT_RIGHT_SIGNED, a,"
                  + " constant(Long.numberOfTrailingZeros(c)));"),
          new Mutant(
              "two shifts by 64 together are a shift by 0",
              "pass/Simplify.java",
              "return sum > 63 ? constant(0)",
              "return sum > 64 ? constant(0)"),
          new Mutant(
              "a signed conversion of a wider one is dropped",
              "pass/Simplify.java",
              "&& inner.scalar().width() <= scalar.width()",
              "&& inner.scalar().width() >= scalar.width()"),
          new Mutant(
              "less is decided where both may be equal",
              "pass/Simplify.java",
              "case LESS -> below ? Boolean.TRUE",
              "case LESS -> notAbove ? Boolean.TRUE"),
          new Mutant(
              "less as unsigned implies less as signed",
              "pass/Test.java",
              "case LESS -> wanted == Relation.LESS_EQUAL ||",
              "case LESS -> wanted == Relation.SIGNED_LESS ||"),
          new Mutant(
              "a length check covers eight bytes more",
              "pass/Test.java",
              "shorter > longer ||",
              "shorter > longer + 8 ||"),
          new Mutant(
              "a right shift looks at too few bits",
              "pass/Narrowing.java",
              "bits >>> count : bits << count",
              "bits >>> count : bits"),
          new Mutant(
              "a sum has no carries",
              "pass/Narrowing.java",
              "      case ADD, SUBTRACT, MULTIPLY -> {\n"
                  + "        demand(a, upTo(bits), wanted, work);",
              "      case ADD, SUBTRACT, MULTIPLY -> {\n"
                  + "        demand(a, bits, wanted, work);"),
          new Mutant(
              "a shift by 32 or more is done on 32 bits",
              "pass/Narrowing.java",
              "value.operand(1).constant().getAsLong() < 32",
              "value.operand(1).constant().getAsLong() < 64"),
          new Mutant(
              "a comparison is narrowed for the sake of one side",
              "pass/Narrowing.java",
              "!signed && word(a, facts) && word(b, facts)",
              "!signed && word(a, facts)"),
          new Mutant(
              "the last byte of a load is not wanted",
              "pass/DeadStores.java",
              "start(value.operand(0)) + load.displacement(), load.width());",
              "start(value.operand(0)) + load.displacement(), load.width() - 1);"),
          new Mutant(
              "a record is zeroed only at its start",
              "pass/DeadStores.java",
              "size < 0 ? target.size : size);",
              "size < 0 ? 8 : size);"),
          new Mutant(
              "a part of an object is as wide as what was stored",
              "pass/ScalarReplacement.java",
              "Forwarding.narrowed(routine, cut, part.width(), at, output)",
              "cut"),
          new Mutant(
              "a part of an object is zero after a join",
              "pass/ScalarReplacement.java",
              "join.completePhi(phi, known(end(from)[i]));",
              "join.completePhi(phi, routine.constant(0));"),
          new Mutant(
              "an object is replaced although its address is needed",
              "pass/ScalarReplacement.java",
              "default -> value.operands().forEach(operand -> keep(operand, kept));",
              "default -> {}"),
          new Mutant(
              "a slot is shared with a branch not taken",
              "pass/SharedSlots.java",
              "other = putIfAbsent(available, key, s.object());",
              "other = available.putIfAbsent(key, s.object());"),
          new Mutant(
              "a shared lookup ignores the index",
              "pass/SharedLookups.java",
              "new Key(value.operand(0), store.operand(1))",
              "new Key(value.operand(0), value.operand(0))"),
          new Mutant(
              "an empty block is skipped where both ways meet",
              "ir/CleanUp.java",
              "boolean twice = from.successors().contains(target);",
              "boolean twice = false;"),
          new Mutant(
              "a call keeps r5",
              "emit/InterferenceGraph.java",
              "|= RegisterSets.CALL_CLOBBERED;",
              "|= RegisterSets.CALL_CLOBBERED >> 1;"),
          new Mutant(
              "a register that only a jump reads is not live",
              "emit/Liveness.java",
              "for (MachineInstruction i : block.all()) {",
              "for (MachineInstruction i : block.code) {"),
          new Mutant(
              "a merged register forgets what its other half must not have",
              "emit/Coloring.java",
              "        graph.forbid(u, r);\n",
              ""),
          new Mutant(
              "a spilled word is read from before its store",
              "emit/RegisterAllocator.java",
              "        kept.remove(target);\n",
              ""),
          new Mutant(
              "copies at a join destroy each other",
              "emit/Selector.java",
              "free &= other == copy || moved.getOrDefault(source, source) != copy.target();",
              "free &= other != null;"),
          new Mutant(
              "v1 turns a relation round, but not its targets",
              "emit/Selector.java",
              "        holds = otherwise;\n" + "        otherwise = other;",
              "        otherwise = other == holds ? otherwise : other;"),
          new Mutant(
              "a constant of 32 bits is sign-extended",
              "emit/Selector.java",
              "if (value == (int) value) {",
              "if (value == (int) value || value >>> 32 == 0) {"),
          new Mutant(
              "an escaped stack object shares its place",
              "emit/StackUse.java",
              "          everywhere.set(number);\n",
              ""),
          new Mutant(
              "part of a stack object written counts as all",
              "emit/StackUse.java",
              "store && Opcode.width(instruction.opcode) == object.size()",
              "store"),
          new Mutant(
              "a copy is hoisted over a use on the other way",
              "emit/MachineCleanUp.java",
              "int blocked = liveIn[other.number()] | RegisterSets.read(block.jump);",
              "int blocked = RegisterSets.read(block.jump);"),
          new Mutant(
              "a block is merged again at an end it has given away",
              "emit/TailMerging.java",
              "blocks.set(i, share(first, partner, best));",
              "share(first, partner, best);"),
          new Mutant(
              "a shared test leads where the other way went",
              "pass/SharedTests.java",
              "become(chooser.terminator(), common == 1 ? choice : choice.inverse());",
              "become(chooser.terminator(), common == 1 ? choice.inverse() : choice);"),
          new Mutant(
              "a register keeps a word after it is written",
              "emit/SpilledWords.java",
              "      if (word == null) {\n        forget(RegisterSets.written(i));\n",
              "      if (word == null) {\n"),
          new Mutant(
              "globals of one section all lie at its start",
              "emit/Selector.java",
              "offset += data.offset() - held.data().offset();",
              "offset += 0;"),
          new Mutant(
              "stores at different offsets count as equal ends",
              "emit/MachineInstruction.java",
              "        && offset == other.offset\n",
              ""),
          new Mutant(
              "an unaligned load puts later pieces in one place",
              "ir/MemoryLowering.java",
              "Operator.SHIFT_LEFT, part, builder.constant(8L * at)",
              "Operator.SHIFT_LEFT, part, builder.constant(8L * piece)"),
          new Mutant(
              "a loop ends one iteration early",
              "ir/LoopLowering.java",
              "builder.branch(Relation.NOT_EQUAL, next, builder.constant(e.count()), header,"
                  + " exit);",
              "builder.branch(Relation.NOT_EQUAL, next, builder.constant(e.count() - 1), header,"
                  + " exit);"),
          new Mutant(
              "the first variable that a callback changes stays as it was",
              "ir/LoopLowering.java",
              "if (i >= 0 && !body.addresses().containsKey(local)) {",
              "if (i > 0 && !body.addresses().containsKey(local)) {"),
          new Mutant(
              "a subprogram with context takes its arguments one too low",
              "ir/Lowering.java",
              "new Operation.Parameter(context ? i + 1 : i)",
              "new Operation.Parameter(i)"),
          new Mutant(
              "a fetching addition yields what it adds",
              "emit/Selector.java",
              "add.fetch() ? Opcode.ATOMIC_FETCH : Opcode.ATOMIC_ADD",
              "Opcode.ATOMIC_ADD"),
          new Mutant(
              "what we know of an index counts as shown to the verifier",
              "pass/ShowBounds.java",
              "    return Long.compareUnsigned(facts.high(index), limit) < 0\n",
              "    return limit > 0\n"),
          new Mutant(
              "an offset is computed from what was scaled before its test",
              "pass/Simplify.java",
              "return bounds.isNeeded(value) && bounds.isProof(operand);",
              "return false;"),
          new Mutant(
              "an index passes for tested where only one way leads over the test",
              "pass/ShowBounds.java",
              "      if (!isBounded(index, limit, from, block, facts)\n",
              "      if (block.predecessors().size() == 1\n"
                  + "          && !isBounded(index, limit, from, block, facts)\n"),
          new Mutant(
              "a helper does not write through a number",
              "pass/Forwarding.java",
              "if (Effects.writes(call, i)) {",
              "if (Effects.writes(call, i) && value.operand(i).isPointer()) {"),
          new Mutant(
              "a join of two blocks is none of them",
              "pass/Effects.java",
              "    Region b = region(baseB);\n",
              "    Region b = region(baseB);\n    if (baseB.isPhi() && a == Region.STACK) {\n"
                  + "      return true;\n    }\n"),
          new Mutant(
              "an address kept in memory leads nowhere",
              "pass/DeadStores.java",
              "        touch(value.operand(0), value, block, targets);\n"
                  + "        escape(value.operand(1), targets);\n      }\n"
                  + "      case Operation.AtomicAdd",
              "        touch(value.operand(0), value, block, targets);\n      }\n"
                  + "      case Operation.AtomicAdd"),
          new Mutant(
              "a loop that is too long is not a negative answer",
              "ir/LoopLowering.java",
              "count.constant().isPresent() ? performed :",
              "count == count ? performed :"));

  /** Defects by which what is known of a word passes for known of its low half, or back. */
  static final List<Mutant> OF_WIDTHS =
      List.of(
          new Mutant(
              "what all 64 bits tell answers for the low half",
              "pass/Test.java",
              "    if (!carriesOver) {",
              "    if (!carriesOver && narrow) {"),
          new Mutant(
              "equal low halves make equal words",
              "pass/Test.java",
              "if (relation == Relation.EQUAL && (!narrow || asked.narrow)) {",
              "if (relation == Relation.EQUAL) {"),
          new Mutant(
              "a constant that the word is not is not its low half either",
              "pass/Test.java",
              "        && (narrow || !asked.narrow)\n",
              ""));

  /** Defects by which a distance without an absolute value becomes a small one. */
  static final List<Mutant> OF_DISTANCES =
      List.of(
          new Mutant(
              "half the address space is no distance for the builder",
              "ir/Builder.java",
              "          && -Short.MAX_VALUE <= c.value()\n"
                  + "          && c.value() <= Short.MAX_VALUE) {",
              "          && Math.abs(c.value()) <= Short.MAX_VALUE) {"),
          new Mutant(
              "half the address space is no distance for the simplifier",
              "pass/Simplify.java",
              "              && -Stack.BYTES <= c\n              && c <= Stack.BYTES) {",
              "              && Math.abs(c) <= Stack.BYTES) {"));

  /** Defects of what comes before the typed tree. */
  static final List<Mutant> OF_THE_FRONT_END =
      List.of(
          new Mutant(
              "a symbol macro is expanded on each pass",
              "macro/MacroStage.java",
              "if (known != null && known.of() == expansion) {",
              "if (known != null && known.of() != expansion) {"),
          new Mutant(
              "a macro is run on each pass",
              "macro/MacroStage.java",
              "      expansions.put(call, expansion);\n",
              ""),
          new Mutant(
              "places of a symbol in an expansion are one place",
              "macro/ResultCopy.java",
              "case Datum.Symbol atom -> new Datum.Symbol(atom.name(), atom.range());",
              "case Datum.Symbol atom -> atom;"));

  private Mutants() {}
}
