package io.evolo.meta.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evolo.meta.reports.Figure.Axis;
import io.evolo.meta.reports.Figure.HeatMap;
import io.evolo.meta.reports.Figure.Lines;
import io.evolo.meta.reports.Figure.Series;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
    private static final Report REPORT = new Report(
            "A <report>",
            List.of("It is better & it is worse."),
            List.of(new Table("Losses", 1, List.of("name", "loss"), List.of(List.of("a", "10"), List.of("b", "9")))),
            List.of(
                    new Lines(
                            "curve",
                            "Curve",
                            "It falls.",
                            new Axis("step", true),
                            new Axis("loss", true),
                            List.of(
                                    new Series("with band", new double[] {1, 10}, new double[] {2, 1}, new double[] {1, .5}, new double[] {3, 2}),
                                    new Series("with holes", new double[] {0, 1, 10}, new double[] {1, Double.NaN, 3}))),
                    new HeatMap(
                            "map",
                            "Map",
                            "Two cells.",
                            "steps",
                            "width",
                            List.of("200", "1000"),
                            List.of("32"),
                            new double[][] {{1.5, Double.NaN}})),
            List.of(new Report.Fact("config", "text: '</script><!--'\nmore")),
            List.of("curves.jsonl line 7 is cut short"));

    @TempDir
    private Path folder;

    @Test
    void textsOfManyLinesAreFolded() {
        assertThat(Reports.page(REPORT)).contains("<dd><details><summary>2 lines</summary><pre tabindex=\"0\">text: ");
    }

    @Test
    void textIsEscapedAndNoScriptCanBeEndedByData() {
        String page = Reports.page(REPORT);
        assertThat(page).contains("<h1>A &lt;report&gt;</h1>", "It is better &amp; it is worse.", "&lt;/script&gt;");
        assertThat(page.split("<script>", -1)).as("three libraries and the page's own").hasSize(5);
        assertThat(page.split("</script>", -1)).hasSize(5);
    }

    @Test
    void nothingIsAskedOfTheNetwork() {
        String page = Reports.page(REPORT);
        String head = page.substring(0, page.indexOf("<script>"));
        assertThat(head).doesNotContain("src=", "http:", "https:", "@import", "url(");
    }

    @Test
    void figuresHaveTextAlternativesAndTheSkippedIsCounted() {
        assertThat(Reports.page(REPORT))
                .contains("role=\"img\" aria-label=\"Curve. It falls.\"", "role=\"img\" aria-label=\"Map. Two cells.\"")
                .contains("<summary>1 skipped</summary>", "curves.jsonl line 7");
    }

    @Test
    void pointsThatALogarithmicAxisCannotShowAreLeftOut() {
        String points = VegaLite.points(REPORT.figures().getFirst()).toString();
        assertThat(points).contains("{\"s\":\"with holes\",\"x\":[null,1,10],\"y\":[1,null,3]}");
    }

    @Test
    void theVendoredLibrariesAreTheOnesThatWereReleased() throws Exception {
        try (InputStream sums = Page.class.getResourceAsStream("vega/SHA256SUMS")) {
            for (String line : new String(sums.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                String[] parts = line.split(" +");
                try (InputStream in = Page.class.getResourceAsStream("vega/" + parts[1])) {
                    byte[] digest = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
                    assertThat(HexFormat.of().formatHex(digest)).as(parts[1]).isEqualTo(parts[0]);
                }
            }
        }
    }

    @Test
    void figuresAndNumbersLieBesideThePage() throws IOException {
        List<String> failed = Reports.write(REPORT, folder);
        assumeTrue(failed.isEmpty(), () -> "this machine cannot draw figures: " + failed);
        assertThat(Files.readString(folder.resolve("figures/curve.svg"))).contains("<svg", "stroke:rgb(0,114,178)"); // the first line
        assertThat(Files.size(folder.resolve("figures/map.png"))).isGreaterThan(1000);
        assertThat(Files.readString(folder.resolve("report.json"))).contains("\"with band\"", "1.5");
    }

    @Test
    void aBrowserDrawsEveryFigureSortsTheTableAndHasNothingToComplainAbout() throws Exception {
        String drawn = inBrowser("document.querySelectorAll('th button')[1].click();", "--window-size=1400,1000");
        assertThat(drawn.split("class=\"marks\"", -1).length - 1).as("drawings").isEqualTo(REPORT.figures().size());
        assertThat(drawn).doesNotContain("cannot be drawn");
        assertThat(drawn.indexOf("<td>b</td>")).as("9 before 10").isPositive().isLessThan(drawn.indexOf("<td>a</td>"));
        assertThat(drawn).contains("aria-sort=\"ascending\"");
    }

    @Test
    void onANarrowDarkScreenThePageFitsAndAsksTheNetworkForNothing() throws Exception {
        String script = """
                setTimeout(() => {
                  const page = document.documentElement;
                  const reachable = [...document.querySelectorAll("th button, .wide, summary")].every(one => one.tabIndex === 0);
                  document.body.dataset.seen = [page.scrollWidth <= window.innerWidth, performance.getEntriesByType("resource").length,
                    getComputedStyle(document.body).backgroundColor, reachable].join(" ");
                }, 3000);""";
        String drawn = inBrowser(script, "--window-size=500,900", "--blink-settings=preferredColorScheme=0");
        assertThat(drawn).contains("data-seen=\"true 0 rgb(21, 23, 26) true\"");
    }

    @Test
    void linesBeyondTheEighthAreDashedSinceTheColoursComeAgain() {
        List<Series> series = IntStream.range(0, 9)
                .mapToObj(i -> new Series("line " + i, new double[] {1, 2}, new double[] {i, i}))
                .toList();
        String spec = VegaLite.spec(new Lines("many", "Many", "Lines.", new Axis("x", false), new Axis("y", false), series)).toString();
        assertThat(spec).contains("\"strokeDash\"", "[1,0],[6,3]");
        assertThat(VegaLite.spec(REPORT.figures().getFirst()).toString()).doesNotContain("strokeDash");
    }

    /** The document, up to its scripts, after the page's own script and another have run; the console must stay empty. */
    private String inBrowser(String script, String... options) throws Exception {
        Path browser = Path.of("/usr/bin/chromium");
        assumeTrue(Files.isExecutable(browser), "no /usr/bin/chromium on this machine");
        String html = Reports.page(REPORT);
        int end = html.lastIndexOf("</body>");
        Path page = folder.resolve("page.html");
        Files.writeString(page, html.substring(0, end) + "<script>" + script + "</script>" + html.substring(end));
        Path dom = folder.resolve("dom");
        Path log = folder.resolve("log");
        List<String> command = new ArrayList<>(List.of(
                browser.toString(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--enable-logging=stderr",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--user-data-dir=" + folder.resolve("profile"), "--virtual-time-budget=10000", "--dump-dom"));
        command.addAll(List.of(options));
        command.add(page.toUri().toString());
        Process process = new ProcessBuilder(command).redirectOutput(dom.toFile()).redirectError(log.toFile()).start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readAllLines(log).stream().filter(line -> line.contains("CONSOLE"))).isEmpty();
        String whole = Files.readString(dom);
        return whole.substring(0, whole.indexOf("<script>"));
    }
}
