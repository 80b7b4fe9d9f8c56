package io.evolo.checkpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShippedPackagesTest {
    @Test
    void eachIsThereUnderItsOwnName() {
        assertThat(ShippedPackages.names()).isNotEmpty().doesNotHaveDuplicates();
        assertThat(ShippedPackages.names())
                .allSatisfy(name -> assertThat(ShippedPackages.read(name).name()).isEqualTo(name));
    }

    @Test
    void anUnknownNameIsAnsweredWithThoseThatThereAre() {
        assertThatThrownBy(() -> ShippedPackages.read("nothing"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no package 'nothing' ships inside, expected one of " + ShippedPackages.names());
    }
}
