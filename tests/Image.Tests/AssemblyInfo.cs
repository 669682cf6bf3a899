// Each test may install packages into the same folder, so they don't run in parallel.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
