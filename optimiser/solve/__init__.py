"""From a built model to the best assignment there is time for. The only place that names a solver."""
