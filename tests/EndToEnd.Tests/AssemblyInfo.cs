// Every test here starts servers, loads them and watches the clock: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
