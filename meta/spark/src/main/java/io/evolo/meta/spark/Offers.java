package io.evolo.meta.spark;

import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.DeployMessages;
import org.apache.spark.deploy.master.WorkerInfo;
import org.apache.spark.rpc.RpcAddress;
import scala.reflect.ClassTag$;

/**
 * What a standalone master's workers offer, and what an application asks for.
 *
 * @param workers a line each
 */
record Offers(String master, String asked, List<String> workers) {

    static Offers of(JavaSparkContext context, String master) {
        SparkConf conf = context.getConf();
        String asked = conf.get("spark.executor.cores", "1") + " core and " + conf.get("spark.executor.memory", "1g") + " of memory";
        return new Offers(master, asked, master.startsWith("spark://") ? ask(master) : List.of());
    }

    /** Asks as the master's own page does; nobody but it knows. */
    private static List<String> ask(String master) {
        try {
            return workers(master);
        } catch (Exception e) { // Scala declares none, yet SparkException is a checked one
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().lines().findFirst().orElse("");
            return List.of("it does not say what its workers have (" + why + ")");
        }
    }

    private static List<String> workers(String master) {
        RpcAddress address = RpcAddress.fromSparkURL("spark://" + master.substring("spark://".length()).split(",")[0]);
        DeployMessages.MasterStateResponse state = SparkEnv.get()
                .rpcEnv()
                .setupEndpointRef(address, "Master")
                .askSync(DeployMessages.RequestMasterState$.MODULE$, ClassTag$.MODULE$.apply(DeployMessages.MasterStateResponse.class));
        return Stream.of(state.workers()).filter(WorkerInfo::isAlive).map(Offers::line).toList();
    }

    private static String line(WorkerInfo worker) {
        return "worker " + worker.host() + " has " + worker.coresFree() + " cores and " + worker.memoryFree() + "m free";
    }

    String noneWithin(int seconds) {
        return "master " + master + " gave no executor within " + seconds + " s: the run asks for " + asked + ", but "
                + (workers.isEmpty() ? "no worker has joined it" : String.join(", ", workers))
                + "; start workers with more (docs/cluster.md), or lower spark.executor.memory";
    }
}
