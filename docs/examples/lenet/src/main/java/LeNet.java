import io.evolo.optimizers.dl4j.Attach;
import io.evolo.optimizers.dl4j.Dl4jData;
import io.evolo.optimizers.dl4j.LearnedUpdater;
import io.evolo.optimizers.dl4j.NetworkFile;
import io.evolo.tasks.Split;
import io.evolo.tasks.data.DataSpec;
import java.nio.file.Path;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

public class LeNet {
    public static void main(String[] arguments) {
        Path saved = Path.of(arguments.length == 0 ? "lenet.zip" : arguments[0]);
        int epochs = 1;
        int batch = 50;

        // Drawn digits of 16×16 pixels: nothing to download.
        Dl4jData digits = Dl4jData.of(DataSpec.strokes(16).load());
        DataSet train = digits.dataSet(Split.TRAIN);
        DataSetIterator batches = new ListDataSetIterator<>(train.asList(), batch);

        var configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .weightInit(WeightInit.LECUN_NORMAL)
                .activation(Activation.RELU)
                // In place of new Adam(1e-3). The rule was meta-trained under muP.
                .updater(LearnedUpdater.load("evolo-default").mup(16))
                .list()
                .layer(new ConvolutionLayer.Builder(5, 5).nOut(8).build())
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build())
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(16).build())
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build())
                .layer(new DenseLayer.Builder().nOut(64).build())
                .layer(new OutputLayer.Builder().activation(Activation.SOFTMAX).nOut(10).build())
                .setInputType(InputType.convolutionalFlat(16, 16, 1))
                .build();

        // In place of network.init(). The rule plans over the run.
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(configuration), batches, epochs);
        network.fit(batches, epochs);

        System.out.println(network.evaluate(new ListDataSetIterator<>(digits.dataSet(Split.TEST).asList(), 200)).stats());
        NetworkFile.write(network, saved);
    }
}
