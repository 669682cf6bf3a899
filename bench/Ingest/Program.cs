using System.CommandLine;
using TelemetryKit.Bench.Ingest;
using TelemetryKit.Bench.Support;
using TelemetryKit.Support;

// The bench starts its parts as separate processes of this program, so that their processor time and memory are measured separately.
var storage = new Option<StorageKind>("--storage")
{
    Description = "The store of the events.", DefaultValueFactory = _ => StorageKind.Postgres,
};
var batch = new Option<int>("--batch") { Description = "Events of a request.", DefaultValueFactory = _ => 100 };
var connections = new Option<int>("--connections")
{
    Description = "Connections, each with one request at a time.", DefaultValueFactory = _ => 32,
};
var seconds = new Option<double>("--seconds")
{
    Description = "The duration of each contender's run in a round, in seconds.", DefaultValueFactory = _ => 8,
};
var rounds = new Option<int>("--rounds") { Description = "Rounds; the medians are reported.", DefaultValueFactory = _ => 3 };

var mixed = new Option<bool>("--mixed") { Description = "Gives each event of a batch another install, as from a proxy." };
var cold = new Option<bool>("--cold")
{
    Description = "Measures fresh processes instead: their first six seconds after they are ready, compared with their own warm rate.",
};
var starts = new Option<int>("--starts")
{
    Description = "With --cold: fresh starts of each server; the medians are reported.", DefaultValueFactory = _ => 5,
};
var warmUp = new Option<double>("--warm-up")
{
    Description = "With --cold: the seconds of load between the first seconds and the warm ones.", DefaultValueFactory = _ => 12,
};
var servers = new Option<string[]>("--server")
{
    Description = "With --cold: an assembly to start instead of the build output. Several are compared, in turns.",
    DefaultValueFactory = _ => [BuildOutput.Of("Api")],
};

var root = new RootCommand("Measures ingest: this server, a naive collector and the limit of the store, in turns, on this machine.")
{
    storage, batch, connections, seconds, rounds, mixed, cold, starts, warmUp, servers,
};
root.SetAction((parsed, _) => parsed.GetValue(cold)
    ? ColdStarts.RunAsync(new ColdStartOptions(
        parsed.GetValue(servers)!,
        parsed.GetValue(storage),
        parsed.GetValue(batch),
        parsed.GetValue(connections),
        parsed.GetValue(starts),
        parsed.GetValue(warmUp),
        parsed.GetValue(mixed)))
    : Comparison.RunAsync(new ComparisonOptions(
        parsed.GetValue(storage),
        parsed.GetValue(batch),
        parsed.GetValue(connections),
        parsed.GetValue(seconds),
        parsed.GetValue(rounds),
        parsed.GetValue(mixed))));

var database = new Option<string>("--database") { Required = true };
var url = new Option<string>("--url") { Required = true };
var key = new Option<string>("--key") { Required = true };
var seed = new Option<int>("--seed") { Required = true };
var group = new Option<int>("--group") { Required = true };

var naive = new Command("naive", "The naive collector.") { storage, database, url };
naive.SetAction((parsed, cancellation) => NaiveCollector.RunAsync(
    parsed.GetValue(storage), parsed.GetValue(database)!, parsed.GetValue(url)!, cancellation));
root.Add(naive);

var load = new Command("load", "The load generator.") { url, key, batch, connections, seconds, seed, mixed };
load.SetAction(async (parsed, _) => Print(await LoadGenerator.RunAsync(
    new LoadOptions(new Uri(parsed.GetValue(url)!), parsed.GetValue(key)!, parsed.GetValue(batch), parsed.GetValue(connections))
    {
        Seconds = parsed.GetValue(seconds) + LoadProcess.WarmUpSeconds,
        WarmUp = LoadProcess.WarmUpSeconds,
        Seed = parsed.GetValue(seed),
        Mixed = parsed.GetValue(mixed),
    })));
root.Add(load);

var loads = new Command("loads", "The load generator for --cold, which runs the loads of the standard input.");
loads.SetAction((_, _) => LoadOrder.RunAllAsync());
root.Add(loads);

var limit = new Command("limit", "The limit writer.") { storage, database, batch, group, seconds, seed, mixed };
limit.SetAction(async (parsed, _) => Print(await LimitWriter.RunAsync(
    parsed.GetValue(storage),
    parsed.GetValue(database)!,
    parsed.GetValue(batch),
    parsed.GetValue(group),
    parsed.GetValue(seconds),
    parsed.GetValue(seed),
    parsed.GetValue(mixed))));
root.Add(limit);

return await root.Parse(args).InvokeAsync();

static void Print(LoadResult result) => Console.WriteLine(result.ToJson());
