package io.evolo.tasks.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Role;
import io.evolo.tasks.nn.CpuNetwork;
import io.evolo.tasks.nn.Network;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PlainTwinTest {

    @Test
    void aJvmWithoutTheVectorModuleFallsBackToPlainKernelsAndSaysWhy() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java, "-cp", System.getProperty("java.class.path"), Program.class.getName())
                .redirectErrorStream(true)
                .start();

        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("--add-modules jdk.incubator.vector").contains("loss 1.0986");
    }

    /** One step of a network with every kind of operation. */
    static final class Program {
        public static void main(String[] args) {
            var b = Network.builder(Parametrization.standard());
            var x = b.layerNorm("norm", b.affine("in", b.input(5), 20, Role.INPUT));
            x = b.add(b.relu(x), b.scale(2, b.activate(Activation.GELU, x)));
            Network network = b.crossEntropy(b.affine("out", x, 3, Role.OUTPUT));
            CpuNetwork cpu = new CpuNetwork(network, 4, Twin.selected());
            float[] w = new float[network.layout().size()];

            System.out.println(Twin.reason());
            System.out.println("loss " + cpu.forward(w));
            cpu.backward(w, new float[w.length]);
        }
    }
}
