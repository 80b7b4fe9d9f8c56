package io.evolo.meta.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.optimizers.learned.Velo;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What no training that goes on meets: gradients that are not finite. */
class SeenGradientTest {
    private static final ParamLayout LAYOUT =
            new ParamLayout(List.of(ParamSpec.plain("a", Shape.of(3)), ParamSpec.plain("b", Shape.of(2))));

    @Test
    void whatIsNotFiniteIsReplacedAndTheRestLeftAlone() {
        float[] seen = seen(new SmallFc.Form(false, Double.POSITIVE_INFINITY, true), Float.NaN, 2, Float.NEGATIVE_INFINITY, -3,
                Float.POSITIVE_INFINITY);

        assertThat(seen).containsExactly(0, 2, -Float.MAX_VALUE, -3, Float.MAX_VALUE);
    }

    @Test
    void aClipMakesNansOfAllWhereOneIsAndZerosBesideInfinities() {
        assertThat(seen(new SmallFc.Form(false, 1, false), 1, Float.NaN, 0, 0, 0)).containsOnly(Float.NaN);
        assertThat(seen(new SmallFc.Form(false, 1, true), 1, Float.NaN, 0, 0, 0)).containsOnly(0);
        assertThat(seen(new SmallFc.Form(false, 1, false), 1, Float.POSITIVE_INFINITY, 0, 0, 0))
                .containsExactly(0, Float.NaN, 0, 0, 0);
    }

    @Test
    void aClipScalesWhatIsLongerAndNothingElse() {
        assertThat(seen(new SmallFc.Form(false, 2.5e10, false), 3e10f, 0, 0, 4e10f, 0)).containsExactly(1.5e10f, 0, 0, 2e10f, 0);
        assertThat(seen(new SmallFc.Form(false, 5.1, false), 3, 0, 0, 4, 0)).containsExactly(3, 0, 0, 4, 0);
        assertThat(seen(new SmallFc.Form(false, 5e30, false), 3e30f, 0, 0, 4e30f, 0)).containsExactly(3e30f, 0, 0, 4e30f, 0);
    }

    @Test
    void aRuleWithoutSuchAFormSeesTheGradientItself() {
        assertThat(List.of(SeenGradient.of(SmallFc.of(8)), SeenGradient.of(Velo.mu()))).noneMatch(SeenGradient::differs);
    }

    /** What small_fc sees of a gradient, by blocks of three threads. */
    private static float[] seen(SmallFc.Form form, float... gradient) {
        LearnedOptimizer rule = SmallFc.of(8).withForm(form);
        LaneMemory memory = new LaneMemory();
        int from = memory.take(gradient.length);
        int to = memory.take(gradient.length);
        List<Call> calls = SeenGradient.of(rule).calls(LAYOUT, memory, from, to);
        return HostCuda.with(Map.of("threads", 3L), () -> {
            try (Device device = Device.open(0)) {
                Device.Memory lanes = device.allocate(Float.BYTES * memory.stride());
                Device.Memory active = device.uploaded(MemorySegment.ofArray(new int[] {1, 0, 0, 0, 0, 0, 0, 0}));
                device.upload(MemorySegment.ofArray(gradient), lanes, (long) Float.BYTES * from);
                for (Call call : calls) {
                    Device.Kernel kernel = device.compile(
                                    new DeviceRule(rule).source(), new DeviceRule(rule).defines(), List.of(call.kernel())).getFirst();
                    List<Object> arguments = new ArrayList<>(List.of(lanes, memory.stride(), active));
                    call.arguments().forEach(argument -> arguments.add(argument instanceof Struct.Table(byte[] content)
                            ? device.uploaded(MemorySegment.ofArray(content))
                            : argument));
                    device.launch(new Launch(kernel, 1, Math.max(1, call.blocks()), 3, arguments));
                }
                float[] seen = new float[gradient.length];
                device.synchronize();
                device.download(lanes, (long) Float.BYTES * to, MemorySegment.ofArray(seen));
                return seen;
            }
        });
    }
}
