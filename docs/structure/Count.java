import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Counts what the main code of this project is made of, with the compiler's own trees and nothing else:
 *
 * <pre>java docs/structure/Count.java        # in the root of the project; more words: the same beside lists of the largest</pre>
 *
 * Lines of a method go from its name's first line to its last brace, without Javadoc. Constructors are methods; those of records
 * that only check, and parameters of records' headers, are not counted as methods' parameters. A circle is a set of packages of one
 * module that depend on each other by their imports, each on all others, directly or over others.
 */
public final class Count {
    private record Method(String where, int lines, int parameters) {}

    private record Module(String name, List<Path> files) {}

    private final List<Integer> linesOfFiles = new ArrayList<>();
    private final Map<String, Integer> largestFiles = new TreeMap<>();
    private final List<Method> methods = new ArrayList<>();
    private final Map<String, Map<String, Set<String>>> imports = new TreeMap<>();
    private int lines;
    private int linesOfCode;

    private Count() {}

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of("");
        if (!Files.exists(root.resolve("pom.xml"))) {
            throw new IllegalArgumentException("no pom.xml in " + root.toAbsolutePath() + "; run this in the root of the project");
        }
        Count count = new Count();
        for (Module module : modules(root)) {
            count.add(module);
        }
        count.print(arguments.length > 0);
    }

    private static List<Module> modules(Path root) throws IOException {
        Map<String, List<Path>> found = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root.toAbsolutePath())) {
            files.filter(file -> file.toString().endsWith(".java") && file.toString().contains("/src/main/java/"))
                    .sorted()
                    .forEach(file -> {
                        String path = root.toAbsolutePath().relativize(file).toString();
                        found.computeIfAbsent(path.substring(0, path.indexOf("/src/main/java/")), name -> new ArrayList<>()).add(file);
                    });
        }
        return found.entrySet().stream().map(entry -> new Module(entry.getKey(), entry.getValue())).toList();
    }

    private void add(Module module) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, problems, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(module.files()));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            Iterable<? extends CompilationUnitTree> units = task.parse();
            requireParsed(problems);
            for (CompilationUnitTree unit : units) {
                addFile(module, unit, positions);
            }
        }
    }

    /** What this compiler cannot read would be counted wrongly, and in silence. */
    private static void requireParsed(DiagnosticCollector<JavaFileObject> problems) {
        problems.getDiagnostics().stream().filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR).findFirst().ifPresent(problem -> {
            throw new IllegalArgumentException(problem + "\nread by Java " + Runtime.version().feature() + "; this project needs 25 or later");
        });
    }

    private void addFile(Module module, CompilationUnitTree unit, SourcePositions positions) throws IOException {
        String text = unit.getSourceFile().getCharContent(true).toString();
        int all = (int) text.lines().count();
        String name = Path.of(unit.getSourceFile().toUri()).getFileName().toString();
        lines += all;
        linesOfCode += (int) withoutComments(text).lines().filter(line -> !line.isBlank()).count();
        linesOfFiles.add(all);
        largestFiles.put(module.name() + " " + name, all);
        addImports(module, unit);
        new Methods(name, unit, positions).scan(unit, null);
    }

    private void addImports(Module module, CompilationUnitTree unit) {
        if (unit.getPackageName() == null) {
            return;
        }
        Set<String> seen = imports.computeIfAbsent(module.name(), name -> new TreeMap<>())
                .computeIfAbsent(unit.getPackageName().toString(), name -> new TreeSet<>());
        for (ImportTree one : unit.getImports()) {
            seen.add(packageOf(one.getQualifiedIdentifier().toString()));
        }
    }

    /** The leading words in lower case: packages are spelt so here, and types are not. */
    private static String packageOf(String imported) {
        StringBuilder name = new StringBuilder();
        for (String word : imported.split("\\.")) {
            if (!Character.isLowerCase(word.charAt(0))) {
                break;
            }
            name.append(name.isEmpty() ? "" : ".").append(word);
        }
        return name.toString();
    }

    /** Blanks comments; strings, text blocks and characters are kept, whatever they hold. */
    private static String withoutComments(String text) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = literalEnd(text, at);
            if (end > at) {
                out.append(text, at, end);
                at = end;
            } else if (text.startsWith("//", at)) {
                at = endOf(text, "\n", at, 0);
            } else if (text.startsWith("/*", at)) {
                int close = endOf(text, "*/", at + 2, 2);
                text.substring(at, close).chars().filter(c -> c == '\n').forEach(c -> out.append('\n'));
                at = close;
            } else {
                out.append(text.charAt(at++));
            }
        }
        return out.toString();
    }

    /** Where the literal ends that begins here; here where none does. */
    private static int literalEnd(String text, int at) {
        String quote = text.startsWith("\"\"\"", at) ? "\"\"\"" : text.charAt(at) == '"' ? "\"" : text.charAt(at) == '\'' ? "'" : "";
        if (quote.isEmpty()) {
            return at;
        }
        int end = at + quote.length();
        while (end < text.length() && !text.startsWith(quote, end)) {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        return Math.min(end + quote.length(), text.length());
    }

    private static int endOf(String text, String mark, int from, int beyond) {
        int found = text.indexOf(mark, from);
        return found < 0 ? text.length() : found + beyond;
    }

    private final class Methods extends TreePathScanner<Void, Void> {
        private final String file;
        private final CompilationUnitTree unit;
        private final SourcePositions positions;

        Methods(String file, CompilationUnitTree unit, SourcePositions positions) {
            this.file = file;
            this.unit = unit;
            this.positions = positions;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            BlockTree body = method.getBody();
            if (isWritten(method)) {
                LineMap map = unit.getLineMap();
                Tree first = method.getModifiers().getAnnotations().isEmpty() ? method : method.getModifiers();
                long begin = map.getLineNumber(positions.getStartPosition(unit, first));
                long end = map.getLineNumber(positions.getEndPosition(unit, body == null ? method : body));
                methods.add(new Method(file + " " + method.getName(), (int) (end - begin + 1), parametersOf(method)));
            }
            return super.visitMethod(method, nothing);
        }

        private boolean isWritten(MethodTree method) {
            return positions.getStartPosition(unit, method) >= 0 && positions.getEndPosition(unit, method) > positions.getStartPosition(unit, method);
        }

        /** A compact constructor repeats its record's header in the tree, and has no parameters of its own. */
        private int parametersOf(MethodTree method) {
            boolean ofRecord = getCurrentPath().getParentPath().getLeaf() instanceof ClassTree type && type.getKind() == Tree.Kind.RECORD;
            boolean compact = ofRecord && method.getReturnType() == null && isCompact(method);
            return compact ? 0 : method.getParameters().size();
        }

        private boolean isCompact(MethodTree method) {
            try {
                int from = (int) positions.getStartPosition(unit, method);
                int to = (int) positions.getStartPosition(unit, method.getBody());
                return !unit.getSourceFile().getCharContent(true).toString().substring(from, to).contains("(");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void print(boolean lists) {
        System.out.printf("lines                 %d in %d files; without comments and blanks %d%n", lines, linesOfFiles.size(), linesOfCode);
        System.out.printf("lines a file          %s%n", spread(linesOfFiles));
        System.out.printf("files over 350        %d%n", linesOfFiles.stream().filter(n -> n > 350).count());
        System.out.printf("lines a method        %s%n", spread(methods.stream().map(Method::lines).toList()));
        System.out.printf("methods               %d; over 20 lines %d%n", methods.size(), methods.stream().filter(m -> m.lines() > 20).count());
        System.out.printf("parameters            over 5 in %d methods, over 8 in %d%n", wide(5), wide(8));
        imports.forEach((module, packages) -> circles(packages).forEach(circle -> System.out.printf("circle                %s: %s%n", module, circle)));
        if (lists) {
            largestFiles.entrySet().stream().filter(e -> e.getValue() > 350).forEach(e -> System.out.printf("%6d lines: %s%n", e.getValue(), e.getKey()));
            methods.stream().filter(m -> m.lines() > 20).forEach(m -> System.out.printf("%6d lines: %s%n", m.lines(), m.where()));
            methods.stream().filter(m -> m.parameters() > 5).forEach(m -> System.out.printf("%6d parameters: %s%n", m.parameters(), m.where()));
        }
    }

    private long wide(int parameters) {
        return methods.stream().filter(method -> method.parameters() > parameters).count();
    }

    private static String spread(List<Integer> values) {
        List<Integer> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int last = sorted.size() - 1;
        return "median %d, 90th percentile %d, largest %d".formatted(sorted.get(last / 2), sorted.get(last * 9 / 10), sorted.get(last));
    }

    /** Sets of packages that reach each other, larger than one. */
    private static List<Set<String>> circles(Map<String, Set<String>> packages) {
        Map<String, Set<String>> reached = new HashMap<>();
        packages.keySet().forEach(name -> reached.put(name, reachedFrom(name, packages)));
        Set<Set<String>> found = new HashSet<>();
        for (String name : packages.keySet()) {
            Set<String> circle = new TreeSet<>(reached.get(name));
            circle.removeIf(other -> !reached.get(other).contains(name));
            circle.add(name);
            if (circle.size() > 1) {
                found.add(circle);
            }
        }
        return found.stream().sorted((a, b) -> a.toString().compareTo(b.toString())).toList();
    }

    private static Set<String> reachedFrom(String name, Map<String, Set<String>> packages) {
        Set<String> reached = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(name));
        while (!open.isEmpty()) {
            for (String next : packages.get(open.pop())) {
                if (packages.containsKey(next) && reached.add(next)) {
                    open.push(next);
                }
            }
        }
        return reached;
    }
}
