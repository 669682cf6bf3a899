using System.CommandLine;
using TelemetryKit.Bench.Read;
using TelemetryKit.Bench.Support;

var storage = new Option<StorageKind>("--storage")
{
    Description = "The store of the events.", DefaultValueFactory = _ => StorageKind.Postgres,
};
var large = new Option<long>("--large")
{
    Description = "Events of the large project.", DefaultValueFactory = _ => 10_000_000,
};
var small = new Option<long>("--small")
{
    Description = "Events of the small project.", DefaultValueFactory = _ => 100_000,
};
var filtered = new Option<long>("--filtered")
{
    Description = "Events of the project whose questions are answered from its events.", DefaultValueFactory = _ => 1_000_000,
};
var requests = new Option<int>("--requests")
{
    Description = "Requests of each kind to each project.", DefaultValueFactory = _ => 500,
};

var overview = new Option<int>("--overview")
{
    Description = "Measures the dashboard's Overview in Chromium instead, this often.",
};

var root = new RootCommand(
    "Measures whether the latency of statistics depends on the number of events: the same questions to a large and a small project.")
{
    storage, large, small, filtered, requests, overview,
};
root.SetAction((parsed, _) => parsed.GetValue(overview) is > 0 and var rounds
    ? OverviewComparison.RunAsync(parsed.GetValue(storage), parsed.GetValue(large), rounds)
    : ReadComparison.RunAsync(
        parsed.GetValue(storage),
        parsed.GetValue(large),
        parsed.GetValue(small),
        parsed.GetValue(filtered),
        parsed.GetValue(requests)));
return await root.Parse(args).InvokeAsync();
