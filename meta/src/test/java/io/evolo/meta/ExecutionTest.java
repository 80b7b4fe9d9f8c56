package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.schema.ConfigException;
import org.junit.jupiter.api.Test;

class ExecutionTest {

    @Test
    void theLocalExecutorIsAlwaysThereAndNeedsNoAddress() {
        assertThat(Execution.names()).contains("local");
        assertThat(Execution.of("local", 3)).isEqualTo(Execution.local(3));
    }

    @Test
    void anExecutorThatIsNotInstalledIsRefusedWithTheNearestName() {
        assertThatThrownBy(() -> Execution.of("loacl:0", 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no executor is named 'loacl'")
                .hasMessageContaining("local");
    }

    @Test
    void anExecutionNeedsAThread() {
        assertThatThrownBy(() -> Execution.local(0)).hasMessageContaining("threads");
    }
}
