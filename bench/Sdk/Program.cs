using TelemetryKit.Bench.Recording;

// dotnet run -c Release --project bench/Sdk                   all of the following
// dotnet run -c Release --project bench/Sdk -- track          the cost of recording an event for the caller
// dotnet run -c Release --project bench/Sdk -- start          the cost at start and exit, in alternating processes
// dotnet run -c Release --project bench/Sdk -- exit           the cost at exit, against servers that work and that don't
// dotnet run -c Release --project bench/Sdk -- size           the size of the package and of programs compiled ahead of time
// --rounds N: the number of processes of each kind, by default 60
if (!BenchOptions.TryParse(args, out var options, out var fault))
{
    Console.Error.WriteLine(fault);
    return 2;
}

var report = new Report();
if (options.Track)
    TrackingBench.Run(report);
if (options.Start || options.Exit || options.Size)
{
    using var builds = new HelloBuilds();
    if (options.Size)
        Sizes.Run(builds, report);
    if (options.Start)
        StartAndExit.Run(builds, options.Rounds, report);
    if (options.Exit)
        ExitTimes.Run(builds, report);
}
report.Print();
return report.AllWithin ? 0 : 1;
