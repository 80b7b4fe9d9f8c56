package io.evolo.meta.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class AxisTest {

    @Test
    void aLogarithmicAxisHalvesItsDecades() {
        Axis axis = Axis.log("rate", 1e-4, 1);
        assertThat(axis.at(0)).isEqualTo(1e-4);
        assertThat(axis.at(0.5)).isEqualTo(1e-2, within(1e-15));
    }

    @Test
    void aComplementIsLogarithmicInTheDistanceToOne() {
        Axis axis = Axis.complement("beta1", 0.01, 1);
        assertThat(axis.at(0)).isEqualTo(0.99);
        assertThat(axis.at(0.5)).isEqualTo(0.9, within(1e-15));
    }

    @Test
    void halfOfAZeroOrLogAxisIsZero() {
        Axis axis = Axis.zeroOrLog("weight_decay", 1e-4, 1);
        assertThat(axis.at(0.49)).isZero();
        assertThat(axis.at(0.75)).isEqualTo(1e-2, within(1e-15));
        assertThat(axis.end(0)).isEmpty();
    }

    @Test
    void choicesShareTheIntervalAndHaveNoEnds() {
        Axis axis = Axis.choice("beta2", 0.9, 0.99, 0.999);
        assertThat(new double[] {axis.at(0), axis.at(0.34), axis.at(0.67), axis.at(0.999)}).containsExactly(0.9, 0.99, 0.999, 0.999);
        assertThat(axis.end(0.9)).isEmpty();
    }

    @Test
    void theEndsOfARangeAreItsOuterTenths() {
        Axis axis = Axis.log("rate", 1e-4, 1);
        assertThat(axis.end(2e-4)).contains(Axis.End.LOW);
        assertThat(axis.end(3e-4)).isEmpty();
        assertThat(axis.end(0.3)).isEmpty();
        assertThat(axis.end(0.5)).contains(Axis.End.HIGH);
    }

    @Test
    void theSearchGoesOnADecadeBeyondAnEndAndTheAxisThenCoversIt() {
        Axis axis = Axis.log("rate", 1e-4, 1);
        Axis beyond = axis.beyond(Axis.End.HIGH).orElseThrow();
        assertThat(beyond.at(0)).isEqualTo(1);
        assertThat(beyond.at(0.5)).isEqualTo(Math.sqrt(10), within(1e-14));
        assertThat(axis.covering(5).end(5)).contains(Axis.End.HIGH);
        assertThat(axis.covering(0.5)).isEqualTo(axis);
    }

    @Test
    void aMomentumGoesNoFurtherThanZero() {
        Axis axis = Axis.complement("beta1", 0.01, 0.5);
        assertThat(axis.beyond(Axis.End.HIGH).orElseThrow().at(0.999999)).isBetween(0.0, 1e-5);
        assertThat(axis.covering(0.1).beyond(Axis.End.HIGH)).isEqualTo(Optional.empty());
    }

    @Test
    void anEmptyRangeIsRefused() {
        assertThatThrownBy(() -> Axis.log("rate", 1, 1)).hasMessageContaining("high is 1.0, expected a number above low");
        assertThatThrownBy(() -> Axis.log("rate", 0, 1)).hasMessageContaining("low is 0.0");
    }
}
