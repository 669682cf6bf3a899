using TelemetryKit.Bench.Recording;

// dotnet run -c Release --project bench/Sdk                   everything below
// dotnet run -c Release --project bench/Sdk -- track          what recording an event costs its caller
// dotnet run -c Release --project bench/Sdk -- start          what a run pays at its start and exit, in processes that take turns
// dotnet run -c Release --project bench/Sdk -- size           the package, and programs compiled ahead of time
// --rounds N: processes of each kind, 60 by default
if (!BenchOptions.TryParse(args, out var options, out var fault))
{
    Console.Error.WriteLine(fault);
    return 2;
}

var report = new Report();
if (options.Track)
    TrackingBench.Run(report);
if (options.Start || options.Size)
{
    using var builds = new HelloBuilds();
    if (options.Size)
        Sizes.Run(builds, report);
    if (options.Start)
        StartAndExit.Run(builds, options.Rounds, report);
}
report.Print();
return report.AllWithin ? 0 : 1;
