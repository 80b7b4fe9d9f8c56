package io.evolo.meta.spark;

import java.io.Serializable;
import java.util.List;

/**
 * All that an executor needs to make a run's particles. Sent once.
 *
 * @param id of this run in this application
 * @param config the resolved recipe, YAML
 * @param driver what the executor is held to
 * @param data SHA-256 of every data set, in the order of the recipe
 * @param shipment the files of the data, where they are sent
 */
record RunDescription(String id, String config, Fingerprint driver, List<String> data, Shipment shipment) implements Serializable {
    RunDescription {
        data = List.copyOf(data);
    }
}
