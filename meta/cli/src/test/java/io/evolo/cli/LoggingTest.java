package io.evolo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingTest {

    @Test
    void warningsOfLibrariesGoToStandardErrorAndNothingToStandardOutput() {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream toOut = new ByteArrayOutputStream();
        ByteArrayOutputStream toErr = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(toOut, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(toErr, true, StandardCharsets.UTF_8));
            LoggerFactory.getLogger("some.Library").info("not this");
            LoggerFactory.getLogger("some.Library").warn("this");
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        assertThat(toOut.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(toErr.toString(StandardCharsets.UTF_8).strip()).isEqualTo("evolo: warn: this (Library)");
    }
}
