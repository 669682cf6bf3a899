using System.CommandLine;
using TelemetryKit.Bench.Ingest;
using TelemetryKit.Bench.Support;

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

var root = new RootCommand("Measures ingest: this server, a naive collector and the limit of the store, in turns, on this machine.")
{
    storage, batch, connections, seconds, rounds,
};
root.SetAction((parsed, _) => Comparison.RunAsync(new ComparisonOptions(
    parsed.GetValue(storage), parsed.GetValue(batch), parsed.GetValue(connections), parsed.GetValue(seconds), parsed.GetValue(rounds))));

var database = new Option<string>("--database") { Required = true };
var url = new Option<string>("--url") { Required = true };
var key = new Option<string>("--key") { Required = true };
var seed = new Option<int>("--seed") { Required = true };
var group = new Option<int>("--group") { Required = true };

var naive = new Command("naive", "The naive collector.") { storage, database, url };
naive.SetAction((parsed, cancellation) => NaiveCollector.RunAsync(
    parsed.GetValue(storage), parsed.GetValue(database)!, parsed.GetValue(url)!, cancellation));
root.Add(naive);

var load = new Command("load", "The load generator.") { url, key, batch, connections, seconds, seed };
load.SetAction(async (parsed, _) => Print(await LoadGenerator.RunAsync(
    new LoadOptions(new Uri(parsed.GetValue(url)!), parsed.GetValue(key)!, parsed.GetValue(batch), parsed.GetValue(connections))
    {
        Seconds = parsed.GetValue(seconds) + LoadProcess.WarmUpSeconds,
        WarmUp = LoadProcess.WarmUpSeconds,
        Seed = parsed.GetValue(seed),
    })));
root.Add(load);

var limit = new Command("limit", "The limit writer.") { storage, database, batch, group, seconds, seed };
limit.SetAction(async (parsed, _) => Print(await LimitWriter.RunAsync(
    parsed.GetValue(storage),
    parsed.GetValue(database)!,
    parsed.GetValue(batch),
    parsed.GetValue(group),
    parsed.GetValue(seconds),
    parsed.GetValue(seed))));
root.Add(limit);

return await root.Parse(args).InvokeAsync();

static void Print(LoadResult result) => Console.WriteLine(result.ToJson());
