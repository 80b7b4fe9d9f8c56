package io.evolo.optimizers.dl4j;

import java.util.List;

/**
 * Which of the families that packages name a DL4J network is likest: with attention, a transformer, of images where it has convolutions
 * too; else with recurrent weights, a recurrent network; else with convolutions, a convolutional one; else a perceptron. The layers that
 * ask for the most care decide, not those with the most parameters: a LeNet's are in its dense layers.
 */
final class NetworkFamily {
    private NetworkFamily() {}

    /** The family's name, as in {@link io.evolo.checkpoints.Usage#families}. */
    static String of(List<LayerTensor> tensors) {
        boolean convolutions = any(tensors, "convolution");
        if (any(tensors, "attention")) {
            return convolutions ? "Vit" : "TransformerLm";
        }
        return any(tensors, "recurrent") ? "RnnLm" : convolutions ? "Conv" : "Mlp";
    }

    private static boolean any(List<LayerTensor> tensors, String word) {
        return tensors.stream().anyMatch(tensor -> tensor.kind().contains(word));
    }
}
