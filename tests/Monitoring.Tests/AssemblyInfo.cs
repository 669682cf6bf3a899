// Each test starts several processes and stops some, so they don't run in parallel.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
