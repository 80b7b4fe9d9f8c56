package io.evolo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {

    @ParameterizedTest
    @CsvSource({"0.4, 0s", "59.4, 59s", "59.6, 1m 00s", "200, 3m 20s", "3599.9, 1h 00m", "7500, 2h 05m", "360000, 100h 00m"})
    void durationsAreShort(double seconds, String text) {
        assertThat(Progress.duration(seconds)).isEqualTo(text);
    }

    @Test
    void workThatTakesLongSaysThatItGoesOn() {
        StringWriter said = new StringWriter();
        int result = Patience.during(new PrintWriter(said, true), "reading the data", () -> {
            while (said.toString().isEmpty()) {
                Thread.onSpinWait();
            }
            return 3;
        });
        assertThat(result).isEqualTo(3);
        assertThat(said.toString()).startsWith("evolo: reading the data (2s)");
    }
}
