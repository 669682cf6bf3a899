// Each test starts several processes and kills some, so they don't run in parallel.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
