package dev.whistler.compiler.macro;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.unit.UnitFixture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Functions on lists and sequences against what Java's collections do. */
class BuiltinsModelTest {
  @Provide
  Arbitrary<List<Integer>> lists() {
    // Few values, so that elements meet again.
    return Arbitraries.integers().between(0, 6).list().ofMaxSize(9);
  }

  private static String quoted(List<?> list) {
    return "'" + shown(list);
  }

  private static String shown(List<?> list) {
    return list.isEmpty()
        ? "nil"
        : list.stream()
            .map(x -> x instanceof List<?> inner ? shown(inner) : String.valueOf(x))
            .collect(Collectors.joining(" ", "(", ")"));
  }

  /** Evaluates forms in one compilation and compares their values. */
  private static void check(Object... formsAndValues) {
    StringBuilder forms = new StringBuilder("(list");
    List<Object> expected = new ArrayList<>();
    for (int i = 0; i < formsAndValues.length; i += 2) {
      forms.append(' ').append(formsAndValues[i]);
      expected.add(formsAndValues[i + 1]);
    }
    assertThat(UnitFixture.value(forms.append(')').toString())).isEqualTo(shown(expected));
  }

  private static String truth(boolean value) {
    return value ? "t" : "nil";
  }

  private static String number(int index) {
    return index < 0 ? "nil" : Integer.toString(index);
  }

  private static List<Integer> filtered(List<Integer> list, IntPredicate kept) {
    return list.stream().filter(kept::test).toList();
  }

  private static List<Integer> without(List<Integer> list, List<Integer> others) {
    return filtered(list, x -> !others.contains(x));
  }

  private static List<Integer> joined(List<Integer> a, List<Integer> b) {
    List<Integer> all = new ArrayList<>(a);
    all.addAll(b);
    return all;
  }

  private static List<Integer> residues(List<Integer> list) {
    return list.stream().map(x -> x % 3).toList();
  }

  @Property(tries = 200)
  void sets(@ForAll("lists") List<Integer> a, @ForAll("lists") List<Integer> b) {
    String l = quoted(a);
    String r = quoted(b);
    List<Integer> residues = residues(b);
    check(
        "(union " + l + " " + r + ")", joined(a, without(b, a)),
        "(intersection " + l + " " + r + ")", filtered(a, b::contains),
        "(set-difference " + l + " " + r + ")", without(a, b),
        "(subsetp " + l + " " + r + ")", truth(b.containsAll(a)),
        "(set-difference " + l + " " + r + " :key (lambda (x) (mod x 3)))",
            filtered(a, x -> !residues.contains(x % 3)),
        "(intersection " + l + " " + r + " :test #'<)",
            filtered(a, x -> b.stream().anyMatch(y -> x < y)),
        "(set-difference " + l + " " + r + " :test-not #'eql)",
            filtered(a, x -> b.stream().allMatch(y -> x == (int) y)));
  }

  @Property(tries = 200)
  void members(@ForAll("lists") List<Integer> a, @ForAll @IntRange(max = 6) int x) {
    String l = quoted(a);
    int at = a.indexOf(x);
    int even = IntStream.range(0, a.size()).filter(i -> a.get(i) % 2 == 0).findFirst().orElse(-1);
    List<Integer> tail = at < 0 ? List.of() : a.subList(at, a.size());
    String pairs = "(loop for x in " + l + " for i from 0 collect (cons x i))";
    check(
        "(member " + x + " " + l + ")",
        tail,
        "(member-if #'evenp " + l + ")",
        even < 0 ? List.of() : a.subList(even, a.size()),
        "(adjoin " + x + " " + l + ")",
        at < 0 ? joined(List.of(x), a) : a,
        "(cdr (assoc " + x + " " + pairs + "))",
        number(at),
        "(car (rassoc " + x + " " + pairs + "))",
        x < a.size() ? a.get(x) : "nil",
        "(let ((l " + l + ")) (ldiff l (member " + x + " l)))",
        at < 0 ? a : a.subList(0, at),
        "(let ((l " + l + ")) (tailp (member " + x + " l) l))",
        "t",
        "(subst 9 " + x + " " + l + ")",
        a.stream().map(y -> y == x ? 9 : y).toList(),
        "(mapcar #'cdr (pairlis " + l + " " + l + "))",
        a);
  }

  @Property(tries = 200)
  void parts(@ForAll("lists") List<Integer> a, @ForAll @IntRange(max = 10) int n) {
    String l = quoted(a);
    int size = a.size();
    int cut = Math.min(n, size);
    check(
        "(last " + l + " " + n + ")", a.subList(size - cut, size),
        "(butlast " + l + " " + n + ")", a.subList(0, size - cut),
        "(nthcdr " + n + " " + l + ")", a.subList(cut, size),
        "(nth " + n + " " + l + ")", n < size ? a.get(n) : "nil",
        "(third " + l + ")", size > 2 ? a.get(2) : "nil",
        "(subseq " + l + " " + cut + ")", a.subList(cut, size),
        "(subseq " + l + " 0 " + cut + ")", a.subList(0, cut),
        "(reverse " + l + ")", a.reversed(),
        "(append " + l + " (copy-list " + l + "))", joined(a, a),
        "(length (make-list " + n + "))", n);
  }

  @Property(tries = 200)
  void selections(@ForAll("lists") List<Integer> a, @ForAll @IntRange(max = 6) int x) {
    String l = quoted(a);
    List<Integer> last = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      if (!a.subList(i + 1, a.size()).contains(a.get(i))) {
        last.add(a.get(i));
      }
    }
    List<Integer> one = new ArrayList<>(a);
    one.remove((Integer) x);
    List<Integer> lastOne = new ArrayList<>(a.reversed());
    lastOne.remove((Integer) x);
    Collections.reverse(lastOne);
    check(
        "(remove " + x + " " + l + ")", filtered(a, y -> y != x),
        "(remove " + x + " " + l + " :count 1)", one,
        "(remove " + x + " " + l + " :count 1 :from-end t)", lastOne,
        "(remove-if #'evenp " + l + ")", filtered(a, y -> y % 2 != 0),
        "(remove-if-not #'evenp " + l + ")", filtered(a, y -> y % 2 == 0),
        "(remove-duplicates " + l + ")", last,
        "(remove-duplicates " + l + " :from-end t)", a.stream().distinct().toList(),
        "(position " + x + " " + l + ")", number(a.indexOf(x)),
        "(position " + x + " " + l + " :from-end t)", number(a.lastIndexOf(x)),
        "(find " + x + " " + l + " :test #'<)",
            a.stream().filter(y -> x < y).findFirst().map(String::valueOf).orElse("nil"),
        "(count " + x + " " + l + ")", Collections.frequency(a, x),
        "(substitute 9 " + x + " " + l + ")", a.stream().map(y -> y == x ? 9 : y).toList(),
        "(every #'evenp " + l + ")", truth(a.stream().allMatch(y -> y % 2 == 0)),
        "(some #'evenp " + l + ")", truth(a.stream().anyMatch(y -> y % 2 == 0)));
  }

  @Property(tries = 200)
  void orders(@ForAll("lists") List<Integer> a, @ForAll("lists") List<Integer> b) {
    String l = quoted(a);
    String r = quoted(b);
    String both = "(merge 'list (sort " + l + " #'<) (sort " + r + " #'<) #'<)";
    check(
        "(sort " + l + " #'<)",
        a.stream().sorted().toList(),
        "(sort " + l + " #'> :key (lambda (x) (mod x 3)))",
        a.stream().sorted(Comparator.comparing((Integer x) -> -(x % 3))).toList(),
        both,
        joined(a, b).stream().sorted().toList(),
        "(search " + r + " " + l + ")",
        number(Collections.indexOfSubList(a, b)),
        "(reduce #'+ " + l + ")",
        a.stream().mapToInt(x -> x).sum(),
        "(reduce (lambda (x y) (- (* 10 x) y)) " + l + " :initial-value 1)",
        a.stream().reduce(1, (x, y) -> 10 * x - y),
        "(reduce (lambda (x y) (- (* 10 y) x)) " + l + " :initial-value 1 :from-end t)",
        a.reversed().stream().reduce(1, (x, y) -> 10 * x - y),
        "(mapcar #'+ " + l + " " + r + ")",
        IntStream.range(0, Math.min(a.size(), b.size()))
            .mapToObj(i -> a.get(i) + b.get(i))
            .toList(),
        "(mapcan #'list " + l + ")",
        a,
        "(maplist #'length " + l + ")",
        IntStream.range(0, a.size()).mapToObj(i -> a.size() - i).toList());
  }
}
