// Each test starts servers, loads them and measures time, so they don't run in parallel.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
